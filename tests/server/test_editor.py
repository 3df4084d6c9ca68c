"""What the query editor is told: answers that fit a page, terms to complete, examples."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urlencode

import pytest
from rdflib import Graph

from server import editor
from server.examples import Example, examples, read_example
from server.messages import Cell, Table
from server.views.pages import EDITOR_ROWS

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BROWSER = "text/html"
IRI, BLANK = Cell("iri", "http://e/x"), Cell("blank", "b0")


def ask(site, query: str):
    return site.ask("POST", "/query/answer", urlencode({"query": query}), FORM)


@pytest.mark.parametrize(
    ("cell", "term"),
    [
        (IRI, {"type": "uri", "value": "http://e/x"}),
        (BLANK, {"type": "bnode", "value": "b0"}),
        (Cell("literal", "é"), {"type": "literal", "value": "é"}),
        (Cell("literal", "x", language="en"), {"type": "literal", "value": "x", "xml:lang": "en"}),
        (
            Cell("literal", "2", datatype="http://e/t"),
            {"type": "literal", "value": "2", "datatype": "http://e/t"},
        ),
    ],
)
def test_a_term_is_written_as_the_results_format_has_it(cell: Cell, term: dict[str, str]) -> None:
    found = editor.results(Table(("a", "b"), ((cell, None),)))
    assert found == {"head": {"vars": ["a", "b"]}, "results": {"bindings": [{"a": term}]}}


def test_an_ask_query_is_answered_by_a_boolean() -> None:
    assert editor.results(Table((), (), boolean=False)) == {"head": {}, "boolean": False}


def test_a_graph_is_turtle_that_says_the_same() -> None:
    cells = (
        IRI,
        BLANK,
        Cell("literal", 'a "q"\n', language="en"),
        Cell("literal", "2", datatype="http://e/t"),
    )
    rows = tuple((IRI, Cell("iri", f"http://e/{number}"), cell) for number, cell in enumerate(cells))
    graph = Graph().parse(data=editor.turtle(Table(("subject", "predicate", "object"), rows, is_graph=True)))
    assert len(graph) == 4
    assert {str(value) for value in graph.objects()} >= {"http://e/x", 'a "q"\n', "2"}


def test_the_editor_gets_solutions_and_graphs(site) -> None:
    answer = ask(site, "SELECT ?s { ?s a <https://w3id.org/sitrep/ontology#Clash> }")
    assert answer.media_type == "application/sparql-results+json"
    assert len(json.loads(answer.body)["results"]["bindings"]) == 1
    assert "sitrep-truncated" not in answer.headers
    answer = ask(site, "CONSTRUCT WHERE { ?s a <https://w3id.org/sitrep/ontology#Clash> }")
    assert answer.media_type == "text/turtle"
    assert "a sit:Clash" in answer.text


def test_a_long_answer_is_cut_and_says_so(site) -> None:
    answer = ask(site, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    assert answer.headers["sitrep-truncated"] == str(EDITOR_ROWS)
    assert len(json.loads(answer.body)["results"]["bindings"]) == EDITOR_ROWS


@pytest.mark.parametrize(
    ("query", "words"), [("SELECT oops", "cannot be parsed"), (" ", "`query` is missing")]
)
def test_what_is_wrong_is_said_as_a_problem(site, query: str, words: str) -> None:
    answer = ask(site, query)
    assert answer.status == 400
    assert words in answer.detail


def test_terms_have_what_can_be_completed(site) -> None:
    answer = site.get("/query/terms")
    found = json.loads(answer.body)
    assert found["base"] == site.base
    assert found["prefixes"]["sit"] == "https://w3id.org/sitrep/ontology#"
    assert {"iri": "https://w3id.org/sitrep/ontology#Clash", "label": "clash", "comment": ""} in found[
        "classes"
    ]
    assert "http://www.opengis.net/ont/geosparql#asWKT" in {entry["iri"] for entry in found["properties"]}
    again = site.ask("GET", "/query/terms", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status == 304


@pytest.mark.parametrize(
    ("query", "media_type"),
    [("SELECT ?s { ?s ?p 77 }", editor.SOLUTIONS), ("CONSTRUCT WHERE { ?s a ?c }", editor.GRAPH)],
)
def test_a_page_has_its_whole_answer_for_the_script(site, query: str, media_type: str) -> None:
    text = site.get("/query", BROWSER, query=query).text
    (given,) = re.findall(r'<script type="application/json" id="query-given">(.*?)</script>', text)
    found = json.loads(unescape(given))
    assert found["contentType"] == media_type
    assert found["data"] == ask(site, query).text


def test_a_page_without_the_whole_answer_has_none_for_the_script(site) -> None:
    text = site.get("/query", BROWSER, query="SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }").text
    assert "query-given" not in text


def test_only_the_query_page_may_write_styles_and_none_may_load_from_elsewhere(site) -> None:
    policy = site.get("/query", BROWSER).headers["content-security-policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "default-src 'self'" in policy
    assert "unsafe" not in site.get("/", BROWSER).headers["content-security-policy"]


def test_an_example_says_how_it_is_shown() -> None:
    found = read_example("# Where\n# it was\n# view: map\nSELECT * { ?s rdfs:label ?o }\n")
    prologue = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
    assert found == Example(
        "Where it was", f"# Where\n# it was\n{prologue}SELECT * {{ ?s rdfs:label ?o }}\n", "map"
    )


def test_there_are_examples_for_every_view() -> None:
    assert {example.view for example in examples()} == {"", "map", "timeline", "graph"}
    assert all(example.title and "view:" not in example.query for example in examples())


def test_every_example_is_answered(site) -> None:
    for example in examples():
        assert ask(site, example.query).status == 200, example.title
