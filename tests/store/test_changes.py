"""Which graphs a batch has to compare with those before."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.store import Store

TRIPLE = ox.Triple(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o"))
GRAPH = "http://e/g"


def test_of_an_altered_graph_only_what_was_touched(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store", base_iri=None)
    with store.writing() as batch:
        graph = batch.altering(GRAPH)
        graph.add([TRIPLE])
        assert batch.altering(GRAPH) is graph
        changes = batch.changes()
        assert changes.to_compare() == []
        assert changes.altered[GRAPH].nodes() == {"http://e/s"}
        batch.touching([GRAPH])
        assert batch.changes().to_compare() == [GRAPH]
        batch.altering(GRAPH).remove(graph.touched)
        assert batch.changes().to_compare() == [GRAPH]
    assert len(store.reading()) == 0


def test_a_graph_is_altered_where_the_batch_has_it(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store", base_iri=None)
    with store.writing() as batch:
        batch.touching([GRAPH])
        graph = batch.altering(GRAPH)
        batch.separate()
        graph.add([TRIPLE])
    assert len(store.reading()) == 1


def test_where_any_graph_may_have_changed_none_is_known(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store", base_iri=None)
    with store.writing() as batch:
        batch.altering(GRAPH).add([TRIPLE])
        assert len(batch.database) == 1
        batch.altering(GRAPH).add([TRIPLE])
        assert batch.changes().graphs is None
        assert not batch.changes().altered
    assert len(store.reading()) == 1
