"""One report from end to end: the graph answers what its readers would ask.

Bodies count by all their names, and people also by the body that they are members of: forces that fight the
fighters of a group fight the group.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

Rows: TypeAlias = list[dict[str, str]]
Ask: TypeAlias = Callable[[Path, str], Rows]

OBSERVATORY = "Syrian Observatory for Human Rights"


def names(rows: Rows, column: str) -> set[str]:
    return {row[column] for row in rows}


def test_who_fights_whom(ask: Ask, prison: Path) -> None:
    rows = ask(
        prison,
        """SELECT DISTINCT ?one ?other {
          ?statement rdf:predicate sit:fights ; rdf:subject ?first ; rdf:object ?second ; sit:evidence [] .
          ?first sit:fights ?second ; sit:memberOf?/(skos:prefLabel|skos:altLabel) ?one .
          ?second sit:memberOf?/(skos:prefLabel|skos:altLabel) ?other
        }""",
    )
    sides = {frozenset(row.values()) for row in rows}
    kurdish_led = {frozenset((name, "Islamic State")) for name in ("Kurdish-led forces", "SDF")}
    assert sides & kurdish_led, sides


def test_who_conducted_air_strikes_and_who_says_so(ask: Ask, prison: Path) -> None:
    rows = ask(
        prison,
        """SELECT DISTINCT ?who ?source ?confirmed {
          ?actor sit:conducts ?strike ; skos:prefLabel ?who .
          ?strike a sit:AirStrike ; sit:status sit:Reported ; sit:agent ?actor
          OPTIONAL { ?strike sit:attributedTo/skos:prefLabel ?source }
          OPTIONAL { ?saying a sit:Confirmation ; sit:about ?strike ; sit:speaker/skos:prefLabel ?confirmed }
        }""",
    )
    assert {"who": "US-led coalition", "source": "Pentagon", "confirmed": "Pentagon"} in rows
    assert {"who": "United States", "source": "", "confirmed": ""} in rows
    assert names(rows, "who") == {"US-led coalition", "United States"}


def test_which_prison_holds_whom_and_how_many(ask: Ask, prison: Path) -> None:
    rows = ask(
        prison,
        """SELECT DISTINCT ?prison ?body ?least ?most ?words ?source {
          ?statement rdf:predicate sit:holds ; rdf:subject ?facility ; rdf:object ?held ;
                     prov:wasDerivedFrom/sit:attributedTo ?who .
          ?facility a sit:Prison ; sit:holds ?held ; skos:prefLabel ?prison .
          ?held sit:memberOf/skos:prefLabel ?body ; sit:countText ?words ;
                sit:minCount ?least ; sit:maxCount ?most .
          ?who skos:altLabel|skos:prefLabel ?source
        }""",
    )
    found = {tuple(row.values())[:5] for row in rows}
    assert ("Ghwayran prison", "Islamic State", "3500", "3500", "3,500") in found
    assert "monitoring group" in names(rows, "source")


def test_the_monitoring_group_is_the_observatory(ask: Ask, prison: Path) -> None:
    rows = ask(
        prison,
        """SELECT DISTINCT ?name {
          ?detention a sit:Detention ; sit:target/sit:minCount 3500 ; sit:attributedTo/skos:prefLabel ?name
        }""",
    )
    assert rows == [{"name": OBSERVATORY}]


def test_who_was_killed_and_how_many_at_least(ask: Ask, prison: Path) -> None:
    rows = ask(
        prison,
        """SELECT DISTINCT ?killed ?body ?least ?words ?source {
          ?event a sit:Killing ; sit:status sit:Reported ; sit:target ?victims .
          ?event sit:attributedTo/skos:prefLabel ?source .
          ?victims skos:prefLabel ?killed ; sit:minCount ?least ; sit:countText ?words
          OPTIONAL { ?victims sit:memberOf/skos:prefLabel ?body }
        } ORDER BY DESC(?least)""",
    )
    jihadists, kurds = [row for row in rows if row["source"] == OBSERVATORY]
    assert (jihadists["body"], jihadists["least"], jihadists["words"]) == (
        "Islamic State",
        "77",
        "at least 77",
    )
    assert (kurds["killed"], kurds["least"]) == ("39 Kurdish fighters", "39")


def test_the_oil_tanker_is_only_possible(ask: Ask, prison: Path) -> None:
    rows = ask(
        prison,
        """SELECT DISTINCT ?status ?prison ?sentence {
          ?event sit:instrument/skos:prefLabel "oil tanker" ; sit:status ?state ;
                 sit:target/(skos:prefLabel|skos:altLabel) ?prison ; sit:evidence/nif:anchorOf ?sentence .
          BIND (STRAFTER(STR(?state), "#") AS ?status)
        }""",
    )
    assert names(rows, "status") == {"Possible"}
    assert {"jail", "Ghwayran prison"} & names(rows, "prison")
    assert all("may have used" in row["sentence"] for row in rows)


def test_the_one_who_may_have_used_it_is_named(ask: Ask, prison: Path) -> None:
    rows = ask(
        prison,
        """SELECT DISTINCT ?who {
          ?event sit:instrument/skos:prefLabel "oil tanker" ; sit:agent/skos:prefLabel ?who
        }""",
    )
    assert rows == [{"who": "Islamic State"}]


@pytest.mark.parametrize(
    ("words", "who", "source"),
    [
        ("tried to break inmates out", "Islamic State", ""),
        ("had been attempting to release militants", "Islamic State", "Ned Price"),
        pytest.param(
            "attempted a breakout",
            "Islamic State",
            "",
        ),
    ],
)
def test_what_was_attempted_and_by_whom(ask: Ask, prison: Path, words: str, who: str, source: str) -> None:
    rows = ask(
        prison,
        """SELECT DISTINCT ?sentence ?who ?source {
          ?event sit:status sit:Attempted ; sit:agent/sit:memberOf?/skos:prefLabel ?who ;
                 sit:evidence/nif:anchorOf ?sentence
          OPTIONAL { ?event sit:attributedTo/skos:prefLabel ?source }
        }""",
    )
    found = {(row["who"], row["source"]) for row in rows if words in row["sentence"]}
    assert (who, source) in found


def test_what_is_denied_and_by_whom(ask: Ask, prison: Path) -> None:
    rows = ask(
        prison,
        """SELECT DISTINCT ?denier ?accused {
          ?denial a sit:Denial ; sit:speaker/skos:prefLabel ?denier ; sit:about ?accusation .
          ?accusation a sit:Accusation ; sit:status sit:Reported ; sit:target ?administration .
          ?administration skos:prefLabel|skos:altLabel ?accused
        }""",
    )
    assert names(rows, "denier") == {"Syrian Democratic Forces"}
    assert "Kurdish-led administration" in names(rows, "accused")


def test_relations_follow_from_reported_events_only(ask: Ask, prison: Path) -> None:
    rows = ask(
        prison,
        """SELECT DISTINCT ?status {
          ?statement a rdf:Statement ; prov:wasDerivedFrom/sit:status ?state .
          BIND (STRAFTER(STR(?state), "#") AS ?status)
        }""",
    )
    assert rows == [{"status": "Reported"}]


def test_sentences_and_mentions_are_the_words_at_their_offsets(
    ask: Ask, prison: Path, gold_reports: Path
) -> None:
    text = (gold_reports / "dev" / "hasaka-2022.txt").read_text(encoding="utf-8")
    rows = ask(
        prison,
        "SELECT ?begin ?end ?words { ?s nif:beginIndex ?begin ; nif:endIndex ?end ; nif:anchorOf ?words }",
    )
    assert len(rows) > 150
    for row in rows:
        assert text[int(row["begin"]) : int(row["end"])] == row["words"]
