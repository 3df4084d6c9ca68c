"""What validation says of a graph, and how it fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import BNode, Graph, Literal, Namespace, URIRef

from kg.errors import DataError
from kg.validation import ShapeResult, Validator
from kg.vocab import DCTERMS, NIF, RDF, SH, SIT, XSD

SHAPES = "https://w3id.org/sitrep/shapes#"
EVENT = Namespace("https://w3id.org/sitrep/id/report/raid/event/")
REPORT = URIRef("https://w3id.org/sitrep/id/report/raid")
STATEMENT = URIRef("https://w3id.org/sitrep/id/report/raid/statement/attacks")
SENTENCE = URIRef("https://w3id.org/sitrep/id/report/raid/sentence/0-64")


def test_a_sound_report_conforms(raid: Graph, validator: Validator) -> None:
    result = validator.validate(raid)
    assert result.conforms
    assert result.results == ()
    assert (None, SH.conforms, Literal(True)) in result.report_graph


def test_a_mapped_report_conforms(large: Graph, validator: Validator) -> None:
    assert len(large) > 3000
    assert validator.validate(large).results == ()


def test_an_empty_graph_conforms(validator: Validator) -> None:
    assert validator.validate(Graph()).conforms


def test_validation_leaves_the_graph_as_it_is(raid: Graph, validator: Validator) -> None:
    before = set(raid)
    validator.validate(raid)
    assert set(raid) == before


def test_a_result_tells_where_and_how_to_mend(raid: Graph, validator: Validator) -> None:
    raid.set((EVENT.denial, SIT.status, URIRef(SIT._NS + "Meant")))
    (result,) = validator.validate(raid).results
    assert result == ShapeResult(
        focus=str(EVENT.denial),
        path=str(SIT.status),
        value=str(SIT._NS) + "Meant",
        shape=SHAPES + "EventStatusShape",
        severity="Violation",
        message="Give exactly one sit:status: Reported, Possible, Attempted, Planned or Denied.",
    )


def test_results_come_gravest_first_then_by_node(raid: Graph, validator: Validator) -> None:
    raid.remove((None, SIT.confidence, None))
    raid.remove((None, SIT.timeText, None))
    raid.remove((EVENT.clash, SIT.participant, None))
    results = validator.validate(raid).results
    ranks = [("Violation", "Warning", "Info").index(result.severity) for result in results]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}
    assert list(results) == sorted(results, key=lambda r: (ranks[results.index(r)], r.focus, r.shape))


def test_warnings_and_infos_do_not_break_conformance(raid: Graph, validator: Validator) -> None:
    raid.remove((None, SIT.timeText, None))
    raid.remove((EVENT.clash, SIT.participant, None))
    result = validator.validate(raid)
    assert {r.severity for r in result.results} == {"Warning", "Info"}
    assert result.conforms


@pytest.mark.parametrize(
    ("shape", "path"),
    [
        ("OffsetInReportShape", f"^<{NIF.referenceContext}>/<{NIF.endIndex}>"),
        ("AboutSpeechShape", f"^<{SIT.about}>"),
        ("ClashSidesShape", f"(<{SIT.agent}>|<{SIT.target}>|<{SIT.participant}>)"),
    ],
)
def test_longer_paths_are_written_as_sparql_has_them(
    raid: Graph, validator: Validator, shape: str, path: str
) -> None:
    raid.set((SENTENCE, NIF.endIndex, Literal(900)))
    raid.add((EVENT.killing, SIT.about, EVENT.raid))
    raid.remove((EVENT.clash, SIT.participant, None))
    (found,) = (r.path for r in validator.validate(raid).results if r.shape == SHAPES + shape)
    assert found == path


def test_the_graph_that_is_known_of_entities_needs_no_statements(folder: Path, validator: Validator) -> None:
    """Without a report in the graph, relations are the gazetteer's."""
    graph = Graph().parse(folder / "examples" / "valid" / "entities.ttl")
    assert validator.validate(graph).results == ()
    graph.add((URIRef("http://example.org/r"), RDF.type, SIT.Report))
    graph.remove((None, URIRef("http://www.w3.org/2002/07/owl#sameAs"), None))
    graph.remove((None, URIRef("http://www.opengis.net/ont/geosparql#hasGeometry"), None))
    shapes = {r.shape for r in validator.validate(graph).results}
    assert SHAPES + "RelationStatementShape" in shapes


@pytest.mark.parametrize("name", ["sitrep.ttl", "shapes.ttl"])
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (Path.unlink, "it cannot be read: No such file or directory"),
        (
            lambda path: path.write_text("<a> <b> <c> .\n<d> <e>\n"),
            "it is no valid Turtle (objectList expected)",
        ),
    ],
)
def test_a_bad_ontology_folder_is_one_clear_line(
    folder: Path, tmp_path: Path, name: str, spoil: Callable[[Path], object], message: str
) -> None:
    for file in ("sitrep.ttl", "shapes.ttl"):
        shutil.copy(folder / file, tmp_path)
    spoil(tmp_path / name)
    with pytest.raises(DataError) as caught:
        Validator(tmp_path)
    assert str(tmp_path / name) in str(caught.value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "shape",
    [
        'sh:sparql [ sh:select "SELECT $this { VALUES ?x { 1 } $this ?p ?x }" ] .',
        "sh:property [ sh:path sit:agent ; sh:minCount 1, 2 ] .",
    ],
)
def test_shapes_that_cannot_run_are_an_error(raid: Graph, folder: Path, tmp_path: Path, shape: str) -> None:
    shutil.copy(folder / "sitrep.ttl", tmp_path)
    prefixes = f"@prefix sh: <{SH}> .\n@prefix sit: <{SIT._NS}> .\n"
    (tmp_path / "shapes.ttl").write_text(f"{prefixes} sit:S sh:targetClass sit:Event ; {shape}")
    with pytest.raises(DataError, match="the shapes cannot be run"):
        Validator(tmp_path).validate(raid)


@pytest.mark.parametrize(
    ("node", "predicate", "shape"),
    [
        (STATEMENT, RDF.predicate, "StatementPredicateShape"),
        (EVENT.raid, RDF.type, "EventClassShape"),
        (EVENT.raid, SIT.agent, "AgentShape"),
        (REPORT, DCTERMS.publisher, "ReportPublisherShape"),
    ],
)
def test_a_blank_node_in_the_wrong_place_is_told(
    raid: Graph, validator: Validator, node: URIRef, predicate: URIRef, shape: str
) -> None:
    raid.add((node, predicate, BNode()))
    assert SHAPES + shape in {r.shape for r in validator.validate(raid).results}
    assert validator.validate(validator.prune(raid).graph).conforms


def test_a_value_that_cannot_be_compared_is_named(raid: Graph, validator: Validator) -> None:
    group = next(raid.subjects(SIT.minCount))
    raid.set((group, SIT.minCount, Literal("many", datatype=XSD.integer)))
    with pytest.raises(DataError, match=f'{group} {SIT.minCount} "many"'):
        validator.validate(raid)
