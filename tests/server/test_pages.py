"""Pages for people, and the same nodes as data."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import rdflib

import server

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Page(HTMLParser):
    """Links and tags of a page; asserts that every element that must be closed is."""

    VOID = frozenset({"meta", "link", "input", "br", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.tags: list[str] = []
        self._open: list[str] = []
        self._href = ""
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in self.VOID:
            self._open.append(tag)
        self._href = dict(attrs).get("href") or "" if tag == "a" else ""

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._href and data.strip():
            self.links[data.strip()] = self._href


def page(site, path: str, **parameters: str) -> Page:
    answer = site.get(path, BROWSER, **parameters)
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert "http" not in answer.headers["content-security-policy"]
    return Page(answer.text)


def test_the_start_page_says_what_the_graph_holds(site) -> None:
    text = site.get("/", BROWSER).text
    for name, count in (("reports", 2), ("entities", 3), ("events", 2), ("relations", 0)):
        assert f"<dt>{name}</dt><dd>{count}</dd>" in text
    found = page(site, "/")
    assert found.links["One"] == "/id/report/one"
    assert "form" in found.tags
    assert "/query?query=" in found.links["Who fights whom, and the sentence that says so"]


def test_labels_are_escaped_everywhere(site) -> None:
    for path in ("/", "/id/report/two", f"/query?{urlencode({'query': 'SELECT * { ?s ?p ?o }'})}"):
        text = site.get(path, BROWSER).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_input_is_escaped_too(site) -> None:
    attack = '"><script>alert(2)</script>'
    for path in (
        f"/query?{urlencode({'query': attack})}",
        f"/describe?{urlencode({'iri': 'http://e/' + attack})}",
        f"/{quote(attack)}",
        f"/sparql?{urlencode({'query': attack, 'format': attack})}",
    ):
        answer = site.get(path, BROWSER)
        assert answer.status in (400, 404)
        assert "<script>alert" not in answer.text


def test_the_pages_name_no_other_host(site) -> None:
    for path in ("/", "/query", "/id/report/one", "/static/style.css"):
        text = site.get(path, BROWSER).text
        assert 'src="http' not in text
        assert 'rel="stylesheet" href="http' not in text
        assert "url(" not in text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_query_form_answers_with_a_table(site, method: str) -> None:
    query = "PREFIX sit: <https://w3id.org/sitrep/ontology#> SELECT ?e ?kind { ?e a ?kind ; sit:status ?s }"
    body = urlencode({"query": query, "format": "html"})
    headers = {"Accept": BROWSER}
    if method == "GET":
        answer = site.ask("GET", f"/query?{body}", headers=headers)
    else:
        answer = site.ask(
            "POST", "/query", body, {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        )
    assert answer.status == 200
    found = Page(answer.text)
    assert found.links["report/one/event/1"] == "/id/report/one/event/1"
    assert found.links["sit:Clash"] == "/describe?iri=https%3A%2F%2Fw3id.org%2Fsitrep%2Fontology%23Clash"
    assert "2 rows." in answer.text
    assert site.get(found.links["CSV"].replace("&amp;", "&")).media_type == "text/csv"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("ASK { ?s ?p ?o }", "Yes"),
        ("ASK { ?s ?p 77 }", "No"),
        ("SELECT * { ?s ?p 77 }", "0 rows"),
        ("CONSTRUCT WHERE { ?s a ?class }", '<th scope="col">subject</th>'),
        ("SELECT ?a { OPTIONAL { ?a ?b 77 } }", 'title="no value"'),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "1000 rows shown; there are more"),
        ('SELECT ("x"@en AS ?x) (2.5 AS ?y) {}', "<small>xsd:decimal</small>"),
    ],
)
def test_every_kind_of_answer_has_a_page(site, query: str, shown: str) -> None:
    answer = site.get("/query", BROWSER, query=query)
    assert answer.status == 200
    assert shown in answer.text
    Page(answer.text)


def test_the_sample_questions_are_answered_at_one_click(site) -> None:
    samples = sorted((Path(server.__file__).parent / "queries").glob("*.rq"))
    found = page(site, "/").links
    for sample in samples:
        title = sample.read_text().partition("\n")[0].removeprefix("# ")
        assert site.get(found[title], BROWSER).status == 200, title
    assert len(samples) >= 5


def test_a_bad_query_is_shown_with_its_error(site) -> None:
    answer = site.get("/query", BROWSER, query="SELECT <oops")
    assert answer.status == 400
    assert "cannot be parsed: error at 1:" in answer.text
    assert "SELECT &lt;oops</textarea>" in answer.text


def test_the_query_form_gives_other_formats(site) -> None:
    answer = site.get("/query", BROWSER, query="SELECT (1 AS ?one) {}", format="csv")
    assert (answer.media_type, answer.text) == ("text/csv", "one\r\n1\r\n")


def test_a_node_has_a_page_with_what_is_said_of_it(site) -> None:
    found = page(site, "/id/entity/islamic-state")
    assert found.links["One"] == "/id/report/one"  # values go by their labels
    assert found.links["Clash"] == "/id/report/one/event/1"  # where it takes part
    assert found.links["Wikidata Q2429253"] == "http://www.wikidata.org/entity/Q2429253"
    found = page(site, "/id/place/Caf%C3%A9_%28old%29")
    assert found.links["<script>alert(1)</script>"] == "/id/report/two"


def test_the_kind_of_an_event_leads_to_its_class(site) -> None:
    links = page(site, "/id/report/one/event/1").links
    assert links["Clash"] == "/describe?iri=https%3A%2F%2Fw3id.org%2Fsitrep%2Fontology%23Clash"


@pytest.mark.parametrize(
    ("accept", "format_name", "parser"),
    [
        ("text/turtle", None, "turtle"),
        ("application/ld+json", None, "json-ld"),
        ("application/n-triples", None, "nt"),
        ("application/rdf+xml", None, "xml"),
        (BROWSER, "turtle", "turtle"),
    ],
)
def test_a_node_as_data(site, triples, accept: str, format_name: str | None, parser: str) -> None:
    parameters = {"format": format_name} if format_name else {}
    answer = site.get("/id/entity/islamic-state", accept, **parameters)
    assert answer.status == 200
    found = triples(answer.body, parser)
    node = rdflib.URIRef(f"{site.base}entity/islamic-state")
    assert len({triple for triple in found if triple[0] == node}) == 4
    assert len({triple for triple in found if triple[2] == node}) == 1
    assert len(found) == 5


def test_any_node_can_be_described(site) -> None:
    iri = "http://www.wikidata.org/entity/Q2429253"
    assert page(site, "/describe", iri=iri).links["Islamic State"] == "/id/entity/islamic-state"
    assert b"islamic-state" in site.get("/describe", "text/turtle", iri=iri).body


@pytest.mark.parametrize("path", ["/id/nothing", "/id/", "/describe?iri=http://e/nothing", "/nowhere"])
def test_what_is_unknown_is_not_found(site, path: str) -> None:
    answer = site.get(path, BROWSER)
    assert (answer.status, answer.media_type) == (404, "text/html")
    Page(answer.text)
    answer = site.get(path, "text/turtle")
    assert (answer.status, answer.media_type) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "subject"),
    [
        (
            "/graph-store?graph=https://w3id.org/sitrep/id/graph/dataset",
            "https://w3id.org/sitrep/id/graph/dataset",
        ),
        ("/ontology", "https://w3id.org/sitrep/ontology#Clash"),
    ],
)
def test_graphs_with_addresses(site, triples, path: str, subject: str) -> None:
    for accept, parser in (
        (None, "turtle"),
        ("application/rdf+xml", "xml"),
        ("application/ld+json", "json-ld"),
    ):
        found = triples(site.get(path, accept).body, parser)
        assert {triple[0] for triple in found} == {rdflib.URIRef(subject)}


@pytest.mark.parametrize("path", ["/", "/sparql?query=ASK{}", "/nowhere", "/static/style.css", "/metrics"])
def test_every_answer_has_the_security_headers(site, path: str) -> None:
    headers = site.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_metrics(site) -> None:
    site.query("ASK {}")
    before = site.get("/metrics").text
    site.query("ASK {}")
    after = site.get("/metrics").text

    def count(text: str, name: str) -> int:
        return next(int(line.split()[-1]) for line in text.splitlines() if line.startswith(name))

    for name in ('sitrep_requests_total{endpoint="sparql.query",status="200"}', "sitrep_query_seconds_count"):
        assert count(after, name) == count(before, name) + 1
