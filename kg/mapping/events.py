"""Events: kind, label, roles, time, status, and what they rest on."""

from __future__ import annotations

import re

from rdflib import Literal, URIRef

from kg.facts import Event
from kg.mapping.context import ROLES, Context, Triples, confidence, labels, name_of
from kg.mapping.literals import date, words
from kg.vocab import RDF, SIT

_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def event_triples(context: Context) -> Triples:
    """All that the report says of each event."""
    for event in context.facts.events:
        owner, node = name_of(event), context.events[event.key]
        yield node, RDF.type, context.class_(event.kind, owner)
        yield from labels(node, event_label(context, event))
        yield from _links(context, event, node, owner)
        yield from _time(context, event, node, owner)
        yield node, SIT.status, SIT[event.status.value]
        yield node, SIT.confidence, confidence(context, event.confidence, owner)


def event_label(context: Context, event: Event) -> str:
    """The kind in words and the trigger words: "Air strike: carried out air strikes"."""
    kind = _CAPITAL.sub(" ", event.kind).capitalize()
    triggers = " … ".join(words(context.anchor(span, name_of(event))) for span in event.triggers)
    return f"{kind}: {triggers}" if triggers and triggers.lower() != kind.lower() else kind


def _links(context: Context, event: Event, node: URIRef, owner: str) -> Triples:
    for role in event.roles:
        yield node, context.property(role.name, ROLES, owner), context.entity(role.entity, owner)
    for key in event.attributed_to:
        yield node, SIT.attributedTo, context.entity(key, owner)
    for key in event.about:
        yield node, SIT.about, context.event(key, owner)
    for key in event.caused_by:
        yield node, SIT.causedBy, context.event(key, owner)
    for span in event.evidence:
        yield node, SIT.evidence, context.sentence(span, owner)


def _time(context: Context, event: Event, node: URIRef, owner: str) -> Triples:
    if event.time_words:
        yield node, SIT.timeText, Literal(words(event.time_words))
    if event.when is None:
        return
    try:
        yield node, SIT.date, date(event.when.begin)
        if event.when.end is not None:
            yield node, SIT.endDate, date(event.when.end)
    except ValueError as error:
        raise context.fail(owner, str(error)) from error
    yield node, SIT.timeText, Literal(words(event.when.words))
