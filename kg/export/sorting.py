"""Lines in order with flat memory: what is too much to hold is sorted in temporary files and merged."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import groupby
from typing import IO

RUN_BYTES = 32 * 2**20  # of text held at a time; with what Python adds about twice as much
_FILES = 64  # merged at a time, well below what a process may open


@contextmanager
def sorted_lines(lines: Iterable[bytes], *, run_bytes: int = RUN_BYTES) -> Iterator[Iterator[bytes]]:
    """Each line once, in the order of bytes; all are read before the block begins.

    Each ends with a line feed and has no other. Temporary files take as much disk as the lines, twice at
    times; they go with the block, or the process.
    """
    with ExitStack() as files:
        held: list[bytes] = []
        runs: list[IO[bytes]] = []
        size = 0
        for line in lines:
            held.append(line)
            size += len(line)
            if size >= run_bytes:
                held.sort()
                runs.append(_spilled(held, files))
                held, size = [], 0
                if len(runs) == _FILES:
                    merged = _spilled(heapq.merge(*runs), files)
                    for run in runs:
                        run.close()
                    runs = [merged]
        held.sort()
        yield (line for line, _ in groupby(heapq.merge(*runs, held) if runs else held))


def _spilled(lines: Iterable[bytes], files: ExitStack) -> IO[bytes]:
    """The lines in a file, to be read from its beginning."""
    file = files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed with the others
    file.writelines(lines)
    file.seek(0)
    return file
