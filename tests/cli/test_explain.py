"""`kg explain` says where everything comes from."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from kg.links import Level, Link, write_links
from kg.store import Store

KG = Callable[..., Result]
BASE = "http://example.org/id/"
PREFIXES = """
PREFIX sit: <https://w3id.org/sitrep/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX itsrdf: <http://www.w3.org/2005/11/its/rdf#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
PREFIX wd: <http://www.wikidata.org/entity/> BASE <http://example.org/id/>
"""
# What reading says beside the facts of `conftest.py`: reasons, a likely link, another telling of the strike.
MORE = """INSERT DATA {
  GRAPH <report/day> {
    <report/day/statement/1> a rdf:Statement ; rdf:subject <organization/Pentagon> ;
      rdf:object wd:Q11208 ; rdf:predicate skos:closeMatch ; sit:confidence 0.6 ;
      sit:reason "a name of the Pentagon" .
    <organization/Pentagon> skos:closeMatch wd:Q11208 .
    <report/day/phrase/9> itsrdf:taIdentRef <entity/hasaka> ; itsrdf:taConfidence 0.9 ;
      nif:anchorOf "Hasaka" ;
      sit:reason "a name of Hasaka; near others" .
    <report/day/phrase/10> itsrdf:taIdentRef <report/day/event/strike> ;
      sit:reason 'verb "carried out" tells of AirStrike' ; nif:anchorOf "carried out" .
  }
  GRAPH <report/night> {
    <report/night> a sit:Report ; skos:prefLabel "A night" .
    <report/night/event/hit> a sit:AirStrike ; sit:status sit:Reported ; skos:prefLabel "Air strike: hit" .
  }
  GRAPH <graph/clusters> {
    <cluster/day/strike> a sit:EventCluster ; skos:prefLabel "Air strike, Hasaka" ;
      sit:eventKind sit:AirStrike ;
      dcterms:description "Joined by: same day, same place." ; sit:confidence 0.7 ; sit:reportCount 2 ;
      sit:sourceCount 2 ; sit:deadLow 1 ; sit:deadBest 2 ; sit:deadHigh 3 .
    <report/day/event/strike> sit:partOfCluster <cluster/day/strike> .
    <report/night/event/hit> sit:partOfCluster <cluster/day/strike> .
  }
}"""


@pytest.fixture(autouse=True)
def told(store: Store) -> Store:
    """The store with reasons in it, and a link that a service gave."""
    with store.writing() as batch:
        batch.database.update(PREFIXES + MORE)
    day, reason = dt.date(2022, 1, 26), "the very name; the country agrees"
    link = Link(
        f"{BASE}organization/Observatory", Level.NONE, None, 0.0, "https://service.example", day, reason
    )
    write_links(store.path, [link])
    return store


def parts(kg: KG, *names: str) -> dict[str, list[dict[str, Any]]]:
    """The parts of an explanation, from its JSON."""
    answer = kg("explain", *names, "--format", "json")
    assert answer.exit_code == 0, answer.output
    found: dict[str, list[dict[str, Any]]] = json.loads(answer.stdout)["parts"]
    return found


@pytest.mark.parametrize(
    "name",
    [
        "entity/hasaka",
        "entity:hasaka",
        f"{BASE}entity/hasaka",
        f"<{BASE}entity/hasaka>",
        "wd:Q311321",
        "http://www.wikidata.org/entity/Q311321",
    ],
)
def test_a_thing_is_found_by_every_way_to_write_it(kg: KG, name: str) -> None:
    answer = json.loads(kg("explain", name, "--format", "json").stdout)
    assert (answer["iri"], answer["sort"], answer["label"]) == (f"{BASE}entity/hasaka", "entity", "Hasaka")


def test_an_entity_tells_names_links_and_reports(kg: KG) -> None:
    found = parts(kg, "entity/hasaka")
    assert found["Class"] == [{"text": "Settlement"}]
    assert "entry hasaka, from" in found["Known from"][0]["text"]
    assert found["Wikidata"] == [{"text": "Q311321", "level": "sure", "reason": "the gazetteer has it"}]
    assert [place["text"] for place in found["Lies in"]][-1] == "Syria (entity/syria)"
    (mention,) = found["Mentioned in"]
    assert mention == {
        "text": "A day (report/day)",
        "names": '"Hasaka" 2 times',
        "score": "0.9",
        "reason": '"Hasaka": a name of Hasaka; near others',
    }


def test_likely_links_and_answers_of_services_are_told(kg: KG) -> None:
    assert parts(kg, "organization/Pentagon")["Likely Wikidata"] == [
        {"text": "Q11208", "score": "0.6", "reason": "a name of the Pentagon", "report": "report/day"}
    ]
    (asked,) = parts(kg, "organization/Observatory")["Wikidata"]
    assert asked["text"] == "asked, and not known"
    assert (asked["source"], asked["day"]) == ("https://service.example", "2022-01-26")


def test_an_event_tells_its_sentence_rule_roles_and_cluster(kg: KG) -> None:
    found = parts(kg, "report/day/event/strike")
    texts = {name: [item["text"] for item in items] for name, items in found.items()}
    assert texts["Kind"] == ["AirStrike"]
    assert texts["Status"] == ["Reported"]
    assert texts["Report"] == ["A day (report/day)"]
    assert texts["Evidence"][0].startswith("The coalition carried out air strikes on Sinaa prison")
    assert texts["Rule"] == ['verb "carried out" tells of AirStrike']
    assert texts["Agent"] == ["coalition (organization/coalition)"]
    assert found["Cluster"][0]["reason"] == "Joined by: same day, same place."
    assert texts["Told too by"] == ["Air strike: hit (report/night/event/hit)"]
    assert parts(kg, "report/day/event/killed")["Sources named"][0]["text"].startswith("Observatory")


def test_a_relation_tells_what_it_follows_from(kg: KG) -> None:
    answer = kg("explain", "facility/Sinaa_prison", "holds", "report/day/group/fighters", "--format", "json")
    (found,) = json.loads(answer.stdout)
    assert found["sort"] == "statement"
    assert found["parts"]["Follows from"][0]["text"].endswith("(report/day/event/held)")
    assert found["parts"]["Evidence"][0]["text"] == "Sinaa prison holds 3,500 fighters."
    by_iri = json.loads(kg("explain", found["iri"], "--format", "json").stdout)
    assert by_iri == found
    nobody = kg("explain", "entity/hasaka", "fights", "entity/syria")
    assert (nobody.exit_code, nobody.stderr) == (1, "kg: no report says: entity/hasaka fights entity/syria\n")
    turned = kg("explain", "report/day/group/fighters", "holds", "facility/Sinaa_prison")
    assert turned.exit_code == 1
    assert turned.stderr.endswith("; they say facility/Sinaa_prison holds report/day/group/fighters\n")


def test_a_cluster_tells_members_reasons_and_figures(kg: KG) -> None:
    found = parts(kg, "cluster/day/strike")
    assert found["Why"] == [{"text": "Joined by: same day, same place.", "confidence": "0.7"}]
    assert found["Dead"] == [{"text": "low 1, best 2, high 3"}]
    assert [event["report"] for event in found["Events"]] == ["report/day", "report/night"]


def test_text_is_for_people(kg: KG) -> None:
    lines = kg("explain", "entity/hasaka").stdout.splitlines()
    assert lines[:3] == ["Hasaka  [entity]", f"{BASE}entity/hasaka", "Class: Settlement"]
    assert "      score: 0.9" in lines


@pytest.mark.parametrize(
    "name", ["entity/hassaka", "Hasakah", "place/Hasaka", "hasaka city", "Hasaka <city>"]
)
def test_an_unknown_name_is_one_line_with_what_is_like_it(kg: KG, name: str) -> None:
    answer = kg("explain", name)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.startswith(f"kg: the store knows nothing of {name}")
    assert "Hasaka (entity/hasaka)" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_it_reads_while_another_writes(kg: KG, told: Store) -> None:
    with told.writing() as batch:
        batch.database.update(PREFIXES + "CLEAR ALL")
        assert parts(kg, "entity/hasaka")["Class"] == [{"text": "Settlement"}]
    assert kg("explain", "entity/hasaka").exit_code == 1


def test_what_a_person_overruled_says_so(kg: KG, told: Store) -> None:
    lines = ("same\torganization/Pentagon\torganization/Observatory", "wrong\treport/day/event/clash\t\t\tno")
    (told.path / "overrides.tsv").write_text("\n".join(lines))
    assert kg("link").exit_code == 0
    assert parts(kg, "organization/Pentagon")["Overrides"][0]["text"].startswith("same ")
    moved = json.loads(kg("explain", "organization/Observatory", "--format", "json").stdout)
    assert moved["iri"] == f"{BASE}organization/Pentagon"
    gone = kg("explain", "report/day/event/clash")
    assert gone.exit_code == 1
    assert "left out: a person marked it as wrong (no)" in gone.stderr
