from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.limits import with_row_limit

VALUES = "VALUES ?x { 1 2 3 4 5 }"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (f"SELECT * {{ {VALUES} }}", 2),
        (f"SELECT * {{}} {VALUES}", 2),
        (f"SELECT * {{}} OFFSET 1 {VALUES}", 2),
        (f"SELECT * {{ {VALUES} }} LIMIT 5", 2),
        (f"SELECT * {{ {VALUES} }} LIMIT # 1\n 5", 2),
        (f"SELECT * {{ {VALUES} }} OFFSET 4", 1),
        (f"SELECT * {{ {VALUES} }} limit 9 OFFSET 4", 1),
        (f"SELECT * {{ {VALUES} }} # LIMIT 1", 2),
        (f"SELECT * {{ {VALUES} }} ORDER BY ?x", 2),
        (f"SELECT * {{ {{ SELECT * {{ {VALUES} }} LIMIT 1 }} UNION {{ {VALUES} }} }}", 2),
        (f"SELECT (EXISTS {{ ?a ?b ?c }} AS ?y) {{ {VALUES} }}", 2),
        (f"SELECT * {{ {VALUES} }} ORDER BY (EXISTS {{ ?a ?b ?c }})", 2),
        (f"SELECT ?x (COUNT(*) AS ?n) {{ {VALUES} }} GROUP BY ?x HAVING (COUNT(*) > 0)", 2),
        (f"PREFIX limit: <http://e/> SELECT * {{ {VALUES} FILTER (?x != limit:1) }}", 2),
        (f"SELECT * {{ {VALUES} FILTER (?x != 'LIMIT 1') }}", 2),
    ],
)
def test_no_more_rows_than_the_limit(query: str, rows: int) -> None:
    limited = with_row_limit(query, 2)
    assert limited is not None
    assert len(list(ox.Store().query(limited))) == rows  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {{ {VALUES} }} LIMIT 2",
        f"SELECT * {{ {VALUES} }} LIMIT 0",
        "ASK { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } WHERE { SELECT * { ?s ?p ?o } }",
        "DESCRIBE <http://e/>",
        "SELECT",
        "",
    ],
)
def test_what_needs_no_limit(query: str) -> None:
    assert with_row_limit(query, 2) is None


@given(st.text(alphabet=st.sampled_from(list("SELECT{}LIM 12#\n?x'\"<>")), max_size=200))
def test_any_text_is_taken(text: str) -> None:
    limited = with_row_limit(text, 5)
    assert limited is None or len(limited) > 0
