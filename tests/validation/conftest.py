"""A validator of the shipped shapes, the valid example report, and a report of the usual size."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.term import Node

from kg.facts import Amount, Entity, Event, Facts, Kind, Relation, Report, Role, Span, Status, When
from kg.mapping import map_report
from kg.settings import ontology_directory
from kg.validation import Validator
from kg.validation.plan import Plan
from kg.validation.reference import Reference
from kg.vocab import RDFS

KINDS = (
    ("Person", Kind.PERSON),
    ("ArmedGroup", Kind.ORGANIZATION),
    ("Group", Kind.GROUP),
    ("Settlement", Kind.PLACE),
    ("Prison", Kind.FACILITY),
    ("Vehicle", Kind.WEAPON),
)
EVENTS = ("Clash", "AirStrike", "Killing", "Statement", "Capture", "Deployment")
SENTENCES = tuple(Span(100 * i, 100 * i + 99) for i in range(60))


@pytest.fixture(scope="session")
def folder() -> Path:
    return ontology_directory()


@pytest.fixture(scope="session")
def validator(folder: Path) -> Validator:
    return Validator(folder)


@pytest.fixture(scope="session")
def shapes(folder: Path) -> Graph:
    return Graph(bind_namespaces="none").parse(folder / "shapes.ttl")


@pytest.fixture(scope="session")
def tree(folder: Path) -> list[tuple[Node, Node, Node]]:
    """The class tree and the relations' tree of the ontology."""
    terms = Graph(bind_namespaces="none").parse(folder / "sitrep.ttl")
    predicates = (RDFS.subClassOf, RDFS.subPropertyOf)
    return [triple for predicate in predicates for triple in terms.triples((None, predicate, None))]


@pytest.fixture(scope="session")
def plan(shapes: Graph, tree: list[tuple[Node, Node, Node]]) -> Plan:
    return Plan(shapes, tree)


@pytest.fixture(scope="session")
def reference(shapes: Graph, tree: list[tuple[Node, Node, Node]], folder: Path) -> Reference:
    return Reference(shapes, tree, shapes_file=folder / "shapes.ttl")


@pytest.fixture(scope="session")
def sound(folder: Path) -> tuple[Graph, ...]:
    """Graphs to damage: a report, what is known of entities, clusters, and a small mapped report."""
    files = sorted((folder / "examples" / "valid").glob("*.ttl"))
    graphs = [Graph(bind_namespaces="none").parse(file) for file in files]
    return (*graphs, mapped(entities=12, events=12, relations=4))


@pytest.fixture
def raid(folder: Path) -> Graph:
    """The valid example: a raid, a killing, a denial, a possible clash, and four relations."""
    return Graph().parse(folder / "examples" / "valid" / "report.ttl")


@pytest.fixture(scope="session")
def large() -> Graph:
    """A mapped report of 60 entities, 60 events, 240 phrases and 40 relations, some 3,400 triples."""
    return mapped(entities=60, events=60, relations=40)


def mapped(*, entities: int, events: int, relations: int) -> Graph:
    report = Report(
        "large", "x" * 6000, "Title", dt.date(2022, 1, 24), "Press", "https://example.org/1", "en"
    )
    facts = Facts(
        report,
        SENTENCES,
        tuple(entity(i) for i in range(entities)),
        tuple(event(i, among=entities) for i in range(events)),
        tuple(relation(i, among=entities) for i in range(relations)),
    )
    return map_report(facts, base_iri="https://w3id.org/sitrep/id/", keep_text=False)


def entity(i: int) -> Entity:
    class_name, kind = KINDS[i % 6]
    counted = kind is Kind.GROUP
    begins = (100 * ((7 * i + 13 * j) % 60) + (i % 50) + 3 * j for j in range(3))
    return Entity(
        key=f"e{i}",
        kind=kind,
        name=f"Name {i}",
        classes=(class_name,),
        named=not counted,
        aliases=(f"N{i}",),
        mentions=tuple(Span(begin, begin + 10) for begin in begins),
        member_of="e1" if counted else None,
        amount=Amount(2, 5, "two to five") if counted else None,
    )


def event(i: int, *, among: int) -> Event:
    kind = EVENTS[i % 6]
    slots = (("agent", 1), ("target", 7), ("place", 3), ("instrument", 5))
    if kind == "Statement":
        slots = (("speaker", 0), ("addressee", 1), ("target", 2), ("participant", 3))
    return Event(
        key=str(i),
        kind=kind,
        triggers=(Span(100 * i + 80, 100 * i + 90),),
        evidence=(SENTENCES[i],),
        status=Status.REPORTED,
        confidence=0.8,
        roles=tuple(Role(name, f"e{(6 * i + offset) % among}") for name, offset in slots),
        when=When("2022-01-20", None, "Thursday"),
        attributed_to=("e0",),
        about=(str(i - 1),) if kind == "Statement" else (),
        caused_by=(str(i - 1),) if kind == "Killing" else (),
    )


def relation(i: int, *, among: int) -> Relation:
    source = 6 * (i % 10) % among
    return Relation(
        subject=f"e{(6 * i + 1) % among}",
        predicate=("fights", "attacks", "killed", "captured")[i // 10],
        object=f"e{(6 * i + 7) % among}",
        evidence=(SENTENCES[source],),
        confidence=0.8,
        derived_from=(str(source),),
    )
