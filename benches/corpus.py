#!/usr/bin/env python3
"""Writes the benchmark's site: an invented municipality of any size, the same on every machine.

    benches/corpus.py PAGES FOLDER [--minify lean|full] [--theme plain|omavalitsus]

Half of the pages are news, all in one section, with keywords; the rest are events, services, topic pages and
contacts. Bodies are about 5 KB of Estonian-looking Markdown: headings, lists, tables, quotes, pictures, links to
other pages. The menu has two levels and 60 links; every page shows the latest news. There is no clock and no
hash order in it, so two runs write the same bytes.

Its theme is the small one in benches/peers/raekoda/theme, equal to the one that other generators get, or the shared
one, whose types have fields of their own.
"""

import argparse
import datetime
import random

import site_folder

SEED = 41
STEMS = """aasta abi aed aiand ala amet arve avaldus bussi eakas eelarve ehitus elanik elukoht energia haldus haridus
heakord hoone huvi jaama jäätme järve kaart kalmistu keskkond keskus kevad kiir kirja kodu kogu kohtu kool kultuuri
kuu küla laager laps lasteaia lepingu liiklus linna loa looduse lume luba maa maja maksu mere metsa muuseum mälestus
mängu noor nõukogu nädala osakond paber pargi pere piirkond plaan prügi põhja raamatu rahva rand remondi ringi ruumi
saal sadam sauna seltsi silla soojus spordi suve talve teate tee teenus toetus toimetus tööde tänava uudis valgus
valitsus valla veebi vee volikogu vormi võrgu välja õppe ühis ürituse žürii""".split()
ENDINGS = ["", "", "", "d", "de", "le", "l", "lt", "s", "st", "sse", "ks", "ga", "ta", "ni", "na"]
SMALL = "ja ning või aga et kui ka on ei saab tuleb kuni enne pärast koos ilma kõik see oma uue igal kohta üle".split()
KEYWORDS = """eelarve haridus kultuur sport ehitus teed liiklus keskkond jäätmed noored eakad pered toetused hanked
volikogu valitsus valimised tervis turvalisus turism ettevõtlus loodus raamatukogu muuseum kool lasteaed planeering
maa vesi energia kogukond laat kontsert näitus teadaanne tunnustus koostöö külad talgud kriisiks""".split()
TOPICS = [("juhtimine", "Juhtimine"), ("elukeskkond", "Elukeskkond"), ("kogukond", "Kogukond"), ("areng", "Areng")]
SERVICES = [
    ("ehitus", "Ehitus"), ("sotsiaal", "Sotsiaalabi"), ("haridus", "Haridus"), ("elukoht", "Elukoht"),
    ("jaatmed", "Jäätmed"), ("liikumine", "Liikumine"), ("ettevotlus", "Ettevõtlus"), ("kultuur", "Kultuur"),
    ("maa", "Maa"), ("kalmistud", "Kalmistud"),
]
UNITS = [
    ("kantselei", "Kantselei"), ("rahandus", "Rahandus"), ("ehitusamet", "Ehitusamet"), ("haridusamet", "Haridusamet"),
    ("sotsiaalamet", "Sotsiaalamet"), ("volikogu", "Volikogu"), ("asutused", "Asutused"), ("teenindus", "Teenindus"),
]
SHARES = [("news", 50), ("event", 15), ("service", 15), ("page", 10), ("contact", 10)]


def sections():
    """The tree of sections: path, title, type of its pages, paths of its subsections."""
    tree = [("uudised", "Uudised", "news", []), ("sundmused", "Sündmused", "event", [])]
    tree.append(("teenused", "Teenused", "service", SERVICES))
    for slug, title in TOPICS:
        tree.append((slug, title, "page", [(f"{slug}-{n}", f"{title} {n}") for n in range(1, 8)]))
    tree.append(("kontaktid", "Kontaktid", "contact", UNITS))
    return tree


class Words:
    """Sentences made beforehand: drawing each word anew would take minutes at 50,000 pages."""

    def __init__(self):
        draw = random.Random(SEED)
        forms = [stem + ending for stem in STEMS for ending in ENDINGS]
        forms += [draw.choice(STEMS) + draw.choice(STEMS) + draw.choice(ENDINGS) for _ in range(8000)]
        self.forms = draw.choices(forms, [1 / (rank + 9) for rank in range(len(forms))], k=60000)
        self.sentences = [self._sentence(draw) for _ in range(8000)]

    def _sentence(self, draw):
        words = draw.choices(self.forms, k=draw.randint(6, 16))
        for at in range(1, len(words), 4):
            words[at] = draw.choice(SMALL)
        return " ".join(words).capitalize() + "."

    def sentence(self, draw):
        return draw.choice(self.sentences)

    def paragraph(self, draw):
        return " ".join(draw.choices(self.sentences, k=draw.randint(3, 6)))

    def title(self, draw, most=6):
        return " ".join(draw.choices(self.forms, k=draw.randint(2, most))).capitalize()


def body(words, draw, link):
    """Markdown of about 5 KB; `link` gives a link to some other page."""
    parts = [f"**{words.sentence(draw)}** {words.paragraph(draw)}"]
    for number in range(draw.randint(2, 4)):
        parts += [f"## {words.title(draw)}", words.paragraph(draw)]
        kind = draw.random()
        if kind < 0.35:
            parts.append("\n".join(f"- {words.sentence(draw)}" for _ in range(draw.randint(3, 6))))
        elif kind < 0.55:
            rows = [f"| {words.title(draw, 3)} | {draw.randint(1, 900)} € |" for _ in range(draw.randint(3, 8))]
            parts.append("\n".join(["| Nimetus | Tasu |", "| --- | ---: |", *rows]))
        elif kind < 0.75:
            parts.append(f"![{words.title(draw, 4)}](/pildid/pilt-{draw.randint(1, 20):02}.png)")
        elif kind < 0.85:
            parts.append(f"> {words.sentence(draw)}")
        parts.append(f"{words.sentence(draw)} {link()}. *{words.sentence(draw)}* {words.paragraph(draw)}")
        if number == 1:
            parts += [f"### {words.title(draw)}", words.paragraph(draw)]
    parts.append(f"- {link()}\n- {link()}")
    return "\n\n".join(parts) + "\n"


def fields(kind, words, draw, day):
    """The fields of the page's type, beside the common ones."""
    if kind == "event":
        return {"start": f"{day}T18:00:00", "end": f"{day}T20:00:00", "place": words.title(draw, 3),
                "organizer": words.title(draw, 3)}
    if kind == "service":
        return {"fee": draw.randint(0, 200), "days": draw.randint(1, 60), "channel": words.title(draw, 2),
                "law": words.title(draw, 4), "responsible": words.title(draw, 2)}
    if kind == "contact":
        return {"role": words.title(draw, 3), "phone": f"+372 5{draw.randint(100000, 999999)}",
                "email": f"isik{draw.randint(1, 999)}@kadakavald.example", "room": str(draw.randint(100, 420)),
                "hours": "E 9-12, N 13-17"}
    return {}


def shared(page):
    """The page with the fields that the shared theme's types ask for; contacts, a table there, become plain pages."""
    given = page["fields"]
    if page["type"] == "event":
        given = {"start": given["start"], "end": given["end"], "location": given["place"], "organiser": given["organizer"]}
    elif page["type"] == "service":
        theme = ["social", "education", "building", "environment", "waste"][given["fee"] % 5]
        given = {"description": page["summary"][:245], "theme": theme, "responsible": ["kantselei"],
                 "channels": [{"kind": "office"}],
                 "legal_basis": [{"title": given["law"], "url": "https://www.riigiteataja.ee/akt/AvTS?leiaKehtiv"}],
                 "price": f"{given['fee']} €"}
    else:
        given = {}
    return page | {"fields": given}


def pages(size):
    """All pages in a fixed order, each as the dictionary that `site_folder.write_page` takes."""
    words = Words()
    folders = {}
    for path, _, kind, children in sections():
        folders.setdefault(kind, []).extend([f"{path}/{slug}" for slug, _ in children] or [path])
    plan = []
    for kind, share in SHARES:
        count = size * share // 100 if kind != "contact" else size - len(plan)
        for number in range(count):
            draw = random.Random(f"{SEED} {kind} {number} title")
            where = folders[kind][number % len(folders[kind])]
            slug = f"{site_folder.slug(words.title(draw, 3))}-{number}"
            plan.append((kind, number, where, slug, words.title(draw), draw))
    for kind, number, where, slug, title, draw in plan:
        def link():
            _, _, to, name, label, _ = draw.choice(plan)
            return f"[{label}](/{to}/{name})"
        day = (datetime.date(2026, 11, 1) - datetime.timedelta(days=number % 3000)).isoformat()
        yield {
            "type": kind, "section": where, "slug": slug, "title": title, "summary": words.sentence(draw),
            "published": day if kind in ("news", "event") else None,
            "keywords": sorted(draw.sample(KEYWORDS, draw.randint(1, 3))) if kind == "news" else [],
            "order": None if kind in ("news", "event") else number + 1,
            "fields": fields(kind, words, draw, day), "body": body(words, draw, link),
        }


def menu():
    """Two levels, 60 links."""
    tops = []
    for path, title, kind, children in sections():
        below = [{"title": name, "url": f"/{path}/{slug}"} for slug, name in children]
        if kind == "news":
            below = [{"title": word.capitalize(), "url": f"/tags/{site_folder.slug(word)}"} for word in KEYWORDS[:6]]
        tops.append({"title": title, "url": f"/{path}", "children": below})
    return tops


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=int)
    parser.add_argument("folder")
    parser.add_argument("--minify", choices=["lean", "full"], default="lean")
    parser.add_argument("--theme", choices=["plain", "omavalitsus"], default="plain")
    given = parser.parse_args()
    tree = []
    for path, title, kind, children in sections():
        tree.append((path, title, kind))
        tree += [(f"{path}/{slug}", name, kind) for slug, name in children]
    plain = given.theme == "plain"
    if not plain:
        tree = [(path, title, "page" if kind == "contact" else kind) for path, title, kind in tree]
        site_folder.put(given.folder, "data/units.toml", '[[units]]\nid = "kantselei"\ntitle = "Kantselei"\n')
        site_folder.put(given.folder, "content/otsing.md", '+++\ntitle = "Otsing"\ntemplate = "search.html"\n+++\n')
    site_folder.write(given.folder, "Kadaka vald", "https://www.kadakavald.example", tree, menu(), given.minify, given.theme)
    site_folder.write_pictures(given.folder, 20)
    for page in pages(given.pages):
        site_folder.write_page(given.folder, page if plain else shared(page))


if __name__ == "__main__":
    main()
