"""Raekoda as a peer of the comparison with other generators. Variants: '' (lean HTML), 'full' (minify = "full")."""

import os
import subprocess
import sys

from lib import corpus as c

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.join(ROOT, "benches"))
import site_folder  # noqa: E402

# The same kinds of page by the names of the theme's content types.
TYPES = {"info": "page"}


def exe(env):
    return os.environ.get("RAEKODA_BIN", os.path.join(ROOT, "target/release/raekoda"))


def version(env):
    return subprocess.check_output([exe(env), "--version"], text=True).strip()


def prepare(corpus, site, variant, env):
    s = c.site(corpus)
    if len(s["langs"]) != 1:
        raise SystemExit("raekoda: one language only")
    lang = s["langs"][0]
    bare = lambda url: url.rstrip("/")
    menu = [{"title": top["title"], "url": bare(top["url"]),
             "children": [{"title": x["title"], "url": bare(x["url"])} for x in top["children"]]} for top in s["menu"][lang]]
    sections = [(x["path"], x["title"], TYPES.get(x["type"], x["type"])) for x in s["sections"][lang]]
    site_folder.write(site, s["l10n"][lang]["site"], s["base_url"], sections, menu, minify=variant or "lean")
    for page in c.pages(corpus):
        site_folder.write_page(site, {
            "section": page["section"], "slug": page["slug"], "title": page["title"], "summary": page["description"],
            "published": page["date"] and page["date"][:19], "keywords": page["tags"],
            "order": None if page["date"] else page["weight"], "fields": page["extra"], "body": page["body"]})
    c.copy_static(corpus, os.path.join(site, "static"))


def build(site, out, variant, env):
    return {"argv": [exe(env), "build", site, "--out", out, "--quiet"], "cwd": site, "env": {"LC_ALL": "C.UTF-8"}}


def caches(site):
    """The staging area beside the output and the images' cache inside the site."""
    beside = os.path.dirname(site)
    return [os.path.join(beside, ".out.raekoda"), os.path.join(site, ".raekoda")]


def serve(site, out, port, variant, env):
    return {"argv": [sys.executable, os.path.join(HERE, "slashes.py"), str(port), exe(env), "serve", site],
            "cwd": site, "env": {"LC_ALL": "C.UTF-8"}}


def sources(site, langs):
    return {"page": lambda p: f"{site}/content/{p['section']}/{p['slug']}.md",
            "template": f"{site}/plain/templates/base.html"}
