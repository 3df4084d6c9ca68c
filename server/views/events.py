"""The pages of an event, and of one event in several reports."""

from __future__ import annotations

from flask import render_template

from server.display import href
from server.nodes import jsonld
from server.nodes.clusters import QUESTIONS, read_cluster, read_clusters
from server.nodes.drawing import points
from server.nodes.entities import points_of
from server.nodes.graph import Graph, Thing, text
from server.nodes.happenings import Happening, happenings
from server.views.common import endpoint

_OTHERS = 50  # events that speak of it, or that it caused


def page(graph: Graph, node: Thing) -> str:
    """What the graph says of an event, and what other reports say of it."""
    event = happenings(graph, [node.iri])[0]
    base = endpoint().base_iri
    places = [one for name in ("place", "origin", "destination") for one in event.filling(name)]
    return render_template(
        "event.html",
        iri=node.iri,
        event=event,
        points=points(points_of(graph, places), lambda iri: href(iri, base)),
        speaking=_others(graph, f"?event sit:about <{node.iri}>"),
        caused=_others(graph, f"?event sit:causedBy <{node.iri}>"),
        clusters=read_clusters(graph, node.iri),
        questions=QUESTIONS,
        jsonld=jsonld.document(node.iri, graph.table(jsonld.query(node.iri), limit=jsonld.MOST)),
    )


def cluster_page(graph: Graph, node: Thing) -> str:
    """What several reports say of one event."""
    cluster, base = read_cluster(graph, node.iri), endpoint().base_iri
    return render_template(
        "cluster.html",
        iri=node.iri,
        node=node,
        cluster=cluster,
        points=points(points_of(graph, cluster.places), lambda iri: href(iri, base)),
        questions=QUESTIONS,
        jsonld=jsonld.document(node.iri, graph.table(jsonld.query(node.iri), limit=jsonld.MOST)),
    )


def _others(graph: Graph, pattern: str) -> tuple[Happening, ...]:
    """The events that the pattern leads to."""
    query = f"SELECT DISTINCT ?event {{ {pattern} FILTER (isIRI(?event)) }} ORDER BY ?event"
    return happenings(graph, [text(event) for (event,) in graph.table(query, limit=_OTHERS).rows])
