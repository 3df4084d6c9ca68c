"""/sources: who publishes the reports, whom they cite, and what each of them says."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, render_template, request
from flask.blueprints import BlueprintSetupState

from kg import __version__
from kg.errors import RequestError
from server import sources as told
from server.display import in_words
from server.nodes.happenings import happenings
from server.protocol import absolute_iri
from server.summaries.remembered import Memory, Remembered
from server.summaries.sources import ACTS, PublisherLine, SourceLine, Sources, source_lines, sources
from server.views.asking import NewestGraph
from server.views.common import endpoint, tagged, unchanged
from server.views.search import day, number, text
from server.views.start import PATIENCE, asked, current

blueprint = Blueprint("sources", __name__)

_KEPT = "sitrep-sources"
_LISTED = 20  # lines of each list on the first page
_PER_PAGE = 100
_REPORTS = "reports"
_LISTS = ("publishers", "cited")
_WAIT = 10.0  # seconds for a page that cannot do without the list


@blueprint.record_once
def _remember(state: BlueprintSetupState) -> None:
    """Keep the lists with the running server."""
    served = state.app.extensions["sitrep"]
    state.app.extensions[_KEPT] = Memory(served.newest, lambda: sources(asked(served)))


@blueprint.route("/sources")
def listed() -> Response:
    """All sources, the reports of one `publisher`, or what one `source` says."""
    if "publisher" in request.args or request.args.get("list") == _REPORTS:
        return _reports(request.args.get("publisher", ""))
    if "source" in request.args:
        return _source(absolute_iri(request.args["source"]))
    which = request.args.get("list", "")
    if which and which not in _LISTS:
        raise RequestError(400, f"unknown list {which[:50]!r}: choose among {', '.join((*_LISTS, _REPORTS))}")
    at = number("page", default=1, least=1, most=told.MOST_PAGES)
    known = _known(PATIENCE)
    per_page = _PER_PAGE if which else _LISTED
    page = render_template(
        "sources.html",
        known=known,
        found=known.value,
        which=which,
        page=at,
        per_page=per_page,
        begin=(at - 1) * per_page,
        columns=ACTS,
        address=_address,
        by_time=lambda bar: _address(**{"list": _REPORTS, "from": bar.since, "to": bar.until}),
    )
    return current(page, known)


def _reports(name: str) -> Response:
    """The reports of a publisher, or all; or what they say, by who says so and how sure it is."""
    at = number("page", default=1, least=1, most=told.MOST_PAGES)
    voice, since, until = text("says"), day("from"), day("to")
    if voice and voice not in told.VOICES:
        raise RequestError(400, f"unknown list {voice[:50]!r}: choose among {', '.join(told.VOICES)}")
    known = _known(_WAIT) if name else None
    line = _line_of(known, name) if known else None
    chosen = told.Chosen(line.term if line else None, since, until)
    graph = NewestGraph()
    if voice:
        events = told.voiced(graph, chosen, voice)
        listed, more = None, at * told.PER_PAGE < len(events)
    else:
        events = ()
        listed, more = told.published(graph, chosen, at)
    wanted = {"publisher": name, "list": "" if name else _REPORTS, "from": since, "to": until}
    page = render_template(
        "publisher.html",
        known=known,
        line=line,
        wanted=wanted,
        voice=voice,
        voices=told.VOICES,
        looked_at=told.LOOKED_AT,
        reports=listed,
        total=len(events),
        events=happenings(graph, events[(at - 1) * told.PER_PAGE : at * told.PER_PAGE]),
        page=at,
        more=more,
        address=lambda **changed: _address(**{**wanted, **changed}),
    )
    return current(page, known)


def _line_of(known: Remembered[Sources], publisher: str) -> PublisherLine:
    if known.value is None:
        raise RequestError(503, known.failure or "the sources are being counted; try again")
    line = known.value.publisher(publisher)
    if line is None:
        raise RequestError(404, f"no report has the publisher {publisher[:200]!r}")
    return line


def _source(node: str) -> Response:
    etag = endpoint().etag(request.url, __version__)
    unmodified = unchanged(etag)
    if unmodified is not None:
        return unmodified
    at = number("page", default=1, least=1, most=told.MOST_PAGES)
    graph = NewestGraph()
    line = _line(node)
    if line.speaks + line.cited == 0:
        raise RequestError(404, f"no report names {node} as a source")
    does = text("does") or (told.CITED if line.speaks == 0 else "")
    if does and does != told.CITED and does not in line.acts:
        raise RequestError(404, f"{line.source.label} does nothing that is called {does[:50]!r}")
    events = told.statements(graph, node, does)
    shown = events[(at - 1) * told.PER_PAGE : at * told.PER_PAGE]
    page = render_template(
        "source.html",
        iri=node,
        line=line,
        acts=told.acts(line),
        does=does,
        cited=told.CITED,
        total=len(events),
        most=told.MOST_STATEMENTS,
        events=happenings(graph, shown),
        page=at,
        last=max(1, -(-len(events) // told.PER_PAGE)),
        in_words=in_words,
        address=lambda **changed: _address(source=node, **changed),
    )
    return tagged(Response(page), etag)


def _line(node: str) -> SourceLine:
    """The source as the newest data has it, from the list of those named most if it is there."""
    known = _known(0)
    lines = known.value.sources if known.value is not None and known.newest else ()
    found = next((line for line in lines if line.source.iri == node), None)
    return found or source_lines(asked(endpoint()), [node])[0]


def _known(patience: float) -> Remembered[Sources]:
    return cast("Memory[Sources]", current_app.extensions[_KEPT]).get(patience=patience)


def _address(**parameters: object) -> str:
    """Address of the sources page with these parameters; those that are empty, or page 1, are left out."""
    kept = {name: value for name, value in parameters.items() if value and (name, value) != ("page", 1)}
    return f"/sources?{urlencode(kept)}" if kept else "/sources"
