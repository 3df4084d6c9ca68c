"""The gazetteer as a SQLite database, in which each look-up costs the same however large it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

from kg.gazetteer.entry import Entry, is_acronym
from kg.gazetteer.spelling import skeleton
from kg.gazetteer.words import folded_words

FORMAT = 2  # raise it when the tables change, or what `fold`, `folded_words` or `skeleton` make of a name
PART = "|"  # between the values of a column that holds several, as in the files

_SCHEMA = """
CREATE TABLE entries (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    class TEXT NOT NULL,
    aliases TEXT NOT NULL,
    demonyms TEXT NOT NULL,
    wikidata TEXT,
    lat REAL,
    lon REAL,
    population INTEGER,
    country TEXT,
    within TEXT,
    guarded INTEGER NOT NULL,
    source TEXT NOT NULL
);
CREATE TABLE names (
    folded TEXT NOT NULL,
    entry INTEGER NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    demonym INTEGER NOT NULL,
    skeleton TEXT,
    PRIMARY KEY (folded, entry, number)
) WITHOUT ROWID;
CREATE TABLE firsts (word TEXT PRIMARY KEY, longest INTEGER NOT NULL) WITHOUT ROWID;
"""
_INDEX = "CREATE INDEX spellings ON names (skeleton) WHERE skeleton IS NOT NULL"

NameRow = tuple[str, int, int, str, int, str | None]


def compile_snapshot(entries: Mapping[str, Entry], database: sqlite3.Connection) -> None:
    """Write the entries and all their names into an empty database."""
    longest: dict[str, int] = {}
    names: list[NameRow] = []
    for number, entry in enumerate(entries.values()):
        for words, row in _names(number, entry):
            names.append(row)
            longest[words[0]] = max(longest.get(words[0], 0), len(words))
    with database:
        database.executescript(_SCHEMA)
        database.executemany(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((number, *_entry_row(entry)) for number, entry in enumerate(entries.values())),
        )
        database.executemany("INSERT INTO names VALUES (?, ?, ?, ?, ?, ?)", sorted(names))
        database.executemany("INSERT INTO firsts VALUES (?, ?)", sorted(longest.items()))
        database.execute(_INDEX)
        database.execute("ANALYZE")


def _entry_row(entry: Entry) -> tuple[object, ...]:
    return (
        entry.key,
        entry.label,
        entry.class_name,
        PART.join(entry.aliases),
        PART.join(entry.demonyms),
        entry.wikidata,
        entry.latitude,
        entry.longitude,
        entry.population,
        entry.country,
        entry.within,
        int(entry.guarded),
        entry.source,
    )


def entry_of(row: tuple[object, ...]) -> Entry:
    """The entry of a row of `entries`, all columns but the number."""
    key, label, class_name, aliases, demonyms, wikidata, lat, lon, population, *rest = row
    country, within, guarded, source = rest
    return Entry(
        key=str(key),
        label=str(label),
        class_name=str(class_name),
        aliases=_parts(aliases),
        demonyms=_parts(demonyms),
        wikidata=_text(wikidata),
        latitude=lat if isinstance(lat, float) else None,
        longitude=lon if isinstance(lon, float) else None,
        population=population if isinstance(population, int) else None,
        country=_text(country),
        within=_text(within),
        guarded=bool(guarded),
        source=str(source),
    )


def _parts(cell: object) -> tuple[str, ...]:
    return tuple(str(cell).split(PART)) if cell else ()


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)


def _names(number: int, entry: Entry) -> Iterator[tuple[tuple[str, ...], NameRow]]:
    """The folded words and the row of each name; a name without letters or digits cannot be found."""
    named = [(name, 0) for name in (entry.label, *entry.aliases)] + [(name, 1) for name in entry.demonyms]
    for position, (name, demonym) in enumerate(named):
        words = folded_words(name)
        if words:
            spelt = None if demonym or is_acronym(name) else skeleton(name) or None
            yield words, (" ".join(words), number, position, name, demonym, spelt)
