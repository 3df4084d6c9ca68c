"""Pruning takes out what violates the shapes and what rests on it, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.settings import ontology_directory
from kg.validation import Pruned, Validator
from kg.vocab import DCTERMS, ITSRDF, NIF, PROV, RDF, RDFS, SH, SIT, SKOS

RAID = Namespace("https://w3id.org/sitrep/id/report/raid/")
EVENT, GROUP, STATEMENT = (Namespace(RAID + part) for part in ("event/", "group/", "statement/"))
ENTITY = Namespace("https://w3id.org/sitrep/id/entity/")
REPORT = URIRef("https://w3id.org/sitrep/id/report/raid")
FIRST, SECOND = URIRef(RAID + "sentence/0-64"), URIRef(RAID + "sentence/65-106")
TRIGGER = URIRef(RAID + "phrase/7-13")
SHAPES = "https://w3id.org/sitrep/shapes#"

Triple = tuple[Node, Node, Node]


def gone(graph: Graph, pruned: Pruned) -> set[Triple]:
    """What pruning took out; it never puts in."""
    assert set(pruned.graph) <= set(graph)
    return set(graph) - set(pruned.graph)


def around(graph: Graph, *nodes: Node) -> set[Triple]:
    """All triples from and to the nodes."""
    return {triple for triple in graph if triple[0] in nodes or triple[2] in nodes}


def shapes_of(pruned: Pruned) -> list[str]:
    return [reject.shape.removeprefix(SHAPES) for reject in pruned.rejects]


def test_a_sound_graph_is_kept_whole(raid: Graph, validator: Validator) -> None:
    pruned = validator.prune(raid)
    assert gone(raid, pruned) == set()
    assert (pruned.rejects, pruned.warnings) == ((), ())
    assert dict(pruned.graph.namespaces()) == dict(raid.namespaces())


def test_the_graph_given_is_left_as_it_is(raid: Graph, validator: Validator) -> None:
    raid.remove((EVENT.raid, SIT.evidence, None))
    before = set(raid)
    assert set(validator.prune(raid).graph) != before
    assert set(raid) == before


def test_of_a_bad_role_only_the_role_goes(raid: Graph, validator: Validator) -> None:
    raid.add((EVENT.raid, SIT.agent, ENTITY.zelda))
    pruned = validator.prune(raid)
    assert gone(raid, pruned) == {(EVENT.raid, SIT.agent, ENTITY.zelda)}
    assert shapes_of(pruned) == ["AgentShape"]


@pytest.mark.parametrize(
    "triple",
    [
        (
            ENTITY.zelda,
            URIRef("http://www.w3.org/2002/07/owl#sameAs"),
            URIRef("https://www.wikidata.org/wiki/Q1"),
        ),
        (EVENT.denial, SIT.about, ENTITY.zelda),
        (EVENT.killing, SIT.about, EVENT.raid),  # told at the event that it is about
        (EVENT.clash, SIT.endDate, Literal("soon")),
        (GROUP.soldiers, SIT.mentionedIn, FIRST),
        (REPORT, DCTERMS.issued, Literal("yesterday")),
        (STATEMENT.located, PROV.wasDerivedFrom, ENTITY.zelda),
    ],
)
def test_of_a_bad_value_only_the_value_goes(raid: Graph, validator: Validator, triple: Triple) -> None:
    raid.add(triple)
    pruned = validator.prune(raid)
    assert gone(raid, pruned) == {triple}
    assert len(set(shapes_of(pruned))) == 1


def test_an_event_without_evidence_goes_with_what_rests_on_it(raid: Graph, validator: Validator) -> None:
    raid.remove((EVENT.raid, SIT.evidence, None))
    pruned = validator.prune(raid)
    assert shapes_of(pruned) == ["EventEvidenceShape"]
    relations = {
        (ENTITY["northern-front"], SIT.attacks, GROUP.base),
        (ENTITY["northern-front"], SIT.conducts, EVENT.raid),
    }
    rests = around(raid, EVENT.raid, STATEMENT.attacks, STATEMENT.conducts, TRIGGER)
    assert gone(raid, pruned) == rests | relations
    # What happened besides is still told: the killing, without its cause, and the state.
    assert (EVENT.killing, SIT.target, GROUP.soldiers) in pruned.graph
    assert (ENTITY["northern-front"], SIT.killed, GROUP.soldiers) in pruned.graph
    assert (GROUP.base, SIT.locatedIn, ENTITY.zelda) in pruned.graph


def test_a_relation_that_another_event_gives_too_is_kept(raid: Graph, validator: Validator) -> None:
    raid.remove((EVENT.raid, SIT.evidence, None))
    raid.add((STATEMENT.attacks, PROV.wasDerivedFrom, EVENT.killing))
    kept = validator.prune(raid).graph
    assert (ENTITY["northern-front"], SIT.attacks, GROUP.base) in kept
    assert set(kept.objects(STATEMENT.attacks, PROV.wasDerivedFrom)) == {EVENT.killing}


def test_an_unbacked_relation_goes_alone(raid: Graph, validator: Validator) -> None:
    triple = (GROUP.soldiers, SIT.attacks, ENTITY.zelda)
    raid.add(triple)
    pruned = validator.prune(raid)
    assert gone(raid, pruned) == {triple}
    (reject,) = pruned.rejects
    assert (reject.focus, reject.path, reject.value) == tuple(map(str, triple))


def test_a_relation_of_a_rumour_goes_with_its_statement(raid: Graph, validator: Validator) -> None:
    raid.set((EVENT.killing, SIT.status, SIT.Possible))
    pruned = validator.prune(raid)
    relation = (ENTITY["northern-front"], SIT.killed, GROUP.soldiers)
    assert gone(raid, pruned) == around(raid, STATEMENT.killed) | {relation}
    assert shapes_of(pruned) == ["DerivedFromReportedShape"]


def test_a_bad_relation_goes_with_its_statement(raid: Graph, validator: Validator) -> None:
    bad = (ENTITY.zelda, SIT.conducts, EVENT.raid)
    raid.remove((ENTITY["northern-front"], SIT.conducts, EVENT.raid))
    raid.set((STATEMENT.conducts, RDF.subject, ENTITY.zelda))
    raid.add(bad)
    pruned = validator.prune(raid)
    assert gone(raid, pruned) == around(raid, STATEMENT.conducts) | {bad}
    assert shapes_of(pruned) == ["ConductorShape"]


def test_a_relation_to_itself_goes(raid: Graph, validator: Validator) -> None:
    raid.set((STATEMENT.located, RDF.object, GROUP.base))
    raid.remove((GROUP.base, SIT.locatedIn, None))
    raid.add((GROUP.base, SIT.locatedIn, GROUP.base))
    pruned = validator.prune(raid)
    assert (None, SIT.locatedIn, None) not in pruned.graph
    assert (STATEMENT.located, None, None) not in pruned.graph
    assert (GROUP.base, RDF.type, SIT.MilitaryBase) in pruned.graph


def test_a_phrase_beyond_its_report_goes_and_the_report_stays(raid: Graph, validator: Validator) -> None:
    raid.set((TRIGGER, NIF.endIndex, Literal(9999)))
    pruned = validator.prune(raid)
    assert gone(raid, pruned) == around(raid, TRIGGER)
    assert "OffsetInReportShape" in shapes_of(pruned)


def test_a_sentence_beyond_its_report_takes_its_events_along(raid: Graph, validator: Validator) -> None:
    raid.set((SECOND, NIF.endIndex, Literal(107)))
    kept = validator.prune(raid).graph
    assert set(kept.subjects(RDF.type, NIF.Sentence)) == {FIRST}
    assert {EVENT.raid, EVENT.killing} == set(kept.subjects(SIT.status))


def test_an_entity_without_label_leaves_events_without_it(raid: Graph, validator: Validator) -> None:
    raid.remove((GROUP.base, SKOS.prefLabel, None))
    raid.remove((GROUP.base, RDFS.label, None))
    pruned = validator.prune(raid)
    assert (GROUP.base, None, None) not in pruned.graph
    assert (None, None, GROUP.base) not in pruned.graph
    assert set(pruned.graph.objects(EVENT.raid, SIT.place)) == {ENTITY.zelda}
    assert shapes_of(pruned) == ["PrefLabelShape"]


def test_of_too_many_values_none_is_kept(raid: Graph, validator: Validator) -> None:
    raid.add((REPORT, DCTERMS.language, Literal("fr")))
    pruned = validator.prune(raid)
    assert gone(raid, pruned) == set(raid.triples((REPORT, DCTERMS.language, None)))
    assert shapes_of(pruned) == ["ReportLanguageShape"]


def test_a_node_with_too_many_values_of_what_it_needs_goes(raid: Graph, validator: Validator) -> None:
    raid.add((EVENT.clash, SIT.status, SIT.Denied))
    pruned = validator.prune(raid)
    assert gone(raid, pruned) == around(raid, EVENT.clash)
    assert set(shapes_of(pruned)) == {"EventStatusShape"}


def test_nothing_stands_without_the_report(raid: Graph, validator: Validator) -> None:
    raid.remove((REPORT, DCTERMS.identifier, None))
    pruned = validator.prune(raid)
    assert len(pruned.graph) == 0
    assert shapes_of(pruned) == ["ReportIdentifierShape"]


def test_warnings_are_those_of_what_is_kept(raid: Graph, validator: Validator) -> None:
    raid.remove((None, SIT.timeText, None))  # of three events
    raid.remove((EVENT.denial, SIT.status, None))  # one of them
    raid.remove((EVENT.clash, SIT.participant, None))  # an sh:Info is no warning
    pruned = validator.prune(raid)
    assert [(w.focus, w.severity) for w in pruned.warnings] == [
        (str(EVENT.killing), "Warning"),
        (str(EVENT.raid), "Warning"),
    ]


def test_rejects_of_later_rounds_are_told_too(raid: Graph, validator: Validator) -> None:
    raid.set((FIRST, RDF.type, URIRef(NIF._NS + "String")))
    pruned = validator.prune(raid)
    assert {"EvidenceShape", "EventEvidenceShape"} <= set(shapes_of(pruned))
    assert validator.validate(pruned.graph).conforms
    assert (EVENT.raid, None, None) not in pruned.graph


def test_pruning_ends_where_nothing_can_mend_the_graph(raid: Graph, tmp_path: Path) -> None:
    """A shape about a node that the graph does not hold."""
    shutil.copy(ontology_directory() / "sitrep.ttl", tmp_path)
    (tmp_path / "shapes.ttl").write_text(
        f"<http://example.org/shape> <{SH.targetNode}> <http://example.org/absent> ; "
        f"<{SH.path}> <{RDF.type}> ; a <{SH.PropertyShape}> ; <{SH.minCount}> 1 ."
    )
    pruned = Validator(tmp_path).prune(raid)
    assert set(pruned.graph) == set(raid)
    assert [reject.focus for reject in pruned.rejects] == ["http://example.org/absent"]


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_missing_the_rest_conforms(
    raid: Graph, validator: Validator, data: st.DataObject
) -> None:
    triples = sorted(raid)
    for index in data.draw(st.sets(st.integers(0, len(triples) - 1), min_size=1, max_size=8)):
        raid.remove(triples[index])
    pruned = validator.prune(raid)
    assert validator.validate(pruned.graph).conforms
    assert set(pruned.graph) <= set(raid)
    for triple in triples:  # the graph is the fixture's, shared by all draws
        raid.add(triple)


def test_the_order_of_triples_does_not_matter(raid: Graph, validator: Validator) -> None:
    raid.remove((EVENT.raid, SIT.evidence, None))
    raid.remove((GROUP.soldiers, SKOS.prefLabel, None))
    again = Graph()
    for triple in sorted(raid, reverse=True):
        again.add(triple)
    first, second = validator.prune(raid), validator.prune(again)
    assert set(first.graph) == set(second.graph)
    assert (first.rejects, first.warnings) == (second.rejects, second.warnings)


def test_a_referent_shared_by_two_is_kept_for_the_other(raid: Graph, validator: Validator) -> None:
    raid.add((TRIGGER, ITSRDF.taIdentRef, EVENT.killing))
    raid.remove((EVENT.raid, SIT.evidence, None))
    assert set(validator.prune(raid).graph.objects(TRIGGER, ITSRDF.taIdentRef)) == {EVENT.killing}
