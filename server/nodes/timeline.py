"""The events of an entity over time: which there are, those that fit a filter, how many of each kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.vocab import SIT
from server.nodes.graph import Graph, values
from server.nodes.happenings import ROLE_NAMES

MOST_EVENTS = 20_000  # of one entity that are looked at; the rest is in the data
PER_PAGE = 20
_GROUPS = 300  # that belong to one entity
_SOURCES = 100  # to choose from
_ROLES = (*ROLE_NAMES, "attributedTo")


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as the timeline counts it. `date` is its own, as precise as it is; `issued` its report's."""

    event: str
    kind: str
    status: str
    date: str
    report: str
    issued: str
    publisher: str

    @property
    def day(self) -> str:
        """When it stands on the timeline: its own date, else its report's."""
        return self.date or self.issued


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader wants to see; "" is all. `since` and `until` are dates, months or years."""

    kind: str = ""
    status: str = ""
    since: str = ""
    until: str = ""
    source: str = ""

    def fits(self, entry: Entry) -> bool:
        """Whether the event is wanted; one of a month or year is, if any day of that is in the period."""
        return (
            (not self.kind or entry.kind == self.kind)
            and (not self.status or entry.status == self.status)
            and (not self.source or entry.publisher == self.source)
            and (not self.since or entry.day >= self.since[: len(entry.day) or None])
            and (not self.until or "" < entry.day[: len(self.until)] <= self.until)
        )

    @property
    def given(self) -> bool:
        """Whether anything is left out."""
        return any((self.kind, self.status, self.since, self.until, self.source))


@dataclass(frozen=True, slots=True)
class Timeline:
    """All events of an entity, newest first; `truncated` if it has more than are looked at."""

    entries: tuple[Entry, ...]
    truncated: bool

    def fitting(self, wanted: Filter) -> tuple[Entry, ...]:
        """The events that fit the filter, newest first."""
        return tuple(entry for entry in self.entries if wanted.fits(entry))

    @property
    def kinds(self) -> tuple[tuple[str, int], ...]:
        """Names of classes and how many events each has, most first."""
        return _counted(entry.kind for entry in self.entries)

    @property
    def statuses(self) -> tuple[tuple[str, int], ...]:
        """Names of statuses and how many events each has, most first."""
        return _counted(entry.status for entry in self.entries)

    @property
    def sources(self) -> tuple[tuple[str, int], ...]:
        """Publishers and how many events each tells of, most first."""
        return _counted(entry.publisher for entry in self.entries)[:_SOURCES]


def read_timeline(graph: Graph, entity: str, *, groups: bool = False) -> Timeline:
    """The events in which the entity has a role, or which are told on its word.

    With `groups` those too in which people without a name who belong to it have a role: "its fighters".
    """
    patterns = [_own(entity)]
    theirs = [row[0] for row in graph.rows(_groups_query(entity))] if groups else []
    if theirs:
        patterns.append(_of_groups(theirs))
    rows = [row for pattern in patterns for row in graph.rows(_events_query(pattern))]
    told = [row for pattern in patterns for row in graph.rows(_reports_query(pattern))]
    reports = {row[0]: (row[1], row[2]) for row in told}
    found: dict[str, Entry] = {}
    for event, kind, status, date, report in rows:
        issued, publisher = reports.get(report, ("", ""))
        entry = Entry(event, kind, status, as_date(date), report, as_date(issued), publisher)
        found[event] = min(found.get(event, entry), entry, key=lambda each: (each.kind, each.date))
    newest = sorted(sorted(found.values(), key=lambda each: each.event), key=_newness, reverse=True)
    return Timeline(tuple(newest), truncated=len(rows) >= MOST_EVENTS)


def as_date(text: str) -> str:
    """The date, month or year that a text begins with, "" if it begins with none."""
    found = re.match(r"[0-9]{4}(?:-[0-9]{2}){0,2}", text)
    return found[0] if found else ""


def _newness(entry: Entry) -> str:
    return entry.day


def _events_query(pattern: str) -> str:
    """Event, class, status, date, report. The graph that holds an event is its report's."""
    return f"""SELECT ?event (STRAFTER(STR(?class), "#") AS ?kind) (STRAFTER(STR(?of), "#") AS ?status)
  ?date ?report {{
  {{ SELECT DISTINCT ?event ?report ?of {{ {pattern} ?event sit:status ?of }} LIMIT {MOST_EVENTS} }}
  ?event a ?class OPTIONAL {{ ?event sit:date ?date }}
}} LIMIT {MOST_EVENTS}"""


def _reports_query(pattern: str) -> str:
    """The reports that tell of the entity's events: IRI, when, by whom."""
    return f"""SELECT ?report (MIN(?date) AS ?issued) (MIN(?name) AS ?publisher) {{
  {{ SELECT DISTINCT ?report {{ {pattern} }} LIMIT {MOST_EVENTS} }}
  OPTIONAL {{ ?report dcterms:issued ?date }}
  OPTIONAL {{
    ?report dcterms:publisher ?by OPTIONAL {{ ?by rdfs:label ?label }}
    BIND (COALESCE(?label, STR(?by)) AS ?name)
  }}
}} GROUP BY ?report LIMIT {MOST_EVENTS}"""


def _own(entity: str) -> str:
    """A pattern for the events of the entity, and the graphs that tell of them."""
    roles = values("role", (str(SIT[name]) for name in _ROLES))
    return f"{roles} GRAPH ?report {{ ?event ?role <{entity}> }}"


def _of_groups(groups: Iterable[str]) -> str:
    """The same for some groups. What names one of them is little; all that has a role is much."""
    roles = ", ".join(f"<{SIT[name]}>" for name in _ROLES)
    return f"{values('who', groups)} GRAPH ?report {{ ?event ?role ?who }} FILTER (?role IN ({roles}))"


def _groups_query(entity: str) -> str:
    return (
        f"SELECT DISTINCT ?group {{ ?group sit:memberOf <{entity}> . ?group a sit:Group }}"
        f" ORDER BY ?group LIMIT {_GROUPS}"
    )


def _counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(name for name in names if name)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class Bar:
    """Events of one month or year: those with a date of their own, and those dated by their report."""

    period: str
    dated: int
    by_report: int

    @property
    def count(self) -> int:
        """All of them."""
        return self.dated + self.by_report


_MOST_MONTHS = 60  # beyond five years the bars are years
_MOST_BARS = 120


def histogram(entries: Sequence[Entry]) -> tuple[Bar, ...]:
    """The events by month, or by year over longer times, with a bar for every period from first to last."""
    days = [entry.day for entry in entries if entry.day]
    if not days:
        return ()
    months = {day[:7] for day in days if len(day) >= 7}
    first, last = min(days)[:4], max(days)[:4]
    by_month = bool(months) and (int(last) - int(first) + 1) * 12 <= _MOST_MONTHS
    length = 7 if by_month else 4
    own = Counter(entry.date[:length] for entry in entries if entry.date)
    other = Counter(entry.day[:length] for entry in entries if not entry.date)
    periods = _months(min(months), max(months)) if by_month else _years(first, last)
    return tuple(Bar(period, own[period], other[period]) for period in periods[-_MOST_BARS:])


def _years(first: str, last: str) -> list[str]:
    return [f"{year:04}" for year in range(int(first), int(last) + 1)]


def _months(first: str, last: str) -> list[str]:
    begin, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(begin, end + 1)]
