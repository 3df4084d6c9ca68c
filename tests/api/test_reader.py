"""What is read by itself is what a build stores, and nothing is stored."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest

from kg import Reader, Reading, iri
from kg.api.reader import read_all
from kg.errors import InputError
from kg.facts import Span
from kg.ingest import IngestOptions, Rejected
from kg.pipeline import BuildOptions, build
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


@pytest.fixture
def reader(stand_in: ModuleType) -> Reader:
    return Reader(load_reader=stand_in.load)


def test_facts_of_a_report_and_reasons_for_the_others(reports: Path, reader: Reader) -> None:
    found = list(read_all([str(reports)], options=IngestOptions(), load=lambda: reader))
    (reading,) = (one for one in found if isinstance(one, Reading))
    rejected = [one for one in found if isinstance(one, Rejected)]
    assert [one.name for one in rejected] == [f"{reports}:2", "c", "a"]
    assert reading.iri == iri.report("https://w3id.org/sitrep/id/", "a")
    named = [
        (TEXT[one.span.begin : one.span.end], one.thing.name, one.thing.kind) for one in reading.mentions
    ]
    assert named == [
        ("Islamic State", "Islamic State", "ArmedGroup"),
        ("fought", "Clash: fought", "Clash"),
        ("Reds", "Reds", "ArmedGroup"),
        ("Reds", "Reds", "ArmedGroup"),
        ("fought", "Clash: fought", "Clash"),
        ("nine men", "nine men", "Group"),
    ]
    first, second = reading.events
    assert [one.name for one in first.participants] == ["Islamic State", "Reds"]
    assert (first.status, first.confidence, first.date, first.sources) == ("Reported", 0.9, None, ())
    assert first.evidence[0].span == Span(0, 26)
    assert second.sentence == "Reds fought nine men."
    assert {(one.subject.name, one.predicate) for one in reading.relations} == {
        ("Islamic State", "fights"),
        ("Reds", "fights"),
    }


def test_what_is_known_of_an_entity_comes_with_it(reader: Reader) -> None:
    entities = {one.name: one for one in reader.read(TEXT).entities}
    assert entities["Islamic State"].wikidata == "Q2429253"
    assert entities["Reds"].wikidata is None


def test_a_contradiction_is_told_with_its_sentence(reader: Reader) -> None:
    """The count of the stand-in's "nine men" contradicts itself."""
    assert {one.sentence for one in reader.read(TEXT).rejects} == {"Reds fought nine men."}


def test_base_and_overrides_are_those_of_the_store(
    reports: Path, tmp_path: Path, stand_in: ModuleType
) -> None:
    store = tmp_path / "store"
    Store.create_or_open(store, base_iri=BASE)
    (store / "overrides.tsv").write_text("wrong\treport/a/event/clash-0\n")
    version = Store.open(store).version()
    load = partial(Reader, store=store, load_reader=stand_in.load)
    (reading, *_) = read_all([str(reports)], options=IngestOptions(), load=load)
    assert isinstance(reading, Reading)
    assert Store.open(store).version() == version
    assert [event.iri for event in reading.events] == [f"{BASE}report/a/event/clash-1"]
    build([str(reports)], options=BuildOptions(store=store), load_reader=stand_in.load)
    predicate = ox.NamedNode(str(SIT.status))
    quads = Store.open(store).reading().quads_for_pattern(None, predicate, None, None)
    assert {quad.subject.value for quad in quads} == {event.iri for event in reading.events}


def test_a_file_is_read_as_a_build_reads_it(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "day.txt"
    path.write_text(TEXT)
    reading = reader.read(path, date="2024-05-04")
    assert (reading.report.identifier, reading.report.text) == ("day", TEXT)
    assert str(reading.report.issued) == "2024-05-04"


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("", {}, "text: it is empty"),
        (TEXT, {"date": "soon"}, "date: "),
        (TEXT, {"identifier": "\n"}, "id '' is empty"),
        (TEXT, {"url": "nowhere"}, "is not an absolute URL"),
        ("EXPLODE", {}, "could not be read (RuntimeError: planted failure)"),
        (Path("missing.txt"), {}, "missing.txt: "),
        ("samples/day.txt\n", {}, "to read that: read(Path('samples/day.txt'))"),
    ],
)
def test_what_cannot_be_read_says_why(
    reader: Reader, source: str | Path, options: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError) as raised:
        reader.read(source, **options)  # type: ignore[arg-type]
    assert message in str(raised.value)


def test_several_reports_in_one_file_are_refused(reader: Reader, reports: Path) -> None:
    with pytest.raises(InputError, match="several reports"):
        reader.read(reports)


def test_graph_and_turtle_hold_the_same_triples(reader: Reader) -> None:
    import rdflib

    reading = reader.read(TEXT)
    assert set(reading.graph) == set(rdflib.Graph().parse(data=reading.turtle(), format="turtle"))
    assert rdflib.URIRef(reading.events[0].iri) in set(reading.graph.subjects(rdflib.RDF.type, SIT.Clash))
