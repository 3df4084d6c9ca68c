"""What the views share: the server's state, the client, and answers with their headers."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app, request

from server import headers
from server.cache import Given
from server.endpoint import Client, Endpoint
from server.gate import CLIENT_LEFT, Gate
from server.messages import Formats
from server.negotiation import wants_html


def endpoint() -> Endpoint:
    """The running server's state."""
    return cast(Endpoint, current_app.extensions["sitrep"])


def gate() -> Gate:
    """The gate that requests came through."""
    return cast(Gate, current_app.extensions["sitrep-gate"])


def client() -> Client:
    """Who asks. Only our own server says when a client leaves; another server's clients never do."""
    left = request.environ.get(CLIENT_LEFT, lambda: False)
    return Client(request.base_url, left)


def accept() -> str | None:
    """The Accept header; several count as one."""
    return ",".join(request.headers.getlist("Accept")) or None


def page_wanted(*, default: bool) -> bool:
    """Whether a page is wanted rather than data."""
    return wants_html(accept(), request.args.get("format"), default=default)


def serialised(answer: Given, etag: str | None = None) -> Response:
    """An answer as a response: a short one whole, a long one in pieces."""
    body = answer.whole if answer.whole is not None else answer
    response = Response(body, content_type=headers.content_type(answer.media_type))
    return tagged(response, etag)


def document(body: bytes, media_type: str, etag: str | None = None) -> Response:
    """An RDF document that is at hand."""
    return tagged(Response(body, content_type=headers.content_type(media_type)), etag)


def tagged(response: Response, etag: str | None) -> Response:
    """The response with what caches need to know: it depends on Accept, and must be asked for again."""
    response.headers.update(headers.NEGOTIATED)
    if etag is not None:
        response.set_etag(etag, weak=True)
    return response


def unchanged(etag: str | None) -> Response | None:
    """The answer to a client that has the newest data already, None for any other."""
    if etag is None or request.method not in ("GET", "HEAD") or not request.if_none_match.contains_weak(etag):
        return None
    return tagged(Response(status=304), etag)


def graph_answer(query: str, media_type: str, *, union: bool, existing: str | None = None) -> Response:
    """The graph that a query gives, in a media type that was negotiated."""
    etag = endpoint().etag(request.url, media_type)
    known = unchanged(etag)
    if known is not None:
        return known
    formats = Formats(None, media_type)
    return serialised(endpoint().query(query, formats, client(), union=union, existing=existing), etag)
