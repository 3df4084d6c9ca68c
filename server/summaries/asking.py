"""How summaries ask the graph: several questions at once, each of a reader of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from server.messages import Cell, Table
from server.prologue import PROLOGUE

AT_ONCE = 2  # more would leave readers to nobody else while the data is counted


@dataclass(frozen=True, slots=True)
class Question:
    """A query that may use the prefixes of `kg.vocab`, and the most rows of its answer."""

    query: str
    limit: int


class Asked:
    """The newest state of the data, all graphs together; `ask` answers a query with at most so many rows."""

    def __init__(self, ask: Callable[[str, int], Table]) -> None:
        self._ask = ask

    def table(self, query: str, *, limit: int) -> Table:
        """At most `limit` rows of the answer to a query that may use the prefixes of `kg.vocab`."""
        return self._ask(PROLOGUE + query, limit)

    def rows(self, query: str) -> list[list[str]]:
        """The rows of the answer to a query with a limit of its own, as strings."""
        found = self.table(query, limit=100_000).rows
        return [[cell.value if cell is not None else "" for cell in row] for row in found]

    def tables(self, questions: Sequence[Question]) -> list[Table]:
        """The answers to all questions, in their order; they may come from different states of the data."""
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="summary") as pool:
            return list(pool.map(lambda each: self.table(each.query, limit=each.limit), questions))


def text(cell: Cell | None) -> str:
    """The value of a cell, "" for none."""
    return cell.value if cell is not None else ""


def number(cell: Cell | None) -> int:
    """A count that the engine has made, 0 for none."""
    return int(cell.value) if cell is not None else 0
