"""The graph of a report while it is made: what rdflib's usual graph says, it says too."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from kg.mapping.triples import TripleSet, graph_of
from kg.vocab import SIT

Triple = tuple[Any, Any, Any]

NODES = [URIRef(f"https://example.org/{name}") for name in "abc"]
VALUES = [*NODES, Literal("a"), Literal("1"), Literal(1)]
TRIPLES = st.tuples(st.sampled_from(NODES), st.sampled_from(NODES), st.sampled_from(VALUES))
PATTERNS = st.tuples(
    *(st.sampled_from([None, *NODES]) for _ in range(2)),
    st.sampled_from([None, *VALUES]),
)


@given(added=st.lists(TRIPLES), more=st.lists(TRIPLES, max_size=3), removed=PATTERNS, asked=PATTERNS)
def test_it_answers_as_the_usual_graph(
    added: list[Triple], more: list[Triple], removed: Triple, asked: Triple
) -> None:
    """Whatever is added, asked for, removed and asked for again."""
    usual, ours = Graph(), Graph(TripleSet(added))
    for triple in added:
        usual.add(triple)
    assert set(ours.triples(asked)) == set(usual.triples(asked))
    for graph in (usual, ours):
        for triple in more:
            graph.add(triple)
        graph.remove(removed)
    assert set(ours) == set(usual)
    assert len(ours) == len(usual)
    assert len(list(ours.triples(asked))) == len(set(usual.triples(asked)))


def test_a_triple_given_twice_stands_once() -> None:
    """Facts may say a thing twice."""
    triple = (NODES[0], NODES[1], Literal("x"))
    assert list(graph_of([triple, triple])) == [triple]


def test_triples_keep_their_order() -> None:
    """So that the same facts give the same bytes."""
    triples = [(node, SIT.place, value) for node in reversed(NODES) for value in VALUES]
    assert list(graph_of(triples)) == triples


def test_who_walks_through_it_may_remove() -> None:
    """Pruning does."""
    graph = graph_of((node, SIT.place, NODES[0]) for node in NODES)
    for triple in graph.triples((None, SIT.place, None)):
        graph.remove(triple)
    assert len(graph) == 0


@pytest.mark.parametrize("prefix", ["sit", "nif", "skos"])
def test_it_is_written_with_our_prefixes(prefix: str) -> None:
    """Also as Turtle."""
    graph = graph_of([(NODES[0], SIT.place, NODES[1])])
    assert prefix in dict(graph.namespaces())
    assert "sit:place" in graph.serialize(format="turtle")
