"""Every page over a store whose names, texts and IRIs were written to break out of it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest

from kg.store import Store

BASE = "http://e/id/"
SIT = "https://w3id.org/sitrep/ontology#"
RDFS, SKOS = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2004/02/skos/core#"
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "' onmouseover='alert(3)",
    "</title></textarea></style><svg onload=alert(4)>",
    "{{ 7 * 7 }}{% raw %}",
    "<!--",
    "\u202e<b>\u0000</b>".replace("\u0000", ""),
    "javascript:alert(5)",
    "&lt;script&gt;",
)
IRIS = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>".replace("<", "%3C").replace(">", "%3E"),
    "http://e/'onclick='alert(1)'",
    "vbscript:x",
)
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
DATA = ("application/json", "application/ld+json")  # scripts that do not run
KNOWN = {"script", "img", "svg", "b", "iframe", "object", "embed"}


class Elements(HTMLParser):
    """Elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def hostile(start: Callable, tmp_path_factory: pytest.TempPathFactory):
    path: Path = tmp_path_factory.mktemp("hostile") / "store"
    store = Store.create_or_open(path, base_iri=BASE)
    node, literal = ox.NamedNode, ox.Literal
    kinds = ("Report", "Person", "Clash", "Settlement")
    with store.writing() as batch:
        database = batch.database
        for number, attack in enumerate(ATTACKS):
            for kind in kinds:
                subject = node(f"{BASE}{kind.lower()}/{number}")
                values: list[tuple[str, ox.NamedNode | ox.Literal]] = [
                    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", node(f"{SIT}{kind}")),
                    (f"{RDFS}label", literal(attack)),
                    (f"{SKOS}prefLabel", literal(attack)),
                    (f"{RDFS}comment", literal(attack, language="en")),
                    ("http://purl.org/dc/terms/issued", literal(attack)),
                    (f"{SIT}status", literal(attack, datatype=node(IRIS[number % len(IRIS)]))),
                    (f"{SIT}mentionedIn", node(f"{BASE}report/{number}")),
                    *((f"{RDFS}seeAlso", node(iri)) for iri in IRIS),
                ]
                for predicate, value in values:
                    database.add(ox.Quad(subject, node(predicate), value, node(f"{BASE}report/{number}")))
        for iri in IRIS:
            database.add(ox.Quad(node(iri), node(iri), literal(ATTACKS[0]), node(f"{BASE}graph/dataset")))
            database.add(ox.Quad(node(iri), node(f"{RDFS}label"), literal(ATTACKS[1]), node(f"{BASE}x")))
            database.add(
                ox.Quad(
                    node(iri),
                    node("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
                    node("http://www.w3.org/2002/07/owl#Class"),
                    node("https://w3id.org/sitrep/ontology"),
                )
            )
    return start(path, workers=1)


def pages() -> list[str]:
    table = quote("SELECT * { ?s ?p ?o } LIMIT 500")
    return [
        *("/", "/query", "/void", "/ontology", "/sparql", f"/query?query={table}"),
        f"/query?query={quote('CONSTRUCT WHERE { ?s ?p ?o } LIMIT 100')}",
        *(f"/query?query={quote(attack)}" for attack in ATTACKS),
        *(
            f"/id/{kind}/{number}"
            for kind in ("report", "person", "clash", "settlement")
            for number in range(9)
        ),
        *(f"/describe?iri={quote(iri)}" for iri in IRIS),
        *(f"/search?q={quote(text)}" for text in ("script", "alert", "onerror", *ATTACKS)),
        *(f"/search?q=alert&kind={quote(attack)}" for attack in ATTACKS),
        *(f"/reconcile/preview?id={quote(f'{BASE}person/{number}')}" for number in range(9)),
        *(f"/{quote(attack)}" for attack in ATTACKS),
    ]


def test_no_data_becomes_markup(hostile) -> None:
    own_scripts, shown = set(), 0
    for path in pages():
        answer = hostile.get(path, BROWSER)
        assert answer.status < 500, (path, answer.text[:300])
        if answer.media_type != "text/html":
            continue
        elements = Elements()
        elements.feed(answer.text)
        for tag, attributes in elements.found:
            assert not [name for name in attributes if name.startswith("on")], (path, tag, attributes)
            if tag == "script" and attributes.get("type") not in DATA:
                own_scripts.add(attributes.get("src"))
            if tag == "img":
                assert (attributes.get("src") or "").startswith("/static/"), (path, attributes)
            assert tag not in KNOWN - {"script", "svg", "img"}, (path, tag)
            for name in ("href", "src", "action", "formaction"):
                scheme = urlsplit((attributes.get(name) or "").strip()).scheme.lower()
                assert scheme in ("", "http", "https"), (path, tag, attributes)
        shown += sum(html.escape(attack, quote=False) in answer.text for attack in ATTACKS)
    assert all(source and source.startswith("/static/") for source in own_scripts)  # none in the page itself
    assert shown > 50  # the attacks were there, as text
    assert "{{ 7 * 7 }}{% raw %}" in hostile.get("/id/person/4", BROWSER).text


def test_the_policy_lets_nothing_in_from_elsewhere(hostile) -> None:
    for path in pages():
        answer = hostile.get(path, BROWSER)
        if answer.media_type != "text/html":
            continue
        policy = dict(
            entry.strip().split(" ", 1)
            for entry in answer.headers["content-security-policy"].split(";")
            if entry
        )
        assert policy["default-src"] in ("'self'", "'none'")
        assert policy["base-uri"] == "'none'"
        if path.startswith("/query"):  # its editor writes styles; scripts stay strict
            assert policy.pop("style-src") == "'self' 'unsafe-inline'"
        assert "unsafe" not in str(policy)
        assert "http" not in str(policy)
        assert answer.headers["x-content-type-options"] == "nosniff"
        elements = Elements()
        elements.feed(answer.text)
        for tag, attributes in elements.found:
            if tag in ("script", "link", "img", "iframe", "form", "source"):
                for name in ("src", "href", "action"):
                    assert not urlsplit(attributes.get(name) or "").netloc, (path, tag, attributes)


def test_data_formats_are_not_taken_for_pages(hostile) -> None:
    """Hostile text in JSON, CSV or Turtle is not sniffed as a page."""
    for accept in ("application/sparql-results+json", "text/csv", "text/tab-separated-values"):
        answer = hostile.query("SELECT * { ?s ?p ?o }", accept)
        assert (answer.media_type, answer.headers["x-content-type-options"]) == (accept, "nosniff")
    found = json.loads(hostile.get("/search?q=alert", "application/json").body)
    assert found["hits"]
