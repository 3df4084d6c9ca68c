"""Many graphs into a database at once, as the engine does it fastest: as one text, not triple by triple.

The engine writes files of its own for what it is given so, which pays from some thousand triples on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg.batches import batches

ENOUGH = 1 << 20  # bytes of N-Triples, some five thousand; for less the engine writes no files of their own
# Bytes of N-Triples that are given to the engine together, those of a batch of a build; it takes six times as
# much memory.
AT_ONCE = 60_000_000
_END = b" .\n"


def can_load(triples: bytes) -> bool:
    """Whether it is N-Triples with a triple on each line, as we write them, and without blank nodes.

    Their labels must not depend on what else is loaded, which takes a look at each graph by itself. A text
    with such a label in a literal is taken for one with blank nodes.
    """
    plain = b" _:" not in triples and b"\n_:" not in triples and not triples.startswith(b"_:")
    return plain and triples.endswith(_END) and triples.count(_END) == triples.count(b"\n")


def load(database: ox.Store, graphs: Mapping[str, bytes]) -> None:
    """Put triples that `can_load` accepts into their graphs. SyntaxError where they are not N-Triples."""
    for some in _slices(graphs):
        _load(database, b"".join(_quads(some)))


def load_with_union(database: ox.Store, graphs: Mapping[str, bytes]) -> None:
    """Put triples into their graphs, as `load` does, and into the default graph too.

    The one after the other takes half the memory.
    """
    for some in _slices(graphs):
        _load(database, b"".join(_quads(some)))
        _load(database, b"".join(triples for _, triples in some))


def _slices(graphs: Mapping[str, bytes]) -> Iterator[list[tuple[str, bytes]]]:
    return batches(graphs.items(), size=AT_ONCE, weigh=lambda item: len(item[1]))


def _load(database: ox.Store, text: bytes) -> None:
    if len(text) < ENOUGH:
        database.load(text, format=ox.RdfFormat.N_QUADS)
    else:
        database.bulk_load(text, format=ox.RdfFormat.N_QUADS)


def _quads(graphs: Iterable[tuple[str, bytes]]) -> Iterable[bytes]:
    return (triples.replace(_END, f" <{name}>{_END.decode()}".encode()) for name, triples in graphs)
