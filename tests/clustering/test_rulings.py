"""What a person says of events is kept, and the rest follows."""

from __future__ import annotations

from typing import Any

import pytest

from kg.clustering import update
from kg.clustering.model import Rulings

BASE = "https://example.org/"
ATTACKED = {"kind": "Attack", "target": "prison"}


def pair(*names: str) -> frozenset[frozenset[str]]:
    """Two events, as a ruling has them: "a/0-Attack"."""
    return frozenset({frozenset(f"{BASE}report/{name.replace('/', '/event/')}" for name in names)})


def rule(newsroom: Any, rulings: Rulings, *names: str) -> None:
    """Bring the rulings to the reports."""
    reports = {f"{BASE}report/{name}" for name in names}
    update(newsroom.graph(), base_iri=BASE, reports=reports, rulings=rulings)


@pytest.fixture
def told(newsroom: Any, report: Any, event: Any) -> Any:
    """Two tellings of one attack, and two of another in the next town a day later."""
    other = {"kind": "Attack", "date": "2022-01-21", "place": "tell-tamer", "target": None, "agent": "is"}
    for name, one in (("a", ATTACKED), ("b", ATTACKED), ("c", other), ("d", {**other, "agent": None})):
        newsroom.read(report(name, (event(**one),)))
    return newsroom


def test_together_joins_what_contradicts_and_says_why(told: Any) -> None:
    assert list(told.clusters().values()) == [{"a/0-Attack", "b/0-Attack"}]
    rule(told, Rulings(together=pair("c/0-Attack", "d/0-Attack")), "c", "d")
    assert told.clusters()["cluster/c/0-Attack"] == {"c/0-Attack", "d/0-Attack"}
    assert told.says("cluster/c/0-Attack")["description"] == "Joined by: a person says so."


def test_what_fits_one_fits_all_that_are_one_with_it(told: Any) -> None:
    rule(told, Rulings(together=pair("b/0-Attack", "c/0-Attack")), "b", "c")
    assert list(told.clusters().values()) == [{"a/0-Attack", "b/0-Attack", "c/0-Attack"}]


def test_separate_keeps_apart_whatever_is_alike(told: Any, report: Any, event: Any) -> None:
    rulings = Rulings(separate=pair("a/0-Attack", "b/0-Attack"))
    rule(told, rulings, "a", "b")
    assert told.clusters() == {}
    told.read(report("e", (event(**ATTACKED),)))
    rule(told, rulings, "e")
    assert [len(members) for members in told.clusters().values()] == [2]


def test_without_rulings_all_is_as_before(told: Any) -> None:
    before = told.dump()
    rule(told, Rulings(together=pair("b/0-Attack", "c/0-Attack")), "b", "c")
    assert told.dump() != before
    rule(told, Rulings(), "b", "c")
    assert told.dump() == before


def test_events_of_one_report_or_without_a_day_make_no_cluster(
    newsroom: Any, report: Any, event: Any
) -> None:
    undated = event("Clash", date=None)
    newsroom.read(report("a", (undated, event("Clash", date=None))), report("b", (undated,)))
    for names in (("a/0-Clash", "a/1-Clash"), ("a/0-Clash", "b/0-Clash")):
        rule(newsroom, Rulings(together=pair(*names)), "a", "b")
        assert newsroom.clusters() == {}


def test_an_event_without_a_day_joins_one_that_has_it(newsroom: Any, report: Any, event: Any) -> None:
    newsroom.read(report("a", (event("Clash", date=None),)), report("b", (event("Clash"),)))
    rule(newsroom, Rulings(together=pair("a/0-Clash", "b/0-Clash")), "a")
    assert list(newsroom.clusters().values()) == [{"a/0-Clash", "b/0-Clash"}]
