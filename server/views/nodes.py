"""/id/… and /describe: one node of the graph, as a page or as data; /neighbours: what is next to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, jsonify, render_template, request

from kg import __version__
from kg.errors import RequestError
from kg.vocab import SIT
from server.display import (
    NODE_ROWS,
    graph_query,
    href,
    incoming_query,
    label_query,
    local_name,
    outgoing_query,
    properties,
)
from server.negotiation import graph_format
from server.nodes.drawing import drawing
from server.nodes.graph import LABEL, TYPE, Graph, Thing, described, iris, thing
from server.nodes.kinds import kinds
from server.nodes.relations import read_neighbours
from server.protocol import absolute_iri
from server.views import entities, events, reports
from server.views.asking import NewestGraph
from server.views.common import accept, client, endpoint, graph_answer, page_wanted, tagged, unchanged

blueprint = Blueprint("nodes", __name__)

_PAGES: Mapping[str, Callable[[Graph, Thing], str]] = {
    "entity": entities.page,
    "event": events.page,
    "cluster": events.cluster_page,
    "report": reports.page,
}


@blueprint.route("/id/", defaults={"_path": ""})
@blueprint.route("/id/<path:_path>")
def ours(_path: str) -> Response:
    """A node under the store's base IRI."""
    # The framework has decoded the path; the IRI is what the client has sent.
    raw = request.environ.get("REQUEST_URI", request.path).partition("?")[0]
    path = raw.partition("/id/")[2]
    return _node(absolute_iri(endpoint().base_iri + path))


@blueprint.route("/neighbours")
def neighbours() -> Response:
    """The nodes that a node has relations to, for a drawing that is to grow."""
    node = absolute_iri(request.args.get("iri", ""))
    etag = endpoint().etag(request.url, "application/json", __version__)
    known = unchanged(etag)
    if known is not None:
        return known
    graph, base = NewestGraph(), endpoint().base_iri
    found = read_neighbours(graph, node)
    if found is None:
        raise RequestError(404, f"the graph says nothing of {node}")
    return tagged(jsonify(drawing(*found, lambda iri: href(iri, base))), etag)


@blueprint.route("/describe")
def describe() -> Response:
    """Any node of the graph."""
    return _node(absolute_iri(request.args.get("iri", "")))


def _node(node: str) -> Response:
    if not page_wanted(default=True):
        media_type = graph_format(accept(), request.args.get("format"))
        if not _known(node):
            raise RequestError(404, f"the graph says nothing of {node}")
        return graph_answer(graph_query(node), media_type, union=True)
    etag = endpoint().etag(request.url, "text/html", __version__, reports.stamp_of(node))
    known = unchanged(etag)
    if known is not None:
        return known
    graph = NewestGraph()
    said = described(graph, [node], (LABEL, TYPE, str(SIT.status)), most=100)[node]
    page = _PAGES.get(kinds().page(iris(said, TYPE)) or ("event" if str(SIT.status) in said else ""))
    body = page(graph, thing(node, said)) if page is not None else _any(node)
    return tagged(Response(body), etag)


def _any(node: str) -> str:
    """The page of a node of no kind that has one of its own: all that the graph says."""
    outgoing = endpoint().table(outgoing_query(node), client(), limit=NODE_ROWS, union=True)
    incoming = endpoint().table(incoming_query(node), client(), limit=NODE_ROWS, union=True)
    if not outgoing.rows and not incoming.rows:
        raise RequestError(404, f"the graph says nothing of {node}")
    label = endpoint().table(label_query(node), client(), limit=1, union=True).rows[0][0]
    return render_template(
        "node.html",
        iri=node,
        label=label.value if label else local_name(node),
        outgoing=properties(outgoing),
        incoming=properties(incoming),
        truncated=outgoing.truncated or incoming.truncated,
        node_rows=NODE_ROWS,
    )


def _known(node: str) -> bool:
    query = f"ASK {{ {{ <{node}> ?p ?o }} UNION {{ ?s ?p <{node}> }} }}"
    return bool(endpoint().table(query, client(), limit=1, union=True).boolean)
