"""The company that a report's names keep: which countries it speaks of, and where its places lie."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType

from kg.gazetteer import ACTORS, FACILITIES, Entry

_TOWN = 50_000  # people from which a town with a name of its own tells of its country
_NAMED, _DEMONYM, _THING = 1.0, 0.7, 0.5  # how much one name tells of a country
_MAIN = 0.6  # share from which a report is about a country
_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing that a name may mean; `demonym` where the name is that of its people."""

    entry: Entry
    demonym: bool = False


@dataclass(frozen=True, slots=True)
class Company:
    """`countries`: the share of what a report says that speaks of each country (keys; they sum to 1, or
    there is none). `points`: latitude and longitude in degrees of places that only one thing can be."""

    countries: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    points: tuple[tuple[float, float], ...] = ()

    @property
    def main_country(self) -> str | None:
        """The country that most of the report speaks of, if there is one."""
        return next((country for country, share in self.countries.items() if share >= _MAIN), None)

    @property
    def only_country(self) -> bool:
        """Whether all that the report says speaks of one country."""
        return len(self.countries) == 1

    def near(self, entry: Entry, *, kilometres: float) -> bool:
        """Whether another place of the report lies so near to the entry."""
        if entry.latitude is None or entry.longitude is None:
            return False
        here = (entry.latitude, entry.longitude)
        return any(0.1 < distance(here, point) <= kilometres for point in self.points)


def keep_company(names: Iterable[Sequence[Sense]]) -> Company:
    """The company of a report: for each use of a name all that it may mean.

    Names with more than one sense tell nothing yet. A name that stands often counts as the root of its uses.
    """
    told: Counter[tuple[str, float]] = Counter()
    points: dict[str, tuple[float, float]] = {}
    for senses in names:
        if len({sense.entry.key for sense in senses}) != 1:
            continue
        sense = senses[0]
        country, weight = _speaks_of(sense)
        if country is not None:
            told[country, weight] += 1
        if sense.entry.latitude is not None and sense.entry.longitude is not None and _is_narrow(sense.entry):
            points[sense.entry.key] = (sense.entry.latitude, sense.entry.longitude)
    evidence: defaultdict[str, float] = defaultdict(float)
    for (country, weight), uses in told.items():
        evidence[country] += weight * sqrt(uses)
    total = sum(evidence.values())
    shares = {country: weight / total for country, weight in sorted(evidence.items())}
    return Company(MappingProxyType(shares), tuple(points.values()))


def _speaks_of(sense: Sense) -> tuple[str | None, float]:
    """The country that a name with one sense speaks of, and how clearly."""
    entry = sense.entry
    if entry.class_name == "Country":
        return (None if entry.guarded else entry.key), _DEMONYM if sense.demonym else _NAMED
    large = entry.class_name == "Region" or (entry.population or 0) >= _TOWN
    if entry.guarded or not (large or entry.class_name in ACTORS | FACILITIES):
        return None, 0.0
    return entry.country, _THING


def _is_narrow(entry: Entry) -> bool:
    """Whether the entry's coordinates say where it is, not only where its middle is."""
    return entry.class_name not in ("Country", "Region") and entry.class_name not in ACTORS


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points (latitude, longitude in degrees) on a sphere."""
    (lat, lon), (lat2, lon2) = one, other
    a = sin(radians(lat2 - lat) / 2) ** 2
    b = cos(radians(lat)) * cos(radians(lat2)) * sin(radians(lon2 - lon) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(a + b)))
