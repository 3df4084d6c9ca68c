"""One thing, one node: what must hold of the entities of all samples together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

Ask: TypeAlias = Callable[[Path, str], list[dict[str, str]]]

KINDS = ("Person", "Organization", "Group", "Place", "Facility", "Weapon", "Event")
CLASSES = """SELECT DISTINCT ?node ?class ?kind {
  ?node sit:mentionedIn|^sit:agent|^sit:target|^sit:locatedIn|^sit:place ?any ; a ?class .
  ?class rdfs:subClassOf* ?kind . FILTER(STRSTARTS(STR(?class), STR(sit:)))
}"""
LINKS = "SELECT DISTINCT ?node ?item { ?node owl:sameAs ?item }"


@pytest.fixture(scope="module")
def classes(samples: Path, ask: Ask) -> dict[str, set[str]]:
    """Local names of the classes of each entity, with all that are above them."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in ask(samples, CLASSES):
        found[row["node"]] |= {row[name].rpartition("#")[2] for name in ("class", "kind")}
    return found


def test_no_node_is_of_two_kinds(classes: dict[str, set[str]]) -> None:
    kinds = {node: sorted(names & set(KINDS)) for node, names in classes.items()}
    assert {node: found for node, found in kinds.items() if len(found) != 1} == {}
    assert len(kinds) > 300
    assert {kind for found in kinds.values() for kind in found} == {*KINDS} - {"Event"}


def test_of_places_only_countries_act(classes: dict[str, set[str]]) -> None:
    acting = {node: names for node, names in classes.items() if {"Place", "Actor"} <= names}
    assert [node for node, names in acting.items() if "Country" not in names] == []
    assert len(acting) >= 5


def test_no_two_nodes_are_one_item(samples: Path, ask: Ask) -> None:
    nodes, items = defaultdict(set), defaultdict(set)
    for row in ask(samples, LINKS):
        nodes[row["item"]].add(row["node"])
        items[row["node"]].add(row["item"])
    assert {item: found for item, found in nodes.items() if len(found) > 1} == {}
    assert {node: found for node, found in items.items() if len(found) > 1} == {}
    assert len(items) > 90
