"""From the candidates of a service to a decision: sure, likely or not known.

The rule follows openrefine-wikibase's: a high score alone is not enough, the second candidate must be far
off. What contradicts the graph (another kind of thing, another country, far away) is no candidate. Wrong is
worse than missing, so a sure link also needs what a namesake is not likely to share.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kg import gazetteer
from kg.facts import Kind
from kg.gazetteer import folded_words, skeleton
from kg.linking.company import distance
from kg.links import Level

SURE = 0.95  # least score of a sure link, and
LIKELY = 0.8  # of a likely one,
GAP = 0.1  # and how much less the second candidate must have: 95, 80 and 10 of a reconciliation service's 100
_MOST_LIKELY = 0.94  # what is not sure never looks it
_FAR_KM = 150.0  # farther apart, two points are not of one place; towns' points differ by a few km
_ABROAD = 0.85  # factor of a candidate of a country that the reports do not name
_LARGE = frozenset({"Country", "Region", "NaturalFeature"})  # their points say little of where they are


@dataclass(frozen=True, slots=True)
class Wanted:
    """A named entity of the graph that has no link. Countries are Wikidata items ("Q858").

    `country` is where it is known to lie, `named` are those that its reports name.
    """

    entity: str  # IRI
    name: str
    aliases: tuple[str, ...]
    kind: Kind
    class_name: str  # local name of its most specific class
    country: str | None = None
    named: frozenset[str] = frozenset()
    point: tuple[float, float] | None = None  # latitude and longitude, degrees


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a service offers. `kinds` is None where the service does not say what kind of thing it is."""

    item: str  # "Q858"
    names: tuple[str, ...]
    score: float | None = None  # 0 to 1, the service's own; None where it gives none
    match: bool = False  # the service itself is sure
    kinds: frozenset[Kind] | None = None
    countries: frozenset[str] = frozenset()
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """All that a service offers for one entity, and the day that it said so."""

    candidates: tuple[Candidate, ...]
    retrieved: dt.date


@dataclass(frozen=True, slots=True)
class Decision:
    """`item` is None and `confidence` 0 where the level is NONE; `reason` is one line for people."""

    level: Level
    item: str | None
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Weighed:
    score: float
    candidate: Candidate
    likeness: float
    supported: bool  # it shares a country or a place with what is wanted


def decide(wanted: Wanted, candidates: Sequence[Candidate]) -> Decision:
    """The item that is meant, if one is; independent of the candidates' order."""
    fitting = {c.item: _weighed(wanted, c) for c in sorted(candidates, key=_worst_first) if _fits(wanted, c)}
    if not fitting:
        reason = f"none of {len(candidates)} candidates fits" if candidates else "no candidate"
        return _none(reason)
    ranked = sorted(fitting.values(), key=lambda w: (-w.score, w.candidate.item))
    best, second = ranked[0], ranked[1].score if ranked[1:] else 0.0
    reason = _reason(best, second, len(ranked))
    if best.score < LIKELY or not (best.likeness >= LIKELY or best.candidate.match):
        return _none(f"too unlike: {reason}")
    if round(best.score - second, 6) < GAP:
        return _none(f"namesakes: {reason}")
    if best.score >= SURE and _is_sure(wanted, best, ranked[1:]):
        return Decision(Level.SURE, best.candidate.item, round(best.score, 2), reason)
    return Decision(Level.LIKELY, best.candidate.item, round(min(best.score, _MOST_LIKELY), 2), reason)


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1; 1 where they differ in case, accents, hyphens or "the" only."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return float(one == other)
    if first == second:
        return 1.0
    alike = 0.0
    if skeleton(one) and skeleton(one) == skeleton(other):
        alike = gazetteer.likeness(one, other)
    shorter, longer = sorted((" ".join(first), " ".join(second)), key=lambda name: (len(name), name))
    return min(0.99, max(alike, SequenceMatcher(None, shorter, longer, autojunk=False).ratio()))


def _words(name: str) -> tuple[str, ...]:
    words = folded_words(name)
    return words[1:] if words[:1] == ("the",) and len(words) > 1 else words


def _none(reason: str) -> Decision:
    return Decision(Level.NONE, None, 0.0, reason)


def _worst_first(candidate: Candidate) -> tuple[float, str, tuple[str, ...]]:
    """So that the best of what a service tells twice of one item counts."""
    return (candidate.score or 0.0, candidate.item, candidate.names)


def _fits(wanted: Wanted, candidate: Candidate) -> bool:
    """Whether nothing that is known of both speaks against it."""
    if candidate.kinds is not None and wanted.kind not in candidate.kinds:
        return False
    if wanted.country is not None and candidate.countries and wanted.country not in candidate.countries:
        return False
    if wanted.point is None or candidate.point is None or wanted.class_name in _LARGE:
        return True
    return distance(wanted.point, candidate.point) <= _FAR_KM


def _weighed(wanted: Wanted, candidate: Candidate) -> _Weighed:
    alike = max(
        (likeness(a, b) for a in (wanted.name, *wanted.aliases) for b in candidate.names), default=0.0
    )
    score = alike if candidate.score is None else candidate.score
    near = wanted.point is not None and candidate.point is not None and wanted.class_name not in _LARGE
    countries = wanted.named | ({wanted.country} if wanted.country is not None else set())
    supported = near or bool(countries & candidate.countries)
    if wanted.named and candidate.countries and not supported:
        score *= _ABROAD
    return _Weighed(score, candidate, alike, supported)


def _is_sure(wanted: Wanted, best: _Weighed, others: Sequence[_Weighed]) -> bool:
    """A name that is the very same, a kind that is told and fits, and what a namesake would not share."""
    if best.likeness < 1.0 or best.candidate.kinds is None:
        return False
    if wanted.kind is Kind.PERSON:  # many bear one name: it must be the only one in the world
        return best.supported and all(other.likeness < 1.0 for other in others)
    if wanted.kind is Kind.ORGANIZATION and len(_words(wanted.name)) > 2:
        return True  # "Syrian Observatory for Human Rights" has no namesake, wherever it sits
    return best.supported


def _reason(best: _Weighed, second: float, number: int) -> str:
    name = best.candidate.names[0] if best.candidate.names else best.candidate.item
    parts = [f"{name} scores {best.score:.2f}", f"the second of {number} {second:.2f}"]
    if number == 1:
        parts[1] = "the only one that fits"
    parts.append("its country or place agrees" if best.supported else "nothing but the name speaks for it")
    return ", ".join(parts)
