"""How many were killed and injured, as several reports tell it: low, best, high; never a sum of reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low

from kg.clustering.model import Count, Signature


@dataclass(frozen=True, slots=True)
class Figures:
    """The least number that any source gives, the best estimate, and the most."""

    low: int
    best: int
    high: int


def dead(members: Iterable[Signature]) -> Figures | None:
    """Figures of the killed; None where no member has a number."""
    return _figures((member, member.dead) for member in members)


def injured(members: Iterable[Signature]) -> Figures | None:
    """Figures of the injured; None where no member has a number."""
    return _figures((member, member.injured) for member in members)


def _figures(counted: Iterable[tuple[Signature, Count | None]]) -> Figures | None:
    """Low and high of all that is said; best is the median of each source's newest.

    A source that counts on says more and more, and its last word stands for it; the median (of two numbers
    the lower) keeps one source with an interest from setting the figure. Of one report a source's greatest
    number stands: the others count parts.
    """
    numbers = [(member, count) for member, count in counted if count is not None]
    if not numbers:
        return None
    newest: dict[str, tuple[tuple[str, str], int]] = {}
    for member, count in numbers:
        for source in count.sources:
            said = ((member.issued, member.report), count.least)
            newest[source] = max(newest.get(source, said), said)
    return Figures(
        low=min(count.least for _, count in numbers),
        best=median_low(number for _, number in newest.values()),
        high=max(count.most for _, count in numbers),
    )
