from __future__ import annotations

import pytest

from server.summaries.overview import ActorLine, Dated, overview

SIT = "https://w3id.org/sitrep/ontology#"
GRAPH = """
:report\\/a a sit:Report ; rdfs:label "Older" ; dcterms:issued "2022-01-20"^^xsd:date ;
    dcterms:publisher "Wire" .
:report\\/b a sit:Report ; rdfs:label "Newer" ; dcterms:issued "2022-03-02"^^xsd:date .
:report\\/c a sit:Report ; rdfs:label "Without a date" .
:statement a rdf:Statement ; rdf:predicate sit:attacks .
:likely a rdf:Statement ; rdf:predicate <http://www.w3.org/2004/02/skos/core#closeMatch> .
:is a sit:ArmedGroup ; rdfs:label "Islamic State" ; sit:mentionedIn :report\\/a, :report\\/b .
:syria a sit:Country, sit:Actor ; rdfs:label "Syria" ; sit:mentionedIn :report\\/a ;
    wgs84:lat 35.0 ; wgs84:long 38.5 .
:hasaka a sit:Settlement ; rdfs:label "Hasaka" ; sit:mentionedIn :report\\/a ;
    wgs84:lat 36.48 ; wgs84:long 40.75 .
:nowhere a sit:Settlement ; rdfs:label "Nowhere" ; wgs84:lat "north" ; wgs84:long 4000 .
:report\\/a\\/group\\/1 a sit:Group ; rdfs:label "residents" .
:e1 a sit:Clash ; sit:status sit:Reported ; sit:participant :is, :syria ;
    sit:date "2022-01-20"^^xsd:date ; sit:place :hasaka .
:e2 a sit:AirStrike ; sit:status sit:Reported ; sit:agent :syria ; sit:target :is ;
    sit:date "2022-03"^^xsd:gYearMonth ; sit:place :hasaka .
:e3 a sit:AirStrike ; sit:status sit:Possible ; sit:target :hasaka, :report\\/a\\/group\\/1 ;
    sit:date "2011"^^xsd:gYear ; sit:place :nowhere .
:e4 a sit:Claim ; sit:status sit:Reported ; sit:speaker :is ; sit:about :e1 ; sit:place :syria .
"""


@pytest.fixture
def found(asked):
    return overview(asked(GRAPH))


def test_what_is_counted(found) -> None:
    assert (found.reports, found.entities, found.events, found.relations) == (3, 3, 4, 1)


def test_events_by_kind_over_time(found) -> None:
    conflict, speech = found.families
    assert (conflict.name, conflict.events, conflict.counts) == ("Conflict", 3, (1, 0, 1))
    assert [(line.name, line.events) for line in conflict.kinds] == [("air strike", 2), ("clash", 1)]
    assert (speech.iri, speech.counts) == (f"{SIT}SpeechEvent", (0, 0, 0))
    assert found.dated == Dated(found.dated.period, shown=2, undated=1, year_only=1, outside=0)
    assert found.dated.period.unit == "month"


def test_a_long_period_takes_dates_of_a_year_only(asked) -> None:
    old = ':old a sit:Clash ; sit:status sit:Reported ; sit:date "1990-05-01"^^xsd:date .'
    found = overview(asked(GRAPH + old))
    assert found.dated.period.unit == "year"
    assert (found.dated.shown, found.dated.year_only) == (4, 0)


def test_actors_are_named_people_bodies_and_countries_that_act(found) -> None:
    lines = [(line.actor.label, line.acts, line.suffers, line.speaks) for line in found.actors]
    assert lines == [("Islamic State", 1, 1, 1), ("Syria", 2, 0, 0)]
    assert isinstance(found.actors[0], ActorLine)
    assert (found.actors[0].actor.kind, found.actors[1].actor.words) == ("organisation", "country")


def test_places_have_a_position_on_earth(found) -> None:
    places = [(point.place.label, point.latitude, point.longitude, point.events) for point in found.places]
    assert places == [("Hasaka", 36.48, 40.75, 2), ("Syria", 35.0, 38.5, 1)]


def test_the_newest_reports_come_first_and_those_without_a_date_not_at_all(found) -> None:
    assert [(line.label, line.issued) for line in found.newest] == [
        ("Newer", "2022-03-02"),
        ("Older", "2022-01-20"),
    ]


def test_a_class_of_another_ontology_counts_under_what_it_lies_under(asked) -> None:
    mine = ":Looting rdfs:subClassOf :Crime . :Crime rdfs:subClassOf sit:HarmEvent . :x a :Looting ."
    (harm,) = overview(asked(mine)).families
    assert (harm.name, harm.events, harm.kinds[0].name) == ("Harm", 1, "looting")


def test_an_empty_graph_has_an_overview(asked) -> None:
    found = overview(asked(""))
    assert (found.reports, found.families, found.actors, found.places) == (0, (), (), ())
    assert found.dated.period is None
