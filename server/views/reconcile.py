"""/reconcile: the Reconciliation Service API 0.2, for OpenRefine and others who match tables to the graph."""

from __future__ import annotations

from importlib.metadata import version
from typing import cast

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kg.errors import RequestError
from kg.vocab import PREFIXES, SIT
from server.display import href
from server.reconcile.messages import (
    Candidate,
    Candidates,
    Describe,
    Described,
    Extended,
    SuggestTerms,
    Term,
    Terms,
)
from server.reconcile.requests import MAXIMUM_BATCH, read_batch, read_extend, term_iri
from server.views.common import client, endpoint
from server.views.search import number, text

blueprint = Blueprint("reconcile", __name__)

_SUGGESTIONS = 10
_PREVIEW_WIDTH, _PREVIEW_HEIGHT = 420, 180  # pixels
_DEFAULT_TYPES = (
    ("Person", "person"),
    ("Organization", "organization"),
    ("Place", "place"),
    ("Facility", "facility"),
)
# The page of a preview stands in a frame of the client's page.
_PREVIEW_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *"


@blueprint.route("/reconcile", methods=["GET", "POST"])
def reconcile() -> Response:
    """The manifest, or the answer to a query batch or a data extension query."""
    queries, extend = _parameter("queries"), _parameter("extend")
    if queries is not None and extend is not None:
        raise RequestError(400, "send either 'queries' or 'extend', not both")
    if queries is not None:
        return _matched(queries)
    if extend is not None:
        return _extended(extend)
    if request.method == "POST":
        raise RequestError(400, "send a form with 'queries' or 'extend'")
    return jsonify(manifest(request.host_url.rstrip("/"), endpoint().base_iri))


def manifest(host: str, base_iri: str) -> dict[str, object]:
    """What the service offers (0.2, section 3.1)."""
    service = f"{host}/reconcile"
    suggest = {
        what: {"service_url": service, "service_path": f"/suggest/{what}"}
        for what in ("entity", "property", "type")
    }
    return {
        "versions": ["0.2"],
        "name": "Sitrep: actors, places and facilities of war reports",
        "identifierSpace": base_iri,
        "schemaSpace": PREFIXES["sit"],
        "serviceVersion": version("sitrep"),
        "defaultTypes": [{"id": str(SIT[name]), "name": label} for name, label in _DEFAULT_TYPES],
        "view": {"url": f"{service}/view?id={{{{id}}}}"},
        "preview": {
            "url": f"{service}/preview?id={{{{id}}}}",
            "width": _PREVIEW_WIDTH,
            "height": _PREVIEW_HEIGHT,
        },
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/properties"},
            "property_settings": [],
        },
        "batchSize": MAXIMUM_BATCH,
    }


@blueprint.route("/reconcile/suggest/<any(entity, property, type):what>")
def suggest(what: str) -> Response:
    """Terms that begin with `prefix`."""
    skip = number("cursor", default=0, least=0, most=10_000)
    asked = SuggestTerms(what, text("prefix"), skip, _SUGGESTIONS, endpoint().base_iri)
    found = cast(Terms, endpoint().look_up(asked, client()))
    return jsonify(result=[_suggestion(term, what) for term in found.terms])


@blueprint.route("/reconcile/properties")
def properties() -> Response:
    """The properties that things of a `type` may have."""
    name = text("type")
    limit = number("limit", default=100, least=1, most=1000)
    of_type = term_iri(name) if name else None
    asked = SuggestTerms("property", "", 0, limit, endpoint().base_iri, of_type)
    found = cast(Terms, endpoint().look_up(asked, client()))
    listed = [{"id": term.id, "name": term.name} for term in found.terms]
    return jsonify(type=name, limit=limit, properties=listed)


@blueprint.route("/reconcile/view")
def view() -> AnyResponse:
    """Leads to the page of an entity."""
    return redirect(href(_described("view").iri, endpoint().base_iri), code=303)


@blueprint.route("/reconcile/preview")
def preview() -> Response:
    """A small page about an entity."""
    found = _described("preview")
    page = render_template("preview.html", found=found, term=found.term)
    response = Response(page)
    response.headers["Content-Security-Policy"] = _PREVIEW_POLICY
    return response


def _described(what: str) -> Described:
    identifier = text("id")
    if not identifier:
        raise RequestError(400, f"say what to {what}: ?id=IDENTIFIER")
    found = cast(Described, endpoint().look_up(Describe(identifier, endpoint().base_iri), client()))
    if found.term is None:
        raise RequestError(404, f"there is no entity {identifier!r}")
    return found


def _parameter(name: str) -> str | None:
    values = request.values.getlist(name)
    if len(values) > 1:
        raise RequestError(400, f"the parameter {name!r} is given {len(values)} times; give it once")
    return values[0] if values else None


def _matched(queries: str) -> Response:
    keys, batch = read_batch(queries, endpoint().base_iri)
    found = cast(Candidates, endpoint().look_up(batch, client()))
    results = zip(keys, found.by_query, strict=True)
    return jsonify({key: {"result": [_candidate(each) for each in result]} for key, result in results})


def _extended(extend: str) -> Response:
    names, asked = read_extend(extend, endpoint().base_iri)
    found = cast(Extended, endpoint().look_up(asked, client()))
    rows = {
        identifier: dict(zip(names, map(list, row), strict=True))
        for identifier, row in zip(asked.ids, found.rows, strict=True)
    }
    meta = [{"id": name, "name": label} for name, label in zip(names, found.names, strict=True)]
    return jsonify(meta=meta, rows=rows)


def _candidate(candidate: Candidate) -> dict[str, object]:
    term = candidate.term
    return {
        "id": term.id,
        "name": term.name,
        "description": term.description,
        "type": [{"id": each.id, "name": each.name} for each in term.types],
        "score": candidate.score,
        "match": candidate.match,
        "features": [{"id": name, "value": value} for name, value in candidate.features],
    }


def _suggestion(term: Term, what: str) -> dict[str, object]:
    found: dict[str, object] = {"id": term.id, "name": term.name}
    if term.description:
        found["description"] = term.description
    if term.types:
        found["notable" if what == "entity" else "broader"] = [
            {"id": each.id, "name": each.name} for each in term.types
        ]
    return found
