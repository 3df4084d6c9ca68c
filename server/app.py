"""The web application."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import cast

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from kg.errors import RequestError, SitrepError
from server import assets, display, headers, tiles
from server.compression import SMALLEST, Gzipped, gzipped, is_compressible
from server.endpoint import Endpoint
from server.explain import problem
from server.gate import RETRY_SECONDS, Gate, open_log
from server.negotiation import wants_gzip, wants_html
from server.settings import MAXIMUM_BODY, ServerSettings
from server.views import (
    add,
    dataset,
    feeds,
    graphs,
    nodes,
    pages,
    reconcile,
    search,
    service,
    sources,
    sparql,
    start,
)
from server.views.common import accept, endpoint

_log = logging.getLogger(__name__)


def create_app(settings: ServerSettings) -> Flask:
    """The application over the store of the settings, with its reader processes started.

    `app.extensions["sitrep"].close()` ends them. StoreError without a store, ServerError for bad settings.
    """
    app = Flask("server", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = MAXIMUM_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAXIMUM_BODY
    app.url_map.strict_slashes = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    tiles.register(app, settings.tiles, settings.tiles_credit)
    state = app.extensions["sitrep"] = Endpoint(settings)
    app.jinja_env.globals.update(_template_functions(state.base_iri), with_format=display.with_format)
    for module in (sparql, graphs, dataset, nodes, pages, search, reconcile, service, start, sources, feeds):
        app.register_blueprint(module.blueprint)
    log = open_log(settings.access_log)
    gate = Gate(app.wsgi_app, most=settings.max_requests, metrics=state.metrics, log=log)
    app.extensions["sitrep-gate"] = gate
    app.wsgi_app = gate  # type: ignore[method-assign]
    app.register_error_handler(Exception, _refuse)
    app.before_request(_check_encoding)
    app.after_request(_finish)
    assets.register(app)
    add.register(app, settings)
    return app


def _template_functions(base_iri: str) -> dict[str, Callable[[str], object]]:
    return {
        "href": lambda iri: display.href(iri, base_iri),
        "is_web": display.is_web,
        "local_name": display.local_name,
        "short": lambda iri: display.short(iri, base_iri),
    }


def _check_encoding() -> None:
    """RequestError 415 for a body that is compressed: it would be read as it is."""
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding.strip().lower() not in ("", "identity"):
        raise RequestError(415, f"cannot read the Content-Encoding {encoding[:100]}: send the body as it is")


def _refuse(error: Exception) -> Response:
    """Says what is wrong in one line: as a problem for programs (RFC 9457), as a page for browsers."""
    response: Response
    if isinstance(error, HTTPException):
        status, message = error.code or 500, f"{error.name}: {error.description}"
    elif isinstance(error, RequestError):
        status, message = error.status, str(error)
    elif isinstance(error, SitrepError):
        status, message = 503, str(error)
    else:
        _log.error("unexpected error", exc_info=error)
        status, message = 500, "the server made a mistake; its log has more"
    if wants_html(accept(), None, default=False):
        response = Response(render_template("error.html", status=status, message=message), status=status)
    else:
        body = json.dumps(problem(status, message), ensure_ascii=False)
        response = Response(f"{body}\n", status=status, content_type="application/problem+json")
    if isinstance(error, HTTPException) and isinstance(
        allowed := getattr(error, "valid_methods", None), list
    ):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status in (429, 503):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _finish(response: Response) -> Response:
    """Compression, headers that every answer has, and one more on the counters."""
    _compress(response)
    for name, value in headers.SAFETY.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "sparql.update" and request.blueprint not in ("add", "login"):
        response.headers.extend(headers.CORS)
        if request.method == "OPTIONS":
            response.headers.extend(headers.PREFLIGHT)
    endpoint().metrics.request(request.endpoint or "none", response.status_code)
    return response


def _compress(response: Response) -> None:
    """Gzip the answer if the client takes that and it may be worth it."""
    if not is_compressible(response.mimetype) or "Content-Encoding" in response.headers:
        return
    response.vary.add("Accept-Encoding")
    length = response.content_length
    if response.status_code in (206, 304) or (length is not None and length < SMALLEST):
        return
    if not wants_gzip(request.headers.get("Accept-Encoding")):
        return
    response.direct_passthrough = False  # of a file: its bytes change on the way
    if response.is_streamed:
        response.response = Gzipped(cast("Iterable[bytes]", response.response))
        response.headers.pop("Content-Length", None)
    else:
        response.set_data(gzipped(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
