"""A validator of the shipped shapes, the valid example report, and a report of the usual size."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from rdflib import Graph

from kg.facts import Amount, Entity, Event, Facts, Kind, Relation, Report, Role, Span, Status, When
from kg.mapping import map_report
from kg.settings import ontology_directory
from kg.validation import Validator

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


@pytest.fixture
def raid(folder: Path) -> Graph:
    """The valid example: a raid, a killing, a denial, a possible clash, and four relations."""
    return Graph().parse(folder / "examples" / "valid" / "report.ttl")


@pytest.fixture(scope="session")
def large() -> Graph:
    """A mapped report of 60 entities, 60 events, 240 phrases and 40 relations, some 3,400 triples."""
    report = Report(
        "large", "x" * 6000, "Title", dt.date(2022, 1, 24), "Press", "https://example.org/1", "en"
    )
    entities = tuple(entity(i) for i in range(60))
    events = tuple(event(i) for i in range(60))
    relations = tuple(relation(i) for i in range(40))
    facts = Facts(report, SENTENCES, entities, events, relations)
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


def event(i: int) -> Event:
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
        roles=tuple(Role(name, f"e{(6 * i + offset) % 60}") for name, offset in slots),
        when=When("2022-01-20", None, "Thursday"),
        attributed_to=("e0",),
        about=(str(i - 1),) if kind == "Statement" else (),
        caused_by=(str(i - 1),) if kind == "Killing" else (),
    )


def relation(i: int) -> Relation:
    source = 6 * (i % 10)
    return Relation(
        subject=f"e{(6 * i + 1) % 60}",
        predicate=("fights", "attacks", "killed", "captured")[i // 10],
        object=f"e{(6 * i + 7) % 60}",
        evidence=(SENTENCES[source],),
        confidence=0.8,
        derived_from=(str(source),),
    )
