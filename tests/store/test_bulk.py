"""Graphs that are put in all at once leave the same store as graphs that are put in one by one."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import bulk
from kg.errors import StoreError
from kg.store import Store

GRAPHS = ("http://e/g1", "http://e/g2", "http://e/caf%C3%A9")
TEXTS = ("plain", "ends .\n", 'quote " and \\', "a _:b", "é")
LINES = [
    f"<http://e/s{at % 2}> <http://e/p{at % 3}> {ox.Literal(text)} .\n" for at, text in enumerate(TEXTS)
] + ['_:x <http://e/p> "blank" .\n']
Content = dict[str, tuple[str, ...]]
contents = st.lists(
    st.dictionaries(st.sampled_from(GRAPHS), st.lists(st.sampled_from(LINES), unique=True).map(tuple)),
    min_size=1,
    max_size=4,
)


def quads(store: Store) -> set[ox.Quad]:
    return set(store.reading())


def union(store: Store) -> set[ox.Quad]:
    """What is seen as default graph."""
    view = store.reading_union()
    triples = view.database.quads_for_pattern(None, None, None, None if view.by_engine else ox.DefaultGraph())
    return {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in triples}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=contents,
    removed=st.sampled_from(("", *GRAPHS)),
    enough=st.sampled_from((1, bulk.ENOUGH)),
    at_once=st.sampled_from((1, bulk.AT_ONCE)),
    separate=st.sampled_from(((), (0,), (0, 1))),
)
def test_the_same_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    batches: list[Content],
    removed: str,
    enough: int,
    at_once: int,
    separate: tuple[int, ...],
) -> None:
    """`enough`: with files of their own, and without; `at_once`: graph by graph, and together.

    `separate`: stores with an own default graph.
    """
    monkeypatch.setattr(bulk, "ENOUGH", enough)
    monkeypatch.setattr(bulk, "AT_ONCE", at_once)
    folder = tmp_path_factory.mktemp("bulk")
    one, all_ = stores = [Store.create_or_open(folder / name, base_iri=None) for name in ("one", "all")]
    for number in separate:
        with stores[number].writing() as batch:
            batch.separate()
    for content in batches:
        graphs = {name: "".join(lines).encode() for name, lines in content.items()}
        with one.writing() as batch, all_.writing() as other:
            if removed:
                batch.remove_report(removed)
                other.remove_report(removed)
            for name, triples in graphs.items():
                batch.put_triples(name, triples)
            other.put_all(graphs)
        assert quads(one) == quads(all_)
        assert union(one) == union(all_)
        assert set(one.reading().named_graphs()) == set(all_.reading().named_graphs())


def test_what_is_changed_after_it_was_put_in_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "ENOUGH", 1)
    store = Store.create_or_open(tmp_path / "store", base_iri=None)
    for name in GRAPHS[:2]:  # the union is a database of its own once two graphs share a triple
        with store.writing() as batch:
            batch.put_all({name: LINES[0].encode()})
    with store.writing() as batch:
        batch.put_all({GRAPHS[2]: LINES[1].encode()})
        batch.put_triples(GRAPHS[2], LINES[2].encode())
    assert len(quads(store)) == 3
    assert union(store) == {ox.Quad(*quad.triple) for quad in quads(store)}


@pytest.mark.parametrize(
    "wrong", [b'<http://e/s> <http://e/p> "x .\n', b"<http://e/s y> <http://e/p> <http://e/o> .\n"]
)
def test_what_is_no_n_triples_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: bytes
) -> None:
    monkeypatch.setattr(bulk, "ENOUGH", 1)
    store = Store.create_or_open(tmp_path / "store", base_iri=None)
    before = store.version()
    with pytest.raises(StoreError, match="g1: what should be N-Triples is not"), store.writing() as batch:
        batch.put_all({GRAPHS[0]: wrong})
    assert store.version() == before
