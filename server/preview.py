"""What a reader found in reports that are not stored, as the page shows it. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kg.marking import Span
from kg.vocab import SIT
from server.nodes.graph import Quote, Thing
from server.nodes.happenings import ROLES, Happening, Role
from server.nodes.kinds import kinds
from server.nodes.relations import NAMES
from server.nodes.reports import (
    MOST_CHARACTERS,
    MOST_EVENTS,
    MOST_MARKS,
    Block,
    Named,
    Note,
    notes_of,
    paragraphs,
)


@dataclass(frozen=True, slots=True)
class Related:
    """A direct relation of two things, in words."""

    subject: Thing
    words: str
    object: Thing
    said_by: tuple[Thing, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What validation says of something: why it is kept out, or what is odd about it."""

    message: str
    about: str
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A report and all that would be stored of it, or as much as a page shows.

    `known` is what its source says of it, by name; `entities` are sorted by kind.
    """

    iri: str
    identifier: str
    known: Mapping[str, str]
    text: str
    shortened: bool  # what is shown of it
    blocks: tuple[Block, ...]
    notes: Mapping[str, Note]
    entities: tuple[tuple[str, tuple[Named, ...]], ...]
    events: tuple[Happening, ...]
    event_count: int
    relations: tuple[Related, ...]
    relation_count: int
    rejects: tuple[Remark, ...]
    warnings: tuple[Remark, ...]


def read_previews(output: str) -> tuple[Preview, ...]:
    """The reports that `kg read --format json` tells of, a line each."""
    return tuple(_preview(json.loads(line)) for line in output.split("\n") if line)


def records(output: str) -> str:
    """The same reports as they were read, as records that `kg build` takes, a line each."""
    return "".join(json.dumps(json.loads(line)["report"]) + "\n" for line in output.split("\n") if line)


class _Things(dict[str, Thing]):
    """Things by IRI; one that the report does not describe has the end of its IRI for a name."""

    def __missing__(self, iri: str) -> Thing:
        return Thing(iri, iri.rpartition("/")[2])


def _preview(found: Mapping[str, Any]) -> Preview:
    report, text = found["report"], found["report"]["text"]
    things = _Things({one["iri"]: _thing(one) for one in found["things"]})
    known = {
        name: report[name] for name in ("title", "date", "publisher", "url", "language") if name in report
    }
    spans = [Span(begin, end, iri) for begin, end, iri in found["mentions"]][:MOST_MARKS]
    happenings = tuple(_happening(one, things, text) for one in found["events"])
    entities = _entities(things.values(), spans, {one.node.iri for one in happenings})
    return Preview(
        iri=found["iri"],
        identifier=report["id"],
        known=known,
        text=text,
        shortened=len(text) > MOST_CHARACTERS or len(found["mentions"]) > MOST_MARKS,
        blocks=tuple(paragraphs(text[:MOST_CHARACTERS], spans)),
        notes=notes_of(entities, happenings),
        entities=_by_kind(entities),
        events=happenings[:MOST_EVENTS],
        event_count=len(happenings),
        relations=tuple(_related(one, things, text) for one in found["relations"][:MOST_EVENTS]),
        relation_count=len(found["relations"]),
        rejects=_remarks(found["rejects"], things),
        warnings=_remarks(found["warnings"], things),
    )


def _thing(found: Mapping[str, str]) -> Thing:
    classes = (f"{SIT._NS}{found['kind']}",)
    return Thing(found["iri"], found["label"], kinds().colour(classes), kinds().words(classes))


def _entities(things: Iterable[Thing], spans: Iterable[Span], events: Container[str]) -> list[Named]:
    counts = Counter(span.node for span in spans)
    return [Named(thing, counts[thing.iri]) for thing in things if thing.iri not in events]


def _by_kind(entities: Iterable[Named]) -> tuple[tuple[str, tuple[Named, ...]], ...]:
    def order(one: Named) -> tuple[str, int, str, str]:
        return one.node.kind, -one.mentions, one.node.label.casefold(), one.node.iri

    grouped = groupby(sorted(entities, key=order), key=lambda one: one.node.kind)
    return tuple((kind, tuple(some)) for kind, some in grouped)


def _happening(found: Mapping[str, Any], things: _Things, text: str) -> Happening:
    def filled(name: str) -> tuple[Thing, ...]:
        return tuple(things[iri] for role, iri in found["roles"] if role == name)

    roles = (Role(name, words, filled(name)) for name, words in ROLES)
    return Happening(
        node=things[found["iri"]],
        status=found["status"],
        date=found["date"] or "",
        end=found["end"] or "",
        time_words=found["time"] or "",
        confidence=str(found["confidence"]),
        roles=tuple(role for role in roles if role.fillers),
        said_by=tuple(things[iri] for iri in found["sources"]),
        about=filled("about"),
        caused_by=filled("causedBy"),
        quotes=_quotes(found["evidence"], text),
    )


def _related(found: Mapping[str, Any], things: _Things, text: str) -> Related:
    return Related(
        subject=things[found["subject"]],
        words=NAMES.get(found["predicate"], (found["predicate"],))[0],
        object=things[found["object"]],
        said_by=tuple(things[iri] for iri in found["sources"]),
        quotes=_quotes(found["evidence"], text),
    )


def _quotes(spans: Sequence[Sequence[int]], text: str) -> tuple[Quote, ...]:
    return tuple(Quote("", text[begin:end], begin, None) for begin, end in spans)


def _remarks(found: Sequence[Mapping[str, Any]], things: _Things) -> tuple[Remark, ...]:
    return tuple(
        Remark(one["message"], things[one["focus"]].label, one["sentence"]) for one in found[:MOST_EVENTS]
    )
