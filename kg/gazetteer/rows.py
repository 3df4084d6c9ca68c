"""The gazetteer's rows: read from `*.tsv` files of one folder, and checked.

UTF-8, tab-separated, a header row, nothing quoted, several values of a cell parted by `|`. The folder's
README says what each column holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import DataError
from kg.gazetteer.entry import CLASSES, Entry

COLUMNS = (
    "key",
    "label",
    "class",
    "aliases",
    "demonyms",
    "wikidata",
    "lat",
    "lon",
    "population",
    "country",
    "within",
    "guard",
    "source",
)
GUARD = "name"  # the one value of the guard column beside nothing

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COUNT = re.compile(r"[0-9]{1,10}")
_WIKIDATA = re.compile(r"Q[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entry was read, for messages."""

    path: Path
    line: int


def digest(directory: Path) -> str:
    """What the gazetteer files of a folder hold, in short: the same for the same names and bytes."""
    return _digest((path, _bytes(path)) for path in _files(directory))


def read_entries(directory: Path) -> tuple[Mapping[str, Entry], str]:
    """The entries of every `*.tsv` file by key, in the order of the files (by name) and their rows.

    Beside them the `digest` of what was read. Raises DataError with file and line where something is wrong.
    """
    sources = [(path, _bytes(path)) for path in _files(directory)]
    entries: dict[str, Entry] = {}
    places: dict[str, _Place] = {}
    for path, content in sources:
        for line, entry in _read(path, content):
            if entry.key in entries:
                raise DataError(path, line, f"key {entry.key!r} is taken by {_where(places[entry.key])}")
            entries[entry.key] = entry
            places[entry.key] = _Place(path, line)
    _check_identifiers(entries.values(), places)
    _check_parents(entries, places)
    return entries, _digest(sources)


def _files(directory: Path) -> list[Path]:
    files = sorted(directory.glob("*.tsv"))
    if not files:
        raise DataError(directory, None, "no gazetteer file (*.tsv) in this folder")
    return files


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(path, None, f"cannot be read: {error}") from error


def _digest(sources: Iterable[tuple[Path, bytes]]) -> str:
    total = hashlib.sha256()
    for path, content in sources:
        total.update(path.name.encode() + b"\0" + hashlib.sha256(content).digest())
    return total.hexdigest()[:32]


def _where(place: _Place) -> str:
    return f"{place.path.name}:{place.line}"


def _read(path: Path, content: bytes) -> Iterable[tuple[int, Entry]]:
    """The entries of one file with their line numbers; empty lines are skipped."""
    try:
        lines = content.decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(path, None, f"cannot be read: {error}") from error
    header = tuple(lines[0].split("\t"))
    if header != COLUMNS:
        raise DataError(path, 1, f"the header must name these columns, tab-separated: {' '.join(COLUMNS)}")
    for number, line in enumerate(lines[1:], start=2):
        if line:
            cells = line.split("\t")
            if len(cells) != len(COLUMNS):
                raise DataError(path, number, f"{len(cells)} cells where {len(COLUMNS)} are due")
            try:
                yield number, _entry(cells)
            except ValueError as error:
                raise DataError(path, number, str(error)) from error


def _entry(cells: list[str]) -> Entry:
    """One row as an entry; ValueError says what is wrong with it."""
    key, label, class_name, aliases, demonyms, wikidata, lat, lon, people, *rest = cells
    country, within, guard, source = rest
    if not _KEY.fullmatch(key):
        raise ValueError(f"key {key!r} is not lower-case letters and digits joined by hyphens")
    if not label:
        raise ValueError(f"{key!r} has no label")
    if class_name not in CLASSES:
        raise ValueError(f"class {class_name!r} is not an actor, place, facility or weapon of the ontology")
    if wikidata and not _WIKIDATA.fullmatch(wikidata):
        raise ValueError(f"Wikidata id {wikidata!r} is not Q and a number")
    if guard not in ("", GUARD):
        raise ValueError(f"guard {guard!r} is neither empty nor {GUARD!r}")
    if not source:
        raise ValueError(f"{key!r} names no source")
    if bool(lat) != bool(lon):
        raise ValueError(f"{key!r} has only one of its two coordinates")
    return Entry(
        key=key,
        label=label,
        class_name=class_name,
        aliases=_names(aliases, taken=(label,)),
        demonyms=_names(demonyms, taken=()),
        wikidata=wikidata or None,
        latitude=_degrees(lat, limit=90),
        longitude=_degrees(lon, limit=180),
        population=_count(people),
        country=country or None,
        within=within or None,
        guarded=guard == GUARD,
        source=source,
    )


def _names(cell: str, *, taken: tuple[str, ...]) -> tuple[str, ...]:
    """The names of a cell, none empty, none twice, none that is `taken`."""
    if not cell:
        return ()
    names = tuple(cell.split("|"))
    if len({*names, *taken}) != len(names) + len(taken):
        raise ValueError(f"a name stands twice in {cell!r} (or repeats the label)")
    for name in names:
        if not name or name != name.strip():
            raise ValueError(f"an empty name or a space at its edge in {cell!r}")
    return names


def _degrees(cell: str, *, limit: int) -> float | None:
    """A coordinate in decimal degrees, at most `limit` either way."""
    if not cell:
        return None
    try:
        degrees = float(cell)
    except ValueError:
        raise ValueError(f"coordinate {cell!r} is not a number") from None
    if not -limit <= degrees <= limit:
        raise ValueError(f"coordinate {cell!r} is not within -{limit} and {limit}")
    return degrees


def _count(cell: str) -> int | None:
    """A number of people, in digits alone."""
    if cell and not _COUNT.fullmatch(cell):
        raise ValueError(f"population {cell!r} is not a number in digits")
    return int(cell) if cell else None


def _check_identifiers(entries: Iterable[Entry], places: Mapping[str, _Place]) -> None:
    """No two entries are the same Wikidata item."""
    owners: dict[str, str] = {}
    for entry in entries:
        if entry.wikidata is None:
            continue
        owner = owners.setdefault(entry.wikidata, entry.key)
        if owner != entry.key:
            place = places[entry.key]
            raise DataError(
                place.path, place.line, f"Wikidata id {entry.wikidata} is taken by {_where(places[owner])}"
            )


def _check_parents(entries: Mapping[str, Entry], places: Mapping[str, _Place]) -> None:
    """`country` and `within` name entries, a country is a Country, and no entry lies in itself."""
    sound: set[str] = set()
    for entry in entries.values():
        place = places[entry.key]
        for parent in entry.parents:
            if parent not in entries:
                raise DataError(place.path, place.line, f"no entry has the key {parent!r}")
        if entry.country is not None and entries[entry.country].class_name != "Country":
            raise DataError(place.path, place.line, f"{entry.country!r} is not a Country")
    for key in entries:
        _check_chain(key, entries, places, sound)


def _check_chain(
    key: str, entries: Mapping[str, Entry], places: Mapping[str, _Place], sound: set[str]
) -> None:
    """Walk up from one entry; `sound` collects those known to lie in no cycle."""
    trail = [key]
    upward = [iter(entries[key].parents)]
    while trail:
        parent = next(upward[-1], None)
        if parent is None:
            sound.add(trail.pop())
            upward.pop()
        elif parent in trail:
            place = places[parent]
            raise DataError(place.path, place.line, f"{parent!r} lies within itself")
        elif parent not in sound:
            trail.append(parent)
            upward.append(iter(entries[parent].parents))
