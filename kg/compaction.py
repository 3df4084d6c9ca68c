"""Compacts a database when enough was written to it since the last time.

What a batch writes lies beside what was there before, and each read has to look into both: after a large
batch reads take up to half as long again. What small ones wrote the engine merges by itself, all but the last
of it. Compacting merges the rest, but it rewrites the whole database, a million quads in four seconds. So it
is done after a batch that wrote a quarter of the database, and when small ones together let it grow by half:
however a store comes about, all that is rewritten is a small multiple of all that was written.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

FILE_NAME = "compacted"  # beside the engine's files: their bytes when the database was last compacted
_BATCH = 0.25  # of the bytes before: written by one batch
_BATCHES = 0.5  # of the bytes at the last time: written by all batches since
_LEAST = 1 << 20  # bytes, a few thousand quads; below that nobody sees a difference


def copy_compacted(database: ox.Store, folder: Path, *, before: Path | None, up_to: int | None) -> None:
    """Make `folder` a copy of the database (hard links), which is compacted first if that pays.

    `before` is the copy that the database was made from, if any. A database of more than `up_to` bytes is
    left as it is, so that nobody waits for it; None: one of any size may be compacted.
    """
    database.backup(str(folder))
    size = _size(folder)
    compacted = min(_compacted(before), size)  # the engine itself merges files now and then
    if (up_to is None or size <= up_to) and _is_due(size, compacted, _size(before) if before else 0):
        database.optimize()
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        database.backup(str(folder))
        compacted = _size(folder)
    (folder / FILE_NAME).write_text(f"{compacted}\n", encoding="ascii")


def _is_due(size: int, compacted: int, before: int) -> bool:
    """Whether it pays, by the bytes now, at the last time, and before the batch."""
    by_one = size - before >= max(_LEAST, before * _BATCH)
    return by_one or size - compacted >= max(_LEAST, compacted * _BATCHES)


def _compacted(folder: Path | None) -> int:
    """Bytes that the database of the folder had when it was last compacted, 0 if nothing says so."""
    try:
        return int((folder / FILE_NAME).read_text(encoding="ascii")) if folder is not None else 0
    except (FileNotFoundError, NotADirectoryError, ValueError):  # an earlier version's, or cut short
        return 0


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.sst"))
