"""The union of all graphs is a set: a triple that stands in several graphs counts once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.batch import Batch
from kg.named import is_merged
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


def stored(number: int, graph: str) -> ox.Quad:
    """As the engine gives it back."""
    one = quad(number, graph)
    return ox.Quad(one.subject, one.predicate, ox.Literal("1", datatype=INTEGER), one.graph_name)


INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")


def write(store: Store, content: Content, *, known: bool, altering: bool = False) -> None:
    """Give each graph of `content` these triples and no others; `altering`: named ones triple by triple."""
    with store.writing() as batch:
        altered = [name for name in content if name and altering]
        for name in altered:
            alter(batch, name, content[name])
        database = batch.touching(list(content.keys() - altered) if known else None)
        for name, numbers in content.items() - {(name, content[name]) for name in altered}:
            graph = ox.NamedNode(name) if name else ox.DefaultGraph()
            database.remove_graph(graph)
            database.extend(quad(number, name) for number in numbers)


def alter(batch: Batch, name: str, numbers: frozenset[int]) -> None:
    """Give the graph these triples and no others; some come and go, or go and come, on the way."""
    graph = batch.altering(name)
    graph.add(quad(number, name).triple for number in range(3))
    graph.remove(list(graph.database.quads_for_pattern(None, None, None, graph.name)))
    graph.add(quad(number, name).triple for number in numbers)


def rows(store: Store, query: str) -> list[tuple[str, ...]]:
    view = store.reading_union()
    return sorted(table(ask(view.database, query, union=view.by_engine)).rows)


def separate(path: Path) -> Store:
    """A store whose default graph is its own."""
    store = Store.create_or_open(path, base_iri=None)
    with store.writing() as batch:
        batch.touching(None)
    return store


def has_folder(store: Store) -> bool:
    return (newest_checkpoint(store.path) / FOLDER).is_dir()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=contents, known=st.booleans(), altering=st.booleans())
def test_after_any_writes(
    tmp_path_factory: pytest.TempPathFactory, batches: list[Content], known: bool, altering: bool
) -> None:
    store = Store.create_or_open(tmp_path_factory.mktemp("union") / "store", base_iri=None)
    state: dict[str, frozenset[int]] = {}
    for content in batches:
        write(store, content, known=known, altering=altering)
        state |= content
        union = frozenset().union(*state.values())
        assert rows(store, COUNT) == [(str(len(union)),)]
        named = {name: numbers for name, numbers in state.items() if name}
        expected = sum(len(union) * len(numbers) for numbers in named.values())
        assert len(rows(store, MIXED)) == expected
        names = {graph.value for graph in store.reading_union().database.named_graphs()}
        assert names == {graph.value for graph in store.reading().named_graphs()}
        quads = [stored(number, name) for name, numbers in state.items() for number in numbers]
        check_graphs(store, quads)


def check_graphs(store: Store, quads: list[ox.Quad]) -> None:
    """The graphs without the union are just these, however they are asked for."""
    graphs = store.reading()
    assert sorted(map(str, graphs)) == sorted(map(str, graphs.quads_for_pattern(None, None, None)))
    assert sorted(map(str, graphs)) == sorted(map(str, quads))
    assert len(graphs) == len(quads)
    for one in quads:
        assert one in graphs
        for pattern in ((one.subject, None, None), (None, one.predicate, None), (None, None, one.object)):
            found = list(graphs.quads_for_pattern(*pattern))
            assert sorted(map(str, found)) == sorted(str(other) for other in quads if fits(other, pattern))
    unnamed = [one for one in quads if one.graph_name == ox.DefaultGraph()]
    assert set(graphs.quads_for_pattern(None, None, None, ox.DefaultGraph())) == set(unnamed)
    assert table(ask(graphs, COUNT, union=False)).rows == ((str(len(unnamed)),),)
    assert all(ox.Quad(*one.triple) in graphs for one in unnamed)
    if not unnamed and quads:
        assert ox.Quad(*quads[0].triple) not in graphs


def fits(one: ox.Quad, pattern: tuple[object, object, object]) -> bool:
    return all(want is None or want == have for want, have in zip(pattern, one.triple, strict=True))


LOADED = "".join(f"<http://e/s{number}> <http://e/p> '01' .\n" for number in range(3)).encode()


THEN = ["nothing", "touched", "altered", "removed", "replaced", "separated", "altered, separated", "later"]


@pytest.mark.parametrize("then", THEN)
def test_what_a_batch_adds_and_then_changes(tmp_path: Path, then: str) -> None:
    """A graph that is added as a whole goes into the union at once, and out of it with what it loses."""
    store = Store.create_or_open(tmp_path / "store", base_iri=None)
    write(store, {GRAPHS[1]: frozenset({3})}, known=True)
    left = 3
    with store.writing() as batch:
        batch.put_all({GRAPHS[0]: LOADED.replace(b"'01'", b'"01"')})
        name = ox.NamedNode(GRAPHS[0])
        one = ox.Quad(ox.NamedNode("http://e/s1"), ox.NamedNode("http://e/p"), ox.Literal("01"), name)
        match then:
            case "touched":
                batch.touching([name.value]).remove(one)
                left = 2
            case "altered":
                batch.altering(name.value).remove([one])
                left = 2
            case "removed":
                assert batch.remove_report(name.value)
                left = 0
            case "replaced":
                batch.put_all({name.value: b'<http://e/s9> <http://e/p> "9" .\n'})
                left = 1
            case "separated":
                batch.touching([name.value]).remove(one)
                batch.database.add(quad(1, ""))
                left = 2 + 1
            case "altered, separated":
                graph = batch.altering("http://e/g9")
                graph.add([one.triple])
                batch.touching([""]).add(quad(1, ""))
                graph.remove([quad(1, "http://e/g9"), ox.Quad(*one.triple, graph.name)])
                left = 3 + 1
    if then == "later":
        with store.writing() as batch:
            batch.touching([name.value]).remove(one)
        left = 2
    assert is_merged(newest_checkpoint(store.path)) is ("separated" not in then)
    assert rows(store, COUNT) == [(str(left + 1),)]
    assert len(store.reading()) == left + 1


def test_an_own_default_graph_is_no_part_of_other_graphs(tmp_path: Path) -> None:
    """Its first triple gives a store two databases."""
    store = Store.create_or_open(tmp_path / "store", base_iri=None)
    write(
        store, {GRAPHS[0]: frozenset({0, 3}), GRAPHS[1]: frozenset({0}), GRAPHS[2]: frozenset()}, known=True
    )
    assert is_merged(newest_checkpoint(store.path))
    write(store, {"": frozenset({0, 1})}, known=True)
    assert not is_merged(newest_checkpoint(store.path))
    assert rows(store, COUNT) == [("3",)]
    unnamed = store.reading().quads_for_pattern(None, None, None, ox.DefaultGraph())
    assert set(unnamed) == {stored(0, ""), stored(1, "")}
    assert len(store.reading()) == 5


@pytest.mark.parametrize("known", [True, False])
def test_a_second_database_is_there_only_where_it_is_needed(tmp_path: Path, known: bool) -> None:
    store = separate(tmp_path / "store")
    write(store, {GRAPHS[0]: frozenset({0, 1}), GRAPHS[1]: frozenset({2})}, known=known)
    assert not has_folder(store)
    write(store, {GRAPHS[2]: frozenset({2, 3})}, known=known)
    assert has_folder(store)
    assert rows(store, COUNT) == [("4",)]
    assert len(store.reading()) == 5


def test_a_store_of_an_older_version_gets_its_union_with_the_next_write(tmp_path: Path) -> None:
    store = separate(tmp_path / "store")
    write(store, {GRAPHS[0]: frozenset({0}), GRAPHS[1]: frozenset({0})}, known=True)
    shutil.rmtree(newest_checkpoint(store.path) / FOLDER)
    assert rows(store, COUNT) == [("2",)]
    write(store, {GRAPHS[2]: frozenset({1})}, known=True)
    assert rows(store, COUNT) == [("2",)]
    assert has_folder(store)
