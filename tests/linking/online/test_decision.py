"""From candidates to a link: a table of what is sure, likely and not known."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from kg.facts import Kind
from kg.linking.online.decision import Candidate, Wanted, decide, likeness
from kg.links import Level

PLACE, PERSON = frozenset({Kind.PLACE}), frozenset({Kind.PERSON})
ORGANIZATION = frozenset({Kind.ORGANIZATION})

TOWN = Wanted("e", "Derik", (), Kind.PLACE, "Settlement", named=frozenset({"Q858"}))
MAN = Wanted("e", "Ned Price", (), Kind.PERSON, "Person", named=frozenset({"Q30", "Q858"}))
GROUP = Wanted("e", "Red Column", (), Kind.ORGANIZATION, "ArmedGroup", named=frozenset({"Q858"}))
MONITOR = replace(GROUP, name="Vale Observatory for Human Rights")


def place(item: str, name: str = "Derik", country: str = "Q858", **more: object) -> Candidate:
    return Candidate(item, (name,), kinds=PLACE, countries=frozenset({country}), **more)  # type: ignore[arg-type]


def person(item: str, name: str = "Ned Price", country: str = "Q30") -> Candidate:
    return Candidate(item, (name,), kinds=PERSON, countries=frozenset({country}))


def group(item: str, name: str, **more: object) -> Candidate:
    return Candidate(item, (name,), kinds=ORGANIZATION, **more)  # type: ignore[arg-type]


CASES = {
    "the town of a country that the report names": (
        TOWN,
        [place("Q1"), place("Q2", country="Q43")],
        "sure Q1",
    ),
    "a town of no country that the report names": (TOWN, [place("Q2", country="Q43")], "likely Q2"),
    "two towns of one name in one country": (TOWN, [place("Q1"), place("Q2")], "none"),
    "a town, known to lie in another country": (
        replace(TOWN, country="Q858"),
        [place("Q2", country="Q43")],
        "none",
    ),
    "a town near its point": (
        replace(TOWN, named=frozenset(), point=(37.2, 42.1)),
        [place("Q1", point=(37.18, 42.14))],
        "sure Q1",
    ),
    "a town far from its point": (
        replace(TOWN, point=(37.2, 42.1)),
        [place("Q1", point=(33.5, 36.3))],
        "none",
    ),
    "no kind told": (TOWN, [replace(place("Q1"), kinds=None)], "likely Q1"),
    "of a kind that is none of ours": (TOWN, [replace(place("Q1"), kinds=frozenset())], "none"),
    "a person of a place's name": (TOWN, [person("Q1", "Derik", "Q858")], "none"),
    "a place of a person's name": (MAN, [place("Q1", "Ned Price", "Q30")], "none"),
    "both a place and an organization": (
        TOWN,
        [replace(place("Q1"), kinds=PLACE | ORGANIZATION)],
        "sure Q1",
    ),
    "a name spelt alike": (MAN, [person("Q1"), person("Q2", "Ned Pryce")], "none"),
    "the only one of a name": (MAN, [person("Q1"), person("Q2", "Edward Prince")], "sure Q1"),
    "a namesake abroad": (MAN, [person("Q1"), person("Q2", country="Q145")], "likely Q1"),
    "a namesake at home": (MAN, [person("Q1"), person("Q2")], "none"),
    "a person of a country that is not named": (MAN, [person("Q1", country="Q145")], "likely Q1"),
    "a long name has no namesake": (MONITOR, [group("Q1", MONITOR.name)], "sure Q1"),
    "a short one has": (GROUP, [group("Q1", "Red Column")], "likely Q1"),
    "a short one of the country": (
        GROUP,
        [group("Q1", "Red Column", countries=frozenset({"Q858"}))],
        "sure Q1",
    ),
    "the name is spelt like it": (GROUP, [group("Q1", "Red Columns")], "likely Q1"),
    "the name is another": (GROUP, [group("Q1", "White Column")], "none"),
    "the service is sure of another name": (
        TOWN,
        [place("Q1", "Al-Malikiyah", score=1.0, match=True)],
        "likely Q1",
    ),
    "the service alone scores high": (TOWN, [place("Q1", "Al-Malikiyah", score=1.0)], "none"),
    "the service scores low": (TOWN, [place("Q1", score=0.5)], "none"),
    "the second is close": (TOWN, [place("Q1", score=1.0), place("Q2", score=0.95)], "none"),
    "the second is far": (TOWN, [place("Q1", score=1.0), place("Q2", score=0.9)], "sure Q1"),
    "one told twice": (TOWN, [place("Q1", score=1.0), place("Q1", score=0.9)], "sure Q1"),
    "nothing": (TOWN, [], "none"),
}  # fmt: skip


@pytest.mark.parametrize(("wanted", "candidates", "expected"), CASES.values(), ids=CASES)
def test_decisions(wanted: Wanted, candidates: list[Candidate], expected: str) -> None:
    for order in permutations(candidates):
        decision = decide(wanted, order)
        assert f"{decision.level.value} {decision.item or ''}".strip() == expected, decision.reason
        assert decision.reason
        assert (decision.confidence == 0) == (decision.level is Level.NONE)
        if decision.level is Level.LIKELY:
            assert 0.8 <= decision.confidence < 0.95
        if decision.level is Level.SURE:
            assert decision.confidence >= 0.95


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Al-Hasakah", "al hasakah", 1.0, 1.0),
        ("The Pentagon", "Pentagon", 1.0, 1.0),
        ("São Tomé", "Sao Tome", 1.0, 1.0),
        ("Hasaka", "Al-Hasakah", 0.9, 0.99),
        ("Red Column", "Red Columns", 0.9, 0.99),
        ("Red Column", "White Column", 0.0, 0.79),
        ("???", "!!!", 0.0, 0.5),
        ("", "", 1.0, 1.0),
    ],
)
def test_likeness(one: str, other: str, least: float, most: float) -> None:
    assert least <= likeness(one, other) <= most
    assert likeness(one, other) == likeness(other, one)
