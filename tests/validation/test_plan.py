"""The plan on the graphs that we have, and what is left to pySHACL."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from rdflib import Graph, Literal, Namespace, URIRef

from kg.errors import DataError
from kg.ingest import IngestOptions, Rejected, Skipped, read_inputs
from kg.mapping import map_report
from kg.pipeline.report import load_default_reader
from kg.settings import DEFAULT_MODEL, ontology_directory
from kg.validation import Validator
from kg.validation.data import Triple
from kg.validation.plan import Plan
from kg.validation.pruning import prune
from kg.validation.reference import Reference
from kg.validation.results import Breach
from kg.validation.unsupported import UnsupportedError
from kg.vocab import SIT, XSD

CHECKOUT = Path(__file__).parents[2]
EXAMPLES = sorted((ontology_directory() / "examples").rglob("*.ttl"))
EVENT = Namespace("https://w3id.org/sitrep/id/report/raid/event/")
PREFIXES = """
@prefix : <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix sit: <https://w3id.org/sitrep/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""


def told(breaches: Iterable[Breach]) -> Counter[tuple[object, ...]]:
    return Counter((b.focus, b.path, b.value, b.component, b.result()) for b in breaches)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_examples(path: Path, plan: Plan, reference: Reference) -> None:
    graph = Graph(bind_namespaces="none").parse(path)
    found = told(plan.run(graph))
    assert found == told(reference.run(graph)[1])
    assert bool(found) is (path.parent.name == "invalid" or path.stem == "union")


def test_a_large_report(large: Graph, plan: Plan) -> None:
    assert plan.run(large) == []


def test_samples(plan: Plan, reference: Reference, validator: Validator) -> None:
    """As they are read, and without the type of each tenth node."""
    reader = load_default_reader(model=DEFAULT_MODEL, ontology=ontology_directory())
    reports = read_inputs([str(CHECKOUT / "samples")], options=IngestOptions())
    seen = 0
    for report in reports:
        assert not isinstance(report, (Rejected, Skipped))
        graph = map_report(reader.read(report), base_iri="https://w3id.org/sitrep/id/", keep_text=False)
        seen += 1
        assert told(plan.run(graph)) == told(reference.run(graph)[1]), report.identifier
        if seen % 5 == 0:
            for node in sorted(set(graph.subjects()), key=str)[::10]:
                graph.remove((node, None, None))
            by_plan = validator.prune(graph)
            by_reference = prune(graph, lambda g: reference.run(g)[1])
            assert by_plan.rejects == by_reference.rejects
            assert set(by_plan.graph) == set(by_reference.graph) < set(graph)
    assert seen > 20


def test_a_build_does_without_pyshacl(tmp_path: Path) -> None:
    """It takes half a second to import, which each worker would pay."""
    script = (
        "import sys; from pathlib import Path; from rdflib import Graph; from kg.validation import Validator;"
        f"folder = Path({str(ontology_directory())!r});"
        "pruned = Validator(folder).prune(Graph().parse(folder / 'examples/invalid/agent-place.ttl'));"
        "assert len(pruned.rejects) == 1, pruned.rejects; assert 'pyshacl' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def with_shapes(tmp_path: Path, shapes: str) -> Validator:
    shutil.copy(ontology_directory() / "sitrep.ttl", tmp_path)
    (tmp_path / "shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    return Validator(tmp_path)


UNSUPPORTED = [
    ("sh:path sit:place ; sh:minCount 1 ; sh:memberShape [ sh:class sit:Place ]", "sh:memberShape"),
    ("sh:js [ sh:jsFunctionName 'f' ]", "sh:js"),
    ("sh:property :S2 . :S2 sh:path sit:place ; sh:node :S", "the recursive shape http://example.org/S"),
    ("sh:path [ sh:inversePath ( sit:place sit:place ) ] ; sh:minCount 1", "the inverse of a longer path"),
    ("sh:path ( sit:place ) ; sh:minCount 1", "less than two members"),
    ("sh:path [ sh:zeroOrMorePath sit:a , sit:b ] ; sh:minCount 1", "more than one"),
    ("sh:path sit:place ; sh:severity :Grave ; sh:minCount 1", "the severity http://example.org/Grave"),
    ("sh:path sit:place ; sh:minCount 1 , 2", "two values"),
    ("sh:path sit:place ; sh:minCount 'one'", "one as a number"),
    ("sh:path sit:place ; sh:pattern '('", "a pattern that Python cannot read"),
    ("sh:path sit:place ; sh:nodeKind :Kind", "http://example.org/Kind as a kind of node"),
    ("sh:path sit:place ; sh:minInclusive :one", "where a literal should be"),
    ("sh:path sit:place ; sh:lessThan 'x'", "where an IRI should be"),
    ("sh:path sit:place ; sh:qualifiedMinCount 1", "sh:qualifiedMinCount without sh:qualifiedValueShape"),
    ("sh:path sit:place ; sh:qualifiedValueShape :S2 . :S2 sh:class :C", "without a count"),
    ("sh:ignoredProperties ( sit:place )", "sh:ignoredProperties without sh:closed"),
    ("sh:minCount 1", "sh:minCount without a path"),
    ("sh:node :S2 . :S2 sh:path sit:place ; sh:minCount 1", "sh:node with a property shape"),
    ("sh:property :S2 . :S2 sh:class :C", "sh:property with a shape that has no path"),
    ("sh:or ()", "an empty list"),
    ("sh:targetNode _:b ; sh:class :C", "a blank node as sh:targetNode"),
    ("sh:message :text ; sh:class :C", "a message that is no text"),
    ("sh:deactivated 'no' ; sh:class :C", "sh:deactivated"),
    ("a sh:PropertyShape ; sh:class :C", "which is and is not a property shape"),
    ("sh:class :C . :K a sh:ConstraintComponent", "constraint components of its own"),
    ("sh:sparql [ sh:select 'SELECT $this { $this a ?c OPTIONAL { $this ?p ?o } }' ]", "with LeftJoin"),
    ("sh:sparql [ sh:select 'SELECT $this { $this a ?c . BIND (1 AS ?x) }' ]", "more than triples"),
    ("sh:sparql [ sh:select 'SELECT $this { VALUES ?x { 1 } $this ?p ?x }' ]", "more than triples"),
    ("sh:sparql [ sh:select 'SELECT ?x { ?x ?p ?o }' ]", "more than triples"),
    ("sh:sparql [ sh:select 'SELECT ?x { $this ?p ?x }' ]", "neither $this nor ?value"),
    ("sh:sparql [ sh:select 'SELECT DISTINCT $this { $this ?p ?o }' ]", "more than SELECT"),
    ("sh:sparql [ sh:select 'SELECT $this { $this ?p ?o FILTER (?o > 1) }' ]", "compares other things"),
    ("sh:sparql [ sh:select 'SELECT $this { $this ?p ?o FILTER isIRI(?o) }' ]", "Builtin_isIRI"),
    ("sh:sparql [ sh:select 'SELECT $this { $this !(sit:a) ?o }' ]", "cannot be parsed"),
    ("sh:sparql [ sh:select 'SELECT $this { $this !(<x:a>) ?o }' ]", "the path"),
    ("sh:sparql [ sh:select 'SELECT $this { ?x <x:a>+ ?o . $this <x:b> ?y }' ]", "from an unknown node"),
    ("sh:sparql [ sh:message '{?value}' ; sh:select 'SELECT $this { $this ?p ?value }' ]", "with variables"),
]


@pytest.mark.parametrize(("shape", "reason"), UNSUPPORTED)
def test_what_the_plan_does_not_know_is_said(
    shape: str, reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kg.validation")
    with_shapes(tmp_path, f":S sh:targetClass sit:Event ; {shape} .")
    (record,) = caplog.records
    assert reason in record.getMessage()
    assert str(tmp_path / "shapes.ttl") in record.getMessage()


def test_deep_shapes_and_paths_are_left_to_pyshacl() -> None:
    deep = "sh:class :C"
    for _ in range(15):
        deep = f"sh:not [ {deep} ]"
    path = "sit:place"
    for _ in range(10):
        path = f"[ sh:zeroOrOnePath {path} ]"
    chain = " . ".join(f":S{i:02} sh:not :S{i - 1:02}" for i in range(1, 17))
    for shape in (deep, f"sh:path {path} ; sh:minCount 1", f"sh:not :S16 . {chain}"):
        graph = Graph().parse(data=f"{PREFIXES} :S sh:targetClass sit:Event ; {shape} .")
        with pytest.raises(UnsupportedError, match=r"so (many|deep)"):
            Plan(graph, ())


def test_shapes_that_pyshacl_can_follow_are_followed(tree: list[Triple]) -> None:
    shape = "sh:not [ " * 14 + "sh:class sit:Event" + " ]" * 14
    shapes = Graph().parse(data=f'{PREFIXES} :S sh:targetClass sit:Event ; sh:message "No." ; {shape} .')
    data = Graph().parse(data=f"{PREFIXES} :event a sit:Clash . :other a :Other .")
    found = told(Plan(shapes, tree).run(data))
    assert found == told(Reference(shapes, tree, shapes_file=Path("s")).run(data)[1])


def test_what_the_plan_does_not_know_is_pruned_by_pyshacl(raid: Graph, tmp_path: Path) -> None:
    """A shapes file as a user may bring it, with one shape that the plan knows and one that it does not."""
    validator = with_shapes(
        tmp_path,
        """:Known sh:targetClass sit:Event ; sh:path sit:confidence ; sh:maxCount 0 ; sh:message "None." .
        :Unknown sh:targetClass sit:Event ; sh:path sit:place ; sh:message "Say more." ;
            sh:sparql [ sh:select "SELECT $this { $this a ?c FILTER (COALESCE(?c, 1) = 1 || true) }" ] .""",
    )
    rejects = validator.prune(raid).rejects
    assert {reject.shape for reject in rejects} == {"http://example.org/Known", "http://example.org/Unknown"}


def test_a_shape_without_a_message_has_pyshacls(raid: Graph, tmp_path: Path) -> None:
    shape = ":S sh:targetNode <https://w3id.org/sitrep/id/report/raid/event/raid> ; sh:path sit:date ;"
    pruned = with_shapes(tmp_path, f"{shape} sh:maxCount 0 .").prune(raid)
    (reject,) = pruned.rejects
    assert reject.message.startswith(
        "More than 0 values on <https://w3id.org/sitrep/id/report/raid/event/raid>"
    )


def test_what_cannot_be_compared_is_an_error_as_before(raid: Graph, validator: Validator) -> None:
    group = next(raid.subjects(SIT.minCount))
    raid.set((group, SIT.minCount, Literal("many", datatype=XSD.integer)))
    with pytest.raises(DataError) as by_validate:
        validator.validate(raid)
    with pytest.raises(DataError) as by_prune:
        validator.prune(raid)
    assert str(by_prune.value) == str(by_validate.value)


def test_an_unknown_severity_is_one_clear_line(raid: Graph, tmp_path: Path) -> None:
    shape = ":S sh:targetClass sit:Event ; sh:severity :Grave ; sh:path sit:date ; sh:maxCount 0 ."
    with pytest.raises(
        DataError,
        match=r"severity http://example\.org/Grave of http://example\.org/S is none of sh:Violation",
    ):
        with_shapes(tmp_path, shape).prune(raid)


def test_a_sound_graph_is_not_copied(raid: Graph, validator: Validator) -> None:
    assert validator.prune(raid).graph is raid
    raid.add((URIRef(EVENT.raid), SIT.agent, Literal("no actor")))
    assert validator.prune(raid).graph is not raid
