"""The union of all graphs as a set of triples: what queries see as the default graph.

The engine's own union gives a triple once for every graph that it stands in: counts come out too high, and
a join with the label of an actor named in a thousand reports gives a thousand rows for one. So the database
of a store whose own default graph was never used has the union there (`kg.named`), written with the graphs.

Once updates or loads want a default graph of their own, the graphs are copied into a database without the
union. Where a triple stands in several of them, a checkpoint then has a second database beside it
(CHECKPOINT/union/) with the same named graphs, and the union in place of the default graph. Most of its
files are hard links to those of the first.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from kg import bulk
from kg.batches import batches
from kg.changes import ANY, Changes
from kg.compaction import copy_compacted
from kg.named import Database, NamedGraphs, is_merged, open_graphs

FOLDER = "union"
_SLICE = 200_000  # quads loaded at once; they take 150 MB
_FEW = 5_000  # of them
_BYTES = 50_000_000  # of triples as text that are loaded at once

_Graph: TypeAlias = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
_DEFAULT = ox.DefaultGraph()


@dataclass(frozen=True, slots=True)
class UnionView:
    """A database to ask, and whether the engine has to make the union (`use_default_graph_as_union`).

    `hidden`: its default graph is the union, which is not asked for; the store's own one is empty.
    """

    database: ox.Store
    by_engine: bool
    hidden: bool = False


def open_union(checkpoint: Path) -> UnionView:
    """The checkpoint with the union of its graphs as default graph; OSError where it is gone."""
    folder = _union_of(checkpoint)
    if folder.is_dir():
        return UnionView(ox.Store.read_only(str(folder)), by_engine=False)
    return UnionView(ox.Store.read_only(str(checkpoint)), by_engine=True)


def write_union(
    database: ox.Store,
    *,
    previous: Path | None,
    folder: Path,
    changes: Changes = ANY,
    compact_up_to: int | None = None,
) -> None:
    """Put the union of `database` into `folder`, where any triple stands in two graphs.

    It is made from that of the checkpoint `previous`, if there is one and `changes` name the graphs that may
    differ from then. That takes a tenth of a second; else a million quads take ten.
    It is compacted as `kg.compaction` says, a larger one than `compact_up_to` bytes never.
    """
    target, work = folder / FOLDER, folder / f"{FOLDER}.part"
    before = _union_of(previous) if previous is not None else None
    if changes.graphs is None or previous is None or before is None or not before.exists():
        union = _made(database, work, [None], changes.added)
    elif before.is_dir():
        union = _updated(database, work, changes, previous=previous)
    else:
        union = _made(database, work, map(_graph, sorted(changes.graphs)), changes.added)
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


def renew_union(database: ox.Store, *, previous: Path, changes: Changes, written: Iterable[bytes]) -> None:
    """Bring the default graph of `database` up to date, the union of its named graphs.

    What was added is there already. `changes` are those since the checkpoint `previous`; `written` are texts
    (N-Triples) of which something may stand in the default graph alone.
    """
    gone, new = _differences(NamedGraphs(database), previous, changes)
    gone += (quad for triples in written for quad in ox.parse(triples, ox.RdfFormat.N_TRIPLES))
    _drop(database, NamedGraphs(database), gone)
    _load(database, new)


def separated(merged: ox.Store, folder: Path) -> ox.Store:
    """The graphs of a database that has their union as default graph, in a new one in `folder` without it."""
    database = ox.Store(str(folder))
    for name in merged.named_graphs():
        database.add_graph(name)
    for loadable, others in _dumped(merged, {}):
        bulk.load(database, loadable)
        for graph in others:
            database.bulk_extend(merged.quads_for_pattern(None, None, None, graph))
    return database


def _union_of(checkpoint: Path) -> Path:
    """Where the union is, if there is one."""
    return checkpoint if is_merged(checkpoint) else checkpoint / FOLDER


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
    for loadable, others in _dumped(database, added):
        union.bulk_load(b"".join(loadable.values()), format=ox.RdfFormat.N_TRIPLES)
        for graph in others:  # blank nodes must stay what they are in the graph
            _load(union, database.quads_for_pattern(None, None, None, graph))
    return union


def _dumped(
    database: ox.Store, added: Mapping[str, bytes]
) -> Iterator[tuple[dict[str, bytes], list[_Graph]]]:
    """The named graphs as N-Triples, some at a time, and those of them that `kg.bulk` cannot load."""

    def dump(graph: ox.NamedNode | ox.BlankNode) -> bytes:
        at_hand = added.get(graph.value)
        if at_hand is not None:
            return at_hand
        return database.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) or b""

    graphs = ((graph, dump(graph)) for graph in database.named_graphs())
    for some in batches(graphs, size=_BYTES, weigh=lambda item: len(item[1])):
        loadable = {graph.value: triples for graph, triples in some if bulk.can_load(triples)}
        yield loadable, [graph for graph, triples in some if triples and graph.value not in loadable]


def _updated(database: ox.Store, folder: Path, changes: Changes, *, previous: Path) -> ox.Store:
    """The union, made in `folder` from that of an older checkpoint.

    Graphs that were added are loaded whole: nothing of them was there before.
    """
    ox.Store.read_only(str(_union_of(previous))).backup(str(folder))
    union = ox.Store(str(folder))
    gone, new = _differences(database, previous, changes)
    for name in (changes.graphs or frozenset()) - changes.added.keys() - {""}:
        graph = ox.NamedNode(name)
        put = union.add_graph if database.contains_named_graph(graph) else union.remove_graph
        put(graph)
    for quad in gone:
        if quad.graph_name != _DEFAULT:
            union.remove(quad)
    _drop(union, database, gone)
    _extend(union, (quad for quad in new if quad.graph_name != _DEFAULT))
    _load(union, new)
    if changes.added:
        bulk.load_with_union(union, changes.added)
    return union


def _differences(database: Database, previous: Path, changes: Changes) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """The quads that are gone since the checkpoint `previous`, and those that are new.

    Without those of graphs that were added. The checkpoint is opened only where graphs have to be compared.
    """
    touched = [quad for graph in changes.altered.values() for quad in graph.touched]
    gone = [quad for quad in touched if quad not in database]
    new = [quad for quad in touched if quad in database]
    names = changes.to_compare()
    if not names:
        return gone, new
    old = open_graphs(previous)
    for name in names:
        gone += (quad for quad in _quads(old, _graph(name)) if quad not in database)
        new += (quad for quad in _quads(database, _graph(name)) if quad not in old)
    return gone, new


def _drop(union: ox.Store, database: Database, gone: Iterable[ox.Quad]) -> None:
    """Take the triples out of the default graph that no graph of the database has any more."""
    for quad in gone:
        if next(database.quads_for_pattern(quad.subject, quad.predicate, quad.object, None), None) is None:
            union.remove(ox.Quad(quad.subject, quad.predicate, quad.object))


def _load(union: ox.Store, quads: Iterable[ox.Quad]) -> None:
    """Add the triples of the quads to the default graph."""
    _extend(union, (ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads))


def _extend(union: ox.Store, quads: Iterable[ox.Quad]) -> None:
    """Add quads; for a few the engine is to write no files of their own, which it would soon merge."""
    waiting = iter(quads)
    while some := list(islice(waiting, _SLICE)):
        add = union.bulk_extend if len(some) > _FEW else union.extend
        add(some)


def _graph(name: str) -> ox.NamedNode | ox.DefaultGraph:
    return ox.NamedNode(name) if name else _DEFAULT


def _quads(database: Database, graph: _Graph) -> Iterator[ox.Quad]:
    return database.quads_for_pattern(None, None, None, graph)
