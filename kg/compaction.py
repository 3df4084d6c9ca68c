"""Compacts a database when enough was written to it since the last time.

What a batch writes lies beside what was there before, and each read has to look into both; after a large
batch reads take half as long again. Compacting merges the two, but it rewrites the whole database, a million
quads in four seconds. So it is done when the database has grown by a share of itself: however a store comes
about, all that is rewritten is a small multiple of all that was written.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

FILE_NAME = "compacted"  # beside the engine's files: their bytes when the database was last compacted
_SHARE = 10  # compacted when a tenth was written since
_LEAST = 1 << 20  # bytes, a few thousand quads; below that nobody sees a difference


def copy_compacted(database: ox.Store, folder: Path, *, before: Path | None, up_to: int | None) -> None:
    """Make `folder` a copy of the database (hard links), which is compacted first if that pays.

    `before` is the copy that the database was made from, if any. A database of more than `up_to` bytes is
    left as it is, so that nobody waits for it; None: one of any size may be compacted.
    """
    database.backup(str(folder))
    size = _size(folder)
    compacted = min(_compacted(before), size)  # the engine itself merges files now and then
    if size - compacted >= max(_LEAST, compacted / _SHARE) and (up_to is None or size <= up_to):
        database.optimize()
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        database.backup(str(folder))
        compacted = _size(folder)
    (folder / FILE_NAME).write_text(f"{compacted}\n", encoding="ascii")


def _compacted(folder: Path | None) -> int:
    """Bytes that the database of the folder had when it was last compacted, 0 if nothing says so."""
    try:
        return int((folder / FILE_NAME).read_text(encoding="ascii")) if folder is not None else 0
    except (FileNotFoundError, NotADirectoryError, ValueError):  # an earlier version's, or cut short
        return 0


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.sst"))
