"""SHACL validation of a graph, and the pruning of what violates the shapes.

A graph is validated with the class tree and the relations' tree of the ontology beside it, so that a shape
about actors finds a Prison out of place. Ontology and shapes are parsed once, when the `Validator` is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from pyshacl import validate
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError
from rdflib import BNode, Graph, Literal
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.plugins.stores.memory import SimpleMemory
from rdflib.query import Result
from rdflib.term import Node, URIRef

from kg.errors import DataError
from kg.vocab import ITSRDF, PROV, RDF, RDFS, SH, SIT

Triple = tuple[Node, Node, Node]

_SEVERITIES = ("Violation", "Warning", "Info")
_STEPS = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


@dataclass(frozen=True, slots=True)
class ShapeResult:
    """One breach of a shape: at which node, and where told by which path and value."""

    focus: str
    path: str | None  # an IRI, or a SPARQL property path of IRIs
    value: str | None
    shape: str
    severity: str  # Violation, Warning or Info
    message: str  # says what to mend


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """What validation found. `report_graph` is pySHACL's sh:ValidationReport."""

    conforms: bool  # no Violation
    results: tuple[ShapeResult, ...]
    report_graph: Graph


@dataclass(frozen=True, slots=True)
class Pruned:
    """A graph without what violates the shapes, the Violations it had, and the Warnings that it still has."""

    graph: Graph
    rejects: tuple[ShapeResult, ...]
    warnings: tuple[ShapeResult, ...]


@dataclass(frozen=True, slots=True)
class _Breach:
    """A result with its terms, for pruning; `path` is a node of the validation report."""

    focus: Node
    path: Node | None
    value: Node | None
    result: ShapeResult


class Validator:
    """Validates graphs against the shapes of an ontology folder (`sitrep.ttl`, `shapes.ttl`).

    Raises DataError where one of these files is missing, cannot be parsed or holds shapes that cannot run.
    """

    def __init__(self, ontology: Path) -> None:
        trees = (RDFS.subClassOf, RDFS.subPropertyOf)
        terms = _parse(ontology / "sitrep.ttl")
        self._tree = [triple for tree in trees for triple in terms.triples((None, tree, None))]
        self._shapes_file = ontology / "shapes.ttl"
        self._shapes = _parse(self._shapes_file)
        self._queries: dict[str, Query] = {}

    def validate(self, graph: Graph) -> ValidationResult:
        """All that the shapes say of a graph, gravest first. The graph is left as it is."""
        report, breaches = self._run(graph)
        results = tuple(breach.result for breach in breaches)
        return ValidationResult(not _violations(breaches), results, report)

    def prune(self, graph: Graph) -> Pruned:
        """A report's graph without what violates the shapes; the graph given is left as it is.

        Only the bad triple goes where a result names it (with the rdf:Statement about it), or the values
        where there are too many, else the focus node with all triples from and to it and with what rests
        on it alone. That may lead to further breaches, so it is repeated until the graph conforms or
        nothing more can be removed.
        """
        kept = Graph(bind_namespaces="none")
        kept.namespace_manager = graph.namespace_manager
        for triple in graph:
            kept.add(triple)
        rejects: list[ShapeResult] = []
        while True:
            report, breaches = self._run(kept)
            violations = _precise_first(_violations(breaches))
            rejects += (breach.result for breach in violations)
            doomed = {triple for breach in violations for triple in _doomed(kept, report, breach)}
            if not doomed:
                break
            for triple in doomed:
                kept.remove(triple)
        warnings = tuple(breach.result for breach in breaches if breach.result.severity == "Warning")
        return Pruned(kept, tuple(rejects), warnings)

    def _run(self, graph: Graph) -> tuple[Graph, list[_Breach]]:
        data = _DataGraph(chain(graph, self._tree), self._queries)
        try:
            _, report, text = validate(
                data, shacl_graph=self._shapes, inplace=True, allow_infos=True, allow_warnings=True
            )
        except (ShapeLoadError, ConstraintLoadError) as error:
            raise DataError(self._shapes_file, None, f"the shapes cannot be run: {error}") from error
        except (ReportableRuntimeError, TypeError, ArithmeticError) as error:
            reason = f"the shapes cannot be applied to {_incomparable(graph)}: {error}"
            raise DataError(self._shapes_file, None, reason) from error
        if not isinstance(report, Graph):  # pySHACL hands a failure back in the place of the report
            raise DataError(self._shapes_file, None, f"the shapes cannot be run: {text}")
        return report, sorted(_breaches(report), key=_order)


class _DataGraph(Graph):
    """A graph made for pySHACL, which asks it for single triples and the same queries again and again.

    Its triples lie in a store without contexts, twice as fast as rdflib's usual one, and each query is
    parsed once: pySHACL hands the same text over for every focus node.
    """

    def __init__(self, triples: Iterable[Triple], queries: dict[str, Query]) -> None:
        super().__init__(bind_namespaces="none")
        self._triples = SimpleMemory()
        for triple in triples:
            self._triples.add(triple, self)
            if isinstance(triple[0], BNode) or isinstance(triple[2], BNode):
                self.add(triple)  # pySHACL looks for blank nodes in the usual store
        self._queries = queries

    def triples(self, triple: Any) -> Any:
        """`Graph.triples`, from the simple store."""
        if isinstance(triple[1], PropertyPath):
            yield from super().triples(triple)
        else:
            for found, _ in self._triples.triples(triple):
                yield found

    def query(
        self,
        query_object: str | Query,
        processor: Any = "sparql",
        result: Any = "sparql",
        initNs: Mapping[str, Any] | None = None,  # noqa: N803
        initBindings: Mapping[str, Any] | None = None,  # noqa: N803
        use_store_provided: bool = True,
        **kwargs: Any,
    ) -> Result:
        """`Graph.query`, with the query taken from those parsed before."""
        if isinstance(query_object, str):
            text = query_object
            if text not in self._queries:
                self._queries[text] = prepareQuery(text)
            query_object = self._queries[text]
        return super().query(
            query_object, processor, result, initNs, initBindings, use_store_provided, **kwargs
        )


def _parse(path: Path) -> Graph:
    try:
        return Graph(bind_namespaces="none").parse(path, format="turtle")
    except OSError as error:
        raise DataError(path, None, f"it cannot be read: {error.strerror}") from error
    except BadSyntax as error:
        reason = " ".join(error.message.partition("Bad syntax ")[2].partition(" at ^")[0].split())
        raise DataError(path, error.lines + 1, f"it is no valid Turtle {reason}") from error


def _incomparable(graph: Graph) -> str:
    """The value that pySHACL most likely stumbled over: no value of its datatype, not a number, or blank."""
    suspects = sorted(
        f"{subject} {predicate} {value.n3()}"
        for subject, predicate, value in graph
        if isinstance(value, BNode)
        or (isinstance(value, Literal) and (value.ill_typed or str(value.value).lower() == "nan"))
    )
    return f"the value of {suspects[0]}" if suspects else "this graph"


def _violations(breaches: list[_Breach]) -> list[_Breach]:
    return [breach for breach in breaches if breach.result.severity == "Violation"]


def _precise_first(breaches: list[_Breach]) -> list[_Breach]:
    """The breaches without those about a number of values of which some are bad: that number will change."""
    bad = {(breach.focus, breach.path) for breach in breaches if breach.value is not None}
    return [b for b in breaches if b.value is not None or (b.focus, b.path) not in bad]


def _order(breach: _Breach) -> tuple[int, str, str, str, str]:
    result = breach.result
    rank = _SEVERITIES.index(result.severity)
    return rank, result.focus, result.shape, result.path or "", result.value or ""


def _breaches(report: Graph) -> Iterator[_Breach]:
    for node in report.objects(None, SH.result):
        focus, path, value = (report.value(node, p) for p in (SH.focusNode, SH.resultPath, SH.value))
        severity = str(report.value(node, SH.resultSeverity)).removeprefix(str(SH))
        if focus is None or severity not in _SEVERITIES:
            raise ValueError(f"unexpected validation result of severity {severity!r} at {focus!r}")
        result = ShapeResult(
            focus=str(focus),
            path=None if path is None else _path_text(report, path),
            value=None if value is None else str(value),
            shape=str(report.value(node, SH.sourceShape)),
            severity=severity,
            message=" ".join(sorted(str(m) for m in report.objects(node, SH.resultMessage))),
        )
        yield _Breach(focus, path, value, result)


def _path_text(report: Graph, path: Node) -> str:
    """A property path as SPARQL writes it; one that is only a predicate as its bare IRI."""
    return str(path) if isinstance(path, URIRef) else _path_part(report, path)


def _path_part(report: Graph, path: Node) -> str:
    if isinstance(path, URIRef):
        return f"<{path}>"
    if (path, RDF.first, None) in report:
        return "/".join(_path_part(report, step) for step in report.items(path))
    inverse = report.value(path, SH.inversePath)
    if inverse is not None:
        return f"^{_path_part(report, inverse)}"
    choices = report.value(path, SH.alternativePath)
    if choices is not None:
        return "(" + "|".join(_path_part(report, choice) for choice in report.items(choices)) + ")"
    for step, sign in _STEPS.items():
        repeated = report.value(path, step)
        if repeated is not None:
            return f"({_path_part(report, repeated)}){sign}"
    raise ValueError(f"unexpected property path {path!r}")


def _doomed(graph: Graph, report: Graph, breach: _Breach) -> Iterator[Triple]:
    """The triples that must go because of one violation."""
    focus, path, value = breach.focus, breach.path, breach.value
    inverse = None if path is None else report.value(path, SH.inversePath)
    steps = [] if path is None or isinstance(path, URIRef) else list(report.items(path))
    if path is not None and value is not None and (focus, path, value) in graph:
        yield from _triple_and_statements(graph, (focus, path, value))
    elif inverse is not None and value is not None and (value, inverse, focus) in graph:
        yield from _triple_and_statements(graph, (value, inverse, focus))
    elif isinstance(path, URIRef) and value is None and (focus, path, None) in graph:
        yield from graph.triples((focus, path, None))
    elif len(steps) == 2 and (pointer := report.value(steps[0], SH.inversePath)) is not None:
        # It is not the focus that is at fault but what points at it: a phrase beyond its report's end.
        for node in graph.subjects(pointer, focus):
            if (node, steps[1], value) in graph:
                yield from _node(graph, node)
    elif (focus, RDF.type, SIT.Report) in graph:
        yield from graph  # nothing of a report stands without the report
    else:
        yield from _node(graph, focus)


def remove_node(graph: Graph, node: Node) -> None:
    """Take a node out of a graph, with its phrases and the statements and relations that rest on it alone."""
    for triple in set(_node(graph, node)):
        graph.remove(triple)


def _node(graph: Graph, node: Node) -> Iterator[Triple]:
    """All triples from and to a node, its phrases, and the statements about it or from it alone."""
    yield from _from_and_to(graph, node)
    for phrase in graph.subjects(ITSRDF.taIdentRef, node):
        if set(graph.objects(phrase, ITSRDF.taIdentRef)) == {node}:
            yield from _from_and_to(graph, phrase)
    statements = {*graph.subjects(RDF.subject, node), *graph.subjects(RDF.object, node)}
    for statement in graph.subjects(PROV.wasDerivedFrom, node):
        if set(graph.objects(statement, PROV.wasDerivedFrom)) == {node}:
            statements.add(statement)
    if (node, RDF.type, RDF.Statement) in graph:
        statements.add(node)
    for statement in statements:
        yield from _from_and_to(graph, statement)
        yield from _relation(graph, statement)


def _from_and_to(graph: Graph, node: Node) -> Iterator[Triple]:
    yield from graph.triples((node, None, None))
    yield from graph.triples((None, None, node))


def _relation(graph: Graph, statement: Node) -> Iterator[Triple]:
    """The triple that a statement is about, unless another statement is about it too."""
    parts = [graph.value(statement, part) for part in (RDF.subject, RDF.predicate, RDF.object)]
    subject, predicate, object_ = parts
    if subject is not None and predicate is not None and object_ is not None:
        relation = (subject, predicate, object_)
        if all(other == statement for other in _statements(graph, relation)) and relation in graph:
            yield relation


def _triple_and_statements(graph: Graph, triple: Triple) -> Iterator[Triple]:
    yield triple
    for statement in _statements(graph, triple):
        yield from _from_and_to(graph, statement)


def _statements(graph: Graph, relation: Triple) -> Iterator[Node]:
    """The rdf:Statements about a triple."""
    subject, predicate, object_ = relation
    for statement in graph.subjects(RDF.subject, subject):
        if (statement, RDF.predicate, predicate) in graph and (statement, RDF.object, object_) in graph:
            yield statement
