"""An event as the table has it: frozen values, without the store that they were read from."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.gazetteer import FACILITIES

ROLES = (
    "agent",
    "target",
    "participant",
    "instrument",
    "origin",
    "destination",
    "speaker",
    "addressee",
    "attributedTo",
)
_PRECISIONS = {4: "year", 7: "month", 10: "day"}  # by the length of the date


@dataclass(frozen=True, slots=True)
class People:
    """How many people: the least and the most stated, None where the text gives no such bound."""

    least: int | None = None
    most: int | None = None

    @property
    def stated(self) -> bool:
        """Whether any number is."""
        return self.least is not None or self.most is not None


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity in a role."""

    iri: str
    name: str
    kind: str  # local name of its class
    wikidata: str = ""  # Q1045, only where the graph is sure
    people: People = People()
    count_text: str = ""

    @property
    def facility(self) -> bool:
        """Whether it is a building or site."""
        return self.kind in FACILITIES


@dataclass(frozen=True, slots=True)
class Location:
    """Where a place lies. Degrees are those of the narrowest thing around it that has any."""

    latitude: float | None = None
    longitude: float | None = None
    precision: str | None = None  # site, neighbourhood, settlement, region, natural feature, place, country
    region: Thing | None = None
    country: Thing | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, and how exactly the text gives them: day, month, year."""

    first: dt.date | None = None
    last: dt.date | None = None
    precision: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of events, the branch of the ontology it belongs to, its codes in other schemes."""

    name: str
    branch: str
    acled: tuple[str, ...] = ()
    plover: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """Events of several reports that are one; figures as the graph has them, by local name."""

    id: str
    iri: str
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """The report that tells of an event."""

    iri: str
    id: str
    title: str | None
    publisher: str | None
    url: str | None
    language: str | None
    issued: dt.date | None
    copy_of: str | None  # id of the report whose text it repeats


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is evidence."""

    iri: str
    begin: int
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """A row."""

    iri: str
    id: str
    report: Report
    cluster: Cluster | None
    kind: Kind
    label: str
    status: str
    confidence: float | None
    period: Period
    time_text: str | None
    roles: Mapping[str, tuple[Thing, ...]]  # by the names in ROLES
    places: tuple[Thing, ...]  # the narrowest first
    location: Location
    location_from: str | None  # place or target
    dead: People
    injured: People
    caused_by: tuple[str, ...]  # ids of events
    about: tuple[str, ...]
    evidence: tuple[Sentence, ...]


def period(begin: str | None, end: str | None) -> Period:
    """The days from the first of `begin` to the last of `end`, each an xsd:date, gYearMonth or gYear."""
    first, last = _days(begin), _days(end) if end is not None else _days(begin)
    known = [text for text, found in ((begin, first), (end, last)) if text is not None and found is not None]
    return Period(
        first[0] if first is not None else None,
        last[1] if last is not None else None,
        _PRECISIONS[min(len(text) for text in known)] if known else None,
    )


def total(things: Iterable[Thing], *, persons: bool) -> People:
    """The people of several things together: each bound as far as all that count have it.

    A named person counts as one if `persons`. The least is a sum of what is stated, the most is None
    where some of them may be any number.
    """
    counted = [
        People(1, 1) if persons and thing.kind == "Person" and not thing.people.stated else thing.people
        for thing in things
        if thing.kind in ("Group", "Person")
    ]
    least = [people.least for people in counted if people.least is not None]
    most = [people.most for people in counted if people.most is not None]
    return People(sum(least) if least else None, sum(most) if most and len(most) == len(counted) else None)


def greatest(counts: Iterable[People]) -> People:
    """The greatest of several numbers that one report gives: the others count parts of it."""
    stated = [people for people in counts if people.stated]
    return max(
        stated, key=lambda people: (people.least or people.most or 0, people.most or 0), default=People()
    )


def _days(text: str | None) -> tuple[dt.date, dt.date] | None:
    """The first and the last day; None for what no calendar of Python has."""
    if text is None or len(text) not in _PRECISIONS:
        return None
    year, month, day = (int(part) if part.isdecimal() else 0 for part in (text[:4], text[5:7], text[8:]))
    try:
        if len(text) == 4:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        if len(text) == 7:
            return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
        return dt.date(year, month, day), dt.date(year, month, day)
    except ValueError:
        return None
