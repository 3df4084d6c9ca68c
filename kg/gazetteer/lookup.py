"""Looking things up in the gazetteer."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from weakref import finalize

from kg import settings
from kg.errors import DataError
from kg.gazetteer.cache import Snapshot, connect, find_snapshot
from kg.gazetteer.entry import Alias, Entry
from kg.gazetteer.snapshot import compile_snapshot, entry_of
from kg.gazetteer.spelling import likeness, skeleton
from kg.gazetteer.words import written_words

_ENTRY = (
    "e.key, e.label, e.class, e.aliases, e.demonyms, e.wikidata, e.lat, e.lon, e.population, "
    "e.country, e.within, e.guarded, e.source"
)
_ALIASES = f"SELECT n.name, n.demonym, {_ENTRY} FROM names n JOIN entries e ON e.number = n.entry "  # noqa: S608
_REMEMBERED = 1 << 11  # entries and names, of a few hundred bytes each
_WORDS = 1 << 12  # words of reports, most of which begin no name
_NAMES = 1 << 14  # words in a row that may be a name, most of which are none
LEAST_LIKENESS = 0.7  # of a spelling that `similar` finds; Homs and Hims have 0.8

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Similar:
    """A name that may be another spelling of one that was asked for; `likeness` is above 0 and at most 1."""

    alias: Alias
    likeness: float


class Gazetteer(Mapping[str, Entry]):
    """All entries by key, in the order of the files (by name) and their rows.

    It holds a connection to the snapshot and what was asked of late, nothing that grows with the entries.
    Threads may share it; a forked process opens a connection of its own.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._open()
        self._entry = lru_cache(maxsize=_REMEMBERED)(self._find_entry)
        self._first = lru_cache(maxsize=_WORDS)(self._find_first)
        self._named = lru_cache(maxsize=_NAMES)(self._find_named)
        self._similar = lru_cache(maxsize=_REMEMBERED)(self._find_similar)

    def __getitem__(self, key: str) -> Entry:
        entry = self._entry(key)
        if entry is None:
            raise KeyError(key)
        return entry

    def __iter__(self) -> Iterator[str]:
        return (str(row[0]) for row in self._rows("SELECT key FROM entries ORDER BY number"))

    def __len__(self) -> int:
        return int(str(self._rows("SELECT count(*) FROM entries")[0][0]))

    def values(self) -> ValuesView[Entry]:
        """All entries, in order, read at once: for tests and tools."""
        return _Values(self)

    def read_all(self) -> Iterator[Entry]:
        """What `values` iterates over."""
        return map(entry_of, self._rows(f"SELECT {_ENTRY} FROM entries e ORDER BY e.number"))  # noqa: S608

    def ancestors(self, key: str) -> tuple[Entry, ...]:
        """What the entry lies in, nearest first: a prison's town, its region, its country."""
        found: dict[str, Entry] = {}
        waiting = list(reversed(self[key].parents))
        while waiting:
            parent = waiting.pop()
            if parent not in found:
                found[parent] = self[parent]
                waiting.extend(reversed(found[parent].parents))
        return tuple(found.values())

    def longest(self, first_word: str) -> int:
        """How many words the longest name has that begins with this folded word; 0 where none does."""
        return self._first(first_word)

    def named(self, words: tuple[str, ...]) -> tuple[Alias, ...]:
        """All names of these folded words (`kg.gazetteer.folded_words`), in the order of the entries."""
        return self._named(words)

    def similar(self, name: str) -> tuple[Similar, ...]:
        """The entries with a name that may be another spelling of this one, each by its likest name.

        Likest first, then in the order of the entries; exact names have likeness 1. Acronyms and words for
        people have no other spellings, nor have names with fewer than two consonants.
        """
        return self._similar(name)

    def _open(self) -> None:
        self._process, self._lock = os.getpid(), threading.Lock()
        self._database = connect(self._snapshot)
        finalize(self, self._database.close)

    def _rows(self, query: str, *values: str) -> list[Row]:
        if self._process != os.getpid():
            self._open()
        try:
            with self._lock:
                return self._database.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            where = self._snapshot if isinstance(self._snapshot, Path) else Path("gazetteer")
            raise DataError(where, None, f"the snapshot is damaged, remove it: {error}") from error

    def _find_entry(self, key: str) -> Entry | None:
        rows = self._rows(f"SELECT {_ENTRY} FROM entries e WHERE e.key = ?", key)  # noqa: S608
        return entry_of(rows[0]) if rows else None

    def _find_first(self, word: str) -> int:
        rows = self._rows("SELECT longest FROM firsts WHERE word = ?", word)
        return int(str(rows[0][0])) if rows else 0

    def _find_named(self, words: tuple[str, ...]) -> tuple[Alias, ...]:
        rows = self._rows(f"{_ALIASES} WHERE n.folded = ? ORDER BY n.entry, n.number", " ".join(words))
        return tuple(map(_alias, rows))

    def _find_similar(self, name: str) -> tuple[Similar, ...]:
        rows = self._rows(f"{_ALIASES} WHERE n.skeleton = ? ORDER BY n.entry, n.number", skeleton(name))
        best: dict[str, Similar] = {}
        for row in rows:
            found = Similar(_alias(row), likeness(name, str(row[0])))
            key = found.alias.entry.key
            if found.likeness >= LEAST_LIKENESS and (key not in best or found.likeness > best[key].likeness):
                best[key] = found
        return tuple(sorted(best.values(), key=lambda similar: -similar.likeness))


class _Values(ValuesView[Entry]):
    def __init__(self, gazetteer: Gazetteer) -> None:
        super().__init__(gazetteer)
        self._gazetteer = gazetteer

    def __iter__(self) -> Iterator[Entry]:
        return self._gazetteer.read_all()


def load_gazetteer(directory: Path, *, cache: Path | None = None) -> Gazetteer:
    """The gazetteer of every `*.tsv` file of the folder.

    Its snapshot is looked for in the folder `cache` (default `kg.settings.cache_directory()`) and compiled
    where it is missing. Raises DataError with file and line where a row is wrong.
    """
    return Gazetteer(find_snapshot(directory, cache=settings.cache_directory() if cache is None else cache))


def gazetteer_of(entries: Iterable[Entry]) -> Gazetteer:
    """A gazetteer in memory of entries that are made by hand."""
    database = sqlite3.connect(":memory:")
    try:
        compile_snapshot({entry.key: entry for entry in entries}, database)
        return Gazetteer(database.serialize())
    finally:
        database.close()


def _alias(row: Row) -> Alias:
    name = str(row[0])
    return Alias(entry_of(row[2:]), name, written_words(name), bool(row[1]))
