"""What a batch changes in the graphs of a store, so that what follows from them need not be made anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox


class AlteredGraph:
    """A named graph that is changed triple by triple; `touched` are the quads that came or went, or both."""

    def __init__(self, database: ox.Store, name: str) -> None:
        self.database = database
        self.name = ox.NamedNode(name)
        self.touched: set[ox.Quad] = set()

    def add(self, triples: Iterable[ox.Triple]) -> None:
        """Put triples in."""
        quads = [ox.Quad(one.subject, one.predicate, one.object, self.name) for one in triples]
        self.touched.update(quads)
        self.database.extend(quads)

    def remove(self, quads: Iterable[ox.Quad]) -> None:
        """Take quads of the graph out."""
        for quad in list(quads):
            self.touched.add(quad)
            self.database.remove(quad)

    def close(self) -> None:
        """Let go of the database: only what was touched can still be asked for."""
        vars(self).pop("database", None)

    def nodes(self) -> set[str]:
        """The IRIs of what the quads are about."""
        return {quad.subject.value for quad in self.touched if isinstance(quad.subject, ox.NamedNode)}


@dataclass(frozen=True, slots=True)
class Changes:
    """The graphs that may differ from those of a checkpoint: `graphs` names them ("" is the default graph).

    None where any may. `added` are those of them that were not there then, as N-Triples that `kg.bulk` can
    load; `altered` those of which every change is known.
    """

    graphs: frozenset[str] | None = None
    added: Mapping[str, bytes] = field(default_factory=dict)
    altered: Mapping[str, AlteredGraph] = field(default_factory=dict)

    def to_compare(self) -> list[str]:
        """The names of those that have to be compared as a whole, sorted."""
        return sorted((self.graphs or frozenset()) - self.added.keys() - self.altered.keys())


ANY = Changes()
