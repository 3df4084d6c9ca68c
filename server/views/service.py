"""/health and /metrics, for those who run the server."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from server.views.common import endpoint

blueprint = Blueprint("service", __name__)


@blueprint.route("/health")
def health() -> Response:
    """That the server is up, and which data version it serves."""
    return jsonify(status="ok", version=endpoint().checkpoint().name)


@blueprint.route("/metrics")
def metrics() -> Response:
    """Counters for Prometheus."""
    pool = endpoint().pool
    text = endpoint().metrics.text(busy=pool.busy, replaced=pool.replaced)
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")
