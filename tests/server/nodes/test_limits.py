"""No page asks more than it says: every query has a limit, however much an entity has been told of."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.store import Store
from server.display import NODE_ROWS, incoming_query, outgoing_query
from server.messages import Cell, Table
from server.nodes.clusters import read_clusters
from server.nodes.entities import read_entity, read_mentions, read_points
from server.nodes.graph import Thing
from server.nodes.happenings import happenings
from server.nodes.relations import read_neighbours, read_relations
from server.nodes.reports import read_report
from server.nodes.timeline import read_timeline
from server.prologue import PROLOGUE

BASE = "https://w3id.org/sitrep/id/"
EVENT = f"{BASE}report/saada-prison/event/63-Killing"


class Watched:
    """A store that is asked directly, and what it was asked: queries and the most rows that were wanted."""

    def __init__(self, path: Path) -> None:
        self._view = Store.open(path).reading_union()
        self.asked: list[tuple[str, int]] = []

    def table(self, query: str, *, limit: int) -> Table:
        self.asked.append((query, limit))
        found = self._ask(query)
        assert isinstance(found, ox.QuerySolutions)
        rows = tuple(tuple(map(_cell, row)) for row in found)
        return Table(tuple(name.value for name in found.variables), rows[:limit], truncated=len(rows) > limit)

    def rows(self, query: str) -> list[list[str]]:
        limit = re.search(r"LIMIT ([0-9]+)\s*(?:\} \})?$", query)
        assert limit, query
        self.asked.append((query, int(limit[1])))
        body = self._ask(query).serialize(format=ox.QueryResultsFormat.CSV) or b""
        return list(csv.reader(io.StringIO(body.decode(), newline="")))[1:]

    def _ask(self, query: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        view = self._view
        return view.database.query(PROLOGUE + query, use_default_graph_as_union=view.by_engine)


def _cell(term: object) -> Cell | None:
    if isinstance(term, ox.NamedNode):
        return Cell("iri", term.value)
    if isinstance(term, ox.Literal):
        return Cell("literal", term.value, term.datatype.value, term.language)
    return None


@pytest.fixture
def graph(read_store: Path) -> Iterator[Watched]:
    watched = Watched(read_store)
    yield watched
    assert watched.asked
    for query, limit in watched.asked:
        assert limit <= 20_000, query
        assert len(PROLOGUE + query) < 2**18, "the longest query"


@pytest.mark.parametrize("name", ["islamic-state", "ghwayran-prison", "syria"])
def test_of_an_entity(graph: Watched, name: str) -> None:
    node = Thing(f"{BASE}entity/{name}", name)
    read_points(graph, read_entity(graph, node))
    read_mentions(graph, node.iri)
    read_timeline(graph, node.iri)
    read_relations(graph, node.iri)
    read_neighbours(graph, node.iri)


def test_of_an_event(graph: Watched) -> None:
    happenings(graph, [EVENT])
    read_clusters(graph, EVENT)
    read_neighbours(graph, EVENT)


def test_of_a_report(graph: Watched) -> None:
    read_report(graph, Thing(f"{BASE}report/saada-toll", "Toll"))


def test_as_many_queries_for_many_events_as_for_few(graph: Watched) -> None:
    events = [entry.event for entry in read_timeline(graph, f"{BASE}entity/islamic-state").entries]
    happenings(graph, events[:2])
    few = len(graph.asked)
    happenings(graph, events)
    assert len(events) > 5
    assert len(graph.asked) - few <= few


def test_of_any_other_node(graph: Watched) -> None:
    status = "https://w3id.org/sitrep/ontology#Reported"  # all events have one
    for query in (incoming_query(status), outgoing_query(status)):
        body = query.removeprefix(PROLOGUE)
        graph.table(body, limit=NODE_ROWS)
        inner = re.search(r"SELECT DISTINCT [^{}]*\{[^{}]*\} LIMIT [0-9]+ \}", body)
        assert inner, body
        assert "OPTIONAL" not in body[: inner.end()]  # labels are looked up for what is shown only
