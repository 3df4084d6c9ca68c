"""A store is asked as the command line asks it."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest

import kg
from kg import BuildOptions, Graph, Reader, pipeline
from kg.api.answer import answer_of
from kg.errors import ExportError, InputError, QueryError, StoreError
from kg.vocab import XSD

TEXT = "Islamic State fought Reds. Reds fought Blues."
MORE = "Reds fought Blues. Syria fought Reds."


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory, stand_in: ModuleType) -> Graph:
    folder = tmp_path_factory.mktemp("graph")
    lines = [{"id": "a", "text": TEXT, "date": "2024-05-04", "title": "A day", "publisher": "The Paper"}]
    lines.append({"id": "b", "text": MORE})
    (folder / "reports.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    options = BuildOptions(store=folder / "store", keep_text=True)
    pipeline.build([str(folder / "reports.jsonl")], options=options, load_reader=stand_in.load)
    return Graph.open(folder / "store")


def test_answers_are_values(graph: Graph) -> None:
    answer = graph.query("""
      SELECT ?name (COUNT(?event) AS ?events) (1/0 AS ?nothing) (true AS ?yes) (0.5 AS ?half)
      { ?event sit:participant/skos:prefLabel ?name } GROUP BY ?name ORDER BY DESC(?events) ?name""")
    assert answer.columns == ("name", "events", "nothing", "yes", "half")
    assert answer.rows[0] == ("Reds", 4, None, True, 0.5)
    assert [name for name, *_ in answer] == ["Reds", "Blues", "Islamic State", "Syria"]
    assert len(answer) == 4
    assert "<td>Blues</td><td>2</td><td></td>" in answer._repr_html_()
    assert answer.frame()["events"].sum() == 8


def test_questions_and_graphs_have_answers_too(graph: Graph) -> None:
    assert graph.query("ASK { ?event a sit:Clash }").rows == ((True,),)
    made = graph.query("CONSTRUCT { ?event a sit:Clash } { ?event a sit:Clash }")
    assert made.columns == ("subject", "predicate", "object")
    assert len(made) == 4


def test_a_wrong_query_says_where(graph: Graph) -> None:
    with pytest.raises(QueryError, match="line 1, column"):
        graph.query("SELECT ?what {")


def test_a_number_that_is_none_stays_words() -> None:
    found = ox.Store().query('SELECT ("many"^^xsd:integer AS ?n) {}', prefixes={"xsd": str(XSD)})
    assert answer_of(found).rows == (("many",),)


def test_a_stored_report_reads_as_it_was_read(graph: Graph, stand_in: ModuleType) -> None:
    stored, fresh = graph.report("a"), Reader(load_reader=stand_in.load).read(TEXT, identifier="a")
    assert stored.entities == fresh.entities
    assert stored.events == fresh.events
    assert stored.mentions == fresh.mentions
    assert (stored.report.text, stored.report.title, stored.report.publisher) == (TEXT, "A day", "The Paper")
    assert str(stored.report.issued) == "2024-05-04"
    assert graph.reports() == ("a", "b")
    with pytest.raises(ExportError, match="no report 'c'"):
        graph.report("c")


def test_events_are_the_table_that_is_exported(graph: Graph) -> None:
    events = graph.events()
    assert list(events["participant"]) == [
        "Islamic State ; Reds",
        "Blues ; Reds",
        "Blues ; Reds",
        "Syria ; Reds",
    ]
    assert list(events["report_id"]) == ["a", "a", "b", "b"]
    assert str(events["report_date"].iloc[0]) == "2024-05-04 00:00:00"
    assert list(graph.report("a").frame()["event_id"]) == list(events["event_id"][:2])


@pytest.mark.parametrize(
    "name", ["Islamic State", "IS", "entity:islamic-state", "entity/islamic-state", "wd:Q2429253"]
)
def test_an_entity_is_found_by_name_or_iri(graph: Graph, name: str) -> None:
    found = graph.find(name)
    assert (found.name, found.kind) == ("Islamic State", "ArmedGroup")


def test_what_is_not_known_offers_what_is_alike(graph: Graph) -> None:
    with pytest.raises(QueryError, match="alike are Islamic State"):
        graph.find("Islamic Stat")
    with pytest.raises(QueryError, match="knows nothing of"):
        graph.find('" } INSERT <x>')


def test_an_entity_is_drawn_with_its_relations(graph: Graph) -> None:
    svg = graph.picture("Reds").svg
    assert [words in svg for words in (">Islamic State<", ">Blues<", ">Syria<", ">fights<")] == [True] * 4
    assert ">2 reports<" in svg
    assert "<title>Islamic State (https://w3id.org/sitrep/id/entity/islamic-state)<" in svg
    assert svg == graph.picture(graph.find("Reds")).svg


def test_the_graph_counts_and_tells_its_state(graph: Graph) -> None:
    assert (graph.statistics().reports, graph.statistics().relations) == (2, 4)
    assert repr(graph).endswith("store', version 00000002>")


def test_where_no_store_is_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="kg build"):
        Graph.open(tmp_path / "none")


def test_build_takes_files_and_refuses_what_does_not_go_together(tmp_path: Path) -> None:
    summary = kg.build(tmp_path / "missing.txt", store=tmp_path / "store", date="2024-05-04")
    assert (summary.reports, len(summary.rejected)) == (0, 1)
    with pytest.raises(InputError, match="--id"):
        kg.build(["a.txt", "b.txt"], store=tmp_path / "store", options=BuildOptions(identifier="x"))
