"""The shapes are well-formed, say what to mend, and each constraint has an example that breaks it alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from kg.settings import ontology_directory
from kg.validation import Validator
from kg.vocab import NIF, RDF, RDFS, SH, SIT

SHAPES = "https://w3id.org/sitrep/shapes#"
EXAMPLES = ontology_directory() / "examples"
INVALID = sorted((EXAMPLES / "invalid").glob("*.ttl"))
VALID = sorted((EXAMPLES / "valid").glob("*.ttl"))
GRAVEST_FIRST = ("Violation", "Warning", "Info")
TARGETS = {SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf}
NOT_CONSTRAINTS = TARGETS | {SH.path, SH.severity, SH.message, SH.qualifiedValueShape}


@dataclass(frozen=True)
class Breach:
    shape: str
    constraint: str
    severity: str
    focus: str


def expected(path: Path) -> set[Breach]:
    """What the head of an invalid example says of it."""
    lines = path.read_text(encoding="utf-8").splitlines()[:4]
    head = dict(line.removeprefix("# ").split(": ", 1) for line in lines)
    shape, constraint = head["breaks"].split(":")[1], head["constraint"].split(":")[1]
    severity = head["severity"].split(":")[1]
    return {Breach(shape, constraint, severity, node) for node in head["focus"].split()}


def found(report: Graph) -> set[Breach]:
    def local(node: Node, slot: URIRef) -> str:
        return re.sub(r".*[#/]", "", str(report.value(node, slot)))

    return {
        Breach(
            local(node, SH.sourceShape),
            local(node, SH.sourceConstraintComponent),
            local(node, SH.resultSeverity),
            ":" + local(node, SH.focusNode),
        )
        for node in report.objects(None, SH.result)
    }


def named(shapes: Graph) -> list[URIRef]:
    return sorted({s for s in shapes.subjects() if isinstance(s, URIRef) and s.startswith(SHAPES)})


def constraints(shapes: Graph) -> set[tuple[str, str]]:
    """Each shape with each of its constraint components, by local name."""
    pairs = set()
    for shape in named(shapes):
        for predicate in set(shapes.predicates(shape)) - NOT_CONSTRAINTS - {RDF.type}:
            name = str(predicate).removeprefix(str(SH))
            component = "SPARQL" if predicate == SH.sparql else name[0].upper() + name[1:]
            pairs.add((shape.removeprefix(SHAPES), f"{component}ConstraintComponent"))
    return pairs


def test_shapes_are_well_formed_shacl(shapes: Graph) -> None:
    conforms, _, text = validate(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


def test_every_shape_says_what_to_mend(shapes: Graph) -> None:
    messages = []
    for shape in named(shapes):
        (message,) = shapes.objects(shape, SH.message)
        assert isinstance(message, Literal)
        assert str(message).endswith("."), shape
        assert set(shapes.predicates(shape)) & TARGETS, f"{shape} has no target"
        assert set(shapes.objects(shape, SH.severity)) <= {SH.Warning, SH.Info}, shape
        messages.append(message)
    assert len(messages) > 90


def test_shapes_name_only_terms_of_the_ontology(shapes: Graph, terms: Graph) -> None:
    iris = {term for triple in shapes for term in triple if isinstance(term, URIRef)}
    used = {iri for iri in iris if iri.startswith(str(SIT._NS))}
    used |= {
        SIT[name]
        for query in shapes.objects(None, SH.select)
        for name in re.findall(r"sit:(\w+)", str(query))
    }
    assert [term for term in used if (term, RDF.type, None) not in terms] == []


def test_shapes_know_all_relations(shapes: Graph, terms: Graph) -> None:
    relations = set(terms.subjects(RDFS.subPropertyOf, SIT.relatedTo))
    shape = URIRef(SHAPES + "RelationStatementShape")
    assert set(shapes.objects(shape, SH.targetSubjectsOf)) == relations
    ends = URIRef(SHAPES + "RelationEndShape")
    for target in (SH.targetSubjectsOf, SH.targetObjectsOf):
        assert set(shapes.objects(ends, target)) == relations - {SIT.conducts}


def test_every_constraint_has_an_example_that_breaks_it(shapes: Graph) -> None:
    covered = {(b.shape, b.constraint) for path in INVALID for b in expected(path)}
    assert covered == constraints(shapes)


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_example_breaks_its_constraint_alone(path: Path, validator: Validator, shapes: Graph) -> None:
    result = validator.validate(Graph(bind_namespaces="none").parse(path))
    wanted = expected(path)
    (severity,) = {breach.severity for breach in wanted}
    as_grave = GRAVEST_FIRST[: GRAVEST_FIRST.index(severity) + 1]
    assert {breach for breach in found(result.report_graph) if breach.severity in as_grave} == wanted
    assert result.conforms is (severity != "Violation")
    (shape,) = {breach.shape for breach in wanted}
    message = str(shapes.value(URIRef(SHAPES + shape), SH.message))
    assert message in {r.message for r in result.results if r.severity == severity}


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_example_conforms(path: Path, validator: Validator) -> None:
    result = validator.validate(Graph(bind_namespaces="none").parse(path))
    assert result.conforms
    # Only the union, of reports without title and date, leaves something to look at.
    assert bool(result.results) is (path.stem == "union")


def test_the_files_of_the_ontology_conform_themselves(folder: Path, validator: Validator) -> None:
    everything = Graph(bind_namespaces="none")
    for name in ("sitrep.ttl", "alignments.ttl", "shapes.ttl"):
        everything.parse(folder / name)
    for path in VALID:
        everything.parse(path)
    assert [r for r in validator.validate(everything).results if r.severity == "Violation"] == []


def test_offsets_of_the_valid_report_cut_out_its_words() -> None:
    graph = Graph().parse(EXAMPLES / "valid" / "report.ttl")
    (text,) = graph.objects(None, NIF.isString)
    anchored = list(graph.subject_objects(NIF.anchorOf))
    assert len(anchored) == 3
    for node, words in anchored:
        begin, end = (int(str(graph.value(node, slot))) for slot in (NIF.beginIndex, NIF.endIndex))
        assert str(text)[begin:end] == str(words)
    assert int(str(graph.value(next(graph.subjects(NIF.isString)), NIF.endIndex))) == len(str(text))
