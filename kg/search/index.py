"""Writes the index of a checkpoint: the one of the checkpoint before, brought up to date.

A batch says which graphs it may have changed, and only these are compared with what the index has of them.
Where no text changed the file is a hard link; else a copy, changed before its checkpoint gets its name, so
that a writer that dies leaves no half index.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.search.documents import Document, Graph, Hierarchy, documents, hierarchy
from kg.search.terms import Field, Kind
from kg.search.words import normalised

FILE_NAME = "search.sqlite"  # in the folder of the checkpoint; the engine knows its own files by name
FORMAT = 3

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


@dataclass(frozen=True, slots=True)
class _Change:
    """What became of a graph's texts."""

    graph: str
    gone: tuple[Document, ...]
    new: tuple[Document, ...]


def write_index(
    database: ox.Store, *, previous: Path | None, folder: Path, changed: Iterable[str] | None
) -> None:
    """Write the index of `database` into `folder`, from the one in the folder `previous` if it has one.

    `changed` names the graphs that may differ from then, "" for the default graph; None: any may.
    """
    old = previous / FILE_NAME if previous is not None else None
    known = hierarchy(database)
    if old is None or not _usable(old, known):
        _written(folder / FILE_NAME, None, known, _changes(None, database, None, known))
        return
    with closing(sqlite3.connect(f"{old.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as before:
        changes = _changes(before, database, changed, known)
        first = next(changes, None)
        if first is None:
            os.link(old, folder / FILE_NAME)
        else:
            _written(folder / FILE_NAME, old, known, _chain(first, changes))


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


def _changes(
    before: sqlite3.Connection | None, database: ox.Store, changed: Iterable[str] | None, known: Hierarchy
) -> Iterator[_Change]:
    """The graphs whose texts are others than before, in the order of their names."""
    indexed = [] if before is None else [name for (name,) in before.execute("SELECT name FROM graph")]
    if changed is None:
        graphs = database.named_graphs()
        names = {graph.value for graph in graphs if isinstance(graph, ox.NamedNode)} | {"", *indexed}
    else:
        names = set(changed)
    for name in sorted(names):
        graph: Graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        wanted = set(documents(database, graph, known))
        have = set() if before is None else set(_indexed(before, name))
        if wanted != have:
            yield _Change(name, _ordered(have - wanted), _ordered(wanted - have))


def _ordered(found: set[Document]) -> tuple[Document, ...]:
    return tuple(
        sorted(found, key=lambda entry: (entry.node, entry.field, entry.text, entry.language, entry.classes))
    )


def _indexed(before: sqlite3.Connection, graph: str) -> Iterator[Document]:
    rows = before.execute(
        "SELECT node.iri, doc.field, doc.kind, classes.iris, doc.language, doc.text FROM graph "
        "JOIN source ON source.graph = graph.id JOIN doc ON doc.id = source.doc "
        "JOIN node ON node.id = doc.node JOIN classes ON classes.id = doc.classes WHERE graph.name = ?",
        (graph,),
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
        connection.execute("COMMIT")
    with path.open("rb") as file:
        os.fsync(file.fileno())


class _Writer:
    """Puts changes into an index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def apply(self, change: _Change) -> None:
        graph = self._key("graph", "name", change.graph)
        for entry in change.gone:
            self._drop(graph, entry)
        for entry in change.new:
            self._add(graph, entry)

    def _key(self, table: str, column: str, value: str) -> int:
        """The row of a graph, node or list of classes, made where there is none."""
        execute = self._connection.execute
        found = execute(f"SELECT id FROM {table} WHERE {column} = ?", (value,)).fetchone()
        if found is None:
            found = (execute(f"INSERT INTO {table} ({column}) VALUES (?)", (value,)).lastrowid,)
        return int(found[0])

    def _find(self, node: int, classes: int, entry: Document) -> int | None:
        found = self._connection.execute(
            "SELECT id FROM doc WHERE node = ? AND field = ? AND kind = ? AND classes = ? AND language = ? "
            "AND text = ?",
            (node, entry.field, entry.kind, classes, entry.language, entry.text),
        ).fetchone()
        return None if found is None else int(found[0])

    def _add(self, graph: int, entry: Document) -> None:
        execute, node = self._connection.execute, self._key("node", "iri", entry.node)
        classes = self._key("classes", "iris", entry.classes)
        doc = self._find(node, classes, entry)
        if doc is None:
            name = _name(entry)
            doc = execute(
                "INSERT INTO doc (node, field, kind, classes, language, text, name, uses) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                (node, entry.field, entry.kind, classes, entry.language, entry.text, name),
            ).lastrowid
            execute(f"INSERT INTO {_table(entry)} (rowid, text) VALUES (?, ?)", (doc, entry.text))
            if name is not None and entry.kind is Kind.ENTITY:
                execute("INSERT INTO grams (rowid, name) VALUES (?, ?)", (doc, name))
        execute("INSERT INTO source VALUES (?, ?)", (graph, doc))
        execute("UPDATE doc SET uses = uses + 1 WHERE id = ?", (doc,))

    def _drop(self, graph: int, entry: Document) -> None:
        execute, node = self._connection.execute, self._key("node", "iri", entry.node)
        doc = self._find(node, self._key("classes", "iris", entry.classes), entry)
        execute("DELETE FROM source WHERE graph = ? AND doc = ?", (graph, doc))
        execute("UPDATE doc SET uses = uses - 1 WHERE id = ?", (doc,))
        if execute("SELECT uses FROM doc WHERE id = ?", (doc,)).fetchone() != (0,):
            return
        table, name = _table(entry), _name(entry)
        execute(f"INSERT INTO {table} ({table}, rowid, text) VALUES ('delete', ?, ?)", (doc, entry.text))
        if name is not None and entry.kind is Kind.ENTITY:
            execute("INSERT INTO grams (grams, rowid, name) VALUES ('delete', ?, ?)", (doc, name))
        execute("DELETE FROM doc WHERE id = ?", (doc,))
        execute(
            "DELETE FROM node WHERE id = ? AND NOT EXISTS (SELECT 1 FROM doc WHERE node = ?)", (node, node)
        )


def _table(entry: Document) -> str:
    """The full-text table that the text is in."""
    return "sentences" if entry.field is Field.SENTENCE else "names"


def _name(entry: Document) -> str | None:
    """The normalised name, for labels and aliases."""
    return None if entry.field is Field.SENTENCE else normalised(entry.text)
