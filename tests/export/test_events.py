"""The events table: what its cells hold, in both file formats, and the page that explains them."""

import csv
import datetime as dt
import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import pandas
import pytest
from click.testing import CliRunner
from pyoxigraph import Quad, RdfFormat, Store

from kg.cli import main
from kg.errors import ExportError
from kg.export.events import COLUMNS, EventsFormat, data_dictionary, export_events
from kg.export.events.columns import Type, joined
from kg.export.events.model import People, Thing, greatest, period, total
from kg.store import Store as Files

BASE = "https://w3id.org/sitrep/id/"
ROOT = Path(__file__).parents[2]
DATA = f"""
@prefix : <{BASE}entity/> .
@prefix r: <{BASE}report/> .
@prefix one: <{BASE}report/one/event/> .
@prefix two: <{BASE}report/two/event/> .
@prefix sit: <https://w3id.org/sitrep/ontology#> .
@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix wgs84: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

r:one {{
    r:one a sit:Report ; dcterms:identifier "one" ; dcterms:title "=HYPERLINK(1)" ; dcterms:publisher "Wire" ;
        dcterms:issued "2022-01-24T23:30:00-05:00"^^xsd:dateTime ; dcterms:source <https://example.org/1> ;
        dcterms:language "en" .
    one:90-Killing a sit:Killing ; skos:prefLabel "Killing: killed"
        ; sit:status sit:Reported ; sit:confidence 0.8 ;
        sit:target <{BASE}report/one/group/e1>, <{BASE}person/Amal_Haddad> ; sit:causedBy one:10-AirStrike ;
        sit:evidence <{BASE}report/one/sentence/80-120> ; sit:attributedTo :army .
    one:10-AirStrike a sit:AirStrike ; skos:prefLabel "Air strike"
        ; sit:status sit:Reported ; sit:confidence 0.9 ;
        sit:agent :valeland, :army ; sit:target :gaol ; sit:instrument <{BASE}report/one/group/e2> ;
        sit:date "2022-01"^^xsd:gYearMonth ; sit:timeText "this  month" ;
        sit:evidence <{BASE}report/one/sentence/80-120>, <{BASE}report/one/sentence/0-79> .
    <{BASE}report/one/group/e1> a sit:Group ; skos:prefLabel "soldiers"
        ; sit:minCount 77 ; sit:countText "at least 77" .
    <{BASE}report/one/group/e2> a sit:Aircraft ; skos:prefLabel "jets ; drones" .
    <{BASE}person/Amal_Haddad> a sit:Person ; skos:prefLabel "Amal Haddad" .
    <{BASE}report/one/sentence/0-79> nif:beginIndex 0 ; nif:anchorOf "Jets hit\\nthe gaol." .
    <{BASE}report/one/sentence/80-120> nif:beginIndex 80 ; nif:anchorOf "At least 77 died." .
}}
r:two {{
    r:two a sit:Report ; dcterms:identifier "two" .
    two:5-Escape a sit:Escape ; sit:status sit:Denied ; sit:place :karsk, :valeland
        ; sit:date "2022-01-20"^^xsd:date ;
        sit:endDate "2022-01-22"^^xsd:date ; sit:agent <{BASE}report/two/group/e1> .
    <{BASE}report/two/group/e1> a sit:Group ; skos:prefLabel "inmates" ; sit:minCount 20 ; sit:maxCount 30 .
}}
<{BASE}graph/entities> {{
    :gaol a sit:Prison ; skos:prefLabel "Gaol" ; sit:locatedIn :karsk .
    :karsk a sit:Settlement ; skos:prefLabel "Karsk" ; sit:locatedIn :north ; owl:sameAs wd:Q1 ;
        wgs84:lat 1.5 ; wgs84:long -2.25 .
    :north a sit:Region ; skos:prefLabel "North" ; sit:locatedIn :valeland .
    :valeland a sit:Country, sit:Actor ; skos:prefLabel "Valeland" ; owl:sameAs wd:Q2
        ; wgs84:lat 9.0 ; wgs84:long 9.0 .
    :army a sit:StateForce ; skos:prefLabel "Army" .
}}
<{BASE}graph/clusters> {{
    one:10-AirStrike sit:partOfCluster <{BASE}cluster/zero/3-Attack> .
    <{BASE}cluster/zero/3-Attack> a sit:EventCluster ; sit:reportCount 2 ; sit:sourceCount 3
        ; sit:deadLow 70 ;
        sit:deadBest 77 ; sit:deadHigh 80 .
    r:two sit:copyOf r:zero .
}}
<https://example.org/elsewhere> {{ <https://example.org/e> a sit:Attack ; sit:status sit:Reported . }}
"""


@pytest.fixture
def store() -> Store:
    """Two reports with three events, and an event of somebody else's."""
    found = Store()
    found.load(DATA.encode(), format=RdfFormat.TRIG)
    return found


def _export(store: Store, form: EventsFormat, report: str | None = None) -> bytes:
    output = io.BytesIO()
    export_events(store, output, format=form, ontology=ROOT / "ontology", base_iri=BASE, report=report)
    return output.getvalue()


def _rows(store: Store, report: str | None = None) -> list[dict[str, str]]:
    text = _export(store, EventsFormat.CSV, report).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _filled(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if value}


def test_a_row_holds_what_the_graph_says_of_an_event(store: Store) -> None:
    strike = _filled(_rows(store)[0])
    assert strike == {
        "event_id": "one/10-AirStrike",
        "event_iri": f"{BASE}report/one/event/10-AirStrike",
        "cluster_id": "zero/3-Attack",
        "cluster_iri": f"{BASE}cluster/zero/3-Attack",
        "cluster_reports": "2",
        "cluster_sources": "3",
        "kind": "AirStrike",
        "kind_branch": "ConflictEvent",
        "kind_acled": "Air/drone strike",
        "kind_plover": "ASSAULT-aerial",
        "label": "Air strike",
        "status": "Reported",
        "confidence": "0.9",
        "date_start": "2022-01-01",
        "date_end": "2022-01-31",
        "date_precision": "month",
        "time_text": "this month",
        "agent": "Army ; Valeland",
        "agent_iri": f"{BASE}entity/army ; {BASE}entity/valeland",
        "agent_class": "StateForce ; Country",
        "agent_wikidata": " ; Q2",
        "target": "Gaol",
        "target_iri": f"{BASE}entity/gaol",
        "target_class": "Prison",
        "instrument": "jets; drones",
        "instrument_iri": f"{BASE}report/one/group/e2",
        "instrument_class": "Aircraft",
        "region": "North",
        "country": "Valeland",
        "country_iri": f"{BASE}entity/valeland",
        "country_wikidata": "Q2",
        "latitude": "1.5",
        "longitude": "-2.25",
        "geo_precision": "settlement",
        "location_from": "target",
        "dead_min": "78",
        "cluster_dead_low": "70",
        "cluster_dead_best": "77",
        "cluster_dead_high": "80",
        "evidence": "Jets hit the gaol. ; At least 77 died.",
        "evidence_iri": f"{BASE}report/one/sentence/0-79 ; {BASE}report/one/sentence/80-120",
        "report_id": "one",
        "report_iri": f"{BASE}report/one",
        "report_title": "'=HYPERLINK(1)",
        "report_date": "2022-01-24",
        "publisher": "Wire",
        "source_url": "https://example.org/1",
        "language": "en",
    }


def test_a_harm_has_its_victims_and_its_act(store: Store) -> None:
    killing = _rows(store)[1]
    assert killing["event_id"] == killing["cluster_id"] == "one/90-Killing"
    assert (killing["target"], killing["target_class"]) == ("Amal Haddad ; soldiers", "Person ; Group")
    assert (killing["dead_min"], killing["dead_max"]) == ("78", "")
    assert (killing["target_people_min"], killing["target_people_text"]) == ("77", "at least 77")
    assert (killing["caused_by"], killing["attributed_to"]) == ("one/10-AirStrike", "Army")
    assert (killing["date_start"], killing["country"]) == ("", "")


@pytest.mark.parametrize(
    ("sentence", "most", "expected"),
    [
        ("0-9", 9, (("2", "2"), ("", ""))),
        ("10-19", 9, (("10", "11"), ("8", "9"))),
        ("0-9", 0, (("2", "2"), ("", "0"))),
    ],
)
def test_a_number_of_killed_or_injured_is_of_neither(
    sentence: str, most: int, expected: tuple[tuple[str, str], ...]
) -> None:
    """Of another sentence it is; that none is both is known."""
    least = "sit:minCount 8 ;" if most else ""
    told = f"""
    @prefix r: <{BASE}report/> . @prefix sit: <https://w3id.org/sitrep/ontology#> .
    @prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
    r:x {{ <{BASE}report/x/event/1-Killing> a sit:Killing ; sit:status sit:Reported ;
        sit:target r:g, r:h ; sit:evidence <{BASE}report/x/sentence/0-9> .
      <{BASE}report/x/event/2-Injury> a sit:Injury ; sit:status sit:Reported ;
        sit:target r:g ; sit:evidence <{BASE}report/x/sentence/{sentence}> .
      r:g a sit:Group ; {least} sit:maxCount {most} .
      r:h a sit:Group ; sit:minCount 2 ; sit:maxCount 2 . }}"""
    found = Store()
    found.load(told.encode(), format=RdfFormat.TRIG)
    killed, injured = _rows(found)
    assert (killed["dead_min"], killed["dead_max"]) == expected[0]
    assert (injured["injured_min"], injured["injured_max"]) == expected[1]


def test_the_narrowest_place_counts(store: Store) -> None:
    escape = _rows(store)[2]
    assert (escape["place"], escape["place_wikidata"]) == ("Karsk ; Valeland", "Q1 ; Q2")
    assert (escape["latitude"], escape["location_from"]) == ("1.5", "place")
    assert (escape["date_start"], escape["date_end"], escape["date_precision"]) == (
        "2022-01-20",
        "2022-01-22",
        "day",
    )
    assert (escape["agent_people_min"], escape["agent_people_max"], escape["dead_min"]) == ("20", "30", "")
    assert (escape["status"], escape["report_copy_of"]) == ("Denied", "zero")


def test_one_report_and_none(store: Store) -> None:
    assert [row["event_id"] for row in _rows(store, "two")] == ["two/5-Escape"]
    with pytest.raises(ExportError, match="'three'"):
        _rows(store, "three")
    assert _rows(Store()) == []


def test_both_files_hold_the_same(store: Store) -> None:
    parquet = pandas.read_parquet(io.BytesIO(_export(store, EventsFormat.PARQUET)))
    table = pandas.read_csv(io.BytesIO(_export(store, EventsFormat.CSV)), dtype=str, keep_default_na=False)
    assert list(parquet) == list(table) == [column.name for column in COLUMNS]
    for column in COLUMNS:
        for found, cell in zip(parquet[column.name], table[column.name], strict=True):
            if not cell:
                assert pandas.isna(found)
            elif column.type in (Type.INTEGER, Type.NUMBER):
                assert float(found) == float(cell)
            elif column.type is Type.DATE:
                assert found == dt.date.fromisoformat(cell)
            else:
                assert found == cell.removeprefix("'")


@pytest.mark.parametrize("form", list(EventsFormat))
def test_the_order_of_the_data_changes_nothing(store: Store, form: EventsFormat) -> None:
    quads: list[Quad] = list(store)
    random.Random(1).shuffle(quads)  # noqa: S311 - no secret
    again = Store()
    for quad in quads:
        again.add(quad)
    assert _export(again, form) == _export(store, form)


def test_csv_on_the_web_describes_the_csv(store: Store) -> None:
    about = json.loads(_export(store, EventsFormat.CSVW))
    names = [column["name"] for column in about["tableSchema"]["columns"]]
    assert names == list(_rows(store)[0])
    assert about["@context"][0] == "http://www.w3.org/ns/csvw"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_no_text_is_computed(store: Store, text: str) -> None:
    store.update(
        "PREFIX dcterms: <http://purl.org/dc/terms/> WITH <"
        + BASE
        + "report/one> DELETE { ?r dcterms:title ?t } "
        f'INSERT {{ ?r dcterms:title "{text}" }} WHERE {{ ?r dcterms:title ?t }}'
    )
    assert _rows(store)[0]["report_title"] == f"'{text}"
    assert _rows(store)[0]["longitude"] == "-2.25"


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2024-02-29", None, ("2024-02-29", "2024-02-29", "day")),
        ("2024-02", None, ("2024-02-01", "2024-02-29", "month")),
        ("2024", None, ("2024-01-01", "2024-12-31", "year")),
        ("2024-02-03", "2024-03", ("2024-02-03", "2024-03-31", "month")),
        (None, "2024-03-01", (None, "2024-03-01", "day")),
        ("0000", None, (None, None, None)),
        ("-0044", None, (None, None, None)),
        ("2024-13-01", None, (None, None, None)),
        (None, None, (None, None, None)),
    ],
)
def test_periods(begin: str | None, end: str | None, expected: tuple[str | None, ...]) -> None:
    found = period(begin, end)
    days = [day.isoformat() if day is not None else None for day in (found.first, found.last)]
    assert (*days, found.precision) == expected


def _group(least: int | None, most: int | None) -> Thing:
    return Thing("urn:g", "group", "Group", people=People(least, most))


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        ([], (None, None)),
        ([_group(None, None)], (None, None)),
        ([_group(13, 13), _group(169, None)], (182, None)),
        ([_group(13, 13), _group(None, None)], (13, None)),
        ([_group(None, 5)], (None, 5)),
        ([_group(2, 3), Thing("urn:p", "A", "Person")], (3, 4)),
        ([_group(2, 3), Thing("urn:a", "Army", "StateForce")], (2, 3)),
    ],
)
def test_totals(things: list[Thing], expected: tuple[int | None, int | None]) -> None:
    people = total(things, persons=True)
    assert (people.least, people.most) == expected


def test_the_greatest_number_stands() -> None:
    assert greatest([People(3, 3), People(), People(9, None), People(9, 12)]) == People(9, 12)
    assert greatest([]) == People()


def test_items_are_kept_apart() -> None:
    assert joined(["a ; b", " c\n d "]) == "a; b ; c d"
    assert joined(["", ""]) is None


def test_the_data_dictionary_is_up_to_date() -> None:
    page = (ROOT / "docs" / "events-table.md").read_text(encoding="utf-8")
    told = "make it anew: python -m kg.export.events > docs/events-table.md"
    assert page == data_dictionary().rstrip("\n") + "\n", told


def test_examples_have_the_type_of_their_column() -> None:
    read: dict[Type, Callable[[str], object]] = {
        Type.DATE: dt.date.fromisoformat,
        Type.INTEGER: int,
        Type.NUMBER: float,
        Type.TEXT: str,
    }
    for column in COLUMNS:
        read[column.type](column.example)
        assert column.meaning.endswith(".")
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)


def test_the_command_writes_the_table(tmp_path: Path) -> None:
    with Files.create_or_open(tmp_path / "store", base_iri=None).writing() as batch:
        batch.database.load(DATA.encode(), format=RdfFormat.TRIG)
    options = ["export", "--store", str(tmp_path / "store"), "--report", "one"]
    for suffix in ("csv", "parquet"):
        file = tmp_path / f"events.{suffix}"
        result = CliRunner().invoke(main, [*options, "--format", f"events.{suffix}", "-o", str(file)])
        assert (result.exit_code, result.output) == (0, "")
    assert len(pandas.read_csv(tmp_path / "events.csv")) == 2
    assert len(pandas.read_parquet(tmp_path / "events.parquet")) == 2
