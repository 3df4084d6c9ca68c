"""Which known thing a name means, by the company it keeps."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.gazetteer import Entry
from kg.linking import Candidate, Company, Sense, Verdict, decide, keep_company
from kg.linking.company import distance


def entry(
    key: str,
    class_name: str = "Settlement",
    *,
    country: str | None = None,
    population: int | None = None,
    within: str | None = None,
    at: tuple[float, float] | None = None,
    guarded: bool = False,
) -> Entry:
    latitude, longitude = at or (None, None)
    return Entry(
        key=key,
        label=key.title(),
        class_name=class_name,
        aliases=(),
        demonyms=(),
        wikidata=None,
        latitude=latitude,
        longitude=longitude,
        population=population,
        country=country,
        within=within,
        guarded=guarded,
        source="test",
    )


SYRIA, TURKEY, LEBANON, LIBYA = (entry(key, "Country") for key in ("syria", "turkey", "lebanon", "libya"))
DERIK = (
    entry("derik", country="syria", population=26_000),
    entry("derik-mardin", country="turkey", population=20_000),
)
TRIPOLI = (
    entry("tripoli", country="libya", population=1_150_000),
    entry("tripoli-lebanon", country="lebanon", population=229_000),
)
HEZBOLLAH = entry("hezbollah", "ArmedGroup", country="lebanon")


def company(*entries: Entry) -> Company:
    return keep_company([[Sense(e)] for e in entries])


def best(
    candidates: tuple[Entry, ...], among: Company, *, likeness: float = 1.0
) -> tuple[str | None, Verdict]:
    decision = decide([Candidate(e, likeness=likeness) for e in candidates], among)
    return decision.best.entry.key if decision.best else None, decision.verdict


@pytest.mark.parametrize(
    ("candidates", "others", "expected"),
    [
        (DERIK, (SYRIA,), ("derik", Verdict.SURE)),
        (DERIK, (TURKEY,), ("derik-mardin", Verdict.SURE)),
        (TRIPOLI, (HEZBOLLAH,), ("tripoli-lebanon", Verdict.SURE)),
        (TRIPOLI, (LIBYA,), ("tripoli", Verdict.SURE)),
        (TRIPOLI, (), ("tripoli", Verdict.SURE)),
        (TRIPOLI, (LIBYA, LEBANON), ("tripoli", Verdict.SURE)),
    ],
)
def test_the_company_tells_namesakes_apart(
    candidates: tuple[Entry, ...], others: tuple[Entry, ...], expected: tuple[str, Verdict]
) -> None:
    assert best(candidates, company(*others)) == expected


def test_two_as_good_are_not_told_apart() -> None:
    twins = (entry("a", country="syria", population=9_000), entry("b", country="syria", population=9_000))
    assert best(twins, company(SYRIA))[1] is Verdict.LIKELY


def test_the_nearer_of_two_villages_is_meant() -> None:
    near = entry("near", country="syria", population=2_000, at=(36.5, 40.7))
    far = entry("far", country="syria", population=2_000, at=(33.0, 36.0))
    town = entry("town", country="syria", population=90_000, at=(36.4, 40.5))
    decision = decide([Candidate(near), Candidate(far)], company(SYRIA, town))
    assert decision.best is not None
    assert decision.best.entry.key == "near"
    assert "within 60 km" in decision.reason


def test_a_town_and_its_province_are_no_namesakes() -> None:
    city = entry("hasaka", country="syria", population=188_000)
    province = entry("hasaka-governorate", "Region", country="syria", population=1_500_000)
    assert best((province, city), company(SYRIA)) == ("hasaka", Verdict.SURE)


def test_a_far_hamlet_is_not_what_a_report_means() -> None:
    hamlet = entry("hamlet", country="turkey", population=800)
    assert best((hamlet,), company(SYRIA))[1] is Verdict.UNKNOWN
    assert best((hamlet,), company(TURKEY))[1] is Verdict.SURE


def test_a_far_city_is_what_a_report_means() -> None:
    assert (
        best((entry("geneva", country="switzerland", population=200_000),), company(SYRIA))[1] is Verdict.SURE
    )


def test_another_spelling_counts_only_in_its_country() -> None:
    town = entry("town", country="syria", population=60_000)
    assert best((town,), company(SYRIA), likeness=0.92)[1] is Verdict.SURE
    assert best((town,), company(TURKEY), likeness=0.92)[1] is Verdict.UNKNOWN


def test_a_name_of_another_kind_is_doubted() -> None:
    town = entry("jordan", country="turkey", population=50_000)
    assert decide([Candidate(town, unlike=True)], company(SYRIA)).verdict is Verdict.UNKNOWN


def test_nothing_is_decided_without_candidates() -> None:
    decision = decide([], company(SYRIA))
    assert (decision.verdict, decision.best, decision.score) == (Verdict.UNKNOWN, None, 0.0)


@given(st.permutations([*TRIPOLI, *DERIK, entry("x", country="syria")]))
def test_the_order_of_candidates_decides_nothing(shuffled: list[Entry]) -> None:
    expected = decide([Candidate(e) for e in (*TRIPOLI, *DERIK, entry("x", country="syria"))], company(SYRIA))
    assert decide([Candidate(e) for e in shuffled], company(SYRIA)) == expected


def test_company_shares_and_points() -> None:
    town = entry("town", country="syria", population=90_000, at=(36.4, 40.5))
    hamlet = entry("hamlet", country="turkey", population=300, at=(37.0, 40.0))
    found = keep_company(
        [
            [Sense(SYRIA)],
            [Sense(TURKEY, demonym=True)],
            [Sense(town)],
            [Sense(hamlet)],
            [Sense(e) for e in TRIPOLI],
        ]
    )
    assert list(found.countries) == ["syria", "turkey"]
    assert sum(found.countries.values()) == pytest.approx(1)
    assert found.countries["syria"] == pytest.approx(1.5 / 2.2)
    assert found.points == ((36.4, 40.5), (37.0, 40.0))


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ((0.0, 0.0), (0.0, 1.0), 111.2),
        ((36.5, 40.75), (33.51, 36.29), 522.0),
        ((0.0, 0.0), (0.0, 180.0), 20015.1),
    ],
)
def test_distance(one: tuple[float, float], other: tuple[float, float], kilometres: float) -> None:
    assert distance(one, other) == pytest.approx(kilometres, rel=0.01)
    assert distance(one, other) == distance(other, one)


def test_every_order_of_names_makes_the_same_company() -> None:
    names = [[Sense(SYRIA)], [Sense(HEZBOLLAH)], [Sense(LEBANON, demonym=True)]]
    assert {tuple(keep_company(order).countries.items()) for order in itertools.permutations(names)} == {
        tuple(keep_company(names).countries.items())
    }
