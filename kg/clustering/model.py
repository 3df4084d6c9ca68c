"""What clustering knows of an event: frozen values, without the store they were read from."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass, field

WEEK = 7  # days; a longer span says too little about when a thing happened


@dataclass(frozen=True, slots=True)
class Days:
    """When: the first and last day (ordinals) that the event may lie in, and how that is known.

    `exact` where days are stated, not a month; `inferred` where they come from another event of the report.
    """

    first: int
    last: int
    exact: bool
    month: str  # of the first day, as xsd:gYearMonth writes it
    inferred: bool = False

    @property
    def ends(self) -> frozenset[int]:
        """The first and the last day."""
        return frozenset({self.first, self.last})


def days(begin: str, end: str | None) -> Days | None:
    """The days of a sit:date and sit:endDate; None for a year alone or a span of more than a week."""
    try:
        if len(begin) == 7 and end is None:
            year, month = int(begin[:4]), int(begin[5:])
            first = dt.date(year, month, 1).toordinal()
            return Days(first, first + monthrange(year, month)[1] - 1, exact=False, month=begin)
        first = dt.date.fromisoformat(begin).toordinal()
        last = first if end is None else dt.date.fromisoformat(end).toordinal()
    except ValueError:  # a year, a year before 1 or after 9999, a span that ends in a month
        return None
    return Days(first, last, exact=True, month=begin[:7]) if 0 <= last - first < WEEK else None


@dataclass(frozen=True, slots=True)
class Place:
    """A place or facility: its IRI, those it lies in, and its reach: 0 local, 1 region, 2 country."""

    iri: str
    within: frozenset[str]
    reach: int


@dataclass(frozen=True, slots=True)
class Count:
    """People that one event tells of: the least and the most number, and who says so."""

    least: int
    most: int
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """An event as clustering sees it. All IRIs are strings; names and words in small letters."""

    event: str
    report: str
    issued: str  # as the report has it; empty where it has none
    kind: str
    family: str
    days: Days | None
    places: tuple[Place, ...] = ()
    targets: frozenset[str] = frozenset()  # named ones that are neither places nor facilities
    facilities: frozenset[str] = frozenset()  # named facilities, targets or places
    target_kinds: frozenset[str] = frozenset()  # classes of the facilities that were hit, named or not
    target_words: frozenset[str] = frozenset()  # words that name the targets
    victims: frozenset[str] = frozenset()  # who was harmed, where more is said than "people"
    agents: frozenset[str] = frozenset()  # named ones
    means: frozenset[str] = frozenset()  # words for unnamed agents and instruments
    dead: Count | None = None
    injured: Count | None = None
    sources: tuple[str, ...] = ()  # who tells of it: named sources, else the publisher, else the report
    names: frozenset[str] = field(init=False)  # what it was done to by name, places left out

    def __post_init__(self) -> None:
        names = self.facilities | self.targets if self.targets else self.facilities
        object.__setattr__(self, "names", names)

    @property
    def order(self) -> tuple[str, str, str]:
        """Earlier reports first; those without a date last."""
        return self.issued or "~", self.report, self.event


@dataclass(frozen=True, slots=True)
class Rulings:
    """Pairs of events that a person says are one, or are not."""

    together: frozenset[frozenset[str]] = frozenset()
    separate: frozenset[frozenset[str]] = frozenset()

    def partners(self, event: str) -> list[str]:
        """The events that are said to be one with this, sorted."""
        return sorted(other for pair in self.together if event in pair for other in pair - {event})
