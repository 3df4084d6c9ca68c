"""Writes the index of a checkpoint: the one of the checkpoint before, brought up to date.

A batch says which graphs it may have changed, and only these are compared with what the index has of them.
Where no text changed the file is a hard link; else a copy, changed before its checkpoint gets its name, so
that a writer that dies leaves no half index.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from kg.changes import ANY, Changes
from kg.named import Database
from kg.search.documents import (
    Document,
    Graph,
    Hierarchy,
    documents,
    hierarchy,
    pairs_of_graph,
    pairs_of_nodes,
    pairs_of_triples,
)
from kg.search.terms import Field, Kind
from kg.search.words import normalised

FILE_NAME = "search.sqlite"  # in the folder of the checkpoint; the engine knows its own files by name
FORMAT = 3
_AT_ONCE = 5_000  # texts that are put in at once; they take 5 MB

# `doc` has each text of a node once, `source` the graphs that have it. `grams` has the names of entities
# only: those are what is looked for with slips in the spelling.
_SCHEMA = f"""
PRAGMA user_version = {FORMAT};
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE graph (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE classes (id INTEGER PRIMARY KEY, iris TEXT UNIQUE);
CREATE TABLE node (id INTEGER PRIMARY KEY, iri TEXT UNIQUE);
CREATE TABLE doc (id INTEGER PRIMARY KEY, node INTEGER, field INTEGER, kind INTEGER, classes INTEGER,
                  language TEXT, text TEXT, name TEXT, uses INTEGER);
CREATE INDEX doc_node ON doc (node);
CREATE INDEX doc_name ON doc (name, kind, uses) WHERE name IS NOT NULL;
CREATE TABLE source (graph INTEGER, doc INTEGER, PRIMARY KEY (graph, doc)) WITHOUT ROWID;
CREATE VIRTUAL TABLE names USING fts5
    (text, content=doc, content_rowid=id, tokenize='unicode61 remove_diacritics 2', prefix='1 2 3');
CREATE VIRTUAL TABLE sentences USING fts5
    (text, content=doc, content_rowid=id, tokenize='unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE grams USING fts5
    (name, content=doc, content_rowid=id, tokenize='trigram', detail=none);
CREATE VIRTUAL TABLE gram_counts USING fts5vocab(grams, row);
"""


# Node, field, kind, classes, language and text of a row of `doc`: no two rows have the same.
_Row: TypeAlias = tuple[int, int, int, int, str, str]


@dataclass(frozen=True, slots=True)
class _Change:
    """What became of a graph's texts."""

    graph: str
    gone: tuple[Document, ...]
    new: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class _Graphs:
    """The graphs of a database, and what is known of those that changed."""

    database: Database
    known: Hierarchy
    changes: Changes

    def names(self) -> set[str]:
        """All but the default graph's."""
        return {graph.value for graph in self.database.named_graphs() if isinstance(graph, ox.NamedNode)}

    def texts(self, name: str) -> set[Document]:
        """Those of one graph; "" is the default graph. Of an altered one, those of the nodes that changed."""
        graph: Graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        if name in self.changes.added:
            pairs = pairs_of_triples(self.changes.added[name])
        elif name in self.changes.altered:
            pairs = pairs_of_nodes(self.database, graph, self.changes.altered[name].nodes())
        else:
            pairs = pairs_of_graph(self.database, graph)
        return set(documents(pairs, self.known))

    def nodes(self, name: str) -> set[str] | None:
        """Those of a graph to which all changes were made; None where that may be any."""
        altered = self.changes.altered.get(name)
        return None if altered is None else altered.nodes()


def write_index(database: Database, *, previous: Path | None, folder: Path, changes: Changes = ANY) -> None:
    """Write the index of `database` into `folder`, from the one in the folder `previous` if it has one.

    `changes` are those since then.
    """
    old = previous / FILE_NAME if previous is not None else None
    known = hierarchy(database)
    if old is None or not _usable(old, known):
        everything = _Graphs(database, known, Changes(added=changes.added))
        _written(folder / FILE_NAME, None, known, _changed(everything, None))
        return
    with closing(sqlite3.connect(f"{old.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as before:
        changed = _changed(_Graphs(database, known, changes), before)
        first = next(changed, None)
        if first is None:
            os.link(old, folder / FILE_NAME)
        else:
            _written(folder / FILE_NAME, old, known, _chain(first, changed))


def _chain(first: _Change, rest: Iterator[_Change]) -> Iterator[_Change]:
    yield first
    yield from rest


def _usable(path: Path, known: Hierarchy) -> bool:
    """Whether the file is an index of this format, made with the same classes."""
    if not path.is_file():
        return False
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as before:
        try:
            (version,) = before.execute("PRAGMA user_version").fetchone()
            if version != FORMAT:
                return False
            found = before.execute("SELECT value FROM setting WHERE name = 'classes'").fetchone()
        except sqlite3.DatabaseError:
            return False
    return bool(found == (_fingerprint(known),))


def _fingerprint(known: Hierarchy) -> str:
    text = "\n".join([*sorted(known.entities), "", *sorted(known.events)])
    return hashlib.sha256(text.encode()).hexdigest()


def _changed(graphs: _Graphs, before: sqlite3.Connection | None) -> Iterator[_Change]:
    """The graphs whose texts are others than before, in the order of their names."""
    indexed = [] if before is None else [name for (name,) in before.execute("SELECT name FROM graph")]
    names = graphs.changes.graphs
    for name in sorted({"", *graphs.names(), *indexed} if names is None else names):
        wanted = graphs.texts(name)
        have = set() if before is None else set(_indexed(before, name, graphs.nodes(name)))
        if wanted != have:
            yield _Change(name, _ordered(have - wanted), _ordered(wanted - have))


def _ordered(found: set[Document]) -> tuple[Document, ...]:
    return tuple(
        sorted(found, key=lambda entry: (entry.node, entry.field, entry.text, entry.language, entry.classes))
    )


def _indexed(before: sqlite3.Connection, graph: str, nodes: Iterable[str] | None) -> Iterator[Document]:
    """The texts of a graph, or only those of some of its nodes."""
    tables, values = "graph JOIN source ON source.graph = graph.id JOIN doc ON doc.id = source.doc", [graph]
    if nodes is not None:  # from the nodes on: they may be a few of a million
        tables = (
            "json_each(?) AS wanted CROSS JOIN node ON node.iri = wanted.value "
            "CROSS JOIN doc ON doc.node = node.id "
            "CROSS JOIN graph CROSS JOIN source ON source.graph = graph.id AND source.doc = doc.id"
        )
        values = [json.dumps(sorted(nodes)), graph]
    rows = before.execute(
        "SELECT node.iri, doc.field, doc.kind, classes.iris, doc.language, doc.text "
        f"FROM {tables} JOIN classes ON classes.id = doc.classes "
        f"{'JOIN node ON node.id = doc.node ' if nodes is None else ''}WHERE graph.name = ?",
        values,
    )
    for iri, field, kind, classes, language, text in rows:
        yield Document(iri, Field(field), Kind(kind), classes, language, text)


def _written(path: Path, old: Path | None, known: Hierarchy, changes: Iterator[_Change]) -> None:
    if old is not None:
        shutil.copyfile(old, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # Nobody else sees the file before it is whole, so it needs no journal.
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        if old is None:
            connection.executescript(_SCHEMA)
            connection.execute("INSERT INTO setting VALUES ('classes', ?)", (_fingerprint(known),))
        connection.execute("BEGIN")
        writer = _Writer(connection)
        for change in changes:
            writer.apply(change)
        writer.flush()
        connection.execute("COMMIT")
    with path.open("rb") as file:
        os.fsync(file.fileno())


class _Writer:
    """Puts changes into an index: takes out at once, puts in when there is enough, and with `flush`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._new: list[tuple[int, Document]] = []  # with the graph's row

    def apply(self, change: _Change) -> None:
        (graph,) = self._keys("graph", "name", [change.graph]).values()
        for entry in change.gone:
            self._drop(graph, entry)
        self._new += ((graph, entry) for entry in change.new)
        if len(self._new) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Put in what waits. A text that stands in several graphs is one row with several sources."""
        nodes = self._keys("node", "iri", (entry.node for _, entry in self._new))
        classes = self._keys("classes", "iris", (entry.classes for _, entry in self._new))
        docs, first = self._docs(nodes.values()), self._next("doc")
        new: dict[int, Document] = {}
        sources: list[tuple[int, int]] = []
        for graph, entry in self._new:
            row = _row(nodes[entry.node], classes[entry.classes], entry)
            if row not in docs:
                docs[row] = first + len(new)
                new[docs[row]] = entry
            sources.append((graph, docs[row]))
        uses = Counter(doc for _, doc in sources)
        of_id = {doc: row for row, doc in docs.items()}
        many = self._connection.executemany
        many(
            "INSERT INTO doc (id, node, field, kind, classes, language, text, name, uses) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((doc, *of_id[doc], _name(entry), uses[doc]) for doc, entry in new.items()),
        )
        for table in ("names", "sentences"):
            texts = ((doc, entry.text) for doc, entry in new.items() if _table(entry) == table)
            many(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", texts)
        grams = ((doc, _name(entry)) for doc, entry in new.items() if _has_grams(entry))
        many("INSERT INTO grams (rowid, name) VALUES (?, ?)", grams)
        many("INSERT INTO source VALUES (?, ?)", sources)
        again = ((count, doc) for doc, count in uses.items() if doc not in new)
        many("UPDATE doc SET uses = uses + ? WHERE id = ?", again)
        self._new = []

    def _keys(self, table: str, column: str, values: Iterable[str]) -> dict[str, int]:
        """The rows of graphs, nodes or lists of classes, made where there are none."""
        wanted = dict.fromkeys(values)
        known = f"SELECT {column}, id FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"
        found = dict(self._connection.execute(known, (json.dumps(list(wanted)),)))
        new = list(enumerate((value for value in wanted if value not in found), start=self._next(table)))
        self._connection.executemany(f"INSERT INTO {table} (id, {column}) VALUES (?, ?)", new)
        return found | {value: key for key, value in new}

    def _next(self, table: str) -> int:
        (last,) = self._connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
        return int(last) + 1

    def _docs(self, nodes: Iterable[int]) -> dict[_Row, int]:
        """The texts of nodes."""
        rows = self._connection.execute(
            "SELECT id, node, field, kind, classes, language, text FROM doc "
            "WHERE node IN (SELECT value FROM json_each(?))",
            (json.dumps(list(nodes)),),
        )
        return {tuple(row): doc for doc, *row in rows}

    def _drop(self, graph: int, entry: Document) -> None:
        execute = self._connection.execute
        (node,) = self._keys("node", "iri", [entry.node]).values()
        (classes,) = self._keys("classes", "iris", [entry.classes]).values()
        doc = self._docs([node])[_row(node, classes, entry)]
        execute("DELETE FROM source WHERE graph = ? AND doc = ?", (graph, doc))
        execute("UPDATE doc SET uses = uses - 1 WHERE id = ?", (doc,))
        if execute("SELECT uses FROM doc WHERE id = ?", (doc,)).fetchone() != (0,):
            return
        table, name = _table(entry), _name(entry)
        execute(f"INSERT INTO {table} ({table}, rowid, text) VALUES ('delete', ?, ?)", (doc, entry.text))
        if _has_grams(entry):
            execute("INSERT INTO grams (grams, rowid, name) VALUES ('delete', ?, ?)", (doc, name))
        execute("DELETE FROM doc WHERE id = ?", (doc,))
        execute(
            "DELETE FROM node WHERE id = ? AND NOT EXISTS (SELECT 1 FROM doc WHERE node = ?)", (node, node)
        )


def _row(node: int, classes: int, entry: Document) -> _Row:
    return node, int(entry.field), int(entry.kind), classes, entry.language, entry.text


def _has_grams(entry: Document) -> bool:
    return entry.kind is Kind.ENTITY and entry.field is not Field.SENTENCE


def _table(entry: Document) -> str:
    """The full-text table that the text is in."""
    return "sentences" if entry.field is Field.SENTENCE else "names"


def _name(entry: Document) -> str | None:
    """The normalised name, for labels and aliases."""
    return None if entry.field is Field.SENTENCE else normalised(entry.text)
