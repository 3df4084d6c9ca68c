"""/search: names and sentences that have some words, as a page or as JSON."""

from __future__ import annotations

import re
from typing import cast

from flask import Blueprint, Response, jsonify, render_template, request

from kg.errors import RequestError
from server.display import href, local_name
from server.messages import Hit, Hits, SearchFor, Suggest
from server.nodes.kinds import kinds
from server.search import KINDS
from server.views.common import client, endpoint, page_wanted, tagged

blueprint = Blueprint("search", __name__)

_MAXIMUM_TEXT = 500  # characters
_MAXIMUM_HITS = 100
_DAY = re.compile(r"(?:[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?)?")


@blueprint.route("/search")
def search() -> Response:
    """The best nodes for `q`, of one `kind` or all, at most `limit`."""
    words, kind, limit = text("q"), _kind(), number("limit", default=20, least=1, most=_MAXIMUM_HITS)
    as_page = page_wanted(default=False)
    if not words.strip() and not as_page:
        raise RequestError(400, "say what to search for: /search?q=WORDS")
    found = _looked_up(SearchFor(words, kind, limit)) if words.strip() else None
    if not as_page:
        return tagged(_json(found or Hits((), ())), None)
    page = render_template(
        "search.html", text=words, kind=kind, kinds=kinds(), limit=limit, found=found, more=_MAXIMUM_HITS
    )
    return tagged(Response(page), None)


@blueprint.route("/search/suggest")
def suggest() -> Response:
    """Nodes with names that begin with `q`, for a field that completes what is typed."""
    words, kind, limit = text("q"), _kind(), number("limit", default=10, least=1, most=_MAXIMUM_HITS)
    return _json(_looked_up(Suggest(words, kind, limit)))


def number(name: str, *, default: int, least: int, most: int) -> int:
    """A parameter that is a whole number within bounds; RequestError 400 else."""
    value = request.args.get(name, "").strip() or str(default)
    if not (value.isascii() and value.isdecimal() and len(value) < 10 and least <= int(value) <= most):
        raise RequestError(400, f"{name} must be a number from {least} to {most}, not {value[:50]!r}")
    return int(value)


def text(name: str) -> str:
    """A parameter that is a text to search for, "" if it is missing; RequestError 400 if it is too long."""
    value = request.args.get(name, "")
    if len(value) > _MAXIMUM_TEXT:
        raise RequestError(400, f"{name} has {len(value)} characters; {_MAXIMUM_TEXT} are the most")
    return value


def day(name: str) -> str:
    """A parameter that is a year, month or day, "" if it is missing; RequestError 400 else."""
    value = text(name).strip()
    if _DAY.fullmatch(value) is None:
        raise RequestError(400, f"{name} must be a date like 2022-01-20, 2022-01 or 2022, not {value[:50]!r}")
    return value


def _kind() -> str:
    kind = request.args.get("kind", "")
    if kind and kind not in KINDS:
        raise RequestError(400, f"unknown kind {kind[:50]!r}: choose among {', '.join(KINDS)}")
    return kind


def _looked_up(question: SearchFor | Suggest) -> Hits:
    return cast(Hits, endpoint().look_up(question, client()))


def _json(found: Hits) -> Response:
    response = jsonify(hits=[_hit(hit) for hit in found.hits], counts=dict(found.counts))
    response.headers["Cache-Control"] = "no-cache"
    return response


def _hit(hit: Hit) -> dict[str, object]:
    base = endpoint().base_iri
    entry: dict[str, object] = {
        "id": hit.node,
        "kind": hit.kind,
        "label": hit.label,
        "classes": [{"id": name, "label": local_name(name)} for name in hit.classes],
        "snippet": [{"text": piece, "match": match} for piece, match in hit.snippet],
        "url": request.host_url.rstrip("/") + href(hit.node, base),
    }
    if hit.report is not None:
        entry["report"] = {"id": hit.report, "label": hit.report_label}
    return entry
