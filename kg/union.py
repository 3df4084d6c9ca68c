"""The union of all graphs as a set of triples: what queries see as the default graph.

The engine's own union gives a triple once for every graph that it stands in: counts come out too high, and
a join with the label of an actor named in a thousand reports gives a thousand rows for one. So where a triple
stands in several graphs, a checkpoint has a second database beside it (CHECKPOINT/union/) with the same named
graphs, and the union in place of the default graph. Most of its files are hard links to those of the first.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from kg import bulk
from kg.compaction import copy_compacted

FOLDER = "union"
_SLICE = 200_000  # quads loaded at once; they take 150 MB
_BYTES = 50_000_000  # of triples as text that are loaded at once

_Graph: TypeAlias = ox.NamedNode | ox.DefaultGraph
_DEFAULT = ox.DefaultGraph()


@dataclass(frozen=True, slots=True)
class UnionView:
    """A database to ask, and whether the engine has to make the union (`use_default_graph_as_union`)."""

    database: ox.Store
    by_engine: bool


def open_union(checkpoint: Path) -> UnionView:
    """The checkpoint with the union of its graphs as default graph; OSError where it is gone."""
    folder = checkpoint / FOLDER
    if folder.is_dir():
        return UnionView(ox.Store.read_only(str(folder)), by_engine=False)
    return UnionView(ox.Store.read_only(str(checkpoint)), by_engine=True)


def write_union(
    database: ox.Store,
    *,
    previous: Path | None,
    folder: Path,
    changed: Iterable[str] | None,
    added: Mapping[str, bytes] | None = None,
    compact_up_to: int | None = None,
) -> None:
    """Put the union of `database` into `folder`, where any triple stands in two graphs.

    It is made from that of the checkpoint `previous`, if there is one and `changed` names the graphs that may
    differ from then ("" is the default graph). That takes a tenth of a second; else a million quads take ten.
    `added` are those of them that were not there then, as N-Triples that `kg.bulk` can load.
    It is compacted as `kg.compaction` says, a larger one than `compact_up_to` bytes never.
    """
    target, work = folder / FOLDER, folder / f"{FOLDER}.part"
    before = previous / FOLDER if previous is not None else None
    added = added or {}
    if changed is None or before is None or not before.exists():
        union = _made(database, work, [None], added)
    else:
        graphs: list[_Graph] = [ox.NamedNode(name) if name else _DEFAULT for name in sorted(changed)]
        make = partial(_updated, before=before) if before.is_dir() else _made
        union = make(database, work, graphs, added)
    if union is None:
        target.touch()
        return
    copy_compacted(union, target, before=before, up_to=compact_up_to)
    del union
    shutil.rmtree(work)


def _shares(database: ox.Store, graph: _Graph | None) -> bool:
    """Whether a triple of the graph (None: of any) stands in another graph too."""
    triple = "{ ?s ?p ?o }"
    if isinstance(graph, ox.NamedNode):
        patterns = [
            f"GRAPH {graph} {triple} GRAPH ?other {triple} FILTER (?other != {graph})",
            f"GRAPH {graph} {triple} {triple}",
        ]
    else:
        patterns = [f"{triple} GRAPH ?other {triple}"]
    if graph is None:
        patterns.append(f"GRAPH ?one {triple} GRAPH ?other {triple} FILTER (!sameTerm(?one, ?other))")
    return any(bool(database.query(f"ASK {{ {pattern} }}")) for pattern in patterns)


def _made(
    database: ox.Store, folder: Path, graphs: Iterable[_Graph | None], added: Mapping[str, bytes]
) -> ox.Store | None:
    """The union, made anew in `folder`; None where none of `graphs` (None: any) shares a triple.

    `added` are graphs that are at hand as N-Triples.
    """
    if not any(_shares(database, graph) for graph in graphs):
        return None
    database.backup(str(folder))
    union = ox.Store(str(folder))
    some, size = [], 0
    for graph in database.named_graphs():
        triples = added.get(graph.value)
        if triples is None:
            triples = database.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b""
        if not bulk.can_load(triples):  # blank nodes must stay what they are in the graph
            _load(union, database.quads_for_pattern(None, None, None, graph))
            continue
        some.append(triples)
        size += len(triples)
        if size > _BYTES:
            union.bulk_load(b"".join(some), format=ox.RdfFormat.N_TRIPLES)
            some, size = [], 0
    union.bulk_load(b"".join(some), format=ox.RdfFormat.N_TRIPLES)
    return union


def _updated(
    database: ox.Store, folder: Path, graphs: Iterable[_Graph], added: Mapping[str, bytes], *, before: Path
) -> ox.Store:
    """The union, made in `folder` from `before`, that of an older checkpoint; only `graphs` may differ.

    Those that were added are loaded whole: nothing of them was there before.
    """
    ox.Store.read_only(str(before)).backup(str(folder))
    union, old = ox.Store(str(folder)), ox.Store.read_only(str(before.parent))
    gone: list[ox.Quad] = []
    new: list[ox.Quad] = []
    for graph in graphs:
        if isinstance(graph, ox.NamedNode) and graph.value in added:
            continue
        gone += (quad for quad in _quads(old, graph) if quad not in database)
        new += (quad for quad in _quads(database, graph) if quad not in old)
        if isinstance(graph, ox.NamedNode) and database.contains_named_graph(graph):
            union.add_graph(graph)
        elif isinstance(graph, ox.NamedNode):
            union.remove_graph(graph)
    for quad in gone:
        if quad.graph_name != _DEFAULT:
            union.remove(quad)
        if next(database.quads_for_pattern(quad.subject, quad.predicate, quad.object, None), None) is None:
            union.remove(ox.Quad(quad.subject, quad.predicate, quad.object))
    union.bulk_extend(quad for quad in new if quad.graph_name != _DEFAULT)
    _load(union, new)
    if added:
        bulk.load_with_union(union, added)
    return union


def _load(union: ox.Store, quads: Iterable[ox.Quad]) -> None:
    """Add the triples of the quads to the default graph."""
    triples = (ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    while some := list(islice(triples, _SLICE)):
        union.bulk_extend(some)


def _quads(database: ox.Store, graph: _Graph) -> Iterator[ox.Quad]:
    return database.quads_for_pattern(None, None, None, graph)
