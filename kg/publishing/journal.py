"""What a target has of the store's graphs, as far as is known: STORE/published/TARGET.jsonl.

A line is added before a graph is sent, which says that the target's state is unknown, and one after it, with
the digest. So whatever interrupts a run, the next knows what to send. The last line of a graph counts; a last
line that was cut off is left out. A run that ends well writes the file anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kg.checkpoints import write_file
from kg.errors import StoreError


class Journal:
    """The graphs that a target may have, each with its digest, or None where it is not known."""

    def __init__(self, known: dict[str, str | None], file: IO[str]) -> None:
        self.known = known
        self._file = file

    def begun(self, graphs: Iterable[str]) -> None:
        """Note, before sending, that the graphs may be at the target, in whatever state."""
        self._add(dict.fromkeys(graphs))
        os.fsync(self._file.fileno())

    def done(self, digests: dict[str, str]) -> None:
        """Note that the target has these graphs."""
        self._add(dict(digests))

    def gone(self, graphs: Iterable[str]) -> None:
        """Note that the target has these graphs no more."""
        for graph in graphs:
            del self.known[graph]
            self._file.write(_line({"graph": graph, "gone": True}))
        self._file.flush()

    def _add(self, digests: dict[str, str | None]) -> None:
        self.known.update(digests)
        self._file.writelines(_line({"graph": graph, "digest": digest}) for graph, digest in digests.items())
        self._file.flush()


@contextmanager
def open_journal(folder: Path, target: str) -> Iterator[Journal]:
    """The journal of a target (its address), held by this process.

    Raises StoreError where another one publishes to the target, or where the file is damaged.
    """
    folder.mkdir(exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9.]+", "-", target.partition("://")[2])[:80].strip("-.")
    path = folder / f"{name}-{hashlib.sha256(target.encode()).hexdigest()[:8]}.jsonl"
    with path.with_suffix(".lock").open("a", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                f"{path}: another process is publishing to {target}; wait for it to end"
            ) from None
        known = _read(path)
        _write(path, target, known)  # a line that was cut off would spoil the next one
        with path.open("a", encoding="utf-8") as file:
            yield Journal(known, file)
        _write(path, target, known)


def _read(path: Path) -> dict[str, str | None]:
    """What earlier runs have noted."""
    known: dict[str, str | None] = {}
    if not path.exists():
        return known
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if not line.endswith("\n"):
                    break  # its writer died
                entry = json.loads(line)
                if entry.get("gone"):
                    known.pop(entry["graph"], None)
                elif "graph" in entry:
                    known[entry["graph"]] = entry["digest"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"{path}: cannot be read ({error}); delete it, and all graphs are sent anew"
        ) from error
    return known


def _write(path: Path, target: str, known: dict[str, str | None]) -> None:
    """Write the file anew, a line a graph."""
    lines = [_line({"graph": graph, "digest": known[graph]}) for graph in sorted(known)]
    write_file(path, _line({"target": target}) + "".join(lines))


def _line(entry: dict[str, object]) -> str:
    return json.dumps(entry, ensure_ascii=False) + "\n"
