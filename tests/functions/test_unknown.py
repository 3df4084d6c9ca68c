"""Calls of functions that nobody knows are errors of their expression, not of the query."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.querying import ask, table


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT ?x { BIND(<http://e/none>(1) AS ?x) }", (("",),)),
        ("SELECT (1 AS ?one) { FILTER(<http://e/none>(1)) }", ()),
        ("SELECT (1 AS ?one) { FILTER(!<http://e/none>(1)) }", ()),
        ("SELECT ?x { BIND(COALESCE(<http://e/a>(1), <http://e/b>(2), 3) AS ?x) }", (("3",),)),
    ],
)
def test_a_call_is_unbound_or_drops_the_row(query: str, rows: tuple[tuple[str, ...], ...]) -> None:
    assert table(ask(ox.Store(), query)).rows == rows


def test_very_many_are_refused_by_name() -> None:
    calls = ", ".join(f"<http://e/f{number}>()" for number in range(50))
    with pytest.raises(QueryError, match="http://e/f"):
        ask(ox.Store(), f"SELECT (COALESCE({calls}) AS ?x) {{}}")
