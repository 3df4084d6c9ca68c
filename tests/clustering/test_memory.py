"""What updates keep of reports: it saves reading, and changes nothing of what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyoxigraph as ox

from kg.clustering import Memory
from kg.clustering.model import Signature

ENTITY, SIT = "https://example.org/entity/", "https://w3id.org/sitrep/ontology#"
SHARED = ox.NamedNode("https://example.org/graph/entities")
ATTACKED = {"kind": "Attack", "target": None, "agent": "is"}


def test_what_was_asked_for_longest_ago_is_forgotten_first() -> None:
    kept = Memory(most=2)
    a, b, c = ((Signature(event, event, "2024-01-01", "Attack", "acts", None),) for event in "abc")
    kept.keep("a", a)
    kept.keep("b", b)
    assert kept.get("a") == a
    kept.keep("c", c)
    assert [kept.get(report) for report in "abc"] == [a, None, c]
    kept.forget(["a", "d"])
    assert kept.get("a") is None


def test_a_report_is_read_once(make_newsroom: Callable[..., Any], report: Any, event: Any) -> None:
    """Its graph is not looked at again: seen by what is taken out of it without a word to the memory."""
    found = []
    for memory in (Memory(), None):
        newsroom = make_newsroom(memory)
        newsroom.read(report("a", (event(**ATTACKED),)))
        agent = (None, ox.NamedNode(f"{SIT}agent"), None, None)
        for quad in list(newsroom.database.quads_for_pattern(*agent)):
            newsroom.database.remove(quad)
        newsroom.read(report("b", (event(**ATTACKED),)))
        found.append(len(newsroom.clusters()))
    assert found == [1, 0]


def test_a_place_that_lies_elsewhere_now_is_looked_at_anew(
    make_newsroom: Callable[..., Any], report: Any, event: Any
) -> None:
    """Of one report the town is known, of the other the region; first the one does not lie in the other."""
    region = ox.NamedNode(f"{ENTITY}hasaka-governorate")
    located = ox.Quad(ox.NamedNode(f"{ENTITY}hasaka"), ox.NamedNode(f"{SIT}locatedIn"), region, SHARED)
    told = {"kind": "Killing", "count": 70, "target": None, "agent": "is"}
    found = []
    for memory in (Memory(), None):
        newsroom = make_newsroom(memory)
        newsroom.database.remove(located)
        newsroom.read(report("a", (event(**told, place="hasaka"),)))
        newsroom.read(report("b", (event(**told, place="hasaka-governorate"),)))
        assert newsroom.clusters() == {}
        newsroom.database.add(located)
        newsroom.read(report("b", (event(**told, place="hasaka-governorate"),)))
        found.append(newsroom.clusters())
    assert found[0] == found[1] == {"cluster/a/0-Killing": {"a/0-Killing", "b/0-Killing"}}
