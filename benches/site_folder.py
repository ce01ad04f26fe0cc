"""Writes a site folder for Raekoda; used by corpus.py and by the adaptor for comparisons with other generators."""

import json
import os
import random
import shutil
import struct
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
LETTERS = str.maketrans("õäöüšž ", "oaousz-")


def slug(text):
    return text.lower().translate(LETTERS)


def toml(value):
    """A string, number, list or flat table as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def put(folder, path, text):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def front_matter(values):
    return "+++\n" + "".join(f"{key} = {toml(value)}\n" for key, value in values.items() if value not in (None, [])) + "+++\n"


def write(folder, name, base_url, sections, menu, minify="lean", theme="plain"):
    """The settings, the sections and the theme. `menu` holds {title, url, children}."""
    lines = [
        f"name = {toml(name)}", 'languages = ["et"]', f"base_url = {toml(base_url)}", f"theme = {toml(theme)}",
        f"minify = {toml(minify)}", 'addresses.page.et = "page"', "",
        "[taxonomies.keywords]", 'slug.et = "tags"', 'label.et = "Sildid"', "",
    ]
    for top in menu:
        lines += ["[[menus.main]]", f"url = {toml(top['url'])}", f"title.et = {toml(top['title'])}", "children = ["]
        lines += [f"    {{ url = {toml(item['url'])}, title.et = {toml(item['title'])} }}," for item in top["children"]]
        lines += ["]", ""]
    put(folder, "site.toml", "\n".join(lines))
    put(folder, "content/_index.md", front_matter({"title": name}))
    for order, (path, section_title, kind) in enumerate(sections):
        put(folder, f"content/{path}/_index.md",
            front_matter({"title": section_title, "order": order + 1, "children_type": kind}))
    if theme == "plain":
        shutil.copytree(os.path.join(HERE, "peers/raekoda/theme"), os.path.join(folder, "plain"), dirs_exist_ok=True)


def write_page(folder, page):
    """One page; `fields` of it are those of its type."""
    values = {"title": page["title"], "summary": page["summary"], "published": page["published"],
              "keywords": page["keywords"], "order": page["order"], **page["fields"]}
    put(folder, f"content/{page['section']}/{page['slug']}.md", front_matter(values) + page["body"])


def write_pictures(folder, count):
    """Small chequered PNG pictures, copied as they are."""
    for number in range(1, count + 1):
        path = os.path.join(folder, f"static/pildid/pilt-{number:02}.png")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(png(320, 200, number))


def png(width, height, seed):
    draw = random.Random(seed)
    colours = [bytes(draw.randrange(256) for _ in range(3)) for _ in range(6)]
    rows = b"".join(b"\0" + b"".join(colours[(x // 20 + y // 20) % 6] for x in range(width)) for y in range(height))

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
