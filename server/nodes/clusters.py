"""One event in several reports: what each says of it, side by side (see docs/clusters.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.vocab import DCTERMS, SIT
from server.nodes.graph import (
    LABEL,
    Graph,
    Said,
    Thing,
    described,
    first,
    iris,
    number,
    text,
    things,
    values,
)
from server.nodes.happenings import Happening, happenings
from server.nodes.kinds import kinds

_MEMBERS = 50  # that are shown side by side
_HARMS = 500  # that members have caused
_FIGURES = ("dead", "injured")
_PROPERTIES = tuple(
    str(iri)
    for iri in (
        LABEL, DCTERMS.description, DCTERMS.spatial, DCTERMS.date, SIT.eventKind, SIT.confidence,
        SIT.reportCount, SIT.sourceCount,
        *(SIT[f"{name}{end}"] for name in _FIGURES for end in ("Low", "Best", "High")),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """How many people: the least, the best and the greatest number that any source gives."""

    name: str
    low: int
    best: int
    high: int


@dataclass(frozen=True, slots=True)
class Side:
    """What one report says to one question: things or words, none where it says nothing."""

    things: tuple[Thing, ...] = ()
    words: str = ""

    @property
    def key(self) -> str:
        """What two reports have in common that say the same."""
        return self.words or " / ".join(sorted(one.label.casefold() for one in self.things))


@dataclass(frozen=True, slots=True)
class Telling:
    """An event as one report tells it; `sides` are in the order of `QUESTIONS`."""

    event: Happening
    sides: tuple[Side, ...]


QUESTIONS = ("Kind", "Status", "When", "Where", "By whom", "Target", "How many", "On the word of")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Events of several reports that are one. `differs` says of each question whether answers differ."""

    iri: str
    label: str
    date: str
    places: tuple[Thing, ...]
    why: str
    confidence: str
    figures: tuple[Figure, ...]
    reports: int | None
    sources: int | None
    tellings: tuple[Telling, ...]
    truncated: bool
    differs: tuple[bool, ...]

    @property
    def differences(self) -> tuple[str, ...]:
        """The questions that reports answer differently."""
        return tuple(name for name, differs in zip(QUESTIONS, self.differs, strict=True) if differs)


def read_clusters(graph: Graph, event: str) -> tuple[Cluster, ...]:
    """The clusters that an event is part of: one, or none."""
    query = f"SELECT DISTINCT ?cluster {{ <{event}> sit:partOfCluster ?cluster FILTER (isIRI(?cluster)) }}"
    found = sorted(text(cluster) for (cluster,) in graph.table(query, limit=3).rows)
    return tuple(read_cluster(graph, iri) for iri in found)


def read_cluster(graph: Graph, cluster: str) -> Cluster:
    """A cluster with what each of its events says."""
    said = described(graph, [cluster], _PROPERTIES, most=60)[cluster]
    query = f"SELECT DISTINCT ?member {{ ?member sit:partOfCluster <{cluster}> FILTER (isIRI(?member)) }}"
    table = graph.table(query, limit=_MEMBERS)
    members = happenings(graph, sorted(text(member) for (member,) in table.rows))
    counts = _counts(graph, members)
    order = sorted(members, key=_when_told)
    tellings = tuple(Telling(one, _sides(one, counts.get(one.node.iri, ()))) for one in order)
    return Cluster(
        iri=cluster,
        label=first(said, LABEL),
        date=first(said, DCTERMS.date),
        places=tuple(things(graph, iris(said, DCTERMS.spatial)).values()),
        why=first(said, DCTERMS.description),
        confidence=first(said, SIT.confidence),
        figures=_figures(said),
        reports=number(first(said, SIT.reportCount)),
        sources=number(first(said, SIT.sourceCount)),
        tellings=tellings,
        truncated=table.truncated,
        differs=differences(tellings),
    )


def differences(tellings: Sequence[Telling]) -> tuple[bool, ...]:
    """For each question, whether two reports that answer it answer differently."""
    answers = ({telling.sides[place].key for telling in tellings} - {""} for place in range(len(QUESTIONS)))
    return tuple(len(some) > 1 for some in answers)


def _sides(event: Happening, counts: Iterable[str]) -> tuple[Side, ...]:
    return (
        Side(words=event.node.words),
        Side(words=event.status_words),
        Side(words=f"{event.date} to {event.end}" if event.end else event.date),
        Side(event.filling("place")),
        Side(event.filling("agent") or event.filling("participant")),
        Side(event.filling("target")),
        Side(words="; ".join(counts)),
        Side(event.said_by),
    )


def _counts(graph: Graph, members: Sequence[Happening]) -> dict[str, tuple[str, ...]]:
    """The numbers of people that each event's report gives: of its targets, and of whom it harmed."""
    if not members:
        return {}
    events = values("event", (member.node.iri for member in members))
    query = f"""SELECT DISTINCT ?event ?class ?words ?who {{ {events}
  ?harm sit:causedBy ?event ; a ?class ; sit:target ?who . ?who sit:countText ?words
}} ORDER BY ?event ?class ?words ?who"""
    rows = graph.table(query, limit=_HARMS).rows
    targets = {one.iri for member in members for one in member.filling("target")}
    own = described(graph, targets, (str(SIT.countText),), most=4)
    found: dict[str, list[str]] = {}
    for member in members:
        amounts = (first(own[one.iri], SIT.countText) for one in member.filling("target"))
        found[member.node.iri] = [amount for amount in amounts if amount]
    named = things(graph, (text(who) for *_, who in rows))
    for event, name, words, who in rows:
        told = f"{kinds().name(text(name))}: {text(words)}"
        label = named[text(who)].label
        found[text(event)].append(told if text(words) in label else f"{told} {label}")
    return {event: tuple(dict.fromkeys(said)) for event, said in found.items()}


def _figures(said: Said) -> tuple[Figure, ...]:
    found = []
    for name in _FIGURES:
        ends = [number(first(said, SIT[f"{name}{end}"])) for end in ("Low", "Best", "High")]
        low, best, high = ends
        if low is not None and best is not None and high is not None:
            found.append(Figure(name, low, best, high))
    return tuple(found)


def _when_told(event: Happening) -> tuple[str, str]:
    return event.report.issued if event.report else "", event.node.iri
