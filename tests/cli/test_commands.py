from __future__ import annotations

import json
import resource
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import Result

from kg.store import Store

Kg = Callable[..., Result]
GOOD = '<http://example.org/s> <http://example.org/p> "good" .\n'
FOREIGN = "SELECT (COUNT(*) AS ?n) { GRAPH <http://example.org/g> { ?s ?p ?o } }"


def one_line(result: Result, status: int = 1) -> str:
    """The one line on standard error that a failing command ends with."""
    assert result.exit_code == status, result.output
    (line,) = result.stderr.splitlines()
    assert line.startswith("kg: ")
    return line


# Query


@pytest.mark.parametrize(
    ("format_name", "expected"),
    [
        ("json", '{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"a,b"}}]}}'),
        ("csv", 'x\n"a,b"\n'),
        ("tsv", '?x\n"a,b"\n'),
        ("table", "x\n---\na,b\n"),
    ],
)
def test_query_formats(store: Store, kg: Kg, format_name: str, expected: str) -> None:
    result = kg("query", 'SELECT ("a,b" AS ?x) {}', "--format", format_name)
    assert (result.exit_code, result.stdout) == (0, expected)


def test_query_as_xml(store: Store, kg: Kg) -> None:
    result = kg("query", 'SELECT ("a,b" AS ?x) {}', "--format", "xml")
    solutions = ox.parse_query_results(result.stdout_bytes, format=ox.QueryResultsFormat.XML)
    assert isinstance(solutions, ox.QuerySolutions)
    assert [solution["x"].value for solution in solutions] == ["a,b"]
    del solutions  # this frame may be part of a circle, which another thread may clear, and these must not be


@pytest.mark.parametrize(
    ("format_name", "expected"), [("table", "answer\n------\nyes\n"), ("csv", "true"), ("json", "true")]
)
def test_ask(store: Store, kg: Kg, format_name: str, expected: str) -> None:
    result = kg("query", "ASK { ?report a sit:Report }", "--format", format_name)
    assert result.exit_code == 0
    assert expected in result.stdout


def test_what_two_graphs_say_counts_once(store: Store, kg: Kg, tmp_path: Path) -> None:
    for name, value in (("a", 7), ("b", 7), ("c", 8)):
        file = tmp_path / f"{name}.ttl"
        file.write_text(f"<http://example.org/s> <http://example.org/p> {value} .")
        assert kg("load", str(file), "--graph", f"http://example.org/{name}").exit_code == 0
    query = "SELECT (COUNT(*) AS ?n) (SUM(?o) AS ?sum) { <http://example.org/s> <http://example.org/p> ?o }"
    assert kg("query", query, "--format", "csv").stdout.split() == ["n,sum", "2,15"]


def test_table_shortens_iris_and_leaves_unbound_cells_empty(store: Store, kg: Kg) -> None:
    query = "SELECT ?kind ?nothing ?report { ?report a sit:Report ; a ?kind } ORDER BY DESC(?kind)"
    lines = [line.split(" | ") for line in kg("query", query).stdout.splitlines()]
    assert [[cell.strip() for cell in line] for line in lines[2:]] == [
        ["sit:Report", "", "http://example.org/id/report/day"],
        ["nif:Context", "", "http://example.org/id/report/day"],
    ]


def test_table_keeps_control_characters_from_the_terminal(store: Store, kg: Kg) -> None:
    result = kg("query", r'SELECT ("red\u001B[31m\nend" AS ?x) {}')
    assert result.stdout.splitlines()[-1] == "red\N{REPLACEMENT CHARACTER}[31m end"


def test_wide_letters_are_aligned(store: Store, kg: Kg) -> None:
    result = kg("query", 'SELECT ?a ?b { VALUES (?a ?b) { ("北京" 1) ("x" 2) } }')
    assert result.stdout.splitlines()[1:] == ["---- | -", "北京 | 1", "x    | 2"]


def test_no_results_says_so(store: Store, kg: Kg) -> None:
    result = kg("query", "SELECT ?x { ?x a sit:Trial }")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "x\n-\n", "kg: no results\n")


@pytest.mark.parametrize(
    "query", ["CONSTRUCT { ?r a sit:Report } WHERE { ?r a sit:Report }", "DESCRIBE sit:Clash"]
)
def test_graphs_are_turtle(store: Store, kg: Kg, query: str) -> None:
    result = kg("query", query)
    assert result.exit_code == 0
    assert len(rdflib.Graph().parse(data=result.stdout, format="turtle")) > 0
    assert "@prefix sit: <https://w3id.org/sitrep/ontology#>" in result.stdout


def test_graph_as_table(store: Store, kg: Kg) -> None:
    result = kg("query", "CONSTRUCT WHERE { ?r a sit:Report }", "--format", "table")
    assert result.stdout.splitlines()[-1] == "http://example.org/id/report/day | rdf:type  | sit:Report"


@pytest.mark.parametrize(
    ("query", "format_name"), [("CONSTRUCT WHERE { ?r a sit:Report }", "csv"), ("ASK {}", "turtle")]
)
def test_result_that_a_format_cannot_hold(store: Store, kg: Kg, query: str, format_name: str) -> None:
    assert f"cannot be written as {format_name}" in one_line(kg("query", query, "--format", format_name))


def test_own_prefix_wins(store: Store, kg: Kg) -> None:
    result = kg("query", "PREFIX sit: <http://mine/> SELECT (sit:x AS ?x) {}", "--format", "csv")
    assert result.stdout == "x\nhttp://mine/x\n"


def test_default_graph_is_the_union(store: Store, kg: Kg) -> None:
    """A mention stands in the report's graph, the link in the entity graph."""
    result = kg(
        "query",
        "SELECT DISTINCT ?w { ?e a sit:ArmedGroup ; sit:mentionedIn ?r ; owl:sameAs ?w }",
        "--format",
        "csv",
    )
    assert result.stdout == "w\nhttp://www.wikidata.org/entity/Q2429253\n"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT *\nWHERE { ?s ?p }", "line 2, column 16: expected one of"),
        ("SELECT ?x { ?x a foo:Bar }", "line 1, column 25: a prefix is not declared here"),
        ("", "line 1, column 1"),
        ("DROP ALL", "this is an update"),
        ("# note\nPREFIX a: <http://a/> insert data { a:b a:c a:d }", "this is an update"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "the query failed"),
    ],
)
def test_query_errors_are_one_line(store: Store, kg: Kg, query: str, message: str) -> None:
    line = one_line(kg("query", query))
    assert message in line
    assert len(line) < 300


def test_query_from_file_and_standard_input(store: Store, kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("\ufeffASK {}", encoding="utf-8")
    assert kg("query", "-f", "q.rq").exit_code == 0
    assert kg("query", "-f", "-", input="ASK {}").exit_code == 0
    (tmp_path / "latin.rq").write_bytes(b"ASK { ?s ?p '\xe9' }")
    assert "latin.rq: not UTF-8 text" in one_line(kg("query", "-f", "latin.rq"))


@pytest.mark.parametrize("arguments", [(), ("ASK {}", "-f", "-"), ("-f", "missing.rq")])
def test_query_usage(store: Store, kg: Kg, arguments: tuple[str, ...]) -> None:
    assert kg("query", *arguments).exit_code == 2


# Statistics


def test_stats(store: Store, kg: Kg) -> None:
    result = kg("stats")
    assert result.exit_code == 0
    counted = {" ".join(line.split()[:-1]): line.split()[-1] for line in result.stdout.splitlines()}
    assert counted["Data version"] == "00000002"
    assert counted["Reports"] == "1"
    assert (counted["Entities"], counted["Prison"], counted["Group"]) == ("13", "1", "4")
    assert (counted["Events"], counted["AirStrike"]) == ("8", "1")
    assert (counted["Reported"], counted["Denied"], counted["Possible"]) == ("6", "1", "1")
    assert counted["Relations"] == "3"
    assert counted["Links to Wikidata"] == "2"


# Export


def test_export_to_standard_output_and_file(store: Store, kg: Kg, tmp_path: Path) -> None:
    shown = kg("export", "--format", "nquads")
    assert shown.exit_code == 0
    assert kg("export", "--format", "nquads", "-o", "out.nq").stdout == ""
    assert (tmp_path / "out.nq").read_bytes() == shown.stdout_bytes
    assert len(shown.stdout.splitlines()) == len(store.reading())


def test_failed_export_leaves_the_file_as_it_was(store: Store, kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "out.ttl").write_text("before")
    assert "'nobody'" in one_line(kg("export", "--report", "nobody", "-o", "out.ttl"))
    assert (tmp_path / "out.ttl").read_text() == "before"
    assert not list(tmp_path.glob("*.part"))


def test_export_where_it_cannot_be_written(store: Store, kg: Kg) -> None:
    told = one_line(kg("export", "-o", "no/such/folder/out.ttl"))
    assert told == "kg: no/such/folder/out.ttl: there is no folder no/such/folder"


@pytest.mark.parametrize("name", ["out.ttl", "out.ttl.gz"])
def test_export_that_finds_no_room(store: Store, kg: Kg, tmp_path: Path, name: str) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        result = kg("export", "-o", name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert one_line(result).startswith(f"kg: {name}: was not written: File too large (there, or in ")
    assert not list(tmp_path.glob("out.ttl*"))


# Load


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", GOOD),
        ("a.nt", GOOD),
        ("a.nq", GOOD),
        ("a.trig", GOOD),
        ("a.TTL", GOOD),
        ("a.jsonld", '{"@id": "http://example.org/s", "http://example.org/p": "good"}'),
        (
            "a.rdf",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
            '<rdf:Description rdf:about="http://example.org/s"><e:p>good</e:p></rdf:Description></rdf:RDF>',
        ),
    ],
)
def test_load_by_suffix(store: Store, kg: Kg, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    before = len(store.reading())
    result = kg("load", name, "--graph", "http://example.org/g")
    assert (result.exit_code, result.stderr) == (0, "1 of 1 files loaded\n")
    assert len(store.reading()) == before + 1
    assert kg("query", FOREIGN, "--format", "csv").stdout == "n\n1\n"


def test_load_without_graph_means_the_unnamed_one(store: Store, kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(GOOD)
    assert kg("load", "a.ttl").exit_code == 0
    assert len(list(store.reading().quads_for_pattern(None, None, None, ox.DefaultGraph()))) == 1


def test_load_keeps_the_graphs_of_a_dataset(store: Store, kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "a.trig").write_text("<http://example.org/g> { <a:s> <a:p> 1 , 2 }")
    assert kg("load", "a.trig").exit_code == 0
    assert kg("query", FOREIGN, "--format", "csv").stdout == "n\n2\n"


def test_broken_file_loads_nothing_and_the_others_go_on(store: Store, kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text(GOOD + GOOD.replace("good", "worse") + "<a:b> oops\n")
    (tmp_path / "good.ttl").write_text(GOOD)
    (tmp_path / "data.csv").write_text("a,b")
    before = len(store.reading())
    result = kg("load", "bad.ttl", "data.csv", "good.ttl", "none.ttl")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert lines[0].startswith("kg: bad.ttl:3: cannot be parsed")
    assert lines[1].startswith("kg: data.csv: not a suffix of RDF")
    assert lines[2].startswith("kg: none.ttl: cannot be read")
    assert lines[3:] == ["1 of 4 files loaded"]
    assert len(store.reading()) == before + 1


def test_load_into_no_iri(store: Store, kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(GOOD)
    assert kg("load", "a.ttl", "--graph", "not an iri").exit_code == 2


# Remove


def test_remove(store: Store, kg: Kg) -> None:
    result = kg("remove", "night", "day")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == ["kg: store: there is no report 'night'", "1 removed"]
    assert not bool(
        store.reading().query("ASK { GRAPH ?g { ?e <https://w3id.org/sitrep/ontology#mentionedIn> ?r } }")
    )
    assert kg("query", "ASK { ?s owl:sameAs ?o }", "--format", "csv").stdout == "false"


# Validate


def test_validate_store(store: Store, kg: Kg) -> None:
    result = kg("validate")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1].startswith("3 graphs: 0 violations, ")


def test_validate_finds_what_was_loaded(store: Store, kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        "@prefix sit: <https://w3id.org/sitrep/ontology#> . "
        "<http://example.org/event> a sit:Clash ; sit:confidence 7 ."
    )
    assert kg("load", "a.ttl", "--graph", "http://example.org/g").exit_code == 0
    result = kg("validate")
    assert result.exit_code == 1
    assert "http://example.org/g\n  Violation: http://example.org/event sit:confidence" in result.stdout


def test_validate_files(store: Store, kg: Kg, tmp_path: Path) -> None:
    """The export of a report conforms; a planted fault is found."""
    assert kg("export", "--report", "day", "-o", "day.ttl").exit_code == 0
    assert kg("validate", "day.ttl").exit_code == 0
    text = (tmp_path / "day.ttl").read_text().replace("sit:minCount 77", 'sit:minCount "many"')
    (tmp_path / "bad.ttl").write_text(text)
    result = kg("validate", "bad.ttl", "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["conforms"] is False
    assert ("bad.ttl", "many") in {(item["graph"], item["value"]) for item in found["results"]}
    report = rdflib.Graph().parse(data=kg("validate", "bad.ttl", "--format", "turtle").stdout)
    assert (None, rdflib.SH.conforms, rdflib.Literal(False)) in report


@pytest.mark.parametrize(
    ("arguments", "status"), [(("x.ttl", "--store", "store"), 2), (("x.ttl",), 1), (("x.doc",), 1)]
)
def test_validate_usage(store: Store, kg: Kg, arguments: tuple[str, ...], status: int) -> None:
    assert kg("validate", *arguments).exit_code == status


# All


@pytest.mark.parametrize(
    "arguments",
    [("query", "ASK {}"), ("stats",), ("export",), ("validate",), ("remove", "day")],
    ids=lambda a: a[0],
)
def test_missing_store_is_one_line(kg: Kg, arguments: tuple[str, ...]) -> None:
    assert "store: there is no store here" in one_line(kg(*arguments))


def test_help_names_every_command(kg: Kg) -> None:
    text = kg("--help").stdout
    for command in ("build", "export", "load", "query", "remove", "serve", "stats", "validate"):
        assert f"  {command} " in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("build",),
        ("build", "x.txt", "--date", "last week"),
        ("build", "x.txt", "--date", "2022-02-30"),
        ("build", "x.txt", "--workers", "0"),
        ("build", "x.txt", "y.txt", "--id", "one"),
        ("export", "--format", "word"),
        ("serve", "--port", "99999"),
        ("serve", "--timeout", "0"),
        ("serve", "--allow-update"),
        ("fly",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2(kg: Kg, arguments: tuple[str, ...]) -> None:
    assert kg(*arguments).exit_code == 2
