"""The SPARQL protocol over HTTP."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import rdflib
from pyoxigraph import NamedNode, Quad
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from kg.functions import custom_functions
from kg.store import Store

LABELS = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?s ?label { ?s rdfs:label ?label }"
GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
ODD = 'a "q", é\t\n'
ONE = "SELECT (1 AS ?one) {}"
FORM = "application/x-www-form-urlencoded"


def test_get_and_both_posts_answer_alike(site) -> None:
    direct = {"Content-Type": "application/sparql-query"}
    answers = [
        site.query(LABELS),
        site.ask("POST", "/sparql", urlencode({"query": LABELS}), {"Content-Type": FORM}),
        site.ask("POST", "/sparql", LABELS.encode(), direct),
        site.ask("POST", "/sparql/", LABELS.encode(), direct),
    ]
    assert {answer.status for answer in answers} == {200}
    rows = [sorted(map(json.dumps, json.loads(answer.body)["results"]["bindings"])) for answer in answers]
    assert len(rows[0]) == 8
    assert all(row == rows[0] for row in rows)


def test_head_has_the_headers_only(site) -> None:
    answer = site.ask("HEAD", f"/sparql?query={quote(LABELS)}")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.media_type == "application/sparql-results+json"


def test_options_tells_browsers_that_any_page_may_ask(site) -> None:
    answer = site.ask(
        "OPTIONS", "/sparql", headers={"Origin": "http://e", "Access-Control-Request-Method": "POST"}
    )
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "POST" in answer.headers["access-control-allow-methods"]


def test_a_table_in_every_format(site) -> None:
    found = json.loads(site.query(LABELS, "application/sparql-results+json").body)
    assert ODD in [row["label"]["value"] for row in found["results"]["bindings"]]

    answer = site.query(LABELS, "application/sparql-results+xml")
    assert answer.media_type == "application/sparql-results+xml"
    assert ODD in [element.text for element in ET.fromstring(answer.body).iter() if element.text]  # noqa: S314

    answer = site.query(LABELS, "text/csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert ODD in [row["label"] for row in csv.DictReader(io.StringIO(answer.body.decode(), newline=""))]

    answer = site.query(LABELS, "text/tab-separated-values")
    assert answer.media_type == "text/tab-separated-values"
    assert '"a \\"q\\", é\\t\\n"' in [line.split("\t")[1] for line in answer.text.splitlines()[1:]]


@pytest.mark.parametrize(
    ("media_type", "parser"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
        ("application/n-quads", "nquads"),
        ("application/trig", "trig"),
    ],
)
def test_a_graph_in_every_format(site, triples, media_type: str, parser: str) -> None:
    answer = site.query(GRAPH, media_type)
    assert (answer.status, answer.media_type) == (200, media_type)
    found = triples(answer.body, parser)
    assert len(found) == 28
    assert rdflib.Literal(ODD) in {value for _subject, _predicate, value in found}


@pytest.mark.parametrize(
    ("query", "accept", "parameters", "media_type"),
    [
        (ONE, None, {}, "application/sparql-results+json"),
        (GRAPH, None, {}, "text/turtle"),
        ("DESCRIBE <http://e/>", None, {}, "text/turtle"),
        ("ASK {}", "application/sparql-results+xml", {}, "application/sparql-results+xml"),
        (ONE, "application/rdf+xml, application/sparql-results+xml", {}, "application/sparql-results+xml"),
        (GRAPH, "application/rdf+xml, application/sparql-results+xml", {}, "application/rdf+xml"),
        (ONE, "text/turtle", {"format": "csv"}, "text/csv"),
        (GRAPH, None, {"format": "json"}, "application/ld+json"),
        (
            ONE,
            "application/json",
            {"format": "json", "output": "json", "x": "y"},
            "application/sparql-results+json",
        ),
    ],
)
def test_negotiation(site, query: str, accept: str | None, parameters: dict, media_type: str) -> None:
    answer = site.query(query, accept, **parameters)
    assert (answer.status, answer.media_type) == (200, media_type)
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(("query", "accept"), [(ONE, "text/turtle"), (GRAPH, "text/csv"), (ONE, "image/png")])
def test_nothing_acceptable(site, query: str, accept: str) -> None:
    assert site.query(query, accept).status == 406


def test_the_default_graph_is_the_union_unless_the_request_names_another(site) -> None:
    def count(clause: str = "", pattern: str = "?s ?p ?o", **parameters: str) -> int:
        answer = site.query(f"SELECT (COUNT(*) AS ?n) {clause} {{ {pattern} }}", "text/csv", **parameters)
        return int(answer.text.split()[1])

    one, two = f"{site.base}report/one", f"{site.base}report/two"
    inside = "GRAPH ?g { ?s ?p ?o }"
    assert count() == count(pattern=inside) == 28
    assert count(f"FROM <{one}>") == 14
    assert count(f"FROM <{one}> FROM <{two}>") == 23
    assert count(f"FROM NAMED <{one}>") == 0
    assert count(f"FROM NAMED <{one}>", inside) == 14
    assert count(**{"default-graph-uri": two}) == 9
    assert count(f"FROM <{one}>", **{"default-graph-uri": two}) == 9  # the request wins over the query
    assert count(**{"named-graph-uri": two}) == 0
    assert count(pattern=inside, **{"named-graph-uri": two}) == 9


@pytest.mark.parametrize("has_own", [False, True])
def test_a_default_graph_apart_has_nothing_of_the_others(start, own_store: Path, has_own: bool) -> None:
    if has_own:
        with Store.open(own_store).writing() as batch:
            batch.touching([""]).add(Quad(NamedNode("a:s"), NamedNode("a:p"), NamedNode("a:o")))
    site = start(own_store, workers=1, union_default_graph=False)

    def count(clause: str = "", pattern: str = "?s ?p ?o", **parameters: str) -> int:
        answer = site.query(f"SELECT (COUNT(*) AS ?n) {clause} {{ {pattern} }}", "text/csv", **parameters)
        return int(answer.text.split()[1])

    one, inside = f"{site.base}report/one", "GRAPH ?g { ?s ?p ?o }"
    assert count() == count(pattern=f"?s ?p ?o FILTER NOT EXISTS {{ {inside} }}") == has_own
    assert count(pattern=inside) == 28
    assert count(f"FROM <{one}>") == count(**{"default-graph-uri": one}) == 14
    assert count(f"FROM NAMED <{one}>") == 0
    assert count(f"FROM NAMED <{one}>", inside) == 14
    graph = site.ask("GET", "/graph-store?default", headers={"Accept": "application/n-triples"})
    assert (graph.status, len(graph.text.splitlines())) == (200, has_own)


def test_rdflib_as_a_client(site) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{site.url}sparql"))
    assert len(list(graph.query(LABELS))) == 8
    assert bool(graph.query("ASK { ?s ?p ?o }"))


def test_a_tag_saves_asking_again(site) -> None:
    target = f"/sparql?query={quote(LABELS)}"
    tag = site.ask("GET", target).headers["etag"]
    again = site.ask("GET", target, headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == tag
    assert site.ask("GET", target, headers={"If-None-Match": tag, "Accept": "text/csv"}).status == 200
    assert site.ask("GET", target, headers={"If-None-Match": '"other"'}).status == 200
    assert "etag" not in site.query("SELECT (RAND() AS ?r) {}").headers


@pytest.mark.parametrize(
    ("media_type", "parser"),
    [("text/turtle", "turtle"), ("application/rdf+xml", "xml"), ("application/ld+json", "json-ld")],
)
def test_service_description(site, triples, media_type: str, parser: str) -> None:
    answer = site.get("/sparql", media_type)
    assert (answer.status, answer.media_type) == (200, media_type)
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    told = {(predicate, value) for _subject, predicate, value in triples(answer.body, parser)}
    assert (sd.endpoint, rdflib.URIRef(f"{site.url}sparql")) in told
    assert (sd.feature, sd.UnionDefaultGraph) in told
    assert {value for predicate, value in told if predicate == sd.supportedLanguage} == {sd.SPARQL11Query}
    functions = {str(value) for predicate, value in told if predicate == sd.extensionFunction}
    assert functions == {name.value for name in custom_functions(site.store)}


def test_a_browser_that_comes_for_the_description_is_sent_to_the_start_page(site) -> None:
    answer = site.get("/sparql", "text/html")
    assert (answer.status, answer.headers["location"]) == (303, "/")


def test_a_long_answer_comes_whole_and_in_pieces(site) -> None:
    answer = site.query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "text/csv")
    assert answer.status == 200
    assert "content-length" not in answer.headers
    assert sum(1 for _ in csv.reader(io.StringIO(answer.body.decode(), newline=""))) == 28**3 + 1


def test_many_clients_at_once(site) -> None:
    def ask(number: int) -> tuple[int, str]:
        answer = site.query(f"SELECT ({number} AS ?n) {{}}", "text/csv")
        return answer.status, answer.text.split()[-1]

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(ask, range(200)))
    assert answers == [(200, str(number)) for number in range(200)]


def test_relative_iris_are_resolved_against_the_endpoint(site) -> None:
    answer = site.query("SELECT (<x> AS ?x) {}", "text/csv")
    assert answer.text.split()[-1] == f"{site.url}x"
