"""Relations and places as the scripts of the pages draw them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from server.display import local_name
from server.nodes.entities import Point
from server.nodes.graph import Thing
from server.nodes.relations import Relation

Href = Callable[[str], str]


def drawing(node: Thing, relations: Iterable[Relation], truncated: bool, href: Href) -> dict[str, object]:
    """A node and its relations as nodes and edges; an edge leads from subject to object."""
    nodes, edges = {node.iri: node}, []
    for relation in relations:
        nodes.setdefault(relation.other.iri, relation.other)
        ends = (node.iri, relation.other.iri) if relation.outgoing else (relation.other.iri, node.iri)
        edges.append(
            {"source": ends[0], "target": ends[1], "label": relation.label, "url": href(relation.other.iri)}
        )
    return {
        "nodes": [
            {"id": iri, "label": _label(one), "kind": local_name(one.of_class), "url": href(iri)}
            for iri, one in nodes.items()
        ],
        "edges": edges,
        "truncated": truncated,
    }


def _label(node: Thing) -> str:
    return f"{node.label} ({node.amount})" if node.amount else node.label


def points(found: Iterable[Point], href: Href) -> list[dict[str, object]]:
    """Places for a map."""
    return [
        {
            "lat": point.latitude,
            "lon": point.longitude,
            "label": point.place.label,
            "url": href(point.place.iri),
            "count": point.count,
            "kind": local_name(point.place.of_class),
        }
        for point in found
    ]
