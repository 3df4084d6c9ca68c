"""/health and /metrics, for those who run the server; /openapi.json, for those who write clients."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from flask import Blueprint, Response, jsonify, request

from kg import __version__
from server.metrics import Gauges
from server.openapi import describe
from server.views.common import endpoint, gate

blueprint = Blueprint("service", __name__)


@blueprint.route("/health")
@blueprint.route("/health/ready")
def ready() -> Response:
    """Whether queries are answered, and on which data version; 503 once the server is ending."""
    if gate().closing:
        response = jsonify(status="ending")
        response.status_code = 503
        return response
    return jsonify(status="ok", version=endpoint().checkpoint().name)


@blueprint.route("/health/live")
def live() -> Response:
    """That the server is up at all."""
    return jsonify(status="ok")


@blueprint.route("/metrics")
def metrics() -> Response:
    """Counters for Prometheus."""
    pool, checkpoint = endpoint().pool, endpoint().checkpoint()
    gauges = Gauges(
        busy=pool.busy,
        replaced=pool.replaced,
        stopped=pool.stopped,
        store_bytes=_size(checkpoint),
        data_version=int(checkpoint.name),
    )
    text = endpoint().metrics.text(gauges)
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _size(folder: Path) -> int:
    """Bytes of the files in a folder, which may be replaced meanwhile."""
    size = 0
    for entry in folder.rglob("*"):
        with suppress(FileNotFoundError):
            size += entry.stat().st_size if entry.is_file() else 0
    return size


@blueprint.route("/openapi.json")
def openapi() -> Response:
    """The OpenAPI description of this server."""
    return jsonify(describe(root=request.host_url, version=__version__))
