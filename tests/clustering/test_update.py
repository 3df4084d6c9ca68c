"""Clusters follow the reports, whatever the order in which these come and go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.clustering import Memory, copies

ATTACKED = {"kind": "Attack", "target": "prison"}
WIRE = tuple(
    f"Sentence number {n} of the wire story says that {a} went to {b} with {c} on that day."
    for n, (a, b, c) in enumerate(
        [("he", "town", "two men"), ("she", "work", "a bag"), ("they", "war", "none")]
    )
)


def test_two_reports_of_one_event_make_a_cluster(newsroom: Any, report: Any, event: Any) -> None:
    newsroom.read(report("a", (event(**ATTACKED),)), report("b", (event(**ATTACKED),), issued="2022-01-22"))
    assert newsroom.clusters() == {"cluster/b/0-Attack": {"a/0-Attack", "b/0-Attack"}}
    said = newsroom.says("cluster/b/0-Attack")
    assert said["prefLabel"] == "Attack, Ghwayran prison, 2022-01-20"
    assert (said["eventKind"], said["date"]) == ("https://w3id.org/sitrep/ontology#Attack", "2022-01-20")
    assert (said["reportCount"], said["sourceCount"]) == ("2", "2")
    assert said["description"] == "Joined by: same day, same place, same target, same kind."


def test_one_report_makes_no_cluster(newsroom: Any, report: Any, event: Any) -> None:
    newsroom.read(report("a", (event(**ATTACKED), event(**ATTACKED))))
    assert newsroom.dump() == []


def test_figures_are_low_best_and_high_and_no_sum(newsroom: Any, report: Any, event: Any) -> None:
    for name, dead in (("a", 77), ("b", 120), ("c", 123)):
        act, harm = event(**ATTACKED), event("Killing", date=None, place=None, count=dead, harm_of=0)
        newsroom.read(report(name, (act, harm)))
    assert len(newsroom.clusters()) == 2
    for cluster in ("cluster/a/0-Attack", "cluster/a/1-Killing"):
        said = newsroom.says(cluster)
        assert (said["deadLow"], said["deadBest"], said["deadHigh"]) == ("77", "120", "123")
        assert "injuredBest" not in said


def test_disagreements_stay_on_the_events(newsroom: Any, report: Any, event: Any) -> None:
    newsroom.read(
        *(
            report(name, (event("Killing", count=dead, target="prison"),))
            for name, dead in (("a", 77), ("b", 120))
        )
    )
    before = {str(quad) for quad in newsroom.database if "graph/clusters" not in str(quad.graph_name)}
    newsroom.read(report("c", (event(**ATTACKED),)))
    assert before <= {str(quad) for quad in newsroom.database}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"date": "2022-01-21"}, "the next day"),
        ({"place": "tell-tamer", "target": None, "agent": "is"}, "the next town"),
        ({"kind": "Siege"}, "another kind"),
        ({"status": "Denied"}, "denied"),
        ({"status": "Planned"}, "planned"),
        ({"date": None}, "no day"),
        ({"date": "2022"}, "a year alone"),
        ({"place": None, "target": None}, "nowhere"),
        ({"target": None}, "day, town and kind alone"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_near_misses_stay_apart(
    newsroom: Any, report: Any, event: Any, change: dict[str, Any], reason: str
) -> None:
    first = event(**{**ATTACKED, "agent": "is"})
    newsroom.read(report("a", (first,)), report("b", (event(**{**ATTACKED, **change}),)))
    assert newsroom.clusters() == {}
    newsroom.read(report("c", (first,)))
    assert list(newsroom.clusters().values()) == [{"a/0-Attack", "c/0-Attack"}], reason


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "Raid"},
        {"kind": "PrisonBreak"},
        {"date": "2022-01"},
        {"place": "syria"},
        {"status": "Possible"},
    ],
    ids=str,
)
def test_other_words_for_the_same_are_joined(
    newsroom: Any, report: Any, event: Any, change: dict[str, Any]
) -> None:
    newsroom.read(report("a", (event(**ATTACKED),)), report("b", (event(**{**ATTACKED, **change}),)))
    assert len(newsroom.clusters()) == 1


def test_removing_and_changing_take_events_out(newsroom: Any, report: Any, event: Any) -> None:
    both = [report(name, (event(**ATTACKED),)) for name in ("a", "b")]
    newsroom.read(*both)
    newsroom.remove("a")
    assert newsroom.dump() == []
    newsroom.read(*both)
    newsroom.read(report("a", (event(**ATTACKED, date="2022-01-21"),)))
    assert newsroom.dump() == []


def test_copies_are_one_telling(newsroom: Any, report: Any, event: Any) -> None:
    attack = (event(**ATTACKED),)
    newsroom.read(report("late", attack, "2022-01-26", WIRE), report("copy", attack, "2022-01-25", WIRE))
    assert newsroom.copies() == {"late": "copy"}
    assert newsroom.clusters() == {}
    newsroom.read(report("own", attack), report("first", attack, "2022-01-23", WIRE[:3]))
    assert newsroom.copies() == {"late": "first", "copy": "first"}
    assert list(newsroom.clusters().values()) == [{"first/0-Attack", "own/0-Attack"}]
    newsroom.remove("first")
    assert newsroom.copies() == {"late": "copy"}
    assert newsroom.clusters() == {"cluster/own/0-Attack": {"copy/0-Attack", "own/0-Attack"}}


@pytest.mark.parametrize("names", [("long", "short"), ("short", "long")])
def test_a_short_copy_of_a_long_report_is_found_whichever_comes_first(
    newsroom: Any, report: Any, names: tuple[str, str]
) -> None:
    more = tuple(" ".join(f"word{at}{n}" for n in range(9)) for at in range(20))
    reports = {
        "long": report("long", (), "2022-01-22", (*WIRE, *more)),
        "short": report("short", (), "2022-01-23", WIRE),
    }
    for name in names:
        newsroom.read(reports[name])
    assert newsroom.copies() == {"short": "long"}


@pytest.mark.parametrize("at_a_time", [1, 2, 5])
def test_what_stands_under_everything_leads_to_nothing(
    newsroom: Any, report: Any, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    """However the reports come: those before the line was common are parted, too."""
    monkeypatch.setattr(copies, "COMMON", 3)
    line = "This report is based on what people there say and nobody else could confirm any of it so far."
    short = tuple(" ".join(f"{letter}{n}" for n in range(7)) for letter in "abcdef")
    wire = [report(name, (), f"2022-01-2{n}", (*short, line)) for n, name in enumerate("abcde")]
    other = [report("y", (), "2022-01-24", WIRE), report("z", (), "2022-01-25", WIRE)]
    newsroom.read(*wire[:3], *other)
    assert newsroom.copies() == {"b": "a", "c": "a", "z": "y"}
    for at in range(0, 5, at_a_time):
        newsroom.read(*wire[at : at + at_a_time])
    assert newsroom.copies() == {"z": "y"}


LINES = tuple(" ".join(f"{letter}{n}" for n in range(24)) for letter in "abcdef")  # of 20 runs of words each


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_copies_do_not_depend_on_when_a_line_became_common(
    make_newsroom: Callable[..., Any], report: Any, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    monkeypatch.setattr(copies, "COMMON", data.draw(st.sampled_from([2, 3, 4])))
    words = st.lists(st.sampled_from(LINES), min_size=2, max_size=5, unique=True).map(tuple)
    issued = st.sampled_from(["2022-01-24", "2022-01-25", None])
    world = data.draw(st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(issued, words), min_size=3))
    reports = [report(name, (), *rest) for name, rest in world.items()]
    at_once, in_parts = make_newsroom(), make_newsroom()
    at_once.read(*reports)
    order = data.draw(st.permutations(reports))
    while order:
        some = data.draw(st.integers(1, len(order)))
        in_parts.read(*order[:some])
        order = order[some:]
    assert in_parts.copies() == at_once.copies()


def test_other_graphs_are_no_reports(newsroom: Any, report: Any, event: Any) -> None:
    newsroom.read(report("a", (event(**ATTACKED),)))
    newsroom.database.update(
        "INSERT { GRAPH <https://elsewhere.org/g> { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }"
    )
    newsroom.read(report("a", (event(**ATTACKED),)))
    assert newsroom.clusters() == {}


@pytest.fixture(scope="module")
def worlds(event: Any) -> st.SearchStrategy[list[tuple[str, tuple[Any, ...], str | None, tuple[str, ...]]]]:
    """Reports of a few events that are often the same, some of them copies."""
    events = st.builds(
        event,
        kind=st.sampled_from(["Attack", "Raid", "Bombing", "SuicideBombing"]),
        date=st.sampled_from(["2022-01-20", "2022-01-20", "2022-01-21", "2022-01", None]),
        place=st.sampled_from(["hasaka", "hasaka", "tell-tamer", "syria", None]),
        target=st.sampled_from(["prison", "prison", None]),
        agent=st.sampled_from(["is", "sdf", None]),
    )
    harms = st.builds(
        event,
        kind=st.sampled_from(["Killing", "Injury"]),
        date=st.sampled_from(["2022-01-20", None]),
        place=st.sampled_from(["hasaka", None]),
        count=st.sampled_from([None, 12, 13, 15, 90]),
        harm_of=st.sampled_from([0, None]),
    )
    told = st.tuples(events, st.lists(events | harms, max_size=3)).map(lambda pair: (pair[0], *pair[1]))
    words = st.sampled_from([(), WIRE, WIRE[:2], WIRE[1:]])
    issued = st.sampled_from(["2022-01-24", "2022-01-25", None])
    return st.dictionaries(st.sampled_from("abcdefg"), st.tuples(told, issued, words), min_size=2).map(
        lambda found: [(name, *rest) for name, rest in sorted(found.items())]
    )


def _memory(most: int | None) -> Memory | None:
    return None if most is None else Memory(most=most)


def test_the_same_bytes_in_any_order(
    make_newsroom: Callable[..., Any], report: Any, worlds: st.SearchStrategy[Any]
) -> None:
    """One by one in any order, some with other words first or taken out again: as if all came at once.

    Whether updates remember nothing, a few reports or all.
    """
    clustered: list[int] = []

    @settings(max_examples=150, deadline=None)
    @given(world=worlds, data=st.data())
    def check(world: Any, data: st.DataObject) -> None:
        reports = [report(*parts) for parts in world]
        at_once = make_newsroom()
        one_by_one = make_newsroom(data.draw(st.sampled_from([None, 0, 2, 100]).map(_memory)))
        at_once.read(*reports)
        for one in data.draw(st.permutations(reports)):
            before = data.draw(st.sampled_from([None, None, *reports]))
            if before is not None:
                one_by_one.read(report(one.name, before.events, before.issued, before.words))
            if data.draw(st.booleans()):
                one_by_one.remove(one.name)
            one_by_one.read(one)
        removed = data.draw(st.sets(st.sampled_from([one.name for one in reports])))
        again = [one for one in reports if one.name in removed]
        one_by_one.remove(*sorted(removed))
        one_by_one.read(*again)
        assert one_by_one.dump() == at_once.dump()
        clustered.append(len(at_once.clusters()))

    check()
    assert max(clustered) > 0
