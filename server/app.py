"""The web application."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from kg.errors import RequestError, SitrepError
from server import display
from server.endpoint import Endpoint
from server.negotiation import wants_html
from server.settings import MAXIMUM_BODY, ServerSettings
from server.views import graphs, nodes, pages, reconcile, search, service, sparql
from server.views.common import accept, endpoint

_log = logging.getLogger(__name__)

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_CORS = {
    "Access-Control-Allow-Origin": "*",  # for reading; no credentials, so nothing of a user's is at risk
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Expose-Headers": "ETag",
    "Access-Control-Max-Age": "86400",
}


def create_app(settings: ServerSettings) -> Flask:
    """The application over the store of the settings, with its reader processes started.

    `app.extensions["sitrep"].close()` ends them. StoreError without a store, ServerError for bad settings.
    """
    app = Flask("server", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = MAXIMUM_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAXIMUM_BODY
    app.url_map.strict_slashes = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    state = app.extensions["sitrep"] = Endpoint(settings)
    app.jinja_env.globals.update(_template_functions(state.base_iri), with_format=display.with_format)
    for module in (sparql, graphs, nodes, pages, search, reconcile, service):
        app.register_blueprint(module.blueprint)
    app.register_error_handler(Exception, _refuse)
    app.after_request(_finish)
    return app


def _template_functions(base_iri: str) -> dict[str, Callable[[str], object]]:
    return {
        "href": lambda iri: display.href(iri, base_iri),
        "is_web": display.is_web,
        "local_name": display.local_name,
        "short": lambda iri: display.short(iri, base_iri),
    }


def _refuse(error: Exception) -> Response:
    """One line that says what is wrong: as text for programs, as a page for browsers."""
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
        response = Response(f"{message}\n", status=status, content_type="text/plain; charset=utf-8")
    if isinstance(error, HTTPException) and isinstance(
        allowed := getattr(error, "valid_methods", None), list
    ):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _finish(response: Response) -> Response:
    """Headers that every answer has, and one more on the counters."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "sparql.update":
        for name, value in _CORS.items():
            response.headers[name] = value
    endpoint().metrics.request(request.endpoint or "none", response.status_code)
    return response
