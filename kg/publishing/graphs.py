"""The content of one graph as N-Triples in order, with a digest that depends on the triples alone."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import pyoxigraph as ox

from kg.export.blank import Relabelled
from kg.export.sorting import sorted_lines
from kg.named import Database

EMPTY = hashlib.sha256().hexdigest()  # the digest of no triples
_IN_MEMORY = 4 * 2**20  # bytes of a graph; a longer one waits in a temporary file


@dataclass(frozen=True, slots=True)
class Content:
    """A graph's triples; those with blank nodes come first, since they must stay in one request."""

    digest: str
    triples: int
    blank_bytes: int
    _file: IO[bytes]

    def pieces(self, size: int) -> Iterator[bytes]:
        """The lines in pieces of about `size` bytes, at least one; the first holds all blank nodes."""
        self._file.seek(0)
        lines = self._file.readlines(max(size, self.blank_bytes))
        yield b"".join(lines)
        while lines := self._file.readlines(size):
            yield b"".join(lines)


@contextmanager
def content(database: Database, graph: str) -> Iterator[Content]:
    """The content of a graph ("": the unnamed one), as long as the block lasts."""
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as dumped:
        database.dump(dumped, ox.RdfFormat.N_TRIPLES, from_graph=name)
        dumped.seek(0)
        with in_order(dumped) as found:
            yield found


@contextmanager
def in_order(lines: Iterable[bytes]) -> Iterator[Content]:
    """The content that lines of N-Triples make, in whatever order they come."""
    digest, triples, blank_bytes = hashlib.sha256(), 0, 0
    blank: list[bytes] = []
    with (
        tempfile.SpooledTemporaryFile(_IN_MEMORY) as file,
        sorted_lines(_without_blank(lines, blank)) as plain,
    ):
        for line in _relabelled(blank):
            blank_bytes += len(line)
            triples += 1
            digest.update(line)
            file.write(line)
        for line in plain:
            triples += 1
            digest.update(line)
            file.write(line)
        yield Content(digest.hexdigest(), triples, blank_bytes, file)


def _without_blank(lines: Iterable[bytes], blank: list[bytes]) -> Iterator[bytes]:
    """The lines; those that may have blank nodes are put aside."""
    for line in lines:
        if line.startswith(b"_:") or b" _:" in line:  # the latter may stand in a literal, which does no harm
            blank.append(line)
        else:
            yield line


def _relabelled(lines: list[bytes]) -> list[bytes]:
    """Lines with labels that depend on the data alone, sorted."""
    quads = Relabelled(ox.parse(b"".join(lines), ox.RdfFormat.N_TRIPLES, lenient=True))
    return sorted(f"{quad.subject} {quad.predicate} {quad.object} .\n".encode() for quad in quads)
