from __future__ import annotations

import pytest

from kg.errors import RequestError
from server.messages import Formats
from server.negotiation import GRAPHS, SOLUTIONS, accepted, choose, formats, graph_format, wants_html

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV = "text/csv"
TURTLE = "text/turtle"
RDF_XML = "application/rdf+xml"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SPARQL_WRAPPER = "application/sparql-results+json,application/json,text/javascript,application/javascript"


@pytest.mark.parametrize(
    ("accept", "override", "solutions", "graph"),
    [
        (None, None, JSON, TURTLE),
        ("", None, JSON, TURTLE),
        ("*/*", None, JSON, TURTLE),
        ("text/*", None, CSV, TURTLE),
        ("application/*", None, JSON, "application/n-triples"),
        # rdflib's SPARQLStore asks for both kinds at once
        ("application/rdf+xml, application/sparql-results+xml", None, XML, RDF_XML),
        (SPARQL_WRAPPER, "json", JSON, "application/ld+json"),
        ("text/csv", None, CSV, None),
        ("text/turtle", None, None, TURTLE),
        ("application/json", None, JSON, "application/ld+json"),
        ("application/x-no-such-thing", None, None, None),
        ("nonsense", None, JSON, TURTLE),
        # quality, precision and order (RFC 9110, 12.5.1)
        (f"{JSON};q=0.4, {XML};q=0.9, {CSV};q=0.1", None, XML, None),
        (f"*/*;q=0.1, {XML}", None, XML, TURTLE),
        (f"{JSON};q=0, */*", None, XML, TURTLE),
        (f"text/csv;q=0.5, text/*;q=0.9, {JSON};q=0.7", None, "text/tab-separated-values", TURTLE),
        (f"{CSV}, {JSON}", None, CSV, None),
        (f"{CSV};q=x, {JSON};q=0.1", None, JSON, None),
        (" TEXT/CSV ; q=1 ", None, CSV, None),
        # the parameter wins over Accept, for the kind that has such a format
        (TURTLE, "csv", CSV, TURTLE),
        (None, "XML", XML, RDF_XML),
        (None, "ttl", JSON, TURTLE),
        (None, "json-ld", JSON, "application/ld+json"),
        (None, "rdf+xml", JSON, RDF_XML),
        (None, "application/n-triples", JSON, "application/n-triples"),
    ],
)
def test_formats(accept: str | None, override: str | None, solutions: str | None, graph: str | None) -> None:
    assert formats(accept, override) == Formats(solutions, graph)


def test_unknown_format_is_named() -> None:
    with pytest.raises(RequestError, match=r"unknown format 'excel'.*csv") as caught:
        formats("*/*", "excel")
    assert caught.value.status == 400


def test_nothing_acceptable_is_406_with_the_choices() -> None:
    with pytest.raises(RequestError, match=r"image/png.*text/turtle") as caught:
        graph_format("image/png", None)
    assert caught.value.status == 406
    assert accepted("text/csv", None, SOLUTIONS) == "text/csv"


@pytest.mark.parametrize(
    ("accept", "override", "default", "expected"),
    [
        (BROWSER, None, False, True),
        (None, None, True, True),
        (None, None, False, False),
        ("*/*", None, True, True),
        ("*/*", None, False, False),
        ("text/turtle", None, True, False),
        ("text/turtle, text/html;q=0.5", None, True, False),
        ("text/html;q=0.5, application/rdf+xml;q=0.2", None, False, True),
        (BROWSER, "turtle", True, False),
        ("text/turtle", "html", False, True),
        (JSON, None, False, False),
    ],
)
def test_pages(accept: str | None, override: str | None, default: bool, expected: bool) -> None:
    assert wants_html(accept, override, default=default) is expected


@pytest.mark.parametrize("offered", [SOLUTIONS, GRAPHS])
def test_every_format_can_be_asked_for_by_each_of_its_names(offered: tuple) -> None:
    for entry in offered:
        for name in entry.names:
            assert choose(None, name, offered) == entry.media_type
        for media_type in (entry.media_type, *entry.aliases):
            assert choose(media_type, None, offered) == entry.media_type
