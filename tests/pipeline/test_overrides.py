"""What people overrule: each verb on real stores, and taking the line out again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph

from kg.errors import DataError
from kg.facts import Facts, Report, When
from kg.gazetteer import load_gazetteer
from kg.links import Level, Link, write_links
from kg.mapping import map_report
from kg.overrides import read_overrides
from kg.pipeline import BuildOptions, Reader, build, remove
from kg.pipeline.known import stored_links
from kg.pipeline.links import relink
from kg.pipeline.overriding import read_rules
from kg.pipeline.overruling import make_rules, overrule_report
from kg.store import Store
from kg.validation import Validator
from kg.vocab import PREFIXES

BASE = "https://w3id.org/sitrep/id/"
TEXTS = {
    "a": "Islamic State fought Reds. Reds fought Islamic State. Raiders fought Reds.",
    "b": "Reds fought Raiders. Syria fought Reds Army.",
    "c": "Greens fought Syria.",
}
CLASH = "report/a/event/clash-0"
STATEMENT = "report/a/statement/Islamic State.fights.Reds".replace(" ", "%20")


class House:
    """A store of the test with its file of overrides."""

    def __init__(self, folder: Path, ontology: Path, load: Callable[..., Reader]) -> None:
        self.path, self.folder, self._ontology, self._load = folder / "store", folder, ontology, load

    def read(self, *names: str, overrides: Path | None = None, texts: dict[str, str] = TEXTS) -> None:
        """Build reports; all without names."""
        path = self.folder / "reports.jsonl"
        path.write_text("\n".join(json.dumps({"id": n, "text": texts[n]}) for n in names or texts))
        options = BuildOptions(store=self.path, ontology=self._ontology, overrides=overrides, reread=True)
        build([str(path)], options=options, load_reader=self._load)

    def say(self, *lines: str) -> None:
        """Write the file of overrides."""
        (self.path / "overrides.tsv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def apply(self) -> None:
        """What `kg link` does."""
        relink(Store.open(self.path), ontology=self._ontology, today=dt.date(2022, 1, 1))

    def forget(self, name: str) -> None:
        remove([name], store=Store.open(self.path), ontology=self._ontology)

    def dump(self) -> list[bytes]:
        data = ox.serialize(Store.open(self.path).reading(), format=ox.RdfFormat.N_QUADS)
        assert data is not None
        return sorted(data.splitlines())

    def has(self, pattern: str) -> bool:
        """Whether a pattern holds, with `:x` for what lies under the base."""
        found = (
            Store.open(self.path)
            .reading()
            .query(f"BASE <{BASE}> ASK {{ {pattern} }}", prefixes=PREFIXES, use_default_graph_as_union=True)
        )
        return bool(found)

    def rejects(self, name: str) -> list[dict[str, object]]:
        path = self.path / "rejects" / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def house(tmp_path: Path, ontology: Path, stand_in: ModuleType) -> House:
    return House(tmp_path, ontology, stand_in.load)


@pytest.fixture
def read(house: House) -> House:
    """A house that has read all."""
    house.read()
    return house


SAME = "same\tentity/islamic-state\torganization/Raiders"
VERBS = {
    SAME: "<entity/islamic-state> skos:altLabel 'Raiders' ; sit:mentionedIn <report/b>",
    f"{SAME}\ta": "<organization/Raiders> sit:mentionedIn <report/b> FILTER NOT EXISTS "
    "{ <organization/Raiders> sit:mentionedIn <report/a> }",
    "same\torganization/Reds\torganization/Reds_Army": "<entity/syria> sit:fights <organization/Reds>",
    "apart\tentity/syria\tc": "<report/c/group/entity.syria> sit:mentionedIn <report/c>",
    "link\torganization/Reds\tQ42": "<organization/Reds> owl:sameAs wd:Q42",
    "nolink\tentity/syria\tQ858": "<entity/syria> sit:mentionedIn ?r FILTER NOT EXISTS "
    "{ <entity/syria> owl:sameAs ?i }",
    f"wrong\t{CLASH}": f"<report/a> a sit:Report FILTER NOT EXISTS {{ <{CLASH}> ?p ?o }}",
    f"wrong\t{STATEMENT}": f"<{CLASH}> a sit:Clash FILTER NOT EXISTS {{ <{STATEMENT}> ?p ?o }}",
    f"right\t{CLASH}": f"<{CLASH}> sit:confidence 1.0",
}


@pytest.mark.parametrize("line", VERBS)
def test_a_line_holds_without_reading_again_and_through_it_and_can_be_undone(house: House, line: str) -> None:
    house.read()
    before, pattern = house.dump(), VERBS[line]
    assert not house.has(pattern)
    house.say(line)
    house.apply()
    assert house.has(pattern)
    applied = house.dump()
    house.read()
    assert house.dump() == applied
    house.apply()
    assert house.dump() == applied
    house.say()
    house.apply()
    assert house.dump() == before
    assert not list((house.path / "overruled").glob("*.nq"))


def test_building_anew_with_the_lines_gives_the_same_bytes(house: House, tmp_path: Path) -> None:
    house.read()
    lines = [line for line in VERBS if line not in (f"{SAME}\ta", f"right\t{CLASH}")]
    house.say(*lines)
    house.apply()
    applied = house.dump()
    file = tmp_path / "lines.tsv"
    file.write_text("".join(f"{line}\n" for line in reversed(lines)))
    other = House(tmp_path / "other", house._ontology, house._load)
    other.folder.mkdir()
    other.read("c", overrides=file)
    other.read("a", "b", overrides=file)
    assert other.dump() == applied


def test_same_leaves_one_node_with_one_statement_a_relation(read: House) -> None:
    read.say(SAME)
    read.apply()
    assert not any(b"organization/Raiders" in line for line in read.dump())
    fights = [line for line in read.dump() if b"#fights>" in line and b"report/a>" in line]
    assert len([line for line in fights if b"ontology#fights> <" in line and b"syntax" not in line]) == 1
    assert len([line for line in fights if b"syntax-ns#predicate" in line]) == 1


def test_what_is_the_same_in_a_chain_is_the_last(read: House) -> None:
    read.say(
        "same\torganization/Reds\torganization/Reds_Army", "same\torganization/Greens\torganization/Reds"
    )
    read.apply()
    assert read.has("<organization/Greens> sit:mentionedIn <report/a>, <report/b>, <report/c>")
    assert not any(b"organization/Reds" in line for line in read.dump())


def test_a_thing_set_apart_has_its_words_for_a_name_and_no_links(read: House) -> None:
    read.say("apart\tentity/syria\tc")
    read.apply()
    node = "<report/c/group/entity.syria>"
    assert read.has(f"{node} skos:prefLabel 'Syria'")
    assert not read.has(f"{node} owl:sameAs ?item")
    assert not read.has("<entity/syria> sit:mentionedIn <report/c>")
    assert read.has("<entity/syria> sit:mentionedIn <report/b>")


def test_what_is_wrong_takes_its_relations_along_and_is_told(read: House) -> None:
    read.say("wrong\treport/c/event/clash-0\t\t\tnobody fought")
    read.apply()
    assert not read.has("<organization/Greens> sit:fights ?other")
    told = read.rejects("c")
    assert [line["focus"] for line in told] == [f"{BASE}report/c/event/clash-0"]
    assert told[0]["message"] == "Marked as wrong by a person: nobody fought."
    assert told[0]["sentence"] == "Greens fought Syria."
    read.say()
    read.apply()
    assert read.rejects("c") == []


def test_rejects_of_validation_stay_beside_those_of_people(house: House) -> None:
    house.read(texts={"n": "Reds fought nine men. Greens fought Reds."})
    before = house.rejects("n")
    assert len(before) == 1
    house.say("wrong\treport/n/event/clash-1")
    for _ in range(2):
        house.apply()
        assert house.rejects("n")[:-1] == before
    house.say()
    house.apply()
    assert house.rejects("n") == before


def test_links_of_the_table_obey(read: House) -> None:
    store = Store.open(read.path)
    reds = f"{BASE}organization/Reds"
    link = Link(reds, Level.SURE, "Q7", 0.99, "http://service", dt.date(2022, 1, 1), "the name")
    write_links(store.path, [link])
    read.apply()
    assert read.has("<organization/Reds> owl:sameAs wd:Q7")
    read.say("nolink\torganization/Reds\tQ7")
    read.apply()
    assert not read.has("<organization/Reds> owl:sameAs ?item")
    assert stored_links(store)[reds].item is None
    read.say("link\torganization/Reds\twd:Q8")
    read.apply()
    assert read.has("<organization/Reds> owl:sameAs wd:Q8")
    assert not read.has("<organization/Reds> owl:sameAs wd:Q7")
    read.say()
    read.apply()
    assert read.has("<organization/Reds> owl:sameAs wd:Q7")


class Dated:
    """The stand-in for reading, which also knows the day of every fight."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(self, report: Report) -> Facts:
        facts = self._reader.read(report)
        events = (replace(event, when=When("2022-01-20", None, "20 January")) for event in facts.events)
        return replace(facts, events=tuple(events))


def test_clusters_obey_and_stay_through_reading(house: House) -> None:
    stand_in = house._load
    house._load = lambda **options: Dated(stand_in(**options))
    house.read()
    before = house.dump()
    events = "<report/b/event/clash-1>", "<report/c/event/clash-0>"
    joined = f"{events[0]} sit:partOfCluster ?cluster . {events[1]} sit:partOfCluster ?cluster"
    house.say("together\treport/b/event/clash-1\treport/c/event/clash-0")
    house.apply()
    assert house.has(joined)
    applied = house.dump()
    house.read("c")
    assert house.dump() == applied
    house.read("b", texts={"b": "Nobody came."})
    house.read("b")
    assert house.dump() == applied
    house.say("separate\treport/b/event/clash-1\treport/c/event/clash-0")
    house.apply()
    assert house.dump() == before


def test_a_report_read_anew_and_one_removed_leave_nothing_old(read: House) -> None:
    read.say(SAME)
    read.apply()
    read.read("b", texts={"b": "Greens fought Reds."})
    assert not (read.path / "overruled" / "b.nq").exists()
    read.forget("a")
    assert not (read.path / "overruled" / "a.nq").exists()
    read.say()
    read.apply()
    assert read.has("<organization/Greens> sit:mentionedIn <report/b>")
    assert not read.has("<organization/Raiders> ?p ?o")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Same\ta\tb", "unknown verb 'Same': write one of same, apart"),
        ("same entity/a entity/b", "and a tab after it"),
        ("same\tentity/a", "a thing, such as entity/hasaka or report/ID/group/KEY is missing"),
        ("same\tentity/syria\tentity/syria", "name two"),
        ("same\tperson/Reds\torganization/Reds", "things of two kinds are never one"),
        ("same\treport/a/group/x\treport/b/group/y", "is local to its report"),
        ("same\tentity/syria\torganization/Reds", "things of two kinds, which are never one"),
        ("same\tentity/nowhere\torganization/Reds", "the gazetteer has no"),
        ("same\thttps://example.org/x\torganization/Reds", "is not a thing"),
        ("apart\treport/a/event/x\ta", "is not a named thing"),
        ("link\tentity/syria\t858", "'858' is not a Wikidata item, such as Q858"),
        ("wrong\tentity/syria", "is not an event or statement"),
        ("wrong\treport/a/event/clash-0\tbecause", "a note stands in the fifth"),
        ("right\treport/a/event/clash-0\t\ta", "takes no report"),
        ("together\treport/a/event/x\tentity/syria", "is not an event"),
        ("same\ta\tb\tc\td\te", "6 cells where at most 5 are due"),
    ],
)
def test_a_bad_line_costs_itself_only(
    tmp_path: Path, ontology: Path, caplog: pytest.LogCaptureFixture, line: str, reason: str
) -> None:
    store = Store.create_or_open(tmp_path / "store", base_iri=BASE)
    (store.path / "overrides.tsv").write_text("\n".join(("# ours", "", line, SAME)))
    rules = read_rules(store, file=None, gazetteer=load_gazetteer(ontology / "gazetteer"))
    assert [line.subject for line in rules.overrides.lines] == [f"{BASE}entity/islamic-state"]
    (message,) = caplog.messages
    assert reason in message
    assert "overrides.tsv:" in message
    assert "left out" in message


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            (SAME, "same\torganization/Reds\torganization/Raiders"),
            "is https://w3id.org/sitrep/id/entity/islamic",
        ),
        (("same\tperson/A\tperson/B", "same\tperson/B\tperson/A"), "the two would be each other"),
        (
            ("same\tperson/A\tperson/B", "same\tperson/B\tperson/C", "same\tperson/C\tperson/A"),
            "the two would be",
        ),
        (("link\tperson/A\tQ1", "nolink\tperson/A\tQ1"), "a line before says link of the same"),
        (("link\tperson/A\tQ1", "link\tperson/A\tQ2"), "a line before links"),
        ((f"wrong\t{CLASH}", f"right\t{CLASH}"), "is wrong"),
        (
            (f"together\t{CLASH}\treport/b/event/x", f"separate\treport/b/event/x\t{CLASH}"),
            "a line before says together of the same events",
        ),
    ],
)
def test_of_two_lines_that_contradict_the_second_is_left_out(
    tmp_path: Path, lines: tuple[str, ...], reason: str
) -> None:
    (tmp_path / "overrides.tsv").write_text("\n".join(lines))
    overrides, (problem,) = read_overrides(tmp_path / "overrides.tsv", base_iri=BASE)
    assert reason in problem
    assert problem.startswith(f"{tmp_path / 'overrides.tsv'}:{len(lines)}: ")
    assert len(overrides.lines) == len(lines) - 1


def test_lines_without_an_answer_are_told_at_the_end(read: House, caplog: pytest.LogCaptureFixture) -> None:
    read.say(SAME, "wrong\treport/a/event/clash-9", "apart\tentity/syria\ta", "link\tperson/Nobody\tQ1")
    read.read("c")
    told = [message.partition("answers to this line: ")[2] for message in caplog.messages]
    assert [line.split(" ")[0] for line in told] == ["apart", "link", "wrong"]


def test_a_file_that_is_not_there_is_an_error(read: House, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such file of overrides"):
        read.read("a", overrides=tmp_path / "none.tsv")


NAMES = ("entity/islamic-state", "organization/Raiders", "organization/Reds", "organization/Reds_Army")
PAIRS = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))
LINES = st.one_of(
    PAIRS.map(lambda pair: f"same\t{pair[0]}\t{pair[1]}"),
    st.tuples(PAIRS, st.sampled_from("abc")).map(lambda p: f"same\t{p[0][0]}\t{p[0][1]}\t{p[1]}"),
    st.tuples(st.sampled_from((*NAMES, "entity/syria")), st.sampled_from("abc")).map(
        lambda pair: f"apart\t{pair[0]}\t{pair[1]}"
    ),
    st.sampled_from(("wrong", "right")).map(lambda verb: f"{verb}\t{CLASH}"),
    st.sampled_from(("wrong", "right")).map(lambda verb: f"{verb}\t{STATEMENT}"),
    st.sampled_from(NAMES).map(lambda name: f"nolink\t{name}\tQ1"),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, max_size=5), name=st.sampled_from("ab"))
def test_applying_twice_is_as_once_and_the_order_does_not_matter(
    lines: list[str], name: str, tmp_path: Path, ontology: Path, stand_in: ModuleType
) -> None:
    gazetteer = load_gazetteer(ontology / "gazetteer")
    (tmp_path / "lines.tsv").write_text("\n".join(lines))
    overrides, _ = read_overrides(tmp_path / "lines.tsv", base_iri=BASE)
    rules, _ = make_rules(overrides, base_iri=BASE, gazetteer=gazetteer)
    facts = stand_in.load(model="", ontology=ontology).read(Report(name, TEXTS[name]))
    graph, report = map_report(facts, base_iri=BASE, keep_text=False), f"{BASE}report/{name}"
    once = overrule_report(graph, report, rules).graph
    assert set(overrule_report(once, report, rules).graph) == set(once)
    (tmp_path / "lines.tsv").write_text(rules.overrides.text())
    assert read_overrides(tmp_path / "lines.tsv", base_iri=BASE) == (rules.overrides, ())


def test_an_overruled_graph_is_valid(ontology: Path, stand_in: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "lines.tsv").write_text("\n".join((SAME, "apart\torganization/Reds\ta", f"right\t{CLASH}")))
    overrides, _ = read_overrides(tmp_path / "lines.tsv", base_iri=BASE)
    rules, _ = make_rules(overrides, base_iri=BASE, gazetteer=load_gazetteer(ontology / "gazetteer"))
    facts = stand_in.load(model="", ontology=ontology).read(Report("a", TEXTS["a"]))
    graph: Graph = map_report(facts, base_iri=BASE, keep_text=False)
    overruled = overrule_report(graph, f"{BASE}report/a", rules).graph
    assert set(overruled) != set(graph)
    assert Validator(ontology).validate(overruled).conforms
