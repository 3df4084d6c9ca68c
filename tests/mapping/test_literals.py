import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal as StoredLiteral
from pyoxigraph import NamedNode, Quad, Store
from rdflib import Literal, URIRef

from kg.mapping import literals
from kg.vocab import XSD


def _stored(literal: Literal) -> str:
    """The literal's words once a store has taken it in."""
    store, node = Store(), NamedNode("http://example.org/")
    store.add(Quad(node, node, StoredLiteral(str(literal), datatype=NamedNode(str(literal.datatype)))))
    return str(next(iter(store)).object)


@pytest.mark.parametrize(
    ("text", "datatype"),
    [("2022-01-20", XSD.date), ("2022-01", XSD.gYearMonth), ("2022", XSD.gYear), ("2024-02-29", XSD.date)],
)
def test_a_dates_form_gives_its_datatype(text: str, datatype: URIRef) -> None:
    literal = literals.date(text)
    assert (str(literal), literal.datatype) == (text, datatype)


@pytest.mark.parametrize(
    "text", ["2022-02-30", "2022-13", "0000", "22", "2022-1-2", "last week", "2022-01-20Z", ""]
)
def test_what_no_calendar_has_raises(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        literals.date(text)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0.9, 2, "0.9"),
        (1.0, 2, "1"),
        (0.0, 2, "0"),
        (-0.001, 2, "0"),
        (0.8499, 2, "0.85"),
        (1e-7, 6, "0"),
        (36.5024, 6, "36.5024"),
        (-100.0, 6, "-100"),
        (40, 6, "40"),
    ],
)
def test_decimals_are_rounded_and_short(value: float, places: int, text: str) -> None:
    assert str(literals.decimal(value, places=places)) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_decimals_are_finite(value: float) -> None:
    with pytest.raises(ValueError, match=r"nan|inf"):
        literals.decimal(value, places=2)


@given(st.floats(min_value=-180, max_value=180))
def test_the_store_keeps_a_decimals_form(value: float) -> None:
    literal = literals.decimal(value, places=6)
    assert _stored(literal) == f'"{literal}"^^<{XSD.decimal}>'


@given(st.one_of(st.dates(), st.datetimes(timezones=st.none() | st.just(dt.UTC))))
def test_the_store_keeps_a_publication_dates_form(value: dt.date) -> None:
    literal = literals.issued(value)
    assert _stored(literal) == f'"{literal}"^^<{literal.datatype}>'


@pytest.mark.parametrize(
    ("value", "text", "datatype"),
    [
        (dt.date(2022, 1, 20), "2022-01-20", XSD.date),
        (dt.datetime(2022, 1, 20, 9, 30), "2022-01-20T09:30:00", XSD.dateTime),
        (dt.datetime(2022, 1, 20, 9, 30, 0, 120000, dt.UTC), "2022-01-20T09:30:00.12Z", XSD.dateTime),
    ],
)
def test_publication_dates(value: dt.date, text: str, datatype: URIRef) -> None:
    literal = literals.issued(value)
    assert (str(literal), literal.datatype) == (text, datatype)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/a?b=c#d", URIRef("https://example.org/a?b=c#d")),
        ('https://example.org/a b"<>', URIRef("https://example.org/a%20b%22%3C%3E")),
        ("https://example.org/حمص", URIRef("https://example.org/حمص")),
        ("The Vale Post", Literal("The Vale Post")),
        ("example.org/a", Literal("example.org/a")),
        ("http://[broken/", Literal("http://[broken/")),
        ("see: http://example.org/", Literal("see: http://example.org/")),
    ],
)
def test_addresses_become_iris_and_all_else_literals(text: str, expected: URIRef | Literal) -> None:
    assert literals.iri_or_literal(text) == expected


def test_words_stand_on_one_line() -> None:
    assert literals.words(" At least\n 12\u00a0men ") == "At least 12 men"
