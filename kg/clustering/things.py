"""The entities that fill the roles of events, with the places they lie in."""

from __future__ import annotations

from dataclasses import dataclass

from kg.clustering.model import Count, Place
from kg.clustering.reading import Reading, local_class
from kg.gazetteer import FACILITIES, PLACES, WEAPONS
from kg.vocab import RDF, SIT, SKOS

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


class Things:
    """Looks entities up, each once. What lies in what is taken from the graph of entities."""

    def __init__(self, reading: Reading, entities: str) -> None:
        self._reading = reading
        self._entities = entities
        self._things: dict[tuple[str, str], Thing] = {}
        self._within: dict[str, frozenset[str]] = {}

    def thing(self, entity: str, report: str) -> Thing:
        """An entity, with what the report says of it."""
        if (entity, report) not in self._things:
            self._things[entity, report] = self._read(entity, report)
        return self._things[entity, report]

    def _read(self, entity: str, report: str) -> Thing:
        said = self._reading.properties(entity, report)
        kind = local_class(said.get(str(RDF.type), [])) or "Entity"
        label = said.get(str(SKOS.prefLabel), [""])[0]
        place = None
        if kind in PLACES | FACILITIES:
            place = Place(entity, self._ancestors(entity), _REACH.get(kind, 0))
        body = said.get(str(SIT.memberOf), [None])[0]
        named = not entity.startswith(f"{report}/")
        return Thing(entity, label, kind, named, place, body, _count(said))

    def _ancestors(self, place: str) -> frozenset[str]:
        """All that the place lies in, itself left out."""
        if place not in self._within:
            found: set[str] = set()
            waiting = [place]
            while waiting:
                parents = (
                    self._reading.objects(waiting.pop(), SIT.locatedIn, self._entities) - found - {place}
                )
                found |= parents
                waiting += sorted(parents)
            self._within[place] = frozenset(found)
        return self._within[place]


def _count(said: dict[str, list[str]]) -> Count | None:
    least, most = (said.get(str(name), [None])[0] for name in (SIT.minCount, SIT.maxCount))
    if least is None and most is None:
        return None
    low, high = int(least or most or 0), int(most or least or 0)
    return Count(low, max(low, high))
