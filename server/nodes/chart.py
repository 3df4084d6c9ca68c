"""The drawing of a histogram: bars in a box of given units, which the page stretches. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.nodes.timeline import Bar

STEP, HEIGHT = 10, 100  # units of a bar with its gap, and of the highest bar
_GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A bar to draw: events with a date of their own below, those dated by their report on top."""

    bar: Bar
    x: int
    width: int
    dated: float
    by_report: float

    @property
    def top(self) -> float:
        """Where the upper part begins, from above."""
        return round(HEIGHT - self.dated - self.by_report, 2)


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns from left to right in a box of `width` times `HEIGHT`; `most` is the number of the highest."""

    columns: tuple[Column, ...]
    width: int
    most: int
    height: int = HEIGHT


def chart(bars: Sequence[Bar]) -> Chart:
    """The drawing of the bars; a part with any events can be seen, however few."""
    most = max((bar.count for bar in bars), default=0)

    def high(count: int) -> float:
        return round(max(HEIGHT * count / most, 1.0), 2) if count else 0.0

    columns = (
        Column(bar, place * STEP, STEP - _GAP, high(bar.dated), high(bar.by_report))
        for place, bar in enumerate(bars)
    )
    return Chart(tuple(columns), max(len(bars) * STEP - _GAP, 1), most)
