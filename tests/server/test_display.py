from __future__ import annotations

import pytest

from server.display import href, in_words, is_web, local_name, properties, short, with_format
from server.messages import Cell, Table

BASE = "https://w3id.org/sitrep/id/"

SIT = "https://w3id.org/sitrep/ontology#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("https://w3id.org/sitrep/ontology#Clash", "sit:Clash"),
        ("http://www.wikidata.org/entity/Q30", "wd:Q30"),
        ("http://www.wikidata.org/entity/statement/1", "http://www.wikidata.org/entity/statement/1"),
        (f"{BASE}report/one", "report/one"),
        (BASE, BASE),
        ("urn:x", "urn:x"),
    ],
)
def test_short(iri: str, expected: str) -> None:
    assert short(iri, BASE) == expected


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        (f"{BASE}report/one", "/id/report/one"),
        (f"{BASE}place/Caf%C3%A9_%28old%29", "/id/place/Caf%C3%A9_%28old%29"),
        (f"{BASE}a#b", "/describe?iri=https%3A%2F%2Fw3id.org%2Fsitrep%2Fid%2Fa%23b"),
        (f"{BASE}é", "/describe?iri=https%3A%2F%2Fw3id.org%2Fsitrep%2Fid%2F%C3%A9"),
        ("javascript:alert(1)", "/describe?iri=javascript%3Aalert%281%29"),
        ("http://e/?a=b&c", "/describe?iri=http%3A%2F%2Fe%2F%3Fa%3Db%26c"),
    ],
)
def test_href(iri: str, expected: str) -> None:
    assert href(iri, BASE) == expected


def test_only_web_addresses_are_linked_outwards() -> None:
    assert is_web("https://e/")
    assert not is_web("javascript:alert(1)")


@pytest.mark.parametrize(
    ("iri", "expected"), [("http://e/a#b", "b"), ("http://e/a/b/", "b"), ("urn:x", "urn:x"), ("/", "/")]
)
def test_local_name(iri: str, expected: str) -> None:
    assert local_name(iri) == expected


def test_in_words() -> None:
    assert in_words("altLabel") == "alt label"


def test_with_format() -> None:
    assert with_format("/id/x", "turtle") == "/id/x?format=turtle"
    assert with_format("/describe?iri=x", "turtle") == "/describe?iri=x&format=turtle"


def test_properties_are_grouped_and_labelled() -> None:
    one, two = Cell("iri", "http://e/prefLabel"), Cell("iri", "http://e/two")
    a, b = Cell("literal", "a"), Cell("iri", "http://e/b")
    table = Table(
        ("p", "pl", "v", "vl"),
        ((one, None, a, None), (one, None, b, Cell("literal", "B")), (two, Cell("literal", "Two"), a, None)),
    )
    found = properties(table)
    assert [(entry.label, [(value.cell, value.label) for value in entry.values]) for entry in found] == [
        ("pref label", [(a, None), (b, "B")]),
        ("Two", [(a, None)]),
    ]


def test_what_matters_most_comes_first() -> None:
    names = ("http://e/a", f"{SIT}mentionedIn", f"{SIT}agent", f"{SIT}status", RDF_TYPE)
    table = Table(
        ("p", "pl", "v", "vl"), tuple((Cell("iri", name), None, Cell("literal", "x"), None) for name in names)
    )
    assert [entry.iri for entry in properties(table)] == [
        RDF_TYPE,
        f"{SIT}status",
        f"{SIT}agent",
        "http://e/a",
        f"{SIT}mentionedIn",
    ]
