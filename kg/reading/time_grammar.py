"""The grammar of time expressions: the words of times.toml put together into one pattern.

`TimeLexicon.scan` finds where an expression stands: the last group of a match names its rule, and the
rule's parts are groups named `rule__part`. The pattern is for text as `plain` leaves it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.lexicon import read_toml

_PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "\n": " ", "\t": " ", "’": "'", "–": "-", "—": "-"})

_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?!\d|[.,:]\d|%)"
_SUFFIX = r"(?:st|nd|rd|th)?"
_PLAIN_YEAR = r"(?:1[5-9]|20)\d\d(?![\w%]|[.,]\d)"
_UNITS = r"(?:minute|hour|day|week|month|year|decade)s?"
_IN = r"(?:(?<=\b[Ii]n )|(?<=\b[Dd]uring ))"
_OWNER = (
    r"(?:(?<=\b[Tt]he )|(?<=\b[Aa] )|(?<='s )|(?<=\b[Ii]ts )|(?<=\b[Hh]is )|(?<=\b[Hh]er )|(?<=\b[Oo]ur )"
    r"|(?<=\b[Tt]heir )|(?<=\b[Tt]hat )|(?<=\b[Tt]his ))"
)
_NTH = r"(?:\d+(?:st|nd|rd|th)|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"
_GROUP = re.compile(r"\(\?(P<|\()(?=\w)")


@dataclass(frozen=True, slots=True)
class TimeLexicon:
    """times.toml, checked and compiled. Keys of the mappings are lower case; weekdays count from Monday 0."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    numbers: Mapping[str, int]
    relative: Mapping[str, tuple[str, int]]  # words: unit, and number of units on
    days: Mapping[str, tuple[int, int]]  # words: month and day
    compared: re.Pattern[str]  # a superlative, up to the "since" that it is measured from
    scan: re.Pattern[str]


def plain(text: str) -> str:
    """The text with one kind of space, apostrophe and dash; every character keeps its place."""
    return text.translate(_PLAIN)


def load_time_lexicon(path: Path) -> TimeLexicon:
    """Read times.toml; raises DataError where it is missing or wrong."""
    return read_toml(path, _lexicon)


def _lexicon(data: Mapping[str, Any]) -> TimeLexicon:
    long = data["weekdays"]["long"]
    starts = {day[:3].lower(): index for index, day in enumerate(long)}
    relative = {
        words.lower(): (unit, int(steps))
        for unit, table in data["relative"].items()
        for words, steps in table.items()
    }
    scan = "|".join(f"(?P<{name}>{_in_rule(name, pattern)})" for name, pattern in _rules(data).items())
    return TimeLexicon(
        months={form.lower(): int(number) for number, forms in data["months"].items() for form in forms},
        weekdays={day.lower(): starts[day[:3].lower()] for day in [*long, *data["weekdays"]["short"]]},
        numbers={word: int(number) for word, number in data["numbers"].items()},
        relative=relative,
        days={words.lower(): (int(month), int(day)) for words, (month, day) in data["days"].items()},
        compared=re.compile(rf"\b{_any(data['words']['superlatives'])}[^,;:]*$"),
        scan=re.compile(rf"(?<![\w$€£])(?:{scan})"),
    )


def _in_rule(name: str, pattern: str) -> str:
    """The pattern with its groups named after the rule too."""
    return _GROUP.sub(rf"(?\g<1>{name}__", pattern)


def _any(words: Iterable[str]) -> str:
    """Any of the words, longest first, as written or with a capital first letter."""
    forms = {form for word in words for form in (word, word[0].upper() + word[1:])}
    return rf"(?:{'|'.join(map(re.escape, _longest_first(forms)))})\b"


def _names(names: Iterable[str]) -> str:
    """Any of the names, as written or in capitals."""
    return rf"(?:{'|'.join(_longest_first({form for name in names for form in (name, name.upper())}))})\b"


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _rules(data: Mapping[str, Any]) -> dict[str, str]:
    """The rules by name; of those that match at one place the first wins."""
    words = data["words"]
    full = _names(forms[0] for forms in data["months"].values())
    short = _names(form for forms in data["months"].values() for form in forms[1:])
    month = rf"(?:{full}|{short}\.?)"
    weekday = _names(data["weekdays"]["long"])
    short_day = _names(data["weekdays"]["short"])
    year = rf"(?P<year>{_PLAIN_YEAR})(?! {_any(words['counted'])})"
    no_name = rf"(?! {_any(words['name_endings'])})"
    tail = rf"(?:(?:,| of)? {year}|(?: of)? (?P<year_word>last|this|next) year\b)"
    bound = rf"(?:{_any(words['open'])}|(?P<limit>{_any(words['limit'])}))"
    part = rf"(?:{_any(words['parts'])}[ -])"
    return {
        **_relative_rules(data),
        "fixed": _any(words["unresolved"]),
        "iso": r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?=T\d|(?![\w-]))",
        "slashed": r"(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4})(?![\w/])",
        "dotted": r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?!\w|\.\d)",
        **_span_rules(month, weekday, rf"{tail}?{no_name}", f"{part}?"),
        **_date_rules(data, month, rf"(?:{bound} )?", rf"{tail}?{no_name}"),
        "month_year": rf"(?:{bound} )?{part}?(?P<month>{month}){tail}",
        "month": rf"(?:{bound}(?! {month}'s) {part}?|{_IN}{part}?|(?P<which>[Ll]ast|[Nn]ext|[Tt]his) |{part})"
        rf"(?P<month>{month}){no_name}",
        "weekday": rf"(?:(?:{bound}(?! {weekday}'s)|(?P<ahead>[Aa]head of)) (?:early |late )?)?"
        rf"(?:(?P<which>{_any(words['which'])}) )?"
        rf"(?P<weekday>{weekday}|{short_day}(?=\.? {_any(words['hours'])})|(?<=\b[Oo]n ){short_day}\b)"
        rf"(?:\.? {_any(words['hours'])})?"
        rf"(?:,? (?:of )?(?P<week>last|this|next) week\b)?{no_name}",
        "decade": rf"(?:the )?{part}?(?:1[5-9]|20)\d0s\b",
        "year": rf"(?:{bound} {part}?|{part}|{_IN}|(?<=\bof )|(?<=\d{{4}} and ))(?:the year )?{year}",
        "owned_year": rf"{_OWNER}{year}(?= [A-Za-z])",
    }


def _date_rules(data: Mapping[str, Any], month: str, bound: str, end: str) -> dict[str, str]:
    """Rules for one day of the calendar."""
    weekdays = data["weekdays"]
    weekday = rf"(?:(?P<weekday>{_names([*weekdays['long'], *weekdays['short']])})\.?,? )?"
    day = rf"(?P<day>{_DAY}){_SUFFIX}\b"
    # "in January 22 people" counts people, "in January 22, 2022" is a slip for "on"
    not_counted = rf"(?:(?<!\b[Ii]n )|(?={month} \d\d?(?:[snrt]|, ?{_PLAIN_YEAR})))"
    return {
        "date": rf"{bound}{weekday}{day} (?:of )?(?P<month>{month}){end}",
        "american": rf"{bound}{weekday}{not_counted}(?P<month>{month}) (?:the )?{day}{end}",
        "named_day": rf"{bound}(?P<words>{_any(data['days'])}){end}",
    }


def _span_rules(month: str, weekday: str, end: str, part: str) -> dict[str, str]:
    """Rules for spans of time; "and" joins a span after "between" only."""
    lead = r"(?:(?P<between>[Bb]etween )|(?P<from>[Ff]rom ))?"
    to = r"(?: ?- ?| ?/ ?| to | through | until | till | up to )"
    joint = rf"(?(between) and |{to})"
    after_lead = rf"(?(between) and |(?(from){to}|-))"
    day1, day2 = rf"(?P<day1>{_DAY}){_SUFFIX}\b", rf"(?P<day2>{_DAY}){_SUFFIX}\b"
    month1, month2 = rf"(?P<month1>{month})", rf"(?P<month2>{month})"
    year1 = rf"(?:,? (?P<year1>{_PLAIN_YEAR}))?"
    year = rf"(?P<year>{_PLAIN_YEAR}|(?(between)(?!)|\d\d(?![\w-])))"
    years = rf"{part}(?P<year1>{_PLAIN_YEAR}){after_lead}{part}{year}"
    return {
        "days": rf"{lead}{day1}(?:{joint}|(?P<and> and )){day2} (?:of )?{month2}{end}",
        "dates": rf"{lead}{day1} {month1}{year1}{joint}{day2} {month2}{end}",
        "american_days": rf"{lead}{month1} {day1}{joint}{day2}(?! {month}){end}",
        "american_dates": rf"{lead}{month1} {day1}{year1},?{joint}{month2} {day2}{end}",
        "months": rf"{lead}{part}{month1}{year1}{after_lead}{part}{month2}{end}",
        "years": rf"{lead}{years}",
        "weekdays": rf"{lead}(?P<weekday1>{weekday}){after_lead}(?P<weekday2>{weekday})",
    }


def _relative_rules(data: Mapping[str, Any]) -> dict[str, str]:
    """Rules for times told from the day of issue, or from another time."""
    words = data["words"]
    number = rf"(?:{_any(data['numbers'])}|\d{{1,3}}\b)"
    vague = _any(words["vague"])
    some = rf"(?:{number}|{vague})"
    about = rf"(?:(?P<approximate>{_any(words['approximate'])}) )?"
    over = r"(?:(?:[Ff]or|[Oo]ver|[Ii]n|[Dd]uring|[Ww]ithin) )?"
    return {
        "duration": rf"{over}the (?:past|last|coming|next|previous) (?:{some} |few )?{_UNITS}\b",
        "nth": rf"(?:for |on |in )?(?:the|its|a) {_NTH} (?:straight |consecutive |successive )?{_UNITS}\b",
        "ago": rf"{about}(?:(?P<number>{number})|{vague}) (?P<unit>{_UNITS}) ago\b",
        "elsewhere": rf"{about}{some} {_UNITS} (?:earlier|later|before|after|afterwards|previously)\b",
        # a capital within a sentence makes a name: "Russia Today"
        "relative": r"(?:(?<!\w )(?=[A-Z])|(?=[a-z]))(?:(?:[Ee]arlier|[Ll]ater|[Ee]arly|[Ll]ate|[Mm]id)[ -])?"
        rf"(?<!\bthe )(?P<words>{_any(w for table in data['relative'].values() for w in table)})",
        "overnight": r"[Oo]vernight\b",
    }
