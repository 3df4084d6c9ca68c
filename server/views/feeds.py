"""/feed.atom: what is new, for feed readers."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kg import __version__
from kg.errors import RequestError
from server import feeds
from server.display import href
from server.feeds import Entry, Feed
from server.nodes.graph import reports, things
from server.protocol import absolute_iri
from server.views.asking import NewestGraph
from server.views.common import endpoint, tagged, unchanged

blueprint = Blueprint("feeds", __name__)


@blueprint.route("/feed.atom")
def feed() -> Response:
    """The newest reports, or the newest events `about` an actor, place or anything else with a role."""
    about = request.args.get("about", "")
    node = absolute_iri(about) if about else ""
    etag = endpoint().etag(request.url, __version__)
    known = unchanged(etag)
    if known is not None:
        return known
    body = feeds.document(_events(node) if node else _reports())
    return tagged(Response(body, content_type=f"{feeds.MEDIA_TYPE}; charset=utf-8"), etag)


def _reports() -> Feed:
    graph = NewestGraph()
    dated = feeds.read_dated(graph.rows(feeds.NEW_REPORTS))
    lines = reports(graph, (each.iri for each in dated))
    events = dict(graph.rows(feeds.counts_query(each.iri for each in dated))) if dated else {}
    entries = tuple(
        feeds.report_entry(lines[each.iri], each, events=int(events.get(each.iri, 0)), page=_page(each.iri))
        for each in dated
    )
    return _feed("", "New reports", _root("/"), entries)


def _events(node: str) -> Feed:
    graph = NewestGraph()
    if not graph.table(f"ASK {{ <{node}> ?property ?value }}", limit=1).boolean:
        raise RequestError(404, f"the graph says nothing of {node}")
    label = things(graph, [node])[node].label
    found = feeds.newest_events(graph, node)
    entries = tuple(feeds.event_entry(event, dated, page=_page(event.node.iri)) for event, dated in found)
    return _feed(node, f"Events: {label}", _page(node), entries)


def _feed(node: str, title: str, page: str, entries: tuple[Entry, ...]) -> Feed:
    key = f"{endpoint().base_iri}feed?about={node}"
    return Feed(key, f"{title} · Sitrep", request.url, page, entries)


def _page(iri: str) -> str:
    return _root(href(iri, endpoint().base_iri))


def _root(path: str) -> str:
    return request.host_url.rstrip("/") + path
