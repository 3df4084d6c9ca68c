"""What reading finds in a report: frozen values that the text side hands to the graph side.

Offsets are characters of `Report.text`, in Python slicing. Names of classes, roles and relations are the
local names of the ontology ("ArmedGroup", "agent", "fights"). Keys (`Entity.key`, `Event.key`) are
unique within one report's `Facts`; IRIs are minted from the facts by `kg.iri`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """Whether an event happened; the values are the ontology's individuals."""

    REPORTED = "Reported"
    POSSIBLE = "Possible"
    ATTEMPTED = "Attempted"
    PLANNED = "Planned"
    DENIED = "Denied"


@dataclass(frozen=True, slots=True)
class Report:
    """One text to read, with what its source says of it. Line ends are \\n, no byte order mark."""

    identifier: str
    text: str
    title: str | None = None
    issued: dt.date | dt.datetime | None = None
    publisher: str | None = None
    source: str | None = None  # the URL
    language: str | None = None  # a BCP 47 tag


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `begin` up to and without `end` of the report's text."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Amount:
    """How many people: the least and the most number stated, and the words ("at least 77")."""

    least: int | None
    most: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """A gazetteer entry that an entity stands for, how sure that is (0 to 1), and why."""

    key: str
    score: float = 1.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Likely:
    """A Wikidata item that an entity may be, though that is not sure: how likely (0 to 1), and why."""

    item: str
    score: float
    why: str


class Kind(Enum):
    """The coarse kinds that are never merged with each other; part of an unlisted entity's IRI."""

    PERSON = "person"
    ORGANIZATION = "organization"
    GROUP = "group"
    PLACE = "place"
    FACILITY = "facility"
    WEAPON = "weapon"


@dataclass(frozen=True, slots=True)
class Entity:
    """An actor, place, facility or weapon of one report.

    `name` is the name that the IRI is minted from; for a gazetteer entry (`known`) its label, for a thing
    without a name of its own (`named` false: "residents") the words of its first mention.
    `classes` holds the one most specific class, and "Actor" beside it for a Country that acts.
    `country` is the gazetteer key of the country that the report is about, for an unlisted thing of which
    each country may have a namesake.
    """

    key: str
    kind: Kind
    name: str
    classes: tuple[str, ...]
    named: bool
    known: Known | None = None
    likely: Likely | None = None
    country: str | None = None
    aliases: tuple[str, ...] = ()  # other names that mentions give it, sorted; no pronouns
    mentions: tuple[Span, ...] = ()  # in text order, pronouns too
    member_of: str | None = None  # key of the body a Group belongs to
    amount: Amount | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """One filler of an event's role: `name` is the role ("agent"), `entity` the filler's key."""

    name: str
    entity: str


@dataclass(frozen=True, slots=True)
class When:
    """A resolved time: ISO 8601 `begin` of a day, month or year ("2022-01-20", "2022-01", "2022"),
    `end` where the words give a span of time, and the words."""

    begin: str
    end: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Event:
    """One happening. `evidence` holds the sentences its triggers stand in; `confidence` is 0 to 1."""

    key: str
    kind: str
    triggers: tuple[Span, ...]
    evidence: tuple[Span, ...]
    status: Status
    confidence: float
    roles: tuple[Role, ...] = ()
    when: When | None = None
    time_words: str | None = None  # words for a time that could not be resolved
    attributed_to: tuple[str, ...] = ()  # entity keys
    about: tuple[str, ...] = ()  # event keys, of a SpeechEvent
    caused_by: tuple[str, ...] = ()  # event keys, of a HarmEvent
    why: str = ""  # the rule and the words that it came from


@dataclass(frozen=True, slots=True)
class Relation:
    """A direct relation between two entities, or (`conducts`) from an actor to an event."""

    subject: str  # entity key
    predicate: str
    object: str  # entity key; event key where the predicate is conducts
    evidence: tuple[Span, ...]
    confidence: float
    attributed_to: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()  # event keys
    why: str = ""  # the rule that it came from


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was read in one report. `sentences` are those that bear a mention or evidence."""

    report: Report
    sentences: tuple[Span, ...]
    entities: tuple[Entity, ...]
    events: tuple[Event, ...]
    relations: tuple[Relation, ...]
