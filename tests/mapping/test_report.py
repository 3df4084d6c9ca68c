"""The graph of a small report, whole and in its parts; facts that contradict themselves."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node

from kg.export import serialize_turtle
from kg.facts import Amount, Event, Facts, Known, Likely, Relation, Role, Span, When
from kg.mapping import map_report
from kg.vocab import DCTERMS, ITSRDF, NIF, OWL, PROV, RDF, RDFS, SIT, SKOS, WD, XSD

BASE = "https://w3id.org/sitrep/id/"
REPORT = URIRef(f"{BASE}report/vale%2F1%20a")
GOLDEN = Path(__file__).parent / "report.ttl"


def _map(facts: Facts, *, keep_text: bool = False) -> Graph:
    return map_report(facts, base_iri=BASE, keep_text=keep_text)


def _number(graph: Graph, node: Node, predicate: URIRef) -> int:
    (number,) = graph.objects(node, predicate)
    return int(str(number))


def _event(facts: Facts, **changes: Any) -> Facts:
    """The facts with a changed first event."""
    return replace(facts, events=(replace(facts.events[0], **changes), *facts.events[1:]))


def _entity(facts: Facts, **changes: Any) -> Facts:
    """The facts with a changed first entity."""
    return replace(facts, entities=(replace(facts.entities[0], **changes), *facts.entities[1:]))


def _relation(facts: Facts, **changes: Any) -> Facts:
    """The facts with a changed first relation."""
    return replace(facts, relations=(replace(facts.relations[0], **changes), *facts.relations[1:]))


def test_the_whole_graph(facts: Facts) -> None:
    """The expected graph was checked by hand; write it anew only on purpose."""
    assert serialize_turtle(_map(facts)).decode() == GOLDEN.read_text(encoding="utf-8")


def test_the_expected_graph_says_the_same_to_rdflib(facts: Facts) -> None:
    assert isomorphic(Graph().parse(GOLDEN), _map(facts))


def test_the_text_is_kept_only_when_asked_for(facts: Facts) -> None:
    assert (None, NIF.isString, None) not in _map(facts)
    assert _map(facts, keep_text=True).value(REPORT, NIF.isString) == Literal(facts.report.text)


def test_what_the_source_says_of_the_report(facts: Facts) -> None:
    graph = _map(facts)
    assert set(graph.objects(REPORT, RDF.type)) == {SIT.Report, NIF.Context}
    assert graph.value(REPORT, DCTERMS.identifier) == Literal("vale/1 a")
    assert graph.value(REPORT, DCTERMS.issued) == Literal("2021-05-03", datatype=XSD.date)
    assert graph.value(REPORT, DCTERMS.source) == URIRef("https://vale.example/news/1?x=a%20b")
    assert _number(graph, REPORT, NIF.endIndex) == len(facts.report.text)


def test_a_bare_report_is_called_by_its_identifier(facts: Facts) -> None:
    bare = Facts(replace(facts.report, title=None, issued=None, publisher=None, source=None), (), (), (), ())
    graph = _map(bare)
    assert graph.value(REPORT, SKOS.prefLabel) == Literal("vale/1 a")
    assert not set(graph.predicates()) & {DCTERMS.title, DCTERMS.issued, DCTERMS.publisher, DCTERMS.source}


def test_every_phrase_and_sentence_lies_where_it_says(facts: Facts) -> None:
    graph = _map(facts)
    anchors = list(graph.subject_objects(NIF.anchorOf))
    for node, anchor in anchors:
        begin, end = _number(graph, node, NIF.beginIndex), _number(graph, node, NIF.endIndex)
        assert facts.report.text[begin:end] == str(anchor)
        assert graph.value(node, NIF.referenceContext) == REPORT
    assert len(anchors) == 11 + 3


def test_every_phrase_lies_in_its_sentence(facts: Facts) -> None:
    graph = _map(facts)
    for phrase, sentence in graph.subject_objects(NIF.sentence):
        begin, end = (_number(graph, phrase, p) for p in (NIF.beginIndex, NIF.endIndex))
        assert _number(graph, sentence, NIF.beginIndex) <= begin < end
        assert end <= _number(graph, sentence, NIF.endIndex)


def test_sentences_that_nothing_points_to_are_left_out(facts: Facts) -> None:
    bare = replace(facts, entities=(), events=(), relations=())
    assert (None, RDF.type, NIF.Sentence) not in _map(bare)


def test_a_phrase_points_to_what_it_stands_for(facts: Facts) -> None:
    graph = _map(facts)
    them = graph.value(None, NIF.anchorOf, Literal("them"))
    attacked = graph.value(None, NIF.anchorOf, Literal("attacked"))
    assert graph.value(them, ITSRDF.taIdentRef) == URIRef(f"{REPORT}/group/rebels")
    assert graph.value(attacked, ITSRDF.taIdentRef) == URIRef(f"{REPORT}/event/1")


def test_every_node_has_one_name_and_no_other_name_equals_it(facts: Facts) -> None:
    graph = _map(facts)
    for node in {*graph.subjects(SIT.mentionedIn), *graph.subjects(SIT.status), REPORT}:
        (label,) = graph.objects(node, SKOS.prefLabel)
        assert list(graph.objects(node, RDFS.label)) == [label]
        assert label not in set(graph.objects(node, SKOS.altLabel))


def test_an_entity_without_a_mention_is_not_mentioned(facts: Facts) -> None:
    graph = _map(_entity(facts, mentions=()))
    assert (URIRef(f"{BASE}organization/Vale_Army"), SIT.mentionedIn, None) not in graph


def test_a_country_that_acts_has_two_classes(facts: Facts) -> None:
    graph = _map(_entity(facts, known=Known("syria"), classes=("Country", "Actor")))
    assert set(graph.objects(URIRef(f"{BASE}entity/syria"), RDF.type)) == {SIT.Country, SIT.Actor}


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (Amount(3, 5, "3 to 5"), {SIT.minCount: 3, SIT.maxCount: 5}),
        (Amount(None, 0, "no"), {SIT.maxCount: 0}),
        (Amount(12, None, "a\ndozen"), {SIT.minCount: 12}),
    ],
)
def test_amounts(facts: Facts, amount: Amount, expected: dict[URIRef, int]) -> None:
    graph = _map(_entity(facts, amount=amount))
    node = URIRef(f"{BASE}organization/Vale_Army")
    found = {p: int(str(n)) for p in (SIT.minCount, SIT.maxCount) for n in graph.objects(node, p)}
    assert found == expected
    assert graph.value(node, SIT.countText) == Literal(" ".join(amount.words.split()))


def test_a_span_of_time(facts: Facts) -> None:
    graph = _map(_event(facts, when=When("2021-05", "2022", "from May\n2021 to 2022")))
    event = URIRef(f"{REPORT}/event/1")
    assert graph.value(event, SIT.date) == Literal("2021-05", datatype=XSD.gYearMonth)
    assert graph.value(event, SIT.endDate) == Literal("2022", datatype=XSD.gYear)
    assert graph.value(event, SIT.timeText) == Literal("from May 2021 to 2022")


def test_a_time_that_could_not_be_resolved_keeps_its_words(facts: Facts) -> None:
    graph = _map(_event(facts, when=None, time_words="earlier"))
    event = URIRef(f"{REPORT}/event/1")
    assert graph.value(event, SIT.timeText) == Literal("earlier")
    assert graph.value(event, SIT.date) is None


@pytest.mark.parametrize(
    ("kind", "label"),
    [("AirStrike", "Air strike: attacked"), ("SuicideBombing", "Suicide bombing: attacked")],
)
def test_an_event_is_called_by_its_kind_and_trigger(facts: Facts, kind: str, label: str) -> None:
    graph = _map(_event(facts, kind=kind))
    assert graph.value(URIRef(f"{REPORT}/event/1"), RDFS.label) == Literal(label)


def test_a_trigger_that_is_the_kind_is_not_said_twice(facts: Facts) -> None:
    text = facts.report.text.replace("attacked rebels", "attack, rebels,", 1)
    event = replace(facts.events[0], triggers=(Span(text.index("attack,"), text.index("attack,") + 6),))
    changed = replace(facts, report=replace(facts.report, text=text), events=(event, *facts.events[1:]))
    assert _map(changed).value(URIRef(f"{REPORT}/event/1"), RDFS.label) == Literal("Attack")


def test_each_relation_is_a_triple_with_one_statement(facts: Facts) -> None:
    graph = _map(facts)
    statements = list(graph.subjects(RDF.type, RDF.Statement))
    assert len(statements) == len(facts.relations)
    for node in statements:
        subject, predicate, object_ = (graph.value(node, p) for p in (RDF.subject, RDF.predicate, RDF.object))
        assert (subject, predicate, object_) in graph
        assert graph.value(node, SIT.evidence) is not None
        assert graph.value(node, PROV.wasDerivedFrom) is not None


def test_a_relation_told_twice_is_joined(facts: Facts) -> None:
    again = replace(
        facts.relations[0], evidence=(facts.sentences[1],), confidence=0.9, attributed_to=("red-line",)
    )
    graph = _map(replace(facts, relations=(*facts.relations, again)))
    node = URIRef(f"{REPORT}/statement/army.attacks.rebels")
    assert len(set(graph.objects(node, SIT.evidence))) == 2
    assert len(set(graph.objects(node, SIT.attributedTo))) == 2
    assert list(graph.objects(node, SIT.confidence)) == [Literal("0.9", datatype=XSD.decimal)]


@pytest.mark.parametrize("predicate", ["fights", "alliedWith", "metWith"])
def test_a_symmetric_relation_is_stored_once_as_first_told(facts: Facts, predicate: str) -> None:
    there = Relation("rebels", predicate, "army", (facts.sentences[0],), 0.8)
    back = Relation("army", predicate, "rebels", (facts.sentences[1],), 0.7)
    graph = _map(replace(facts, relations=(there, back)))
    army, rebels = URIRef(f"{BASE}organization/Vale_Army"), URIRef(f"{REPORT}/group/rebels")
    assert list(graph.subject_objects(SIT[predicate])) == [(rebels, army)]
    (statement,) = graph.subjects(RDF.type, RDF.Statement)
    assert len(set(graph.objects(statement, SIT.evidence))) == 2


def test_a_one_way_relation_may_go_both_ways(facts: Facts) -> None:
    there = Relation("rebels", "attacks", "army", (facts.sentences[0],), 0.8)
    back = Relation("army", "attacks", "rebels", (facts.sentences[1],), 0.7)
    graph = _map(replace(facts, relations=(there, back)))
    assert len(list(graph.subject_objects(SIT.attacks))) == 2


def test_statements_of_keys_with_dots_stay_apart(facts: Facts) -> None:
    one, other = replace(facts.entities[0], key="a.attacks.b"), replace(facts.entities[2], key="a")
    third, fourth = (
        replace(facts.entities[3], key="c"),
        replace(facts.entities[4], key="b.attacks.c", member_of=None),
    )
    relations = (
        Relation("a.attacks.b", "attacks", "c", (facts.sentences[0],), 0.8),
        Relation("a", "attacks", "b.attacks.c", (facts.sentences[0],), 0.8),
    )
    graph = _map(replace(facts, entities=(one, other, third, fourth), events=(), relations=relations))
    assert len(set(graph.subjects(RDF.type, RDF.Statement))) == 2


def test_a_likely_link_has_a_statement_with_its_confidence_and_sentence(facts: Facts) -> None:
    graph = _map(_entity(facts, likely=Likely("Q7", 0.55, "one of 2 known things of this name")))
    army = URIRef(f"{BASE}organization/Vale_Army")
    assert list(graph.objects(army, SKOS.closeMatch)) == [WD.Q7]
    (statement,) = graph.subjects(RDF.predicate, SKOS.closeMatch)
    assert graph.value(statement, RDF.subject) == army
    assert graph.value(statement, RDF.object) == WD.Q7
    assert graph.value(statement, SIT.confidence) == Literal("0.55", datatype=XSD.decimal)
    assert graph.value(statement, SIT.evidence) is not None
    assert (army, OWL.sameAs, None) not in graph


def test_a_known_thing_says_why_where_it_is_named_first(facts: Facts) -> None:
    graph = _map(_entity(facts, known=Known("vale-army", 0.93, "a name of Vale Army")))
    (phrase,) = graph.subjects(SIT.reason, Literal("a name of Vale Army"))
    assert graph.value(phrase, ITSRDF.taConfidence) == Literal("0.93", datatype=XSD.decimal)
    assert graph.value(phrase, ITSRDF.taIdentRef) == URIRef(f"{BASE}entity/vale-army")


def test_events_and_relations_say_why(facts: Facts) -> None:
    changed = replace(facts, relations=(replace(facts.relations[0], why="follows from Attack"),))
    graph = _map(_event(changed, why='verb "attacked" tells of Attack'))
    (phrase,) = graph.subjects(SIT.reason, Literal('verb "attacked" tells of Attack'))
    assert graph.value(phrase, ITSRDF.taIdentRef) == URIRef(f"{REPORT}/event/1")
    (statement,) = graph.subjects(SIT.reason, Literal("follows from Attack"))
    assert (statement, RDF.type, RDF.Statement) in graph


def test_namesakes_of_different_countries_are_different_things(facts: Facts) -> None:
    graphs = [_map(_entity(facts, country=country)) for country in ("syria", "yemen", None)]
    nodes = [set(graph.subjects(RDFS.label, Literal("Vale Army"))) for graph in graphs]
    assert nodes == [
        {URIRef(f"{BASE}organization/syria/Vale_Army")},
        {URIRef(f"{BASE}organization/yemen/Vale_Army")},
        {URIRef(f"{BASE}organization/Vale_Army")},
    ]


def test_order_of_facts_makes_no_difference(facts: Facts) -> None:
    turned = replace(
        facts,
        sentences=facts.sentences[::-1],
        entities=facts.entities[::-1],
        events=facts.events[::-1],
        relations=facts.relations[::-1],
    )
    assert serialize_turtle(_map(turned)) == serialize_turtle(_map(facts))


OUTSIDE = Span(150, 9999)
BROKEN: dict[str, Callable[[Facts], Facts]] = {
    "unknown class 'Rebel'": lambda f: _entity(f, classes=("Rebel",)),
    "unknown class 'agent'": lambda f: _event(f, kind="agent"),
    "unknown class 'Reported'": lambda f: _event(f, kind="Reported"),
    "it has no class": lambda f: _entity(f, classes=()),
    "it has no name": lambda f: _entity(f, name=" "),
    "unknown role or relation 'victim'": lambda f: _event(f, roles=(Role("victim", "army"),)),
    "unknown role or relation 'about'": lambda f: _event(f, roles=(Role("about", "army"),)),
    "event '1': unknown entity 'nobody'": lambda f: _event(f, roles=(Role("agent", "nobody"),)),
    "unknown entity 'source'": lambda f: _event(f, attributed_to=("source",)),
    "unknown event '9'": lambda f: _event(f, about=("9",)),
    "unknown event '8'": lambda f: _event(f, caused_by=("8",)),
    "unknown entity 'body'": lambda f: _entity(f, member_of="body"),
    "unknown role or relation 'agent'": lambda f: _relation(f, predicate="agent"),
    "unknown entity 'who'": lambda f: _relation(f, subject="who"),
    "unknown entity 'whom'": lambda f: _relation(f, object="whom"),
    "unknown event 'rebels'": lambda f: _relation(f, predicate="conducts"),
    "unknown event '7'": lambda f: _relation(f, derived_from=("7",)),
    "confidence 1.5": lambda f: _event(f, confidence=1.5),
    "confidence nan": lambda f: _relation(f, confidence=float("nan")),
    "unexpected date 'May'": lambda f: _event(f, when=When("May", None, "in May")),
    "span 150-9999 is not within": lambda f: _entity(f, mentions=(OUTSIDE,)),
    "span 5-5 is not within": lambda f: _event(f, triggers=(Span(5, 5),)),
    "span 95-105 lies in none": lambda f: _entity(f, mentions=(Span(95, 105),)),
    "evidence 0-9 is not one": lambda f: _event(f, evidence=(Span(0, 9),)),
    "given to two": lambda f: replace(f, events=(*f.events, f.events[0])),
}


@pytest.mark.parametrize("message", BROKEN)
def test_facts_that_contradict_themselves_raise(facts: Facts, message: str) -> None:
    with pytest.raises(ValueError, match="report 'vale/1 a'") as raised:
        _map(BROKEN[message](facts))
    assert message in str(raised.value)


def test_the_same_event_kind_may_come_twice(facts: Facts) -> None:
    more: Event = replace(facts.events[0], key="4")
    assert len(list(_map(replace(facts, events=(*facts.events, more))).subjects(RDF.type, SIT.Attack))) == 2
