from __future__ import annotations

import pyoxigraph as ox
import pytest

from server.explain import one_line, problem


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?s a sit:Clash }", "no: error at 1:26: Prefix not found"),
        ("SELECT ?a ?a {}", "no: error at 1:16: Duplicated variable name in SELECT"),
        ("x", "no: error at 1:2: something else was expected"),
        ("SELECT * WHERE", 'no: error at 1:15: expected one of "{", REDUCED'),
    ],
)
def test_messages_of_the_parser(query: str, expected: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(query)
    assert one_line("no", caught.value) == expected


def test_a_message_is_one_line_of_bounded_length() -> None:
    assert one_line("no", ValueError("a\nb  c")) == "no: a b c"
    assert len(one_line("no", ValueError("x" * 1000))) == 401


def test_a_problem_tells_programs_where() -> None:
    assert problem(400, "the query cannot be parsed: error at 2:13: expected }") == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "the query cannot be parsed: error at 2:13: expected }",
        "line": 2,
        "column": 13,
    }
    assert "line" not in problem(404, "there is no graph http://e/error at 1:2: x".replace("error at", "at"))
    assert problem(299, "odd")["title"] == "Error"
