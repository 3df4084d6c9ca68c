"""The graphs of a checkpoint without the union of them that its database may have as default graph.

As long as nothing is in a store's own default graph, its database has the union of all graphs there
(`kg.union`), and a file beside the engine's says so. Who asks for the default graph then finds none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TypeAlias

import pyoxigraph as ox

MARK = "merged"  # the file in the folder of the checkpoint

_DEFAULT = ox.DefaultGraph()
_Name: TypeAlias = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
_Subject: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Triple
_Value: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class NamedGraphs:
    """A database with the union of its graphs as default graph, read as if it had no default graph.

    The methods are those of the engine's `Store`.
    """

    def __init__(self, database: ox.Store) -> None:
        self._database = database

    def __iter__(self) -> Iterator[ox.Quad]:
        for graph in self.named_graphs():
            yield from self._database.quads_for_pattern(None, None, None, graph)

    def __len__(self) -> int:
        """Quads; takes time, as they are counted."""
        union = self._database.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        assert isinstance(union, ox.QuerySolutions)  # noqa: S101 - it is a SELECT
        return len(self._database) - int(next(union)["n"].value)

    def __contains__(self, quad: ox.Quad) -> bool:
        return quad.graph_name != _DEFAULT and quad in self._database

    def named_graphs(self) -> Iterator[ox.NamedNode | ox.BlankNode]:
        """Their names."""
        return self._database.named_graphs()

    def contains_named_graph(self, graph_name: _Name) -> bool:
        """Whether there is such a graph."""
        return self._database.contains_named_graph(graph_name)

    def quads_for_pattern(
        self,
        subject: _Subject | None,
        predicate: ox.NamedNode | None,
        value: _Value | None,
        graph_name: _Name | None = None,
    ) -> Iterator[ox.Quad]:
        """Quads that match; None matches anything."""
        if graph_name == _DEFAULT:
            return iter(())
        if subject is None and predicate is None and value is None and graph_name is None:
            return iter(self)
        found = self._database.quads_for_pattern(subject, predicate, value, graph_name)
        return found if graph_name is not None else (quad for quad in found if quad.graph_name != _DEFAULT)

    def query(
        self, query: str, *, use_default_graph_as_union: bool = False, **options: Any
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """The answer to a query; the union is a set here, while the engine gives a triple once a graph."""
        if not use_default_graph_as_union:
            options.setdefault("default_graph", [])
        return self._database.query(query, **options)

    def dump(self, output: IO[bytes], format: ox.RdfFormat, *, from_graph: _Name) -> None:  # noqa: A002
        """Write a graph."""
        if from_graph != _DEFAULT:
            self._database.dump(output, format, from_graph=from_graph)


Database: TypeAlias = ox.Store | NamedGraphs


def is_merged(checkpoint: Path) -> bool:
    """Whether the default graph of the checkpoint's database is the union of all graphs."""
    return (checkpoint / MARK).is_file()


def open_graphs(checkpoint: Path) -> Database:
    """The graphs of a checkpoint, with the default graph that the store itself has; OSError if it is gone."""
    database = ox.Store.read_only(str(checkpoint))
    return NamedGraphs(database) if is_merged(checkpoint) else database
