"""Reports of a few events each, written as graphs without reading a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyoxigraph as ox
import pytest

from kg.changes import AlteredGraph
from kg.clustering import Memory, update

BASE = "https://example.org/"
ENTITIES = f"{BASE}graph/entities"
CLUSTERS = f"{BASE}graph/clusters"
PREFIXES = f"""
PREFIX sit: <https://w3id.org/sitrep/ontology#>
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX entity: <{BASE}entity/>
"""


@dataclass(frozen=True)
class Event:
    """An event of a made-up report. Fillers are keys of entities; a count is of those harmed."""

    kind: str
    date: str | None = "2022-01-20"
    place: str | None = "hasaka"
    target: str | None = None
    agent: str | None = None
    count: int | None = None
    status: str = "Reported"
    harm_of: int | None = None  # the place in the report of the act that caused it


@dataclass(frozen=True)
class Report:
    """A made-up report: its name, day and events; its words, where copies are the point."""

    name: str
    events: tuple[Event, ...] = ()
    issued: str | None = "2022-01-24"
    words: tuple[str, ...] = ()


GEOGRAPHY = f"""{PREFIXES} INSERT DATA {{ GRAPH <{ENTITIES}> {{
    entity:syria a sit:Country ; skos:prefLabel "Syria" .
    entity:hasaka-governorate a sit:Region ; sit:locatedIn entity:syria .
    entity:hasaka a sit:Settlement ; sit:locatedIn entity:hasaka-governorate ; skos:prefLabel "Hasaka" .
    entity:tell-tamer a sit:Settlement ; sit:locatedIn entity:hasaka-governorate .
    entity:prison a sit:Prison ; sit:locatedIn entity:hasaka ; skos:prefLabel "Ghwayran prison" .
}} }}"""
CLASSES = {"syria": "Country", "hasaka-governorate": "Region", "prison": "Prison"}


def _put(database: ox.Store, report: Report) -> str:
    """Replace the report's graph; its IRI."""
    node = f"{BASE}report/{report.name}"
    database.remove_graph(ox.NamedNode(node))
    lines = [f"<{node}> a sit:Report ; dcterms:publisher '{report.name} news' ."]
    if report.issued:
        lines.append(f"<{node}> dcterms:issued '{report.issued}'^^xsd:date .")
    for number, words in enumerate(report.words):
        lines.append(f"<{node}/sentence/{number}> a nif:Sentence ; nif:anchorOf '{words}' .")
    for number, event in enumerate(report.events):
        lines += _event(node, number, event, report.events)
    database.update(f"{PREFIXES} INSERT DATA {{ GRAPH <{node}> {{ {' '.join(lines)} }} }}")
    return node


def _event(report: str, number: int, event: Event, events: tuple[Event, ...]) -> Iterable[str]:
    iri = f"{report}/event/{number}-{event.kind}"
    yield f"<{iri}> a sit:{event.kind} ; sit:status sit:{event.status} ; sit:confidence 0.8 ;"
    yield f"sit:evidence <{report}/sentence/{number}> ."
    if event.date is not None:
        kind = {10: "date", 7: "gYearMonth", 4: "gYear"}[len(event.date)]
        yield f"<{iri}> sit:date '{event.date}'^^xsd:{kind} ."
    for role, key in (("place", event.place), ("target", event.target)):
        if key is not None:
            yield f"<{iri}> sit:{role} entity:{key} . entity:{key} a sit:{CLASSES.get(key, 'Settlement')} ."
    if event.agent is not None:
        yield f"<{iri}> sit:agent entity:{event.agent} . entity:{event.agent} a sit:ArmedGroup ."
    if event.count is not None:
        group = f"{report}/group/{number}"
        yield f"<{iri}> sit:target <{group}> . <{group}> a sit:Group ; skos:prefLabel 'people' ;"
        yield f"sit:minCount {event.count} ; sit:maxCount {event.count} ."
    if event.harm_of is not None:
        yield f"<{iri}> sit:causedBy <{report}/event/{event.harm_of}-{events[event.harm_of].kind}> ."


class Newsroom:
    """A database that reports come into and go from, as a build has it, with a memory or without."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.memory = memory
        self.database = ox.Store()
        self.database.update(GEOGRAPHY)

    def graph(self) -> AlteredGraph:
        """That of the clusters."""
        return AlteredGraph(self.database, f"{BASE}graph/clusters")

    def read(self, *reports: Report) -> None:
        """Put the reports in one batch."""
        written = {_put(self.database, report) for report in reports}
        update(self.graph(), base_iri=BASE, reports=written, memory=self.memory)

    def remove(self, *names: str) -> None:
        """Take reports out in one batch."""
        nodes = [f"{BASE}report/{name}" for name in names]
        for node in nodes:
            self.database.remove_graph(ox.NamedNode(node))
        update(self.graph(), base_iri=BASE, reports=set(nodes), memory=self.memory)

    def dump(self) -> list[str]:
        """The cluster graph."""
        return sorted(
            str(q.triple) for q in self.database.quads_for_pattern(None, None, None, ox.NamedNode(CLUSTERS))
        )

    def clusters(self) -> dict[str, set[str]]:
        """Each cluster's events, by the ends of their IRIs: "a/0-Attack"."""
        found: dict[str, set[str]] = {}
        predicate = ox.NamedNode("https://w3id.org/sitrep/ontology#partOfCluster")
        for quad in self.database.quads_for_pattern(None, predicate, None, ox.NamedNode(CLUSTERS)):
            event = str(quad.subject)[1:-1].removeprefix(f"{BASE}report/").replace("/event/", "/")
            found.setdefault(str(quad.object)[1:-1].removeprefix(BASE), set()).add(event)
        return found

    def says(self, cluster: str) -> dict[str, str]:
        """What the cluster graph says of a cluster, by local name; one value each."""
        quads = self.database.quads_for_pattern(ox.NamedNode(BASE + cluster), None, None, None)
        return {
            quad.predicate.value.rpartition("/")[2].rpartition("#")[2]: getattr(quad.object, "value", "")
            for quad in quads
        }

    def copies(self) -> dict[str, str]:
        """Each copy with its original, by name."""
        predicate = ox.NamedNode("https://w3id.org/sitrep/ontology#copyOf")
        quads = self.database.quads_for_pattern(None, predicate, None, ox.NamedNode(CLUSTERS))
        return {str(q.subject).rpartition("/")[2][:-1]: str(q.object).rpartition("/")[2][:-1] for q in quads}


@pytest.fixture
def newsroom() -> Newsroom:
    return Newsroom()


@pytest.fixture(scope="session")
def make_newsroom() -> Callable[..., Newsroom]:
    """For tests that need several."""
    return Newsroom


@pytest.fixture(scope="session")
def report() -> type[Report]:
    return Report


@pytest.fixture(scope="session")
def event() -> type[Event]:
    return Event
