from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.summaries.timeline import Period, binned, chart, month_of, period, year_of


def month(year: int, number: int = 1) -> int:
    return year * 12 + number - 1


@pytest.mark.parametrize(
    ("date", "expected", "year"),
    [
        ("2022-01-21", month(2022, 1), 2022),
        ("2022-12", month(2022, 12), 2022),
        ("2022", None, 2022),
        ("2022-13-01", None, 2022),
        ("-0044-03-15", None, None),
        ("12022-01-01", None, None),
        ("22", None, None),
        ("", None, None),
    ],
)
def test_dates_are_read_as_far_as_they_go(date: str, expected: int | None, year: int | None) -> None:
    assert month_of(date) == expected
    assert year_of(date) == year


@pytest.mark.parametrize(
    ("first", "last", "unit", "names"),
    [
        ((2022, 1), (2022, 1), "month", ["Jan 2022"]),
        ((2021, 2), (2023, 12), "month", ["Feb 2021", "Dec 2023"]),
        ((2020, 2), (2023, 2), "quarter", ["Jan to Mar 2020", "Jan to Mar 2023"]),
        ((1990, 6), (2023, 2), "year", ["1990", "2023"]),
        ((1914, 8), (2023, 2), "decade", ["1910 to 1919", "2020 to 2029"]),
    ],
)
def test_the_length_of_a_bar_follows_from_the_period(
    first: tuple[int, int], last: tuple[int, int], unit: str, names: list[str]
) -> None:
    shown = period({month(*first): 5, month(*last): 5})
    assert shown is not None
    assert shown.unit == unit
    assert list(dict.fromkeys([shown.name(0), shown.name(shown.bars - 1)])) == names


def test_a_bar_knows_its_months() -> None:
    shown = period({month(2020, 2): 5, month(2023, 2): 5})
    assert shown is not None
    assert shown.months(0) == ("2020-01", "2020-03")
    assert shown.months(shown.bars - 1) == ("2023-01", "2023-03")


def test_nothing_has_no_period() -> None:
    assert period({}) is None
    assert period({month(2022): 0}) is None


def test_a_stray_date_does_not_stretch_the_period() -> None:
    counts = {month(1453): 1, month(2022, 3): 200, month(2022, 5): 200}
    shown = period(counts)
    assert shown == Period(month(2022, 3), month(2022, 5), 1, "month")
    assert binned(counts, shown) == (200, 0, 200)


@given(st.dictionaries(st.integers(month(1800), month(2100)), st.integers(1, 1000), min_size=1, max_size=60))
def test_every_event_of_the_period_is_in_one_bar_that_fits_the_drawing(counts: dict[int, int]) -> None:
    shown = period(counts)
    assert shown is not None
    bars = binned(counts, shown)
    inside = sum(count for at, count in counts.items() if shown.first <= at <= shown.last)
    assert sum(bars) == inside
    assert inside >= 0.97 * sum(counts.values())
    assert 1 <= len(bars) <= 49
    drawn = chart(bars, shown, width=280, height=92)
    assert len(drawn.bars) == sum(1 for count in bars if count)
    assert all(bar.x >= 0 and bar.x + bar.width <= drawn.width for bar in drawn.bars)
    assert all(bar.height > 0 and bar.y >= drawn.ceiling - 0.01 for bar in drawn.bars)
    assert all(0 <= tick.x < drawn.width for tick in drawn.ticks)
    assert 1 <= len(drawn.ticks) <= 6


def test_bars_of_several_drawings_can_share_a_scale() -> None:
    shown = Period(month(2022), month(2022, 2), 1, "month")
    (alone, _), (beside, _) = (
        chart((10, 20), shown, width=100, height=100, top=top).bars for top in (0, 200)
    )
    assert alone.height == pytest.approx(10 * beside.height)
