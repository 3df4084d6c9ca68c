"""Points, reasons and contradictions, one pair of events at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.clustering.kinds import KINDS, family, may_be_one
from kg.clustering.likeness import ENOUGH, FLOOR, compare, fit, is_edge
from kg.clustering.model import Count, Days, Place, Signature, days

TOWN = Place("town", frozenset({"region", "country"}), 0)
NEXT_TOWN = Place("next", frozenset({"region", "country"}), 0)
HOSPITAL = Place("hospital", frozenset({"town", "region", "country"}), 0)
REGION = Place("region", frozenset({"country"}), 1)
COUNTRY = Place("country", frozenset(), 2)
DAY = days("2022-01-20", None)

STRIKE = Signature(
    event="a/event/1",
    report="a",
    issued="2022-01-21",
    kind="AirStrike",
    family="Attack",
    days=DAY,
    places=(TOWN,),
)
DEAD = replace(STRIKE, kind="Killing", family="Killing")


def points(first: dict[str, object], second: dict[str, object], base: Signature = STRIKE) -> float | str:
    """The points of two events, or what contradicts."""
    one = replace(base, **first)  # type: ignore[arg-type]
    other = replace(base, event="b/event/1", report="b", **second)  # type: ignore[arg-type]
    found = compare(one, other)
    assert found == compare(other, one)
    return found.contradiction or found.points


BARE = points({}, {})


def test_day_town_and_kind_are_not_enough_but_fit() -> None:
    assert isinstance(BARE, float)
    assert FLOOR < BARE < ENOUGH


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"target_words": frozenset({"market", "hall"})}, {"target_words": frozenset({"market"})}),
        ({"target_kinds": frozenset({"Market"})}, {"target_kinds": frozenset({"Market"})}),
        ({"facilities": frozenset({"hospital"})}, {"facilities": frozenset({"hospital"})}),
        ({"agents": frozenset({"army"})}, {"agents": frozenset({"army", "navy"})}),
        ({"means": frozenset({"jets"})}, {"means": frozenset({"jets"})}),
        ({"dead": Count(50, 50)}, {"dead": Count(57, 57)}),
        ({"dead": Count(3, 3)}, {"dead": Count(3, 3)}),
        ({"injured": Count(100, 100)}, {"injured": Count(180, 180)}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_one_more_thing_is_enough(first: dict[str, object], second: dict[str, object]) -> None:
    found = points(first, second)
    assert isinstance(found, float)
    assert found >= ENOUGH


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"dead": Count(1, 1)}, {"dead": Count(1, 1)}),
        ({"dead": Count(3, 3)}, {"dead": Count(4, 4)}),
        ({"dead": Count(10, 10)}, {"dead": Count(30, 30)}),
        ({"agents": frozenset({"army"})}, {"agents": frozenset({"rebels"})}),
        ({"places": (TOWN,)}, {"places": (REGION,)}),
        ({"places": (COUNTRY,)}, {"places": (TOWN,)}),
        ({"kind": "Attack"}, {}),
    ],
    ids=str,
)
def test_these_say_no_more(first: dict[str, object], second: dict[str, object]) -> None:
    found = points(first, second)
    assert isinstance(found, float)
    assert isinstance(BARE, float)
    assert found <= BARE < ENOUGH


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({}, {"days": days("2022-01-21", None)}, "different days"),
        ({}, {"days": days("2022-02", None)}, "different days"),
        ({}, {"days": None}, "no day is known"),
        ({}, {"places": (NEXT_TOWN,)}, "different places"),
        ({}, {"places": (NEXT_TOWN, COUNTRY)}, "different places"),
        ({}, {"places": ()}, "no place is known"),
        ({}, {"kind": "Raid"}, "different kind"),
        ({"targets": frozenset({"x"})}, {"targets": frozenset({"y"})}, "different targets"),
        (
            {"target_kinds": frozenset({"Market"})},
            {"target_kinds": frozenset({"School"})},
            "targets of different kinds",
        ),
    ],
)
def test_contradictions(first: dict[str, object], second: dict[str, object], reason: str) -> None:
    assert points(first, second) == reason


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({"victims": frozenset({"soldiers"})}, {}, "different victims"),
        ({"victims": frozenset({"soldiers"})}, {"victims": frozenset({"children"})}, "different victims"),
        ({"dead": Count(14, 14)}, {"dead": Count(132, 132)}, "too different numbers of dead"),
    ],
)
def test_contradictions_of_harm(first: dict[str, object], second: dict[str, object], reason: str) -> None:
    assert points(first, second, DEAD) == reason


def test_numbers_far_apart_count_against_an_act_only() -> None:
    found = points({"dead": Count(14, 14)}, {"dead": Count(132, 132)})
    assert isinstance(found, float)
    assert isinstance(BARE, float)
    assert found < BARE


def test_a_facility_lies_in_its_town() -> None:
    assert points({"places": (HOSPITAL,)}, {}) == BARE


def test_a_month_leads_to_a_name_only() -> None:
    month = replace(STRIKE, report="b", event="b/event/1", days=days("2022-01", None), dead=Count(50, 50))
    exact = replace(STRIKE, dead=Count(50, 50))
    assert compare(exact, month).points >= ENOUGH
    assert is_edge(exact, month) is None
    hospital = frozenset({"hospital"})
    assert is_edge(replace(exact, facilities=hospital), replace(month, facilities=hospital)) is not None


def test_two_passages_of_one_report_need_more() -> None:
    one = replace(STRIKE, target_words=frozenset({"market"}))
    assert is_edge(one, replace(one, report="b", event="b/event/1")) is not None
    assert is_edge(one, replace(one, event="a/event/2")) is None
    assert not fit(one, replace(one, event="a/event/2"))
    sure = replace(one, facilities=frozenset({"market"}), dead=Count(50, 50))
    assert is_edge(sure, replace(sure, event="a/event/2")) is not None
    assert is_edge(sure, replace(sure, event="a/event/2", kind="Attack")) is None


@pytest.mark.parametrize(
    ("begin", "end", "found"),
    [
        ("2022-01-20", None, (1, True)),
        ("2022-12-31", "2023-01-01", (2, True)),
        ("2022-02", None, (28, False)),
        ("2022", None, None),
        ("2022-01-20", "2022-01-27", None),
        ("2022-01-20", "2022-01-19", None),
        ("2022-01-20", "2022-02", None),
        ("2022-01", "2022-03", None),
        ("-0044-03-15", None, None),
        ("", None, None),
    ],
)
def test_days(begin: str, end: str | None, found: tuple[int, bool] | None) -> None:
    known = days(begin, end)
    assert (known and (known.last - known.first + 1, known.exact)) == found


def test_spans_meet_at_their_ends() -> None:
    night = days("2022-12-31", "2023-01-01")
    assert isinstance(night, Days)
    assert night.ends == {night.first, night.first + 1}


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("Attack", "SuicideBombing", True),
        ("Bombing", "SuicideBombing", True),
        ("AirStrike", "DroneStrike", True),
        ("AirStrike", "Shelling", True),
        ("DroneStrike", "Shelling", False),
        ("Raid", "Bombing", False),
        ("PrisonBreak", "Attack", True),
        ("Killing", "Execution", True),
        ("Killing", "Injury", False),
        ("Clash", "Attack", False),
    ],
)
def test_kinds(first: str, second: str, one: bool) -> None:
    assert may_be_one(first, second) is may_be_one(second, first) is one


def test_families() -> None:
    assert {family(kind) for kind in KINDS} < KINDS
    assert family("SuicideBombing") == "Attack"
    with pytest.raises(ValueError, match="'Statement'"):
        family("Statement")
