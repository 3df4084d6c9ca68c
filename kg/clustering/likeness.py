"""How alike two events are: points with a reason each, or the contradiction that keeps them apart.

The points were set by hand on the sample reports; what matters is that a day, a town and a kind together
stay under `ENOUGH`: two reports of an air strike on one town on one day may tell of two strikes.
Something more must agree: what was hit, who did it, with what, or how many were harmed.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.clustering.kinds import HARMS, may_be_one
from kg.clustering.model import Count, Place, Signature

ENOUGH = 5.0  # two reports tell of one event
ENOUGH_WITHIN = 6.5  # two passages of one report do: reports rarely tell a thing twice in full
FLOOR = 3.5  # what each two events of a cluster reach: day and town agree, or day, country and some more
PERFECT = 10.0  # points that count as certain
_REACH_POINTS = (2.0, 1.0, 0.5)  # same town or facility, region, country
_PLACES = ("same place", "same region", "same country")


@dataclass(frozen=True, slots=True)
class Likeness:
    """Points and reasons; `contradiction` says what makes the two different, whatever the points."""

    points: float
    reasons: tuple[str, ...]
    contradiction: str | None = None


def compare(first: Signature, second: Signature) -> Likeness:
    """How alike two events of one family are; symmetric."""
    reasons: list[tuple[float, str]] = []
    if first.family != second.family or not may_be_one(first.kind, second.kind):
        return _different("different kind")
    for judge in (_when, _where, _target, _victims, _agents, _numbers):
        found = judge(first, second)
        if isinstance(found, str):
            return _different(found)
        reasons += found
    if first.kind == second.kind:
        reasons.append((0.5, "same kind"))
    return Likeness(sum(points for points, _ in reasons), tuple(reason for _, reason in reasons))


def is_edge(first: Signature, second: Signature) -> Likeness | None:
    """The likeness of two events that may be joined directly; None where they may not."""
    same_report = first.report == second.report
    if (same_report and first.kind != second.kind) or not _share_a_date(first, second):
        return None
    likeness = compare(first, second)
    if likeness.contradiction is not None:
        return None
    return likeness if likeness.points >= (ENOUGH_WITHIN if same_report else ENOUGH) else None


def fit(first: Signature, second: Signature) -> bool:
    """Whether two events may stand in one cluster, joined directly or through others."""
    if first.report == second.report:
        return is_edge(first, second) is not None
    likeness = compare(first, second)
    return likeness.contradiction is None and likeness.points >= FLOOR


def _different(reason: str) -> Likeness:
    return Likeness(0.0, (), reason)


Found = list[tuple[float, str]] | str


def _share_a_date(first: Signature, second: Signature) -> bool:
    """Whether one can be found from the other by the store's index: by a day, or by a month and a name."""
    one, other = first.days, second.days
    if one is None or other is None:
        return False
    if one.exact and other.exact:
        return one.first in (other.first, other.last) or one.last in (other.first, other.last)
    return one.month == other.month and not first.names.isdisjoint(second.names)


def _when(first: Signature, second: Signature) -> Found:
    one, other = first.days, second.days
    if one is None or other is None:
        return "no day is known"
    if one.last < other.first or other.last < one.first:
        return "different days"
    if not (one.exact and other.exact):
        return [(1.0, "same month")]
    return [(1.5 if one.inferred or other.inferred else 2.0, "same day")]


def _where(first: Signature, second: Signature) -> Found:
    if not first.places or not second.places:
        return [] if first.names & second.names else "no place is known"
    local = [[place for place in one.places if place.reach == 0] for one in (first, second)]
    reach = _shared_reach(*local) if all(local) else _shared_reach(first.places, second.places)
    if reach is None:
        return "different places"
    return [(_REACH_POINTS[reach], _PLACES[reach])]


def _shared_reach(
    first: tuple[Place, ...] | list[Place], second: tuple[Place, ...] | list[Place]
) -> int | None:
    """The reach of the narrowest place that holds one of each; None where no place lies in the other."""
    reaches = [
        max(one.reach, other.reach)
        for one in first
        for other in second
        if one.iri == other.iri or one.iri in other.within or other.iri in one.within
    ]
    return min(reaches, default=None)


def _target(first: Signature, second: Signature) -> Found:
    found: list[tuple[float, str]] = []
    same_names = bool(first.names & second.names)
    if same_names:
        found.append((2.0, "same target"))
    elif first.family not in HARMS and first.targets and second.targets:
        return "different targets"
    words, kinds = first.target_words & second.target_words, first.target_kinds & second.target_kinds
    if words and not same_names:
        found.append((1.0, "target in the same words"))
    if kinds and not same_names:
        found.append((0.5, "target of the same kind"))
    if first.target_kinds and second.target_kinds and not (words or kinds or same_names):
        return "targets of different kinds"
    return found


def _victims(first: Signature, second: Signature) -> Found:
    """People in general may be the people of the other; those of one kind are a part of them, and differ."""
    if first.family not in HARMS or not (first.victims or second.victims):
        return []
    return [(1.0, "same victims")] if first.victims & second.victims else "different victims"


def _agents(first: Signature, second: Signature) -> Found:
    found: list[tuple[float, str]] = []
    if first.agents and second.agents:
        same = first.agents & second.agents
        found.append((1.0, "same agent") if same else (-1.0, "different agents"))
    if first.means & second.means:
        found.append((0.5, "same means"))
    return found


def _numbers(first: Signature, second: Signature) -> Found:
    found: list[tuple[float, str]] = []
    for what, one, other in (
        ("dead", first.dead, second.dead),
        ("injured", first.injured, second.injured),
    ):
        if one is None or other is None:
            continue
        points, reason = _number(one, other)
        if points < 0 and first.family in HARMS:
            return f"too different numbers of {what}"
        if reason:
            found.append((points, f"{reason} {what}"))
    return found


def _number(first: Count, second: Count) -> tuple[float, str]:
    low, high = sorted((first.least, second.least))
    if low == high:
        return (2.0 if low >= 10 else 1.0, "as many") if low >= 3 else (0.0, "")
    if high >= 10 and high > 5 * low:
        return -1.0, "far more or fewer"
    if low < 10:
        return 0.0, ""
    if 2 * high <= 3 * low:
        return 1.0, "nearly as many"
    return (0.5, "about as many") if high <= 2 * low else (0.0, "")
