"""Which of its candidates a name means, with a score and the reason.

Each candidate has a weight: how much there is of it (people of a town; a fixed number for other kinds), times
how much the report speaks of its country, times how well the name and the kind fit. A candidate's score is
its share of all weight, with some kept for a thing that the gazetteer does not know; so an unknown
village wins over a far hamlet of its name, and nothing is linked where two candidates are as good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from kg.gazetteer import ACTORS, FACILITIES, Entry
from kg.linking.company import Company

SURE = 0.8  # from this score on the name is the known thing
LIKELY = 0.4  # from this score on it may be, and is said to be like it
_UNKNOWN = 5_000.0  # weight of all that the gazetteer does not know
_LEAST_PEOPLE = 1_000
_UNCOUNTED = 8_000  # people of a town of which the gazetteer has no number
_WEIGHTS = {"Country": 1e9, "Region": 3e5, "NaturalFeature": 2e5, "Neighbourhood": 2e4}
_ACTOR, _FACILITY = 1e6, 2e5
_AWAY, _HERE, _NOWHERE = 0.1, 60.0, 2.0  # factor of a country that the report does not, does only, speak of
_ABROAD = 0.01  # factor of a country in a report that speaks of one other only
_NEAR_KM, _NEAR = 60.0, 4.0
_UNLIKE = 0.02  # the model takes the name for one of another kind
_LEAST_LIKENESS = 0.7
# which one is meant where one name fits things that lie in each other: a bare "Hasaka" is the city
_PREFERENCE = ("Country", "Settlement", "Region")


class Verdict(Enum):
    """What to make of a name."""

    SURE = "sure"
    LIKELY = "likely"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a name may mean. `likeness` is 1 for a name of the entry, less for one that is spelt
    differently; `unlike` says that the language model takes the name for another kind of thing."""

    entry: Entry
    likeness: float = 1.0
    demonym: bool = False
    unlike: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """`best` is the best candidate, if there is any; `others` the rest, better ones first."""

    verdict: Verdict
    best: Candidate | None
    score: float
    reason: str
    others: tuple[Candidate, ...] = ()


def decide(candidates: Sequence[Candidate], company: Company) -> Decision:
    """The candidate that is meant, by the company of the report; independent of their order."""
    if not candidates:
        return Decision(Verdict.UNKNOWN, None, 0.0, "no known thing has this name")
    weighed = sorted(((_weight(c, company), c) for c in candidates), key=lambda wc: (-wc[0], wc[1].entry.key))
    total = sum(weight for weight, _ in weighed) + _UNKNOWN
    best = weighed[0][1]
    alike = [(w, c) for w, c in weighed if c is best or _lies_together(c.entry, best.entry)]
    meant = min(alike, key=lambda wc: (_preference(wc[1].entry), -wc[0]))[1]
    score = round(sum(weight for weight, _ in alike) / total, 2)
    verdict = Verdict.SURE if score >= SURE else Verdict.LIKELY if score >= LIKELY else Verdict.UNKNOWN
    others = tuple(c for _, c in weighed if c is not meant)
    return Decision(verdict, meant, score, _reason(meant, others, company), others)


def _weight(candidate: Candidate, company: Company) -> float:
    entry = candidate.entry
    weight = _size(entry) * _country_factor(candidate, company)
    if company.near(entry, kilometres=_NEAR_KM):
        weight *= _NEAR
    if candidate.unlike:
        weight *= _UNLIKE
    return weight * max(0.0, (candidate.likeness - _LEAST_LIKENESS) / (1 - _LEAST_LIKENESS)) ** 2


def _size(entry: Entry) -> float:
    """How much there is of the thing: the people of a town, a fixed number for other kinds."""
    people = float(_UNCOUNTED if entry.population is None else max(entry.population, _LEAST_PEOPLE))
    if entry.class_name in ACTORS:
        return _ACTOR
    if entry.class_name in FACILITIES:
        return _FACILITY
    return max(people, _WEIGHTS.get(entry.class_name, 0.0))


def _country_factor(candidate: Candidate, company: Company) -> float:
    entry = candidate.entry
    if entry.class_name == "Country":
        # "troops from Georgia, Alabama and Texas": where all else is of one country, so may this be
        return _ABROAD if entry.key not in company.countries and company.only_country else 1.0
    if not company.countries:
        return 1.0
    if entry.country is None:
        return _NOWHERE
    factor = _AWAY + _HERE * min(1.0, 2 * company.countries.get(entry.country, 0.0))
    # Another spelling of a name is believed only in its own country.
    return factor if candidate.likeness == 1.0 or factor > _NOWHERE else factor * _AWAY


def _lies_together(one: Entry, other: Entry) -> bool:
    """Whether one lies in the other, or both are a town and its province: no question of namesakes."""
    if one.key in other.parents or other.key in one.parents:
        return True
    kinds = {one.class_name, other.class_name}
    return kinds == {"Settlement", "Region"} and one.country is not None and one.country == other.country


def _preference(entry: Entry) -> int:
    name = entry.class_name
    return _PREFERENCE.index(name) if name in _PREFERENCE else len(_PREFERENCE)


def _reason(meant: Candidate, others: Sequence[Candidate], company: Company) -> str:
    """Why the candidate was chosen, in words for people."""
    entry = meant.entry
    parts = ["the people of" if meant.demonym else "a name of" if meant.likeness == 1.0 else "spelt like"]
    parts[0] = f"{parts[0]} {entry.label}"
    if others:
        parts.append(f"one of {len(others) + 1} known things of this name")
    if entry.country is not None and company.countries:
        share = company.countries.get(entry.country, 0.0)
        parts.append(f"{share:.0%} of the report's hints at a country are at {entry.country}")
    if company.near(entry, kilometres=_NEAR_KM):
        parts.append(f"another place of the report lies within {_NEAR_KM:.0f} km")
    if meant.unlike:
        parts.append("the words around it suggest another kind of thing")
    return "; ".join(parts)
