"""A reading for people to look at: as plain lines, and as HTML for a notebook. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from kg.api.values import Event, Thing
from kg.marking import Piece, Span, marked

if TYPE_CHECKING:
    from kg.api.reading import Reading

_MOST_CHARACTERS = 20_000  # of a text that a notebook shows
_ENTITY = "background:#dce9f5;color:#1c2733;border-radius:3px;padding:0 2px"
_EVENT = "background:#ffe6b8;color:#1c2733;border-radius:3px;padding:0 2px"
_TEXT = "white-space:pre-wrap;line-height:1.6;max-width:50em"


def as_text(reading: Reading) -> str:
    """The report's facts, each with the sentences that it rests on."""
    return "\n".join(_plain(line) for line in _lines(reading))


def _lines(reading: Reading) -> Iterator[str]:
    yield f"{reading.report.identifier}: {len(reading.events)} events, {len(reading.relations)} relations"
    for event in reading.events:
        yield f"  {event.name} [{event.status}] {'; '.join(_told(event))}"
        yield from (f"      {sentence.words}" for sentence in event.evidence)
    for relation in reading.relations:
        yield f"  {relation.subject.name} {relation.predicate} {relation.object.name}"
        yield from (f"      {sentence.words}" for sentence in relation.evidence)
    for reject in reading.rejects:
        yield f"  rejected: {reject.result.message} ({reject.result.focus})"
    for warning in reading.warnings:
        yield f"  warning: {warning.message} ({warning.focus})"


def _told(event: Event) -> Iterator[str]:
    yield from (f"{role.name} {role.entity.name}" for role in event.roles)
    yield from (f"about {one.name}" for one in event.about)
    yield from (f"causedBy {one.name}" for one in event.caused_by)
    yield from (value for value in (event.date, event.end_date, event.time_words) if value)
    yield from (f"says {source.name}" for source in event.sources)


def _plain(text: str) -> str:
    """One line, its indent kept, that a terminal shows as it is."""
    indent = " " * (len(text) - len(text.lstrip(" ")))
    words = " ".join(text.split())
    return indent + "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)


def as_html(reading: Reading) -> str:
    """The text with its entities and events marked, if it is there, and the picture of its events."""
    text = reading.report.text[:_MOST_CHARACTERS]
    things = {mention.thing.iri: mention.thing for mention in reading.mentions}
    spans = [Span(one.span.begin, one.span.end, one.thing.iri) for one in reading.mentions]
    events = frozenset(event.iri for event in reading.events)
    words = "".join(_piece(piece, things, events) for piece in marked(text, spans))
    rest = "…" if len(reading.report.text) > len(text) else ""
    shown = f'<div style="{_TEXT}">{words}{rest}</div>' if text else ""
    return f"<div>{shown}{reading.picture().svg}</div>"


def _piece(piece: Piece, things: dict[str, Thing], events: frozenset[str]) -> str:
    inner = "".join(_piece(part, things, events) for part in piece.parts) or escape(piece.words)
    if piece.node is None:
        return inner
    thing = things[piece.node]
    style, title = _EVENT if thing.iri in events else _ENTITY, escape(f"{thing.kind}: {thing.name}")
    return f'<mark style="{style}" title="{title}">{inner}</mark>'
