"""The page of an entity."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import render_template, request

from kg.errors import RequestError
from kg.vocab import SIT
from server.display import href, in_words
from server.nodes import jsonld
from server.nodes.chart import chart
from server.nodes.drawing import drawing, points
from server.nodes.entities import read_entity, read_mentions, read_points
from server.nodes.graph import Graph, Thing
from server.nodes.happenings import STATUSES, happenings
from server.nodes.relations import Relation, read_relations, with_quotes
from server.nodes.timeline import MOST_EVENTS, PER_PAGE, Filter, histogram, read_timeline
from server.views.common import endpoint
from server.views.search import day, number, text

_SHOWN = 8  # relations of one kind; more of them stand folded
_FOLDED = 40
_QUOTED = 100  # relations with a sentence, those that are not folded first
_DRAWN = 30  # relations in the drawing


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a reader is in a long list: `page` of `last`."""

    page: int
    last: int


def page(graph: Graph, node: Thing) -> str:
    """The page, with the events that the request's filter lets through."""
    entity, groups_too = read_entity(graph, node), request.args.get("groups") == "yes"
    timeline = read_timeline(graph, node.iri, groups=groups_too)
    wanted = _filter()
    fitting = timeline.fitting(wanted)
    last = max(1, -(-len(fitting) // PER_PAGE))
    at = min(number("page", default=1, least=1, most=MOST_EVENTS), last)
    shown = happenings(graph, [entry.event for entry in fitting[(at - 1) * PER_PAGE : at * PER_PAGE]])
    relations = read_relations(graph, node.iri)
    groups = relations.groups(_FOLDED)
    told = [one for group in groups for one in group.relations[:_SHOWN]]
    told += [one for group in groups for one in group.relations[_SHOWN:]]
    base = endpoint().base_iri
    return render_template(
        "entity.html",
        iri=node.iri,
        entity=entity,
        timeline=timeline,
        most_events=MOST_EVENTS,
        filter=wanted,
        fitting=len(fitting),
        chart=chart(histogram(fitting)),
        shown=shown,
        pages=Pages(at, last),
        address=lambda **changed: _address(node.iri, wanted, groups_too, **changed),
        groups_too=groups_too,
        has_groups=groups_too or any(_is_group_of(one) for one in relations.found),
        statuses=STATUSES,
        in_words=in_words,
        groups=groups,
        relations=relations,
        each=_SHOWN,
        quotes=with_quotes(graph, told[:_QUOTED]),
        drawing=drawing(node, relations.found[:_DRAWN], relations.truncated, lambda iri: href(iri, base)),
        points=points(read_points(graph, entity), lambda iri: href(iri, base)),
        mentions=read_mentions(graph, node.iri),
        jsonld=jsonld.document(node.iri, graph.table(jsonld.query(node.iri), limit=jsonld.MOST)),
    )


def _filter() -> Filter:
    status = text("status").strip()
    if status and status not in STATUSES:
        raise RequestError(400, f"unknown status {status[:50]!r}: choose among {', '.join(STATUSES)}")
    return Filter(text("kind").strip(), status, day("from"), day("to"), text("source").strip())


def _is_group_of(relation: Relation) -> bool:
    """Whether this is people without a name who belong to the entity."""
    return relation.name == "memberOf" and not relation.outgoing and relation.other.of_class == str(SIT.Group)


def _address(iri: str, wanted: Filter, groups_too: bool, **changed: object) -> str:
    """The page's address with the filter, some of it changed; leads to the events."""
    given = {
        "kind": wanted.kind,
        "status": wanted.status,
        "from": wanted.since,
        "to": wanted.until,
        "source": wanted.source,
        "groups": "yes" if groups_too else "",
        **{name.rstrip("_"): value for name, value in changed.items()},
    }
    query = urlencode({name: value for name, value in given.items() if value})
    path = href(iri, endpoint().base_iri)
    return f"{path}{'&' if '?' in path else '?'}{query}#events" if query else f"{path}#events"
