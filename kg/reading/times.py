"""Time expressions of one sentence, resolved against the day the report was issued.

Pure over the text; what the words leave open stays unresolved rather than guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kg.facts import When
from kg.reading.time_grammar import TimeLexicon, load_time_lexicon, plain

__all__ = ["TimeExpression", "TimeLexicon", "find_times", "load_time_lexicon"]

# Without a year, a day this far back or ahead is doubtful: writers then name the year.
_FAR_BACK_DAYS = 330
_FAR_AHEAD_DAYS = 180
_NEAR_AHEAD_DAYS = 10  # this near, a day to come is meant even where the verb does not look ahead
_FAR_BACK_MONTHS = 10
_FAR_AHEAD_MONTHS = 6


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """Characters `begin` to `end` of the text name a time; `when` is None where it cannot be resolved."""

    begin: int
    end: int
    when: When | None


@dataclass(frozen=True, slots=True)
class _Period:
    """A resolved time: ISO 8601 day, month or year, and the last one of a span."""

    begin: str
    end: str | None = None


@dataclass(frozen=True, slots=True)
class _Clock:
    """What a sentence's times are resolved against."""

    issued: dt.date | None
    future: bool
    lexicon: TimeLexicon

    def day(self, month: int, day: int, weekday: int | None = None) -> dt.date | None:
        """The day without a year that the text means; a weekday given with it chooses the year."""
        if self.issued is None:
            return None
        years = range(self.issued.year - 1, self.issued.year + 2)
        days = [found for year in years if (found := _valid(year, month, day)) is not None]
        if weekday is not None:
            days = [found for found in days if found.weekday() == weekday]
            return min(days, key=lambda found: abs(found - self.issued), default=None)  # type: ignore[operator]
        past = max((found for found in days if found <= self.issued), default=None)
        ahead = min((found for found in days if found >= self.issued), default=None)
        if self.future and ahead is not None and (ahead - self.issued).days <= _FAR_AHEAD_DAYS:
            return ahead
        if past is not None and (self.issued - past).days <= _FAR_BACK_DAYS:
            return past
        return ahead if ahead is not None and (ahead - self.issued).days <= _NEAR_AHEAD_DAYS else None

    def month(self, month: int, which: str) -> tuple[int, int] | None:
        """Year and month that a month without a year means; `which` is "last", "next", "this" or ""."""
        if self.issued is None:
            return None
        back = (self.issued.month - month) % 12
        if which == "this":
            return self.issued.year, month
        if which == "next" or (not which and self.future and 0 < 12 - back <= _FAR_AHEAD_MONTHS):
            return _month_from(self.issued, 12 - back)
        if which == "last":
            return _month_from(self.issued, -(back or 12))
        return _month_from(self.issued, -back) if back <= _FAR_BACK_MONTHS else None

    def weekday(self, weekday: int, which: str) -> dt.date | None:
        """The day of the week that the text means: the latest one, or the next one where it looks ahead."""
        if self.issued is None or which in ("the following", "the previous", "every", "each"):
            return None
        back = (self.issued.weekday() - weekday) % 7
        if which in ("last", "past", "this past"):
            back = back or 7
        elif which in ("next", "coming", "this coming") or (self.future and back):
            back -= 7
        return self.issued - dt.timedelta(days=back)


def find_times(
    text: str, *, issued: dt.date | None, verb_is_future: bool = False, lexicon: TimeLexicon
) -> list[TimeExpression]:
    """The time expressions of a sentence, in text order, without overlaps.

    `issued` is the day of the report (None: only full dates resolve), `verb_is_future` says that the
    sentence looks ahead ("will meet on Monday"). A time that only limits another ("until April 8",
    "by Friday", "the worst since 2014") or hangs on one ("two days later") is found but not resolved.
    """
    issued = issued.date() if isinstance(issued, dt.datetime) else issued
    clock = _Clock(issued, verb_is_future, lexicon)
    found = []
    read = plain(text)
    for match in lexicon.scan.finditer(read):
        words = text[match.start() : match.end()]
        measured = words.startswith("since ") and lexicon.compared.search(read, 0, match.start())
        period = None if measured else _resolve(match, clock)
        when = None if period is None else When(period.begin, period.end, words)
        found.append((match.lastgroup, TimeExpression(match.start(), match.end(), when)))
    # a night of its own only where no other time says which night
    return [
        TimeExpression(time.begin, time.end, None) if rule == "overnight" and len(found) > 1 else time
        for rule, time in found
    ]


def _resolve(match: re.Match[str], clock: _Clock) -> _Period | None:
    rule = str(match.lastgroup)
    prefix = f"{rule}__"
    parts = {
        name.removeprefix(prefix): text
        for name, text in match.groupdict().items()
        if text is not None and name.startswith(prefix)
    }
    if "limit" in parts or rule not in _RESOLVERS:
        return None
    try:
        return _RESOLVERS[rule](parts, clock)
    except OverflowError:  # "in 300 years" before the calendar begins
        return None


def _numeric(parts: Mapping[str, str], _: _Clock) -> _Period | None:
    return _day(_valid(int(parts["year"]), int(parts["month"]), int(parts["day"])))


def _slashed(parts: Mapping[str, str], _: _Clock) -> _Period | None:
    first, second, year = int(parts["first"]), int(parts["second"]), int(parts["year"])
    readings = {_valid(year, second, first), _valid(year, first, second)} - {None}
    return _day(readings.pop()) if len(readings) == 1 else None


def _date(parts: Mapping[str, str], clock: _Clock) -> _Period | None:
    return _day(_calendar_day(parts, clock, month=parts["month"], day=parts["day"]))


def _named_day(parts: Mapping[str, str], clock: _Clock) -> _Period | None:
    month, day = clock.lexicon.days[parts["words"].lower()]
    year = _year(parts, clock)
    return _day(clock.day(month, day) if year is None else _valid(year, month, day))


def _days(parts: Mapping[str, str], clock: _Clock) -> _Period | None:
    """A span of days; what the first leaves out (month, year) it shares with the second."""
    month1 = parts.get("month1") or parts["month2"]
    last = _calendar_day(parts, clock, month=parts.get("month2") or month1, day=parts["day2"])
    if last is None:
        return None
    month, day = _month_number(month1, clock), int(parts["day1"])
    first = _valid(int(parts.get("year1", last.year)), month, day)
    if first is not None and first > last and "year1" not in parts:
        first = _valid(last.year - 1, month, day)
    if first is None or first >= last or ("and" in parts and (last - first).days > 1):
        return None
    return _Period(first.isoformat(), last.isoformat())


def _months(parts: Mapping[str, str], clock: _Clock) -> _Period | None:
    last = _calendar_month(parts, clock, month=parts["month2"])
    if last is None:
        return None
    month = _month_number(parts["month1"], clock)
    year = int(parts.get("year1", last[0] if month < last[1] else last[0] - 1))
    return _Period(_iso_month((year, month)), _iso_month(last)) if (year, month) < last else None


def _years(parts: Mapping[str, str], _: _Clock) -> _Period | None:
    first, last = parts["year1"], parts["year"]
    last = first[:2] + last if len(last) == 2 else last
    return _Period(first, last) if first < last else None


def _weekdays(parts: Mapping[str, str], clock: _Clock) -> _Period | None:
    weekdays = clock.lexicon.weekdays
    first, last = weekdays[parts["weekday1"].lower()], weekdays[parts["weekday2"].lower()]
    end = clock.weekday(last, "")
    if end is None or first == last:
        return None
    return _Period((end - dt.timedelta(days=(last - first) % 7)).isoformat(), end.isoformat())


def _month(parts: Mapping[str, str], clock: _Clock) -> _Period | None:
    found = _calendar_month(parts, clock, month=parts["month"])
    return None if found is None else _Period(_iso_month(found))


def _weekday(parts: Mapping[str, str], clock: _Clock) -> _Period | None:
    weekday = clock.lexicon.weekdays[parts["weekday"].lower()]
    if "week" in parts and clock.issued is not None:
        weeks = {"last": -1, "this": 0, "next": 1}[parts["week"]]
        return _day(clock.issued + dt.timedelta(days=weekday - clock.issued.weekday() + 7 * weeks))
    which = "coming" if "ahead" in parts else parts.get("which", "").lower()
    return _day(clock.weekday(weekday, which))


def _bare_year(parts: Mapping[str, str], clock: _Clock) -> _Period | None:
    year = int(parts["year"])
    far = clock.issued is not None and year > clock.issued.year + 30  # then rather an amount
    return None if far else _Period(parts["year"])


def _ago(parts: Mapping[str, str], clock: _Clock) -> _Period | None:
    """ "two days ago" a day, "two months ago" a month, "nearly three years ago" a year; weeks where a month
    holds them with three days to spare on each side."""
    if clock.issued is None or "number" not in parts:
        return None
    words = parts["number"].lower()
    count = clock.lexicon.numbers[words] if words in clock.lexicon.numbers else int(words)
    about = parts.get("approximate", "").lower()
    unit = parts["unit"].removesuffix("s")
    if about not in (
        "",
        "nearly",
        "almost",
        "about",
        "around",
        "approximately",
        "roughly",
        "some",
        "just under",
    ):
        return None
    if unit == "year" and clock.issued.year - count >= 1:
        return _Period(f"{clock.issued.year - count:04}")
    if unit == "month":
        year, month = _month_from(clock.issued, -count)
        return _Period(f"{year:04}") if about else _Period(_iso_month((year, month)))
    if unit not in ("day", "week"):
        return None
    day = clock.issued - dt.timedelta(days=count * (7 if unit == "week" else 1))
    slack = dt.timedelta(days=3 if unit == "week" or about else 0)
    return _shared(day - slack, day + slack)


def _relative(parts: Mapping[str, str], clock: _Clock) -> _Period | None:
    if clock.issued is None:
        return None
    unit, steps = clock.lexicon.relative[parts["words"].lower()]
    issued = clock.issued
    if unit == "day":
        return _day(issued + dt.timedelta(days=steps))
    if unit == "month":
        return _Period(_iso_month(_month_from(issued, steps)))
    if unit == "year":
        return _Period(f"{issued.year + steps:04}")
    monday = issued + dt.timedelta(days=7 * steps - issued.weekday())
    if unit == "week":
        return _shared(monday - dt.timedelta(days=1), monday + dt.timedelta(days=6))
    if unit == "weekend":
        clear = issued.weekday() < 5  # on a weekend it may be this one
        return _shared(monday + dt.timedelta(days=5), monday + dt.timedelta(days=6)) if clear else None
    raise ValueError(f"unexpected unit of relative times {unit!r}")


def _overnight(_: Mapping[str, str], clock: _Clock) -> _Period | None:
    if clock.issued is None or clock.future:
        return None
    return _Period((clock.issued - dt.timedelta(days=1)).isoformat(), clock.issued.isoformat())


_RESOLVERS: Mapping[str, Callable[[Mapping[str, str], _Clock], _Period | None]] = {
    "iso": _numeric,
    "dotted": _numeric,
    "slashed": _slashed,
    "date": _date,
    "american": _date,
    "named_day": _named_day,
    "days": _days,
    "dates": _days,
    "american_days": _days,
    "american_dates": _days,
    "months": _months,
    "years": _years,
    "weekdays": _weekdays,
    "month_year": _month,
    "month": _month,
    "weekday": _weekday,
    "year": _bare_year,
    "owned_year": _bare_year,
    "ago": _ago,
    "relative": _relative,
    "overnight": _overnight,
}


def _calendar_day(parts: Mapping[str, str], clock: _Clock, *, month: str, day: str) -> dt.date | None:
    number = _month_number(month, clock)
    year = _year(parts, clock)
    if year is not None:
        return _valid(year, number, int(day))
    weekday = parts.get("weekday")
    return clock.day(number, int(day), None if weekday is None else clock.lexicon.weekdays[weekday.lower()])


def _calendar_month(parts: Mapping[str, str], clock: _Clock, *, month: str) -> tuple[int, int] | None:
    number = _month_number(month, clock)
    year = _year(parts, clock)
    if year is not None:
        return year, number
    return None if "year_word" in parts else clock.month(number, parts.get("which", "").lower())


def _year(parts: Mapping[str, str], clock: _Clock) -> int | None:
    if "year" in parts:
        return int(parts["year"])
    if "year_word" in parts and clock.issued is not None:
        return clock.issued.year + {"last": -1, "this": 0, "next": 1}[parts["year_word"]]
    return None


def _month_number(words: str, clock: _Clock) -> int:
    return clock.lexicon.months[words.rstrip(".").lower()]


def _month_from(issued: dt.date, steps: int) -> tuple[int, int]:
    years, month = divmod(issued.month - 1 + steps, 12)
    return issued.year + years, month + 1


def _iso_month(month: tuple[int, int]) -> str:
    return f"{month[0]:04}-{month[1]:02}"


def _valid(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:  # no such day
        return None


def _day(day: dt.date | None) -> _Period | None:
    return None if day is None else _Period(day.isoformat())


def _shared(first: dt.date, last: dt.date) -> _Period | None:
    """The day, month or year that holds both days, the shortest that does."""
    begin, end = first.isoformat(), last.isoformat()
    return next((_Period(begin[:size]) for size in (10, 7, 4) if begin[:size] == end[:size]), None)
