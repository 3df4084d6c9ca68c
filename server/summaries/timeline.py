"""Numbers over time as bars: how long a bar is follows from the period. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The longest period, in months, that each length of a bar is taken for; none gives more than 48 bars or so.
_UNITS = ((36, 1, "month"), (144, 3, "quarter"), (576, 12, "year"))
_DECADE = (120, "decade")
_STRAY = 0.01  # of all numbers: that much at either end is left out if it would stretch the period
_LABELS = 6  # years that are written under an axis, at most
_HEAD = 14.0  # room above the bars, in units of the drawing
_FOOT = 16.0  # room for the years below them


@dataclass(frozen=True, slots=True)
class Period:
    """The period that is drawn, from month `first` to `last` (year * 12 + month - 1), `step` months a bar."""

    first: int
    last: int
    step: int
    unit: str

    @property
    def bars(self) -> int:
        """How many bars there are."""
        return (self.last - self.first) // self.step + 1

    def bar(self, month: int) -> int | None:
        """The bar that a month belongs to, None if it is outside."""
        return (month - self.first) // self.step if self.first <= month <= self.last else None

    def name(self, bar: int) -> str:
        """What a bar stands for: "Mar 2021", "Jan to Mar 2021", "2021", "2020 to 2029"."""
        year, month = divmod(self.first + bar * self.step, 12)
        if self.step == 1:
            return f"{_MONTHS[month]} {year}"
        if self.step < 12:
            return f"{_MONTHS[month]} to {_MONTHS[month + self.step - 1]} {year}"
        return str(year) if self.step == 12 else f"{year} to {year + self.step // 12 - 1}"

    def months(self, bar: int) -> tuple[str, str]:
        """The first and the last month of a bar, as "2021-03"."""
        begin = self.first + bar * self.step
        return _month(begin), _month(begin + self.step - 1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a drawing, in its units; `since` and `until` are its first and last month."""

    x: float
    y: float
    width: float
    height: float
    name: str
    count: int
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A year under the axis."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart as shapes. `top` is the number at the upper line, at `ceiling`; bars stand on `floor`."""

    width: float
    height: float
    ceiling: float
    floor: float
    top: int
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


def month_of(date: str) -> int | None:
    """The month of a date that begins with a year and a month, None for one that does not."""
    year, dash, rest = date.partition("-")
    month = rest[:2]
    if not (dash and _is_number(year, 4) and _is_number(month, 2) and 1 <= int(month) <= 12):
        return None
    return int(year) * 12 + int(month) - 1


def year_of(date: str) -> int | None:
    """The year of a date that begins with one, None for one that does not."""
    return int(date[:4]) if _is_number(date[:4], 4) and date[4:5] in ("", "-") else None


def period(months: Mapping[int, int]) -> Period | None:
    """The period to draw numbers by month in, None where there are none.

    A few numbers far from all others are left out; the ends are rounded to whole bars.
    """
    kept = _without_strays(months)
    if not kept:
        return None
    first, last = min(kept), max(kept)
    step, unit = next(((step, unit) for most, step, unit in _UNITS if last - first < most), _DECADE)
    return Period(first // step * step, last // step * step + step - 1, step, unit)


def binned(months: Mapping[int, int], shown: Period) -> tuple[int, ...]:
    """The numbers by month added up for each bar of the period."""
    found = [0] * shown.bars
    for month, count in months.items():
        bar = shown.bar(month)
        if bar is not None:
            found[bar] += count
    return tuple(found)


def chart(counts: tuple[int, ...], shown: Period, *, width: float, height: float, top: int = 0) -> Chart:
    """The drawing of numbers, one a bar of the period; `top` is the number of a bar of full height."""
    most = max(top, *counts, 1)
    ceiling, floor = _HEAD, height - _FOOT
    step = width / len(counts)
    gap = min(2.0, step / 5)
    bars = []
    for index, count in enumerate(counts):
        if count:
            tall = max((floor - ceiling) * count / most, 1.0)  # one event is seen beside a thousand
            x, y = step * index + gap / 2, floor - tall
            shape = (round(x, 2), round(y, 2), round(step - gap, 2), round(tall, 2))
            bars.append(Bar(*shape, shown.name(index), count, *shown.months(index)))
    return Chart(width, height, ceiling, floor, most, tuple(bars), _ticks(shown, step))


def _ticks(shown: Period, step: float) -> tuple[Tick, ...]:
    """The first bar of each year, of so many years that their names have room."""
    starts: dict[int, float] = {}
    for bar in range(shown.bars):
        starts.setdefault((shown.first + bar * shown.step) // 12, step * bar)
    whole = {year: x for year, x in starts.items() if shown.bar(year * 12) is not None} or starts
    every = -(-len(whole) // _LABELS)
    return tuple(Tick(round(x, 2), str(year)) for year, x in list(whole.items())[::every])


def _without_strays(months: Mapping[int, int]) -> list[int]:
    ordered = sorted(month for month, count in months.items() if count)
    sums = list(accumulate(months[month] for month in ordered))
    if not ordered:
        return []
    stray = sums[-1] * _STRAY
    return [
        month
        for month, before, upto in zip(ordered, [0, *sums], sums, strict=False)
        if upto > stray and before < sums[-1] - stray
    ]


def _month(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _is_number(text: str, digits: int) -> bool:
    return len(text) == digits and text.isascii() and text.isdecimal()
