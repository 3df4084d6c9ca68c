"""What a reader found in reports that are not stored, as the page shows it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.vocab import SIT
from server.nodes.graph import Quote, Thing
from server.nodes.happenings import ROLES, Happening, Role
from server.nodes.kinds import kinds
from server.nodes.relations import NAMES

MOST_SHOWN = 500  # events of a report, and relations; what is stored has all
LONGEST_SHOWN = 60_000  # characters of a report's text


@dataclass(frozen=True, slots=True)
class Part:
    """Words of the text, and what they stand for or tell of, if anything."""

    words: str
    thing: Thing | None = None


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
    """A report and all that would be stored of it, `MOST_SHOWN` and `LONGEST_SHOWN` at most.

    `known` is what its source says of it, by name; `things` are its entities by kind.
    """

    iri: str
    identifier: str
    known: Mapping[str, str]
    text: str  # what is shown of it
    whole: str
    parts: tuple[Part, ...]  # of what is shown
    things: tuple[tuple[str, tuple[Thing, ...]], ...]
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
    events = {one["iri"] for one in found["events"]}
    return Preview(
        iri=found["iri"],
        identifier=report["id"],
        known=known,
        text=text[:LONGEST_SHOWN],
        whole=text,
        parts=tuple(_parts(text[:LONGEST_SHOWN], found["mentions"], things)),
        things=_by_kind(thing for iri, thing in things.items() if iri not in events),
        events=tuple(_happening(one, things, text) for one in found["events"][:MOST_SHOWN]),
        event_count=len(events),
        relations=tuple(_related(one, things, text) for one in found["relations"][:MOST_SHOWN]),
        relation_count=len(found["relations"]),
        rejects=_remarks(found["rejects"], things),
        warnings=_remarks(found["warnings"], things),
    )


def _parts(text: str, mentions: Sequence[tuple[int, int, str]], things: _Things) -> Iterator[Part]:
    """The text in pieces; of mentions that overlap, the first, and the longest of those."""
    position = 0
    for begin, end, iri in sorted(mentions, key=lambda one: (one[0], -one[1])):
        if begin >= position and end <= len(text):
            yield Part(text[position:begin])
            yield Part(text[begin:end], things[iri])
            position = end
    yield Part(text[position:])


def _thing(found: Mapping[str, str]) -> Thing:
    classes = (f"{SIT._NS}{found['kind']}",)
    return Thing(found["iri"], found["label"], kinds().colour(classes), kinds().words(classes))


def _by_kind(things: Iterable[Thing]) -> tuple[tuple[str, tuple[Thing, ...]], ...]:
    found: dict[str, list[Thing]] = {}
    for thing in sorted(things, key=lambda one: (one.kind, one.label.casefold(), one.iri)):
        found.setdefault(thing.kind, []).append(thing)
    return tuple((kind, tuple(some)) for kind, some in found.items())


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
        Remark(one["message"], things[one["focus"]].label, one["sentence"]) for one in found[:MOST_SHOWN]
    )
