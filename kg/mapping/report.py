"""The named graph of one report."""

from __future__ import annotations

from itertools import chain

from rdflib import Graph, Literal

from kg.facts import Facts
from kg.mapping.context import Context, Triples, labels
from kg.mapping.entities import entity_triples
from kg.mapping.events import event_triples
from kg.mapping.literals import integer, iri_or_literal, issued, words
from kg.mapping.relations import relation_triples
from kg.mapping.text import text_triples
from kg.mapping.triples import graph_of
from kg.vocab import DCTERMS, NIF, RDF, SIT


def map_report(facts: Facts, *, base_iri: str, keep_text: bool) -> Graph:
    """All that a report's graph holds; `keep_text` puts the text itself in.

    Raises ValueError, naming report and fact, where facts contradict each other or the ontology: a role for
    an entity that is not there, an unknown class, a span outside the text.
    """
    context = Context.of(facts, base_iri=base_iri)
    return graph_of(
        chain(
            _report_triples(context, keep_text=keep_text),
            text_triples(context),
            entity_triples(context),
            event_triples(context),
            relation_triples(context),
        )
    )


def _report_triples(context: Context, *, keep_text: bool) -> Triples:
    report, node = context.facts.report, context.report
    yield node, RDF.type, SIT.Report
    yield node, RDF.type, NIF.Context
    yield from labels(node, words(report.title or "") or report.identifier)
    yield node, DCTERMS.identifier, Literal(report.identifier)
    yield node, NIF.beginIndex, integer(0)
    yield node, NIF.endIndex, integer(len(report.text))
    if keep_text:
        yield node, NIF.isString, Literal(report.text)
    if report.title:
        yield node, DCTERMS.title, Literal(report.title)
    if report.issued is not None:
        yield node, DCTERMS.issued, issued(report.issued)
    if report.publisher:
        yield node, DCTERMS.publisher, iri_or_literal(report.publisher)
    if report.source:
        yield node, DCTERMS.source, iri_or_literal(report.source)
    if report.language:
        yield node, DCTERMS.language, Literal(report.language)
