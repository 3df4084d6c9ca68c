"""Where compiled snapshots are kept: a file for each state of the gazetteer's rows, made when missing."""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from kg.gazetteer.entry import Entry
from kg.gazetteer.rows import digest, read_entries
from kg.gazetteer.snapshot import FORMAT, compile_snapshot

_LOG = logging.getLogger(__name__)
_KEEP = 4  # snapshots of other states of the rows: some ontology folders, or some versions of one, in turn
_ABANDONED_SECONDS = 3600.0  # age of an unfinished file that no living process can still be writing
_CHUNK = 1 << 20

Snapshot = Path | bytes  # a file, or the database itself where no file can be written


def find_snapshot(directory: Path, *, cache: Path | None) -> Snapshot:
    """The snapshot of a folder's rows: from the cache if it has a sound one, else compiled.

    Raises DataError where a row is wrong. Several processes may do this at once.
    """
    folder = cache / "gazetteer" if cache is not None else None
    if folder is not None:
        found = _sound(folder, digest(directory))
        if found is not None:
            return found
    entries, state = read_entries(directory)
    try:
        return _keep(entries, state, folder) if folder is not None else _serialized(entries)
    except (OSError, sqlite3.OperationalError) as error:
        _LOG.warning(
            "%s: the gazetteer's snapshot cannot be kept here, it is made anew each time: %s", folder, error
        )
        return _serialized(entries)


def connect(snapshot: Snapshot) -> sqlite3.Connection:
    """A connection to the snapshot that any thread may use, one at a time."""
    if isinstance(snapshot, bytes):
        database = sqlite3.connect(":memory:", check_same_thread=False)
        database.deserialize(snapshot)
        return database
    uri = f"file:{quote(str(snapshot.absolute()))}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, check_same_thread=False)


def _sound(folder: Path, state: str) -> Path | None:
    """The snapshot of this state whose bytes are those that were written: its name ends in their checksum."""
    for path in sorted(folder.glob(f"{_stem(state)}-*.sqlite")):
        try:
            if path.stem.rsplit("-", 1)[1] == _checksum(path):
                return path
            path.unlink()
        except OSError as error:
            _LOG.debug("%s: %s", path, error)
    return None


def _keep(entries: Mapping[str, Entry], state: str, folder: Path) -> Path:
    """Compile into the folder; the file has its name only once it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        database = sqlite3.connect(part)
        try:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            compile_snapshot(entries, database)
        finally:
            database.close()
        path = folder / f"{_stem(state)}-{_checksum(part)}.sqlite"
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    _clear(folder, path)
    return path


def _serialized(entries: Mapping[str, Entry]) -> bytes:
    database = sqlite3.connect(":memory:")
    try:
        compile_snapshot(entries, database)
        return database.serialize()
    finally:
        database.close()


def _stem(state: str) -> str:
    return f"{FORMAT}-{state}"


def _checksum(path: Path) -> str:
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            value = zlib.crc32(chunk, value)
    return f"{value:08x}"


def _clear(folder: Path, newest: Path) -> None:
    """Remove old snapshots but a few, and what dead processes left; what cannot go now goes next time."""
    try:
        files = sorted(folder.iterdir(), key=lambda path: (-path.stat().st_mtime, path.name))
        others = [path for path in files if path.suffix == ".sqlite" and path != newest]
        dead = time.time() - _ABANDONED_SECONDS
        parts = [path for path in files if path.suffix == ".part" and path.stat().st_mtime < dead]
        for path in (*others[_KEEP:], *parts):
            path.unlink(missing_ok=True)
    except OSError as error:
        _LOG.debug("%s: %s", folder, error)
