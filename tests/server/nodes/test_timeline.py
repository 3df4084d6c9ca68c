"""Which events fit a filter, and how they are counted by month and year."""

from __future__ import annotations

import pytest

from server.nodes.chart import HEIGHT, chart
from server.nodes.timeline import Bar, Entry, Filter, Timeline, as_date, histogram


def entry(date: str = "", issued: str = "", kind: str = "Raid", **more: str) -> Entry:
    return Entry(
        "http://e/1", kind, more.get("status", "Reported"), date, "http://e/r", issued, more.get("by", "")
    )


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Filter(), True),
        (Filter(kind="Raid"), True),
        (Filter(kind="Attack"), False),
        (Filter(status="Denied"), False),
        (Filter(source="Agency"), True),
        (Filter(source="Other"), False),
        (Filter(since="2022-01-20"), True),
        (Filter(since="2022-01-21"), False),
        (Filter(until="2022-01-20"), True),
        (Filter(until="2022-01-19"), False),
        (Filter(since="2022", until="2022"), True),
        (Filter(since="2022-01", until="2022-01"), True),
        (Filter(until="2021"), False),
    ],
)
def test_a_filter(wanted: Filter, fits: bool) -> None:
    assert wanted.fits(entry("2022-01-20", by="Agency")) is fits
    assert wanted.given is (wanted != Filter())


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Filter(since="2022-03-05"), True),
        (Filter(until="2022-03-05"), True),
        (Filter(since="2022-04"), False),
        (Filter(until="2022-02"), False),
    ],
)
def test_a_month_fits_if_a_day_of_it_may(wanted: Filter, fits: bool) -> None:
    assert wanted.fits(entry("2022-03")) is fits


def test_an_event_without_a_date_stands_at_that_of_its_report_or_fits_no_period() -> None:
    assert Filter(since="2022").fits(entry(issued="2022-05-01"))
    assert not Filter(since="2022").fits(entry())
    assert not Filter(until="2022").fits(entry())


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2022-01-20", "2022-01-20"),
        ("2022-01-20T10:00:00Z", "2022-01-20"),
        ("2022-01", "2022-01"),
        ("2022", "2022"),
        ("", ""),
        ("soon", ""),
        ("-0044", ""),
        ("20", ""),
    ],
)
def test_a_date_is_what_a_text_begins_with(text: str, date: str) -> None:
    assert as_date(text) == date


def test_months_without_events_have_bars_too() -> None:
    entries = [entry("2021-12-30"), entry("2022-02"), entry(issued="2022-02-03"), entry()]
    assert histogram(entries) == (Bar("2021-12", 1, 0), Bar("2022-01", 0, 0), Bar("2022-02", 1, 1))


def test_longer_times_are_counted_by_year() -> None:
    assert histogram([entry("2010-01-01"), entry("2016-05-05"), entry("2016")]) == (
        Bar("2010", 1, 0),
        *(Bar(str(year), 0, 0) for year in range(2011, 2016)),
        Bar("2016", 2, 0),
    )


def test_there_is_an_end_to_the_bars() -> None:
    assert len(histogram([entry("0001-01-01"), entry("9999-01-01")])) == 120
    assert histogram([entry()]) == ()


def test_most_come_first_in_the_choices() -> None:
    timeline = Timeline(tuple(entry(kind=kind) for kind in ("Raid", "Attack", "Raid", "")), truncated=False)
    assert timeline.kinds == (("Raid", 2), ("Attack", 1))


def test_a_bar_with_any_events_can_be_seen() -> None:
    drawn = chart([Bar("2020", 1, 0), Bar("2021", 0, 5000), Bar("2022", 0, 0)])
    few, many, none = drawn.columns
    assert few.dated >= 1
    assert (many.top, many.by_report) == (0, HEIGHT)
    assert (none.dated, none.by_report) == (0, 0)
    assert drawn.most == 5000
