"""What must go of a graph so that it conforms to the shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rdflib import Graph, URIRef
from rdflib.term import Node

from kg.validation.data import Triple
from kg.validation.paths import Inverse, Sequence
from kg.validation.results import Breach, Pruned, gravest_first
from kg.vocab import ITSRDF, PROV, RDF, SIT


def prune(graph: Graph, breaches_of: Callable[[Graph], Iterable[Breach]]) -> Pruned:
    """The graph without what violates the shapes; see `Validator.prune`."""
    kept, is_copy = graph, False
    rejects: list[Breach] = []
    while True:
        breaches = sorted(breaches_of(kept), key=gravest_first)
        violations = _precise_first([breach for breach in breaches if breach.severity == "Violation"])
        rejects += violations
        doomed = {triple for breach in violations for triple in _doomed(kept, breach)}
        if not doomed:
            break
        if not is_copy:
            kept, is_copy = _copy(graph), True
        for triple in doomed:
            kept.remove(triple)
    warnings = tuple(breach.result() for breach in breaches if breach.severity == "Warning")
    return Pruned(kept, tuple(breach.result() for breach in rejects), warnings)


def _copy(graph: Graph) -> Graph:
    copy = Graph(bind_namespaces="none")
    copy.namespace_manager = graph.namespace_manager
    for triple in graph:
        copy.add(triple)
    return copy


def _precise_first(breaches: list[Breach]) -> list[Breach]:
    """The breaches without those about a number of values of which some are bad: that number will change."""
    bad = {(breach.focus, breach.path) for breach in breaches if breach.value is not None}
    return [b for b in breaches if b.value is not None or (b.focus, b.path) not in bad]


def _doomed(graph: Graph, breach: Breach) -> Iterator[Triple]:
    """The triples that must go because of one violation."""
    focus, path, value = breach.focus, breach.path, breach.value
    match path:
        case URIRef() if value is not None and (focus, path, value) in graph:
            yield from _triple_and_statements(graph, (focus, path, value))
        case Inverse(URIRef() as predicate) if value is not None and (value, predicate, focus) in graph:
            yield from _triple_and_statements(graph, (value, predicate, focus))
        case URIRef() if value is None and (focus, path, None) in graph:
            yield from graph.triples((focus, path, None))
        case Sequence((Inverse(URIRef() as pointer), URIRef() as slot)):
            # It is not the focus that is at fault but what points at it: a phrase beyond its report's end.
            for node in graph.subjects(pointer, focus):
                if (node, slot, value) in graph:
                    yield from _node(graph, node)
        case _ if (focus, RDF.type, SIT.Report) in graph:
            yield from graph  # nothing of a report stands without the report
        case _:
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
