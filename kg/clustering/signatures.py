"""The events of one report as clustering sees them, read from the store's graphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from rdflib import URIRef

from kg.clustering.kinds import ACTS, HARMS, KINDS, family
from kg.clustering.model import Count, Days, Signature, days
from kg.clustering.reading import Reading, local_class
from kg.clustering.things import Geography, Thing, Things
from kg.vocab import DCTERMS, RDF, SIT

# Words for people of whom nothing more is said; a number may stand where such a word was left out.
_ANYONE = frozenset(
    {
        "civilians",
        "dead",
        "dozens",
        "hundreds",
        "members",
        "others",
        "people",
        "persons",
        "residents",
        "scores",
    }
    | {"thousands", "victims"}
)
_STATUS, _EVIDENCE, _DATE, _END_DATE = SIT.status, SIT.evidence, SIT.date, SIT.endDate
_CAUSED_BY, _ATTRIBUTED_TO = SIT.causedBy, SIT.attributedTo
_AGENT, _TARGET, _PLACE, _INSTRUMENT = _ROLES = SIT.agent, SIT.target, SIT.place, SIT.instrument
_SAID = (_DATE, _END_DATE, _CAUSED_BY, _ATTRIBUTED_TO, *_ROLES)
_REPORTED = str(SIT.Reported)
_TOLD = frozenset({_REPORTED, str(SIT.Possible)})
_NOTHING: frozenset[str] = frozenset()
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class _Event:
    """An event of the report, with what it says itself."""

    iri: str
    kind: str
    reported: bool
    days: Days | None
    roles: Mapping[URIRef, tuple[Thing, ...]]
    evidence: frozenset[str]
    caused_by: tuple[str, ...]
    attributed_to: tuple[str, ...]
    acts: tuple[_Event, ...] = field(default=())

    @property
    def spots(self) -> list[Thing]:
        """The named places and facilities where it happened or that were hit."""
        things = self.roles[_PLACE] + self.roles[_TARGET]
        return [thing for thing in things if thing.place is not None and thing.named]


def signatures(reading: Reading, geography: Geography, report: str) -> tuple[Signature, ...]:
    """All events of the report that may be clustered, in the order of their IRIs."""
    events = _events(reading, geography, report)
    acts = {event.iri: event for event in events if family(event.kind) == ACTS}
    linked = [replace(event, acts=_acts_of(event, acts)) for event in events]
    dated = [_with_day(event, linked) for event in linked]
    issued = reading.value(report, DCTERMS.issued) or ""
    publisher = reading.value(report, DCTERMS.publisher) or report
    return tuple(_signature(event, dated, report, issued, publisher) for event in dated)


def _events(reading: Reading, geography: Geography, report: str) -> list[_Event]:
    """The events as the report's graph has them, in the order of their IRIs.

    A predicate's triples are read at once where most of them are of such events, and else event by event.
    """
    kinds, reported = _told(reading, report)
    if not kinds:
        return []
    said = {predicate: reading.table(predicate, report) for predicate in _SAID}
    things = Things(reading, geography, report)
    evidence = _evidence(reading, kinds, said[_CAUSED_BY], report)
    return [
        _Event(
            iri=iri,
            kind=kind,
            reported=iri in reported,
            days=days(said[_DATE].get(iri, [""])[0], said[_END_DATE].get(iri, [None])[0]),
            roles={role: tuple(map(things.thing, said[role].get(iri, ()))) for role in _ROLES},
            evidence=frozenset(evidence.get(iri, ())),
            caused_by=tuple(said[_CAUSED_BY].get(iri, ())),
            attributed_to=tuple(said[_ATTRIBUTED_TO].get(iri, ())),
        )
        for iri, kind in kinds.items()
    ]


def _told(reading: Reading, report: str) -> tuple[dict[str, str], set[str]]:
    """The events that may be clustered, each with its kind; and all that are Reported."""
    classes: dict[str, set[str]] = {}
    reported: set[str] = set()
    for event, status, name in reading.both(_STATUS, RDF.type, report):
        if status in _TOLD:
            classes.setdefault(event, set()).add(name)
        if status == _REPORTED:
            reported.add(event)
    kinds = {event: local_class(names) for event, names in sorted(classes.items())}
    return {event: kind for event, kind in kinds.items() if kind in KINDS}, reported


def _evidence(
    reading: Reading, kinds: Mapping[str, str], caused_by: Mapping[str, list[str]], report: str
) -> dict[str, set[str]]:
    """The sentences of acts and of the harms that are caused by none: by them the one finds the other."""
    acts = {event for event, kind in kinds.items() if family(kind) == ACTS}
    harms = {e for e, kind in kinds.items() if kind in HARMS and acts.isdisjoint(caused_by.get(e, ()))}
    return {e: reading.objects(e, _EVIDENCE, report) for e in (acts | harms if acts and harms else ())}


def _acts_of(event: _Event, acts: Mapping[str, _Event]) -> tuple[_Event, ...]:
    """The acts that did a harm: those it is caused by, else the only act of its sentence."""
    if event.kind not in HARMS:
        return ()
    caused = tuple(acts[iri] for iri in event.caused_by if iri in acts)
    if caused:
        return caused
    beside = [act for act in acts.values() if act.evidence & event.evidence]
    return tuple(beside) if len(beside) == 1 and _same_time(event, beside[0]) else ()


def _same_time(event: _Event, act: _Event) -> bool:
    return event.days is None or act.days is None or event.days == act.days


def _with_day(event: _Event, events: Iterable[_Event]) -> _Event:
    """The event, with the day of what it belongs to where it has none of its own, or only a month.

    A harm has the day of its act, an act that of its harms; a harm without an act has the day of the acts in
    its town, if the report tells of acts of one day only there.
    """
    if event.days is not None and event.days.exact:
        return event
    linked = event.acts or tuple(harm for harm in events if any(act.iri == event.iri for act in harm.acts))
    if linked:
        day, inferred = _common_day(linked), not any(act.iri in event.caused_by for act in event.acts)
    else:
        spots = {thing.iri for thing in event.spots if thing.place is not None and thing.place.reach == 0}
        beside = [
            act
            for act in events
            if family(act.kind) == ACTS and act.days and spots & {thing.iri for thing in act.spots}
        ]
        day, inferred = _common_day(beside) if event.kind in HARMS else None, True
    if day is None or (event.days is not None and not event.days.first <= day.first <= event.days.last):
        return event
    return replace(event, days=replace(day, inferred=inferred))


def _common_day(events: Iterable[_Event]) -> Days | None:
    """The one time that all the events have."""
    found = {event.days for event in events}
    return found.pop() if len(found) == 1 else None


def _signature(
    event: _Event, events: Iterable[_Event], report: str, issued: str, publisher: str
) -> Signature:
    spots = event.spots or [thing for act in event.acts for thing in act.spots]
    targets = event.roles[_TARGET]
    hit = [thing for one in (event, *event.acts) for thing in one.roles[_TARGET] if not thing.people]
    doers = [thing for one in (event, *event.acts) for thing in one.roles[_AGENT] + one.roles[_INSTRUMENT]]
    harms = [event] if event.kind in HARMS else [h for h in events if any(a.iri == event.iri for a in h.acts)]
    harms = [harm for harm in harms if harm.reported]
    return Signature(
        event=event.iri,
        report=report,
        issued=issued,
        kind=event.kind,
        family=family(event.kind),
        days=event.days,
        places=tuple(sorted({thing.place for thing in spots if thing.place}, key=lambda place: place.iri)),
        targets=_set(thing.iri for thing in targets if thing.named and thing.place is None),
        facilities=_set(thing.iri for thing in spots if thing.facility),
        target_kinds=_set(thing.kind for thing in hit if thing.facility and thing.kind != "Facility"),
        target_words=_set(word for thing in hit for word in _words(thing.label)),
        victims=_victims(targets) if event.kind in HARMS else _NOTHING,
        agents=_set(thing.iri for thing in doers if thing.named and not thing.weapon),
        means=_set(word for thing in doers if not thing.named for word in _words(thing.label)),
        dead=_most(_count(harm, publisher) for harm in harms if family(harm.kind) == "Killing"),
        injured=_most(_count(harm, publisher) for harm in harms if harm.kind == "Injury"),
        sources=event.attributed_to or (publisher,),
    )


def _victims(targets: Iterable[Thing]) -> frozenset[str]:
    """Who was harmed: named people, the bodies that groups belong to, and the nouns for groups."""
    found: set[str] = set()
    for thing in targets:
        if thing.named:
            found.add(thing.iri)
        elif thing.people:
            found |= {thing.member_of} if thing.member_of else {*_words(thing.label)[-1:]} - _ANYONE
    return _set(found)


def _set(found: Iterable[str]) -> frozenset[str]:
    """A set to keep: most are empty, and an empty one of its own takes 200 bytes."""
    return frozenset(found) or _NOTHING


def _words(label: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(label)]


def _count(harm: _Event, publisher: str) -> Count | None:
    """The people that the harm was done to; who stand in one role of one event are counted together."""
    counts = [thing.count for thing in harm.roles[_TARGET] if thing.count is not None]
    if not counts:
        return None
    least, most = sum(count.least for count in counts), sum(count.most for count in counts)
    return Count(least, most, harm.attributed_to or (publisher,))


def _most(counts: Iterable[Count | None]) -> Count | None:
    """The greatest of several numbers of one report: the others count parts of it."""
    found = [count for count in counts if count is not None]
    return max(found, key=lambda count: (count.most, count.least, count.sources), default=None)
