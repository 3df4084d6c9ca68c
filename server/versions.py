"""Which state of the store is the newest: asked at every request, so it costs one look at one file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kg.store import newest_checkpoint


@dataclass(frozen=True, slots=True)
class Version:
    """A finished state of the store; `made` tells it from that of a store that was made anew."""

    checkpoint: Path
    folder: str  # the same, for messages
    made: int  # nanoseconds of its time stamp

    @property
    def name(self) -> str:
        """The data version."""
        return self.checkpoint.name


class Versions:
    """Follows the file that names the newest checkpoint; safe to use from many threads."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._file = str(store / "current")
        self._known: tuple[tuple[int, int], Version] | None = None

    def stamped(self) -> tuple[str, tuple[int, int], Version] | None:
        """The newest version, and the file whose stamp says that it is; None where that is not known."""
        version, known = self.newest(), self._known
        return None if known is None or known[1] is not version else (self._file, *known)

    def newest(self) -> Version:
        """The newest version; StoreError where the store is gone."""
        try:
            found = os.stat(self._file)
        except OSError:
            return self._read()
        stamp = (found.st_ino, found.st_mtime_ns)  # the file is replaced, never written again
        known = self._known
        if known is None or known[0] != stamp:
            known = (stamp, self._read())  # newer than the stamp at worst: then it is read once more
            if known[1].made:
                self._known = known
        return known[1]

    def _read(self) -> Version:
        checkpoint = newest_checkpoint(self._store)
        try:
            return Version(checkpoint, str(checkpoint), checkpoint.stat().st_mtime_ns)
        except FileNotFoundError:  # replaced meanwhile
            return Version(checkpoint, str(checkpoint), 0)
