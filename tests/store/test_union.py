"""The union of all graphs is a set: a triple that stands in several graphs counts once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.querying import ask, table
from kg.store import Store, newest_checkpoint
from kg.union import FOLDER

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
MIXED = "SELECT ?g ?s ?x { GRAPH ?g { ?s ?p ?o } ?s ?p ?o . ?x ?p ?o }"
GRAPHS = ("http://e/g1", "http://e/g2", "http://e/g3")

Content = dict[str, frozenset[int]]  # the triples of each graph, by number
contents = st.lists(
    st.dictionaries(st.sampled_from(("", *GRAPHS)), st.frozensets(st.integers(0, 3))), min_size=1, max_size=4
)


def quad(number: int, graph: str) -> ox.Quad:
    subject = ox.BlankNode("b") if number == 3 else ox.NamedNode(f"http://e/s{number}")
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    return ox.Quad(subject, ox.NamedNode("http://e/p"), ox.Literal("01", datatype=INTEGER), name)


INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")


def write(store: Store, content: Content, *, known: bool) -> None:
    """Give each graph of `content` these triples and no others."""
    with store.writing() as batch:
        database = batch.touching(list(content) if known else None)
        for name, numbers in content.items():
            graph = ox.NamedNode(name) if name else ox.DefaultGraph()
            database.remove_graph(graph)
            database.extend(quad(number, name) for number in numbers)


def rows(store: Store, query: str) -> list[tuple[str, ...]]:
    view = store.reading_union()
    return sorted(table(ask(view.database, query, union=view.by_engine)).rows)


def has_folder(store: Store) -> bool:
    return (newest_checkpoint(store.path) / FOLDER).is_dir()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=contents, known=st.booleans())
def test_after_any_writes(
    tmp_path_factory: pytest.TempPathFactory, batches: list[Content], known: bool
) -> None:
    store = Store.create_or_open(tmp_path_factory.mktemp("union") / "store", base_iri=None)
    state: dict[str, frozenset[int]] = {}
    for content in batches:
        write(store, content, known=known)
        state |= content
        union = frozenset().union(*state.values())
        assert rows(store, COUNT) == [(str(len(union)),)]
        named = {name: numbers for name, numbers in state.items() if name}
        expected = sum(len(union) * len(numbers) for numbers in named.values())
        assert len(rows(store, MIXED)) == expected
        names = {graph.value for graph in store.reading_union().database.named_graphs()}
        assert names == {graph.value for graph in store.reading().named_graphs()}


@pytest.mark.parametrize("known", [True, False])
def test_a_second_database_is_there_only_where_it_is_needed(tmp_path: Path, known: bool) -> None:
    store = Store.create_or_open(tmp_path / "store", base_iri=None)
    write(store, {GRAPHS[0]: frozenset({0, 1}), GRAPHS[1]: frozenset({2})}, known=known)
    assert not has_folder(store)
    write(store, {GRAPHS[2]: frozenset({2, 3})}, known=known)
    assert has_folder(store)
    assert rows(store, COUNT) == [("4",)]
    assert len(store.reading()) == 5


def test_a_store_of_an_older_version_gets_its_union_with_the_next_write(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store", base_iri=None)
    write(store, {GRAPHS[0]: frozenset({0}), GRAPHS[1]: frozenset({0})}, known=True)
    shutil.rmtree(newest_checkpoint(store.path) / FOLDER)
    assert rows(store, COUNT) == [("2",)]
    write(store, {GRAPHS[2]: frozenset({1})}, known=True)
    assert rows(store, COUNT) == [("2",)]
    assert has_folder(store)
