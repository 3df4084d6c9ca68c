"""/: what the graph holds, and where to go from there."""

from __future__ import annotations

from typing import TypeVar, cast
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, render_template
from flask.blueprints import BlueprintSetupState

from kg.vocab import SIT
from server.display import href
from server.endpoint import Client, Endpoint
from server.examples import examples
from server.summaries.asking import Asked
from server.summaries.overview import Overview, overview
from server.summaries.remembered import Memory, Remembered
from server.views.common import endpoint

blueprint = Blueprint("start", __name__)

PATIENCE = 0.8  # seconds that a visitor waits for new totals before the page shows what there is
_KEPT = "sitrep-overview"
_AGAIN = "2"  # seconds

_T = TypeVar("_T")


@blueprint.record_once
def _remember(state: BlueprintSetupState) -> None:
    """Keep the totals with the running server."""
    served: Endpoint = state.app.extensions["sitrep"]
    state.app.extensions[_KEPT] = Memory(served.newest, lambda: overview(asked(served)))


def asked(served: Endpoint) -> Asked:
    """The graph for questions that no client asks, so that none can leave before the answer."""
    nobody = Client(served.base_iri, lambda: False)
    return Asked(lambda query, limit: served.table(query, nobody, limit=limit, union=True))


@blueprint.route("/")
def start() -> Response:
    """What the graph holds."""
    known = cast("Memory[Overview]", current_app.extensions[_KEPT]).get(patience=PATIENCE)
    page = render_template(
        "start.html",
        known=known,
        overview=known.value,
        points=_points(known),
        examples=examples(),
        events_query=_events_query,
    )
    return current(page, known)


def current(page: str, known: Remembered[_T] | None) -> Response:
    """A page that browsers do not keep, and ask for again while it lacks its totals."""
    response = Response(page)
    response.headers["Cache-Control"] = "no-cache"
    if known and known.value is None and known.working:
        response.headers["Refresh"] = _AGAIN
    return response


def _points(known: Remembered[Overview]) -> list[dict[str, object]]:
    """The places as the map takes them."""
    base = endpoint().base_iri
    return [
        {
            "lat": point.latitude,
            "lon": point.longitude,
            "label": point.place.label,
            "url": href(point.place.iri, base),
            "count": point.events,
            "kind": point.place.kind,
        }
        for point in (known.value.places if known.value else ())
    ]


def _events_query(*kinds: str) -> str:
    """Address of the query for the events of these classes: the newest first, those without a date last."""
    query = f"""PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sit: <https://w3id.org/sitrep/ontology#>

SELECT ?date ?event ?label ?status WHERE {{
  {{
    SELECT ?event ?date WHERE {{
      VALUES ?kind {{ {" ".join(map(_class, kinds))} }}
      ?event a ?kind .
      OPTIONAL {{ ?event sit:date ?date }}
    }}
    ORDER BY DESC(?date)
    LIMIT 1000
  }}
  ?event rdfs:label ?label ; sit:status ?status .
}}
ORDER BY DESC(?date)
"""
    return f"/query?{urlencode({'query': query})}"


def _class(iri: str) -> str:
    """A class as the query has it; one of ours by its prefix."""
    name = iri.removeprefix(SIT._NS)
    return f"sit:{name}" if name != iri and name.isidentifier() else f"<{iri}>"
