"""Reads the index of a checkpoint."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from pathlib import Path
from typing import NamedTuple
from weakref import finalize

from kg.search.index import FILE_NAME, FORMAT
from kg.search.terms import Field, Kind
from kg.search.words import match_expression, normalised, trigrams

_BEGIN, _END = "\x02", "\x03"  # around words found; no character of a text that people read
# A name says more of a thing than a sentence that it stands in.
_WEIGHTS = {Kind.ENTITY: 3.0, Kind.REPORT: 1.5, Kind.OTHER: 0.5}
_POOL = 200  # texts of each table that are ranked again by what they are the text of
_RARE, _RARE_FROM = 1_000_000, 20  # a gram of 20 names or fewer counts for most; whole numbers add up exactly
_ENOUGH = 3000  # names looked at for one that may be misspelt: a few milliseconds
_MAPPED = 2**31  # bytes of the file that are read without copying; they count for no limit on memory
_ROW = "node.iri, doc.kind, doc.field, classes.iris, doc.text, doc.name, doc.uses"
_FROM = "JOIN node ON node.id = doc.node JOIN classes ON classes.id = doc.classes"

_KINDS, _FIELDS = tuple(Kind), tuple(Field)

Piece = tuple[str, bool]


class NoIndexError(Exception):
    """The checkpoint has no index that this version reads."""


@dataclass(frozen=True, slots=True)
class Found:
    """A node whose text has the words; `snippet` is the text around them in pieces, True for words found."""

    node: str
    field: Field
    kind: Kind
    classes: tuple[str, ...]
    snippet: tuple[Piece, ...]
    score: float  # higher is better; compares hits of one search only


class Name(NamedTuple):  # made by the thousand, and a frozen dataclass takes three times as long
    """A name of a node, as it stands and normalised; `uses` is how many graphs give it and these classes."""

    node: str
    kind: Kind
    field: Field
    classes: tuple[str, ...]
    text: str
    name: str
    uses: int


class Index:
    """An open index, for one thread at a time; it closes when it goes. Its file may be deleted meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        finalize(self, connection.close)

    @classmethod
    def open(cls, checkpoint: Path) -> Index:
        """The index of a checkpoint; NoIndexError where it has none."""
        path = checkpoint / FILE_NAME
        try:
            uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise NoIndexError(f"{path}: {error}") from error
        try:
            connection.execute(f"PRAGMA mmap_size = {_MAPPED}")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error as error:
            connection.close()
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
        best: dict[str, Found] = {}
        for table in _tables(kinds):
            rows = self._connection.execute(
                "SELECT node.iri, doc.field, doc.kind, classes.iris, doc.uses, rank, "
                f"snippet({table}, 0, '{_BEGIN}', '{_END}', '…', 40) "
                f"FROM {table} JOIN doc ON doc.id = {table}.rowid {_FROM} "
                f"WHERE {table} MATCH ? AND doc.kind IN ({_numbers(kinds)}) ORDER BY rank LIMIT ?",
                (expression, max(_POOL, limit)),
            )
            for node, field, kind, classes, uses, rank, snippet in rows:
                score = -rank * _WEIGHTS.get(Kind(kind), 1.0) * (1 + 0.05 * min(uses, 20))
                if node not in best or score > best[node].score:
                    found = Found(
                        node, Field(field), Kind(kind), tuple(classes.split()), _pieces(snippet), score
                    )
                    best[node] = found
        return sorted(best.values(), key=lambda found: (-found.score, found.node))[:limit]

    def counts(self, text: str) -> dict[Kind, int]:
        """How many nodes have a name, or a sentence, with all words of `text`, by kind."""
        expression = match_expression(text)
        if expression is None:
            return {}
        rows = self._connection.execute(
            "SELECT doc.kind, COUNT(DISTINCT doc.node) FROM names JOIN doc ON doc.id = names.rowid "
            "WHERE names MATCH ? GROUP BY doc.kind",
            (expression,),
        )
        found = {Kind(kind): count for kind, count in rows}
        sentences = self._connection.execute(
            "SELECT COUNT(*) FROM sentences WHERE sentences MATCH ?", (expression,)
        )
        return found | {Kind.SENTENCE: sentences.fetchone()[0]}

    def nodes(self, text: str, *, limit: int | None = None) -> list[str]:
        """The IRIs of the nodes with a text that has all words of `text`.

        With a limit the best ones, names before sentences, but half of the limit is for sentences if need be.
        """
        expression = match_expression(text)
        if expression is None:
            return []
        names, sentences = (self._nodes(table, expression, limit) for table in ("names", "sentences"))
        if limit is None:
            return list(dict.fromkeys(names + sentences))
        room = max(limit - len(sentences), limit // 2)
        return (names[:room] + sentences)[:limit]

    def _nodes(self, table: str, expression: str, limit: int | None) -> list[str]:
        ending = "" if limit is None else f"ORDER BY rank LIMIT {int(limit)}"
        rows = self._connection.execute(
            f"SELECT node.iri FROM {table} JOIN doc ON doc.id = {table}.rowid "
            f"JOIN node ON node.id = doc.node WHERE {table} MATCH ? {ending}",
            (expression,),
        )
        return list(dict.fromkeys(node for (node,) in rows))

    def beginning(self, prefix: str, *, kinds: Sequence[Kind], limit: int) -> list[Name]:
        """Names that begin with `prefix`, then names with words that do; each node once, most used first."""
        start = normalised(prefix)
        if not start:
            return []
        order = f"ORDER BY uses DESC, LENGTH(name), name LIMIT {limit * 4:d}"
        rows = self._names(
            f"SELECT id FROM doc WHERE name >= ? AND name < ? AND kind IN ({_numbers(kinds)}) {order}",
            (start, start + "\U0010ffff"),
        )
        expression = match_expression(prefix, prefix=True)
        if len({row.node for row in rows}) < limit and expression is not None:
            rows += self._names(
                "SELECT doc.id FROM names JOIN doc ON doc.id = names.rowid WHERE names MATCH ? "
                f"AND kind IN ({_numbers(kinds)}) {order}",
                (expression,),
            )
        first: dict[str, Name] = {}
        for row in rows:
            first.setdefault(row.node, row)
        return list(first.values())[:limit]

    def named(self, name: str, *, limit: int) -> list[Name]:
        """Entities with this very name, once both are normalised."""
        return self._names(
            f"SELECT id FROM doc WHERE name = ? AND kind = {Kind.ENTITY:d} "
            f"ORDER BY uses DESC LIMIT {int(limit)}",
            (normalised(name),),
        )

    def alike(self, name: str, *, limit: int) -> list[Name]:
        """Entities whose names have letters in common with `name`, rare ones above all."""
        shared: defaultdict[int, int] = defaultdict(int)
        grams, looked_at = trigrams(normalised(name)), 0
        for place, (count, gram) in enumerate(sorted((self._count(gram), gram) for gram in grams)):
            if place >= len(grams) / 2 and looked_at + count > _ENOUGH:
                break  # what is left is common: slips spoil three grams each, so half of them are plenty
            looked_at += count
            weight = _RARE // (_RARE_FROM + count)
            for (doc,) in self._connection.execute(
                "SELECT rowid FROM grams WHERE grams MATCH ?", (f'"{gram}"',)
            ):
                shared[doc] += weight
        best = nlargest(limit, ((weight, -doc) for doc, weight in shared.items()))
        return self._by_number([-doc for _, doc in best])

    def _count(self, gram: str) -> int:
        """How many names have the gram."""
        found = self._connection.execute("SELECT doc FROM gram_counts WHERE term = ?", (gram,)).fetchone()
        return 0 if found is None else int(found[0])

    def names_of(self, node: str) -> list[Name]:
        """All names of a node, labels first."""
        return self._names(
            "SELECT doc.id FROM doc JOIN node ON node.id = doc.node "
            "WHERE node.iri = ? AND name IS NOT NULL ORDER BY field, text LIMIT 1000",
            (node,),
        )

    def label(self, node: str) -> str:
        """The label of a node that most graphs give it, "" if it has none."""
        found = self._connection.execute(
            f"SELECT text FROM doc JOIN node ON node.id = doc.node WHERE node.iri = ? "
            f"AND field = {Field.LABEL:d} ORDER BY uses DESC, text LIMIT 1",
            (node,),
        ).fetchone()
        return "" if found is None else str(found[0])

    def _names(self, choice: str, values: tuple[object, ...]) -> list[Name]:
        """The names whose numbers a query gives, in its order."""
        return self._by_number([doc for (doc,) in self._connection.execute(choice, values)])

    def _by_number(self, numbers: Sequence[int]) -> list[Name]:
        rows = self._connection.execute(
            f"SELECT doc.id, {_ROW} FROM doc {_FROM} WHERE doc.id IN (SELECT value FROM json_each(?))",
            (json.dumps(numbers),),  # one statement for any number of them, so that it is prepared once
        )
        found = {
            doc: Name(node, _KINDS[kind], _FIELDS[field], _classes(classes), text, name, uses)
            for doc, node, kind, field, classes, text, name, uses in rows
        }
        return [found[number] for number in numbers]


@lru_cache(maxsize=4096)
def _classes(iris: str) -> tuple[str, ...]:
    """The classes of a row; there are as many combinations as the ontology allows and reports use."""
    return tuple(iris.split())


def _tables(kinds: Sequence[Kind]) -> list[str]:
    """The full-text tables with texts of these kinds."""
    names = ["names"] if set(kinds) - {Kind.SENTENCE} else []
    return names + (["sentences"] if Kind.SENTENCE in kinds else [])


def _numbers(kinds: Sequence[Kind]) -> str:
    return ", ".join(str(int(kind)) for kind in kinds)


def _pieces(snippet: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for part in snippet.split(_BEGIN):
        inside, end, after = part.partition(_END)
        pieces += [(inside, True), (after, False)] if end else [(inside, False)]
    return tuple(piece for piece in pieces if piece[0])
