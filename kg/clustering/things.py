"""The entities that fill the roles of events, with the places they lie in."""

from __future__ import annotations

from dataclasses import dataclass

from kg.clustering.model import Count, Place
from kg.clustering.reading import Reading, local_class
from kg.gazetteer import FACILITIES, PLACES, WEAPONS
from kg.vocab import RDF, SIT, SKOS

_LOCATED_IN, _MEMBER_OF, _MIN_COUNT, _MAX_COUNT = SIT.locatedIn, SIT.memberOf, SIT.minCount, SIT.maxCount
_REACH = {"Country": 2, "Region": 1, "NaturalFeature": 1}  # all other places and facilities are local


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity as one report has it."""

    iri: str
    label: str
    kind: str  # local name of its class
    named: bool  # whether other reports may speak of it too
    place: Place | None  # where it is a place or facility
    member_of: str | None
    count: Count | None

    @property
    def facility(self) -> bool:
        """Whether it is a facility."""
        return self.kind in FACILITIES

    @property
    def people(self) -> bool:
        """Whether it is a person or a group of people."""
        return self.kind in ("Group", "Person")

    @property
    def weapon(self) -> bool:
        """Whether it is a weapon."""
        return self.kind in WEAPONS


class Geography:
    """What lies in what, each looked up once; taken from the graph of entities."""

    def __init__(self, reading: Reading, entities: str) -> None:
        self._reading = reading
        self._entities = entities
        self._parents: dict[str, set[str]] = {}
        self._within: dict[str, frozenset[str]] = {}

    def within(self, place: str) -> frozenset[str]:
        """All that the place lies in, itself left out."""
        if place not in self._within:
            found: set[str] = set()
            waiting = [place]
            while waiting:
                parents = self._parents_of(waiting.pop()) - found - {place}
                found |= parents
                waiting += parents
            self._within[place] = frozenset(found)
        return self._within[place]

    def _parents_of(self, place: str) -> set[str]:
        if place not in self._parents:
            self._parents[place] = self._reading.objects(place, _LOCATED_IN, self._entities)
        return self._parents[place]


class Things:
    """The entities of one report, each looked up once.

    What few entities have is read for all at once, what each has for those that are asked for: a look-up
    costs as much as reading a triple, and a report has more triples of entities than clustering needs.
    """

    def __init__(self, reading: Reading, geography: Geography, report: str) -> None:
        self._reading = reading
        self._geography = geography
        self._report = report
        self._least, self._most = (reading.table(count, report) for count in (_MIN_COUNT, _MAX_COUNT))
        self._bodies = reading.table(_MEMBER_OF, report)
        self._things: dict[str, Thing] = {}

    def thing(self, entity: str) -> Thing:
        """An entity, with what the report says of it."""
        if entity not in self._things:
            self._things[entity] = self._read(entity)
        return self._things[entity]

    def _read(self, entity: str) -> Thing:
        kind = local_class(self._reading.objects(entity, RDF.type, self._report)) or "Entity"
        place = None
        if kind in PLACES or kind in FACILITIES:
            place = Place(entity, self._geography.within(entity), _REACH.get(kind, 0))
        return Thing(
            iri=entity,
            label=min(self._reading.objects(entity, SKOS.prefLabel, self._report), default=""),
            kind=kind,
            named=not entity.startswith(f"{self._report}/"),
            place=place,
            member_of=self._bodies.get(entity, [None])[0],
            count=_count(self._least.get(entity, [None])[0], self._most.get(entity, [None])[0]),
        )


def _count(least: str | None, most: str | None) -> Count | None:
    if least is None and most is None:
        return None
    low, high = int(least or most or 0), int(most or least or 0)
    return Count(low, max(low, high))
