"""Reads the index of a checkpoint."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.search.index import FILE_NAME, FORMAT
from kg.search.terms import Field, Kind
from kg.search.words import match_expression, normalised, trigram_expression

_BEGIN, _END = "\x02", "\x03"  # around words found; no character of a text that people read
# A name says more of a thing than a sentence that it stands in.
_WEIGHTS = {Kind.ENTITY: 3.0, Kind.REPORT: 1.5, Kind.OTHER: 0.5}
_POOL = 400  # texts that are ranked again by what they are the text of

Piece = tuple[str, bool]


class NoIndexError(Exception):
    """The checkpoint has no index that this version reads."""


@dataclass(frozen=True, slots=True)
class Found:
    """A node whose text has the words; `snippet` is the text around them in pieces, True for words found."""

    node: str
    field: Field
    kind: Kind
    snippet: tuple[Piece, ...]
    score: float  # higher is better; compares hits of one search only


@dataclass(frozen=True, slots=True)
class Counts:
    """How many texts have the words, by kind."""

    by_kind: dict[Kind, int]


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a node; `uses` is how many graphs give it."""

    node: str
    kind: Kind
    field: Field
    text: str
    uses: int


class Index:
    """An open index; for one thread. Its file may be deleted meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, checkpoint: Path) -> Index:
        """The index of a checkpoint; NoIndexError where it has none."""
        path = checkpoint / FILE_NAME
        try:
            connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error as error:
            raise NoIndexError(f"{path}: {error}") from error
        if version != FORMAT:
            connection.close()
            raise NoIndexError(f"{path}: format {version}")
        return cls(connection)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def search(self, text: str, *, kinds: Sequence[Kind], limit: int) -> list[Found]:
        """The best nodes whose names or sentences have all words of `text`; each once, best first."""
        expression = match_expression(text)
        if expression is None:
            return []
        rows = self._connection.execute(
            "SELECT node.iri, doc.field, doc.kind, doc.uses, rank, "
            f"snippet(words, 0, '{_BEGIN}', '{_END}', '…', 40) FROM words "
            "JOIN doc ON doc.id = words.rowid JOIN node ON node.id = doc.node "
            f"WHERE words MATCH ? AND doc.kind IN ({_numbers(kinds)}) ORDER BY rank LIMIT ?",
            (expression, max(_POOL, limit)),
        )
        best: dict[str, Found] = {}
        for node, field, kind, uses, rank, snippet in rows:
            score = -rank * _WEIGHTS.get(Kind(kind), 1.0) * (1 + 0.05 * min(uses, 20))
            if node not in best or score > best[node].score:
                best[node] = Found(node, Field(field), Kind(kind), _pieces(snippet), score)
        return sorted(best.values(), key=lambda found: (-found.score, found.node))[:limit]

    def counts(self, text: str) -> Counts:
        """How many texts have all words of `text`."""
        expression = match_expression(text)
        rows = self._connection.execute(
            "SELECT doc.kind, COUNT(*) FROM words JOIN doc ON doc.id = words.rowid "
            "WHERE words MATCH ? GROUP BY doc.kind",
            (expression,),
        )
        return Counts({} if expression is None else {Kind(kind): count for kind, count in rows})

    def nodes(self, text: str, *, limit: int | None = None) -> list[str]:
        """The IRIs of the nodes with a text that has all words of `text`.

        With a limit the best ones, names before sentences, but half of the limit is for sentences if need be.
        """
        expression = match_expression(text)
        if expression is None:
            return []
        if limit is None:
            return self._nodes(expression, "")
        best = f"ORDER BY rank LIMIT {int(limit)}"
        sentences = self._nodes(expression, f"AND doc.kind = {Kind.SENTENCE:d} {best}")
        names = self._nodes(expression, f"AND doc.kind <> {Kind.SENTENCE:d} {best}")
        room = max(limit - len(sentences), limit // 2)
        return (names[:room] + sentences)[:limit]

    def _nodes(self, expression: str, ending: str) -> list[str]:
        rows = self._connection.execute(
            "SELECT node.iri FROM words JOIN doc ON doc.id = words.rowid JOIN node ON node.id = doc.node "
            f"WHERE words MATCH ? {ending}",
            (expression,),
        )
        return list(dict.fromkeys(node for (node,) in rows))

    def beginning(self, prefix: str, *, kinds: Sequence[Kind], limit: int) -> list[Name]:
        """Names that begin with `prefix`, then names with words that do; each node once, most used first."""
        start = normalised(prefix)
        if not start:
            return []
        rows = self._names(
            f"doc.name >= ? AND doc.name < ? AND doc.kind IN ({_numbers(kinds)})",
            (start, start + "\U0010ffff"),
            "doc.uses DESC, LENGTH(doc.text), node.iri",
            limit * 4,
        )
        expression = match_expression(prefix, prefix=True)
        if len({row.node for row in rows}) < limit and expression is not None:
            rows += self._names(
                "doc.id IN (SELECT rowid FROM words WHERE words MATCH ? LIMIT 2000) AND doc.name IS NOT NULL "
                f"AND doc.kind IN ({_numbers(kinds)})",
                (expression,),
                "doc.uses DESC, LENGTH(doc.text), node.iri",
                limit * 4,
            )
        first: dict[str, Name] = {}
        for row in rows:
            first.setdefault(row.node, row)
        return list(first.values())[:limit]

    def named(self, name: str, *, limit: int) -> list[Name]:
        """Entities with this very name, once both are normalised."""
        return self._names(
            f"doc.name = ? AND doc.kind = {Kind.ENTITY:d}", (normalised(name),), "doc.uses DESC", limit
        )

    def alike(self, name: str, *, limit: int) -> list[Name]:
        """Entities whose names have letters in common with `name`, most of them first."""
        expression = trigram_expression(normalised(name))
        if expression is None:
            return []
        return self._names(
            "doc.id IN (SELECT rowid FROM grams WHERE grams MATCH ? ORDER BY rank LIMIT ?)",
            (expression, limit),
            "doc.uses DESC",
            limit,
        )

    def names_of(self, node: str) -> list[Name]:
        """All names of a node."""
        return self._names("node.iri = ? AND doc.name IS NOT NULL", (node,), "doc.field, doc.text", 1000)

    def _names(self, condition: str, values: tuple[object, ...], order: str, limit: int) -> list[Name]:
        rows = self._connection.execute(
            "SELECT node.iri, doc.kind, doc.field, doc.text, doc.uses FROM doc "
            f"JOIN node ON node.id = doc.node WHERE {condition} ORDER BY {order} LIMIT {int(limit)}",
            values,
        )
        return [Name(node, Kind(kind), Field(field), text, uses) for node, kind, field, text, uses in rows]


def _numbers(kinds: Sequence[Kind]) -> str:
    return ", ".join(str(int(kind)) for kind in kinds)


def _pieces(snippet: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for part in snippet.split(_BEGIN):
        inside, end, after = part.partition(_END)
        pieces += [(inside, True), (after, False)] if end else [(inside, False)]
    return tuple(piece for piece in pieces if piece[0])
