"""Rules of the W3C suites that other endpoints break, in small cases of our own."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
import rdflib

G1, G2 = "http://e/g1", "http://e/g2"
TURTLE = "text/turtle"


@pytest.fixture
def empty(writable):
    assert writable.update("DROP ALL").status == 204
    return writable


def values(site, query: str, **parameters: str) -> list[str]:
    rows = json.loads(site.query(query, **parameters).body)["results"]["bindings"]
    return sorted(row["o"]["value"] for row in rows if "o" in row)


@pytest.mark.parametrize(
    ("method", "path", "content_type", "body", "status"),
    [
        ("GET", "/sparql?query=ASK%20%7B%7D&query=ASK%20%7B%7D", None, None, 400),
        ("GET", "/sparql?query=ASK", None, None, 400),
        ("GET", "/sparql?query=ASK%20%7B%7D&default-graph-uri=no%20iri", None, None, 400),
        ("POST", "/sparql", "application/sparql-query", b"\xff", 400),
        ("POST", "/sparql", None, b"ASK {}", 415),
        ("POST", "/sparql", "application/sparql-query; charset=utf-16", b"ASK {}", 415),
        ("POST", "/sparql", "application/x-www-form-urlencoded", b"x=ASK%20%7B%7D", 400),
        ("PUT", "/sparql", "application/sparql-query", b"ASK {}", 405),
        ("GET", "/update?update=DROP%20ALL", None, None, 405),
        ("POST", "/update", "application/sparql-query", b"DROP ALL", 415),
        ("GET", "/graph-store", None, None, 400),
        ("GET", f"/graph-store?default&graph={G1}", None, None, 400),
        ("GET", "/graph-store?graph=relative", None, None, 400),
        ("PATCH", "/graph-store?default", TURTLE, b"", 415),
        ("HEAD", f"/graph-store?graph={G1}", None, None, 404),
    ],
)
def test_refusals(
    empty, method: str, path: str, content_type: str | None, body: bytes | None, status: int
) -> None:
    headers = {"Authorization": f"Bearer {empty.token}"} | (
        {"Content-Type": content_type} if content_type else {}
    )
    answer = empty.ask(method, path, body, headers)
    assert answer.status == status
    if method != "HEAD":
        assert answer.media_type == "application/problem+json"
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_form_with_several_files(empty, method: str) -> None:
    parts = [("a", TURTLE, "<http://e/s> <http://e/p> 1 ."), ("b", "application/rdf+xml", RDF_XML)]
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n{text}\r\n"
        for name, kind, text in parts
    )
    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "Authorization": f"Bearer {empty.token}",
    }
    answer = empty.ask(method, f"/graph-store?graph={G1}", f"{body}--x--\r\n".encode(), headers)
    assert answer.status == 201
    assert values(empty, f"SELECT ?o {{ GRAPH <{G1}> {{ ?s ?p ?o }} }}") == ["1", "2"]


RDF_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
    '<rdf:Description rdf:about="http://e/s"><e:p>2</e:p></rdf:Description></rdf:RDF>'
)


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/query", "/sparql", "/void", "/ontology", "/health", "/metrics", "/openapi.json"),
        f"/sparql?query={quote('ASK {}')}",
        "/graph-store?default",
    ],
)
def test_head_answers_as_get(site, path: str) -> None:
    get, head = site.ask("GET", path), site.ask("HEAD", path)
    assert (head.status, head.media_type, head.body) == (get.status, get.media_type, b"")


@pytest.mark.parametrize(
    "path", ["/sparql", "/graph-store", "/id/report/one", "/void", "/search", "/openapi.json"]
)
def test_options_tells_any_page_that_it_may_read(site, path: str) -> None:
    asked = {"Origin": "http://e", "Access-Control-Request-Method": "GET"}
    answer = site.ask("OPTIONS", path, headers=asked)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["allow"]


def test_what_the_request_names_wins_over_the_query(empty) -> None:
    empty.update(
        f"INSERT DATA {{ GRAPH <{G1}> {{ <http://e/s> <http://e/p> 1 }} "
        f"GRAPH <{G2}> {{ <http://e/s> <http://e/p> 2 }} }}"
    )
    query = f"SELECT ?o\nFROM <{G1}> {{ ?s ?p ?o }}"
    assert values(empty, query) == ["1"]
    assert values(empty, query, **{"default-graph-uri": G2}) == ["2"]


def test_unknown_functions_are_errors_of_their_expression(empty) -> None:
    assert values(empty, "SELECT ?o { BIND(<http://e/none>(1) AS ?o) }") == []
    assert values(empty, "SELECT ?o { BIND(COALESCE(<http://e/none>(1), 2) AS ?o) }") == ["2"]


def test_a_graph_keeps_its_triples_through_every_format(empty) -> None:
    turtle = '<http://e/s> <http://e/p> "a \\"q\\""@en-gb, 1.0, true, <http://e/o>, [ <http://e/q> "é" ] .'
    headers = {"Content-Type": TURTLE, "Authorization": f"Bearer {empty.token}"}
    for media_type in ("application/rdf+xml", "application/n-triples", "application/ld+json", TURTLE):
        empty.ask("PUT", f"/graph-store?graph={G1}", turtle.encode(), headers)
        written = empty.get(f"/graph-store?graph={G1}", media_type)
        assert written.media_type == media_type
        again = {**headers, "Content-Type": media_type}
        assert empty.ask("PUT", f"/graph-store?graph={G2}", written.body, again).status in (201, 204)
        one, two = (
            rdflib.Graph().parse(data=empty.get(f"/graph-store?graph={name}", TURTLE).body, format="turtle")
            for name in (G1, G2)
        )
        assert one.isomorphic(two)
        assert len(one) == 6


def test_the_union_is_a_set(start, own_store) -> None:
    site = start(own_store, workers=1, allow_update=True, token="t")  # noqa: S106
    insert = f"GRAPH <{G1}> {{ <http://e/s> <http://e/p> 1 }} GRAPH <{G2}> {{ <http://e/s> <http://e/p> 1 }}"
    assert site.update(f"INSERT DATA {{ {insert} }}", "t").status == 204
    assert values(site, "SELECT (COUNT(*) AS ?o) { <http://e/s> ?p ?x }") == ["1"]
    assert values(site, "SELECT (SUM(?x) AS ?o) { <http://e/s> ?p ?x }") == ["1"]
    assert values(site, "SELECT (COUNT(*) AS ?o) { GRAPH ?g { <http://e/s> ?p ?x } <http://e/s> ?p ?x }") == [
        "2"
    ]
    assert site.update(f"DROP GRAPH <{G1}>", "t").status == 204
    assert values(site, "SELECT (COUNT(*) AS ?o) { <http://e/s> ?p ?x }") == ["1"]
    assert site.update(f"DROP GRAPH <{G2}>", "t").status == 204
    assert values(site, "SELECT (COUNT(*) AS ?o) { <http://e/s> ?p ?x }") == ["0"]
