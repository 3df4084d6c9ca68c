"""The answer to a query, as rows of Python values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from kg.api.frames import frame
from kg.querying import Result, rows
from kg.vocab import XSD

if TYPE_CHECKING:
    from pandas import DataFrame

Value: TypeAlias = str | int | float | bool | None
_WHOLE = frozenset(str(XSD[name]) for name in ("integer", "int", "long", "nonNegativeInteger"))
_REAL = frozenset(str(XSD[name]) for name in ("decimal", "double", "float"))
_MOST_ROWS = 100  # that a notebook shows


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of values, in the order of the columns; a notebook shows them as a table.

    Numbers and booleans are Python's, IRIs and all else strings, None what is not bound. The answer to ASK is
    one row with one value, that to CONSTRUCT and DESCRIBE is subject, predicate and object, sorted.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def frame(self) -> DataFrame:
        """The rows as a pandas DataFrame (extra sitrep[frames])."""
        return frame(self.rows, self.columns)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{_shown(value)}</td>' for value in row)}</tr>"
            for row in self.rows[:_MOST_ROWS]
        )
        more = len(self.rows) - _MOST_ROWS
        rest = f"<p>and {more} more rows</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def answer_of(result: Result) -> Answer:
    """All rows of a result. Raises QueryError where evaluation fails."""
    return Answer(*rows(result, _value, bool))


def _value(term: object) -> Value:
    match term:
        case None:
            return None
        case ox.NamedNode():
            return term.value
        case ox.Literal():
            return _literal(term)
        case _:
            return str(term)


def _literal(literal: ox.Literal) -> Value:
    """The value; the words where they are no number or boolean, though said to be one."""
    datatype, words = literal.datatype.value, literal.value
    try:
        if datatype in _WHOLE:
            return int(words)
        if datatype in _REAL:
            return float(words)
    except ValueError:
        return words
    if datatype == str(XSD.boolean) and words in ("true", "false", "1", "0"):
        return words in ("true", "1")
    return words


def _shown(value: Value) -> str:
    return "" if value is None else escape(str(value))
