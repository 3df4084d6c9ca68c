"""The events of a checkpoint, report by report: what is held at a time is one report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

import pyoxigraph as ox

from kg import iri
from kg.export.events.kinds import Kinds
from kg.export.events.known import Known, Said, first, local_classes, reach
from kg.export.events.model import (
    ROLES,
    Event,
    Location,
    People,
    Report,
    Sentence,
    Thing,
    greatest,
    period,
    total,
)
from kg.named import Database
from kg.vocab import DCTERMS, NIF, SIT, SKOS

_STATUS = ox.NamedNode(str(SIT.status))
_PREFIX = str(SIT._NS)
_DEADLY = ("Killing", "Execution")  # an assassination may fail
_INJURY = "Injury"

_Things = Callable[[str], Thing]


def read_events(
    database: Database, *, base_iri: str, kinds: Kinds, report: str | None = None
) -> Iterator[Event]:
    """All events of reports, or those of one (its IRI): by report, then in the order of its text."""
    known = Known(database, base_iri)
    folder = f"{base_iri}report/"
    for name in [report] if report is not None else _reports(database, folder):
        graph = ox.NamedNode(name)
        about = _report(known, graph, folder)
        things = cache(lambda entity, graph=graph: known.thing(entity, graph))
        events = [
            _event(known, quad.subject.value, about, things=things, kinds=kinds)
            for quad in database.quads_for_pattern(None, _STATUS, None, graph)
            if isinstance(quad.subject, ox.NamedNode)
        ]
        yield from sorted(_with_harms(events), key=_order)


def _reports(database: Database, folder: str) -> list[str]:
    """The names of the reports' graphs, sorted: the only thing that is held for all reports."""
    names = (graph.value for graph in database.named_graphs() if isinstance(graph, ox.NamedNode))
    return sorted(name for name in names if name.rpartition("/")[0] == folder[:-1])


def _report(known: Known, graph: ox.NamedNode, folder: str) -> Report:
    said = known.said(graph.value, graph)
    original = known.copy_of(graph.value)
    return Report(
        iri=graph.value,
        id=first(said, DCTERMS.identifier) or iri.name_of(graph.value),
        title=first(said, DCTERMS.title),
        publisher=first(said, DCTERMS.publisher),
        url=first(said, DCTERMS.source),
        language=first(said, DCTERMS.language),
        issued=_day(first(said, DCTERMS.issued)),
        copy_of=original.removeprefix(folder) if original is not None else None,
    )


def _event(known: Known, event: str, report: Report, *, things: _Things, kinds: Kinds) -> Event:
    graph, base = ox.NamedNode(report.iri), report.iri.rpartition("report/")[0]
    said = known.said(event, graph)
    roles = {role: _fillers(said, role, things) for role in ROLES}
    places = _fillers(said, "place", things)
    location, location_from = _located(places, roles["target"], lambda spot: known.location(spot, graph))
    kind = kinds.kind(local_classes(said))
    confidence = first(said, SIT.confidence)
    return Event(
        iri=event,
        id=_id(event, base),
        report=report,
        cluster=known.cluster_of(event),
        kind=kind,
        label=first(said, SKOS.prefLabel) or "",
        status=(first(said, SIT.status) or "").removeprefix(_PREFIX),
        confidence=float(confidence) if confidence is not None else None,
        period=period(first(said, SIT.date), first(said, SIT.endDate)),
        time_text=first(said, SIT.timeText),
        roles=roles,
        places=places,
        location=location,
        location_from=location_from,
        dead=People(),
        injured=People(),
        caused_by=tuple(_id(act, base) for act in said.get(str(SIT.causedBy), [])),
        about=tuple(_id(told, base) for told in said.get(str(SIT.about), [])),
        evidence=_evidence(known, said, graph),
    )


def _fillers(said: Said, role: str, things: _Things) -> tuple[Thing, ...]:
    """What fills a role; places the narrowest first."""
    found = [things(entity) for entity in said.get(_PREFIX + role, ())]
    return tuple(sorted(found, key=reach) if role == "place" else found)


def _located(
    places: Iterable[Thing], targets: Iterable[Thing], locate: Callable[[Thing], Location]
) -> tuple[Location, str | None]:
    """Where it happened: its place, else what was hit, if that is a place or facility."""
    for role, things in (("place", places), ("target", targets)):
        for thing in things:
            if reach(thing) < 3:
                found = locate(thing)
                if found.latitude is not None or found.country is not None:
                    return found, role
    return Location(), None


def _evidence(known: Known, said: Said, graph: ox.NamedNode) -> tuple[Sentence, ...]:
    found = []
    for sentence in said.get(str(SIT.evidence), []):
        words = known.said(sentence, graph)
        begin = first(words, NIF.beginIndex) or "0"
        found.append(Sentence(sentence, int(begin), first(words, NIF.anchorOf) or ""))
    return tuple(sorted(found, key=lambda sentence: (sentence.begin, sentence.iri)))


def _with_harms(found: Iterable[Event]) -> Iterator[Event]:
    """The events of a report with the people killed and injured: harms, and acts by their reported harms."""
    events = list(_with_victims(list(found)))
    harms: dict[str, list[Event]] = {}
    for event in events:
        if event.status == "Reported":
            for act in event.caused_by:
                harms.setdefault(act, []).append(event)
    for event in events:
        yield _with_counts(event, harms)


def _with_victims(events: Sequence[Event]) -> Iterator[Event]:
    """Harms with their numbers.

    A number that one sentence gives for both ("more than 100 were killed or injured") is that of neither,
    unless it is none.
    """
    killed = _counted(event for event in events if event.kind.name in _DEADLY)
    both = killed & _counted(event for event in events if event.kind.name == _INJURY)
    for event in events:
        ours = [thing for thing in event.roles["target"] if not both & _counted([event], thing)]
        harmed = total(ours, persons=True)
        if event.kind.name in _DEADLY:
            yield replace(event, dead=harmed)
        else:
            yield replace(event, injured=harmed) if event.kind.name == _INJURY else event


def _counted(events: Iterable[Event], only: Thing | None = None) -> set[tuple[str, str]]:
    """The counted targets, or one of them, each with a sentence that says so."""
    return {
        (thing.iri, sentence.iri)
        for event in events
        for thing in ([only] if only is not None else event.roles["target"])
        if thing.people.stated and thing.people.most != 0
        for sentence in event.evidence
    }


def _with_counts(event: Event, harms: Mapping[str, list[Event]]) -> Event:
    done = harms.get(event.id)
    if done is None:
        return event
    return replace(
        event,
        dead=greatest([event.dead, *(harm.dead for harm in done)]),
        injured=greatest([event.injured, *(harm.injured for harm in done)]),
    )


def _order(event: Event) -> tuple[int, str]:
    return (event.evidence[0].begin if event.evidence else 0), event.iri


def _id(event: str, base: str) -> str:
    """The event's IRI as a short name: that of its report and the event's own."""
    return event.removeprefix(f"{base}report/").replace("/event/", "/", 1)


def _day(issued: str | None) -> dt.date | None:
    """The day of a date or of a date and time, as it is written."""
    return period(issued[:10], None).first if issued is not None else None
