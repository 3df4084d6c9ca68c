"""What the graph says of entities, wherever it stands: names, classes, Wikidata items, places.

The graph of entities is asked first, since it holds for all reports; then the report's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pyoxigraph as ox

from kg import iri
from kg.export.events.model import Cluster, Location, People, Thing
from kg.gazetteer import FACILITIES, PLACES
from kg.named import Database
from kg.vocab import OWL, RDF, SIT, SKOS, WD, WGS84

_REMEMBERED = 10_000  # entities and clusters, a few kilobytes each at most
_PREFIX = str(SIT._NS)
_PRECISION = {"NaturalFeature": "natural feature"}
_FIGURES = (
    *("reportCount", "sourceCount"),
    *("deadLow", "deadBest", "deadHigh", "injuredLow", "injuredBest", "injuredHigh"),
)

Said = dict[str, list[str]]


class Known:
    """Looks things up in a database; what all reports share is remembered, up to a bound."""

    def __init__(self, database: Database, base_iri: str) -> None:
        self._database = database
        self._base = base_iri
        self._entities = ox.NamedNode(iri.graph(base_iri, "entities"))
        self._clusters = ox.NamedNode(iri.graph(base_iri, "clusters"))
        self._shared = lru_cache(_REMEMBERED)(lambda entity: self.said(entity, self._entities))
        self._cluster = lru_cache(_REMEMBERED)(self._read_cluster)

    def said(self, subject: str, graph: ox.NamedNode) -> Said:
        """All values of a subject by predicate, in the order of the text."""
        found: Said = {}
        for quad in self._database.quads_for_pattern(ox.NamedNode(subject), None, None, graph):
            found.setdefault(quad.predicate.value, []).append(text(quad.object))
        return {predicate: sorted(values) for predicate, values in found.items()}

    def thing(self, entity: str, report: ox.NamedNode) -> Thing:
        """An entity, with what the report says of it."""
        local = entity.startswith(f"{report.value}/")
        shared: Said = {} if local else self._shared(entity)
        name, kind = first(shared, SKOS.prefLabel), local_class(shared)
        said = self.said(entity, report) if local or name is None or kind is None else shared
        return Thing(
            iri=entity,
            name=name or first(said, SKOS.prefLabel) or iri.name_of(entity),
            kind=kind or local_class(said) or "Entity",
            wikidata=_item(shared) or _item(said),
            people=People(_integer(said, SIT.minCount), _integer(said, SIT.maxCount)),
            count_text=first(said, SIT.countText) or "",
        )

    def location(self, place: Thing, report: ox.NamedNode) -> Location:
        """Where a place or facility lies, by itself and what it lies in, the nearest first."""
        latitude = longitude = precision = None
        region = country = None
        for thing, said in self._around(place, report):
            if latitude is None:
                latitude, longitude = _degrees(said, WGS84.lat), _degrees(said, WGS84.long)
                precision = "site" if thing.facility else _PRECISION.get(thing.kind, thing.kind.lower())
            if thing.kind == "Region" and region is None:
                region = thing
            if thing.kind == "Country":
                country = thing
                break
        if latitude is None or longitude is None:
            latitude = longitude = precision = None
        return Location(latitude, longitude, precision, region, country)

    def _around(self, place: Thing, report: ox.NamedNode) -> Iterator[tuple[Thing, Said]]:
        """The place and what it lies in, in widening circles, with what is said of each."""
        waiting, seen = [place], {place.iri}
        for thing in waiting:
            said = self._shared(thing.iri)
            if str(WGS84.lat) not in said and str(SIT.locatedIn) not in said:
                said = self.said(thing.iri, report)
            yield thing, said
            for parent in said.get(str(SIT.locatedIn), []):
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(self.thing(parent, report))

    def cluster_of(self, event: str) -> Cluster | None:
        """The cluster that an event is in."""
        name, member = ox.NamedNode(event), ox.NamedNode(str(SIT.partOfCluster))
        quads = self._database.quads_for_pattern(name, member, None, self._clusters)
        cluster = min((text(quad.object) for quad in quads), default=None)
        return self._cluster(cluster) if cluster is not None else None

    def _read_cluster(self, cluster: str) -> Cluster:
        said = self.said(cluster, self._clusters)
        numbers = {name: _integer(said, f"{_PREFIX}{name}") for name in _FIGURES}
        figures = {name: number for name, number in numbers.items() if number is not None}
        return Cluster(cluster.removeprefix(f"{self._base}cluster/"), cluster, figures)

    def copy_of(self, report: str) -> str | None:
        """The report that this one repeats."""
        name, copies = ox.NamedNode(report), ox.NamedNode(str(SIT.copyOf))
        quads = self._database.quads_for_pattern(name, copies, None, self._clusters)
        return min((text(quad.object) for quad in quads), default=None)


def first(said: Said, predicate: str) -> str | None:
    """The first value of a predicate, None where it has none."""
    values = said.get(str(predicate))
    return values[0] if values else None


def local_classes(said: Said) -> set[str]:
    """Local names of the classes of ours."""
    found = said.get(str(RDF.type), [])
    return {name.removeprefix(_PREFIX) for name in found if name.startswith(_PREFIX)}


def local_class(said: Said) -> str | None:
    """Local name of the class of an entity; beside a country's it is not the actor's."""
    names = local_classes(said)
    return min(names - {"Actor"} or names, default=None)


def reach(thing: Thing) -> int:
    """How wide a place is: 0 local, 1 region, 2 country, 3 no place at all."""
    if thing.kind in ("Country", "Region", "NaturalFeature"):
        return 2 if thing.kind == "Country" else 1
    return 0 if thing.kind in PLACES | FACILITIES | {"Place"} else 3


def text(term: object) -> str:
    """A term's IRI or lexical form."""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode) else str(term)


def _item(said: Said) -> str:
    same = [value for value in said.get(str(OWL.sameAs), []) if value.startswith(str(WD))]
    return same[0].removeprefix(str(WD)) if same else ""


def _integer(said: Said, predicate: str) -> int | None:
    value = first(said, predicate)
    try:
        return int(value) if value is not None else None
    except ValueError:  # only in data that no shape has seen
        return None


def _degrees(said: Said, predicate: str) -> float | None:
    value = first(said, predicate)
    try:
        return float(value) if value is not None else None
    except ValueError:
        return None
