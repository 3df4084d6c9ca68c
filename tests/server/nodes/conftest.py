"""Servers over a store that was read from sample reports, and over one that somebody made to do harm."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import rdflib

from kg.store import Store
from server.prologue import PROLOGUE

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BASE = "https://w3id.org/sitrep/id/"
READ = (
    "ghwayran-monitor",
    "ghwayran-agency",
    "ghwayran-forces",
    "atmeh-raid",
    "saada-prison",
    "saada-toll",
    "solhan-attack",
)
ATTACK = "<script>alert(1)</script>"
PREFIXES = f"""
@prefix : <{BASE}> .
@prefix sit: <https://w3id.org/sitrep/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix itsrdf: <http://www.w3.org/2005/11/its/rdf#> .
@prefix wgs84: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
STATUSES = ("Reported", "Possible", "Planned", "Attempted", "Denied")
HUB = "".join(f":entity\\/hub sit:attacks :entity\\/n{n} . :entity\\/n{n} a sit:Person ." for n in range(60))
HOSTILE = f"""
:report\\/bad a sit:Report ; rdfs:label "{ATTACK}" ; dcterms:identifier "../../bad" ;
    dcterms:publisher "{ATTACK}" ; dcterms:source <javascript:alert(1)> ; dcterms:issued "not a date" ;
    nif:endIndex "many" .
:entity\\/bad a sit:Person ; rdfs:label "{ATTACK}" ; skos:altLabel "</script>{ATTACK}", "{ATTACK.lower()}" ;
    rdfs:comment "{ATTACK}" ; owl:sameAs <javascript:alert(2)> ; wgs84:lat "north" ; wgs84:long "1e9" ;
    sit:countText "{ATTACK}" ; sit:fights :entity\\/bad, :entity\\/other ; sit:mentionedIn :report\\/bad .
:entity\\/other a sit:ArmedGroup ; rdfs:label "{ATTACK}" .
:report\\/bad\\/event\\/1 a sit:Clash ; rdfs:label "{ATTACK}" ; sit:status sit:Reported ;
    sit:timeText "{ATTACK}" ; sit:participant :entity\\/bad ; sit:date "{ATTACK}" ;
    sit:evidence :report\\/bad\\/sentence\\/0-25 ; sit:attributedTo :entity\\/other .
:report\\/bad\\/sentence\\/0-25 a nif:Sentence ; nif:anchorOf "{ATTACK}" ; nif:beginIndex 0 ;
    nif:endIndex 25 ; nif:referenceContext :report\\/bad .
:report\\/bad\\/phrase\\/0-9 a nif:Phrase ; nif:beginIndex 0 ; nif:endIndex 9 ;
    itsrdf:taIdentRef :entity\\/bad ; nif:referenceContext :report\\/bad .
:report\\/bad\\/phrase\\/5-12 a nif:Phrase ; nif:beginIndex 5 ; nif:endIndex 12 ;
    itsrdf:taIdentRef :report\\/bad\\/event\\/1 ; nif:referenceContext :report\\/bad .
"""
MADE = HUB + "".join(
    f""":report\\/made\\/event\\/{status} a sit:Raid ; rdfs:label "Raid" ; sit:status sit:{status} ;
    sit:agent :entity\\/hub ; sit:evidence :report\\/made\\/sentence\\/{n}0-{n}9 .
:report\\/made\\/sentence\\/{n}0-{n}9 a nif:Sentence ; nif:anchorOf "Sentence {n}." ;
    nif:beginIndex {n * 20} ; nif:endIndex {n * 20 + 11} ; nif:referenceContext :report\\/made .
"""
    for n, status in enumerate(STATUSES)
)
GRAPHS = {
    f"{BASE}report/bad": HOSTILE,
    f"{BASE}report/made": MADE
    + ':report\\/made a sit:Report ; rdfs:label "Made" ; dcterms:identifier "made" .'
    ':entity\\/hub a sit:ArmedGroup ; rdfs:label "Hub" ; sit:mentionedIn :report\\/made .',
}


class _Reader(HTMLParser):
    """Text, links and tags; asserts that every element that must be closed is."""

    VOID = frozenset({"meta", "link", "input", "br", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@dataclass(frozen=True)
class Shown:
    """A page: its source, and what stands in it."""

    source: str
    tags: list[tuple[str, dict[str, str]]]

    @property
    def words(self) -> str:
        """The text without tags, scripts and runs of white space."""
        bare = re.sub(r"<script.*?</script>", "", self.source, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]*>", "", bare)).split())

    def part(self, begin: str, end: str) -> str:
        """The text from an element, found by how it begins, up to another."""
        found = self.source[self.source.index(begin) :]
        return " ".join(unescape(re.sub(r"<[^>]*>", "", found[: found.index(end)])).split())

    def script(self, which: str) -> Any:
        """The JSON in the script that has this attribute."""
        found = re.search(f"<script [^>]*{which}[^>]*>(.*?)</script>", self.source, flags=re.DOTALL)
        assert found, which
        return json.loads(found[1])

    def links(self) -> set[str]:
        return {attributes.get("href", "") for tag, attributes in self.tags if tag == "a"}

    @property
    def linked_data(self) -> bytes:
        """The JSON-LD in the page."""
        return json.dumps(self.script('type="application/ld\\+json"')).encode()


@pytest.fixture(scope="session")
def shown() -> Callable[..., Shown]:
    """Gets a page of a site and reads it."""

    def get(site: Any, path: str, **parameters: str) -> Shown:
        answer = site.get(path, BROWSER, **parameters)
        assert (answer.status, answer.media_type) == (200, "text/html"), answer.text[-500:]
        reader = _Reader()
        reader.feed(answer.text)
        reader.close()
        assert reader.open == []
        return Shown(answer.text, reader.tags)

    return get


@pytest.fixture(scope="session")
def rows() -> Callable[..., list[tuple[str, ...]]]:
    """The rows of a query to a site, as strings."""

    def ask(site: Any, query: str) -> list[tuple[str, ...]]:
        answer = site.query(PROLOGUE + query, "application/sparql-results+json")
        assert answer.status == 200, answer.text
        found = json.loads(answer.body)
        names = found["head"]["vars"]
        return [
            tuple(row[name]["value"] if name in row else "" for name in names)
            for row in found["results"]["bindings"]
        ]

    return ask


@pytest.fixture(scope="session")
def read_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of the sample reports, read with their texts kept."""
    folder = tmp_path_factory.mktemp("read")
    samples = Path(__file__).parents[3] / "samples" / "reports.jsonl"
    lines = [line for line in samples.read_text().splitlines() if json.loads(line)["id"] in READ]
    (folder / "some.jsonl").write_text("\n".join(lines))
    command = [sys.executable, "-m", "kg", "build", folder / "some.jsonl", "--store", folder / "store"]
    subprocess.run([*command, "--keep-text", "--workers", "1"], check=True, capture_output=True)
    return folder / "store"


@pytest.fixture(scope="session")
def told(start, read_store: Path):
    """A server over the sample reports."""
    return start(read_store, workers=2, timeout=20.0)


@pytest.fixture(scope="session")
def made(start, tmp_path_factory: pytest.TempPathFactory):
    """A server over a store made by hand: all statuses, many relations, and labels that are attacks."""
    path = tmp_path_factory.mktemp("made") / "store"
    with Store.create_or_open(path, base_iri=BASE).writing() as batch:
        for name, triples in GRAPHS.items():
            batch.put_graph(name, rdflib.Graph().parse(data=PREFIXES + triples, format="turtle"))
    return start(path, workers=2, timeout=20.0)
