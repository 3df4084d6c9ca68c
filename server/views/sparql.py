"""/sparql and /update: the SPARQL 1.1 Protocol."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from server.description import service_description
from server.messages import Update
from server.negotiation import formats, graph_format
from server.protocol import QueryRequest, is_repeatable, query_key, read_query, read_update
from server.views.common import accept, client, document, endpoint, page_wanted, serialised, unchanged

blueprint = Blueprint("sparql", __name__)


@blueprint.route("/sparql", methods=["GET", "POST"])
def query() -> AnyResponse:
    """Answer a query; without one, say what can be asked."""
    asked = read_query(request.method, request.query_string, request.content_type, request.get_data())
    return description() if asked is None else answer(asked)


def answer(asked: QueryRequest) -> Response:
    """The answer to a query in the format that the client prefers."""
    wanted = formats(accept(), asked.format)
    etag = None
    if is_repeatable(asked.text):
        etag = endpoint().etag(asked.text, *query_key(asked, wanted), request.base_url)
    known = unchanged(etag)
    if known is not None:
        return known
    given = endpoint().query(asked.text, wanted, client(), dataset=asked.dataset)
    response = serialised(given, etag)
    if given.media_type == wanted.solutions:
        response.headers["Sitrep-Row-Limit"] = str(endpoint().settings.max_rows)
    return response


def description() -> AnyResponse:
    """The service description; people are sent to the start page."""
    if page_wanted(default=False):
        return redirect("/", code=303)
    media_type = graph_format(accept(), request.args.get("format"))
    settings = endpoint().settings
    body = service_description(
        request.base_url, media_type, union=settings.union_default_graph, update=settings.allow_update
    )
    return document(body, media_type)


@blueprint.route("/update", methods=["POST"])
def update() -> Response:
    """Apply an update."""
    endpoint().authorise(request.headers.get("Authorization"))
    asked = read_update(request.query_string, request.content_type, request.get_data())
    endpoint().write(Update(asked.text, asked.dataset, request.base_url))
    return Response(status=204)
