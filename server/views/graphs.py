"""/graph-store: the SPARQL 1.1 Graph Store Protocol."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, Response, request

from kg.errors import RequestError
from server.messages import GraphDelete, GraphPatch, GraphWrite, Payload
from server.negotiation import graph_format
from server.protocol import UPDATE, GraphTarget, absolute_iri, input_format, read_patch, read_target
from server.views.common import accept, endpoint, graph_answer

blueprint = Blueprint("graphs", __name__)

_DEFAULT_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


@blueprint.route("/graph-store", methods=["GET"])
@blueprint.route("/graph-store/<path:_name>", methods=["GET"])
def read(_name: str | None = None) -> Response:
    """A graph of the store."""
    return named_graph(_target())


def named_graph(target: GraphTarget) -> Response:
    """A graph in the format that the client prefers; 404 where the store has none of that name."""
    media_type = graph_format(accept(), request.args.get("format"))
    if target.graph is None:
        return graph_answer(_DEFAULT_GRAPH, media_type, union=False)
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{target.graph}> {{ ?s ?p ?o }} }}"
    return graph_answer(query, media_type, union=False, existing=target.graph)


@blueprint.route("/graph-store", methods=["PUT", "POST"])
@blueprint.route("/graph-store/<path:_name>", methods=["PUT", "POST"])
def write(_name: str | None = None) -> Response:
    """Replace a graph (PUT) or add to it (POST); POST without a graph makes a new one."""
    endpoint().authorise(request.headers.get("Authorization"))
    new = request.method == "POST" and _name is None and read_target(request.query_string) is None
    target = GraphTarget(f"{request.base_url.rstrip('/')}/{uuid4()}") if new else _target()
    wanted = GraphWrite(
        graph=target.graph,
        payloads=_payloads(),
        replace=request.method == "PUT",
        base_iri=request.base_url,
    )
    existed = endpoint().write(wanted).existed
    response = Response(status=204 if existed else 201)
    if new and target.graph is not None:
        response.headers["Location"] = target.graph
    return response


@blueprint.route("/graph-store", methods=["PATCH"])
@blueprint.route("/graph-store/<path:_name>", methods=["PATCH"])
def patch(_name: str | None = None) -> Response:
    """Change a graph by an update that names no other."""
    endpoint().authorise(request.headers.get("Authorization"))
    text = read_patch(request.content_type, request.get_data())
    existed = endpoint().write(GraphPatch(_target().graph, text, request.base_url)).existed
    return Response(status=204 if existed else 201)


@blueprint.route("/graph-store", methods=["DELETE"])
@blueprint.route("/graph-store/<path:_name>", methods=["DELETE"])
def delete(_name: str | None = None) -> Response:
    """Drop a graph."""
    endpoint().authorise(request.headers.get("Authorization"))
    endpoint().write(GraphDelete(_target().graph))
    return Response(status=204)


@blueprint.after_request
def tell_patches(response: Response) -> Response:
    """Tell which patches are taken (RFC 5789, 3.1) to who asks, and to who sends another kind."""
    if request.method == "OPTIONS" or (request.method, response.status_code) == ("PATCH", 415):
        response.headers["Accept-Patch"] = UPDATE
    return response


def _target() -> GraphTarget:
    """The graph that the request names by parameter or, under /graph-store/, by its own address."""
    target = read_target(request.query_string)
    if target is None and request.path.rstrip("/") != "/graph-store":
        return GraphTarget(absolute_iri(request.base_url))
    if target is None:
        raise RequestError(400, "name the graph: ?default or ?graph=IRI")
    return target


def _payloads() -> tuple[Payload, ...]:
    """The documents of the request: its body, or the files of a form."""
    if request.mimetype == "multipart/form-data":
        files = request.files.values()
        return tuple(Payload(input_format(file.content_type), file.read()) for file in files)
    return (Payload(input_format(request.content_type), request.get_data()),)
