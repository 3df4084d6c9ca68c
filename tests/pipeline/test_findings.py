"""What `kg read` finds is what a build stores, and nothing is stored."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest

from kg import iri
from kg.facts import Span
from kg.ingest import Rejected
from kg.pipeline import BuildOptions, build
from kg.pipeline.findings import Findings, FindOptions, find
from kg.store import Store
from kg.vocab import SIT

BASE = "http://example.org/id/"
TEXT = "Islamic State fought Reds. Reds fought nine men."


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    path = tmp_path / "reports.jsonl"
    lines = [{"id": "a", "text": TEXT}, {"id": "b"}, {"id": "c", "text": "EXPLODE"}, {"id": "a", "text": "x"}]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


def options(store: Path, ontology: Path, stand_in: ModuleType) -> FindOptions:
    return FindOptions(store=store, ontology=ontology, load_reader=stand_in.load)


def test_facts_of_a_report_and_reasons_for_the_others(
    reports: Path, tmp_path: Path, ontology: Path, stand_in: ModuleType
) -> None:
    store = tmp_path / "none-yet"
    found = list(find([str(reports)], options=options(store, ontology, stand_in)))
    assert not store.exists()
    (report,) = (one for one in found if isinstance(one, Findings))
    rejected = [one for one in found if isinstance(one, Rejected)]
    assert [one.name for one in rejected] == [f"{reports}:2", "c", "a"]
    assert report.iri == iri.report("https://w3id.org/sitrep/id/", "a")
    labels = {thing.iri: (thing.label, thing.kind) for thing in report.things}
    named = [(TEXT[one.span.begin : one.span.end], labels[one.thing]) for one in report.mentions]
    assert named == [
        ("Islamic State", ("Islamic State", "ArmedGroup")),
        ("fought", ("Clash: fought", "Clash")),
        ("Reds", ("Reds", "ArmedGroup")),
        ("Reds", ("Reds", "ArmedGroup")),
        ("fought", ("Clash: fought", "Clash")),
        ("nine men", ("nine men", "Group")),
    ]
    first, second = report.events
    assert [(role, labels[filler][0]) for role, filler in first.roles] == [
        ("participant", "Islamic State"),
        ("participant", "Reds"),
    ]
    assert (first.status, first.confidence, first.date, first.sources) == ("Reported", 0.9, "", ())
    assert (first.evidence, second.evidence) == ((Span(0, 26),), (Span(27, 48),))
    assert {(labels[one.subject][0], one.predicate) for one in report.relations} == {
        ("Islamic State", "fights"),
        ("Reds", "fights"),
    }


def test_a_contradiction_is_told_with_its_sentence(
    reports: Path, tmp_path: Path, ontology: Path, stand_in: ModuleType
) -> None:
    """The count of the stand-in's "nine men" contradicts itself."""
    (report, *_) = find([str(reports)], options=options(tmp_path / "none", ontology, stand_in))
    assert isinstance(report, Findings)
    assert [(one.sentence, one.result.severity) for one in report.rejects] != []
    assert {one.sentence for one in report.rejects} == {"Reds fought nine men."}


def test_base_and_overrides_are_those_of_the_store(
    reports: Path, tmp_path: Path, ontology: Path, stand_in: ModuleType
) -> None:
    store = tmp_path / "store"
    Store.create_or_open(store, base_iri=BASE)
    (store / "overrides.tsv").write_text("wrong\treport/a/event/clash-0\n")
    version = Store.open(store).version()
    (report, *_) = find([str(reports)], options=options(store, ontology, stand_in))
    assert isinstance(report, Findings)
    assert Store.open(store).version() == version
    assert [event.iri for event in report.events] == [f"{BASE}report/a/event/clash-1"]
    built = BuildOptions(store=store, ontology=ontology)
    build([str(reports)], options=built, load_reader=stand_in.load)
    predicate = ox.NamedNode(str(SIT.status))
    quads = Store.open(store).reading().quads_for_pattern(None, predicate, None, None)
    assert {quad.subject.value for quad in quads} == {event.iri for event in report.events}
