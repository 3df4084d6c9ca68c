"""What an export holds: the whole dataset, or one report with what is known of its entities."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from kg import iri
from kg.errors import DataError, ExportError
from kg.export.formats import Format, write
from kg.facts import Kind
from kg.named import Database
from kg.vocab import ONTOLOGY_IRI, PREFIXES, RDF

_ONTOLOGY_FILES = ("sitrep.ttl", "alignments.ttl")
_REPORT_PARTS = ("event", "group", "phrase", "sentence", "statement")
_ONTOLOGY = NamedNode(ONTOLOGY_IRI)
_SUBJECT = NamedNode(RDF.subject)


def export(
    database: Database,
    output: BinaryIO,
    *,
    format: Format,  # noqa: A002 - what users call it
    ontology: Path,
    base_iri: str,
    report: str | None = None,
) -> None:
    """Write the dataset, or the report with this identifier, to `output`.

    The ontology is read from its folder where the store lacks it; a report goes without it. Raises
    ExportError for a report that the store lacks and for data that the format can't hold.
    """
    if report is None:
        quads, prefixes = _dataset(database, ontology), _prefixes(base_iri)
    else:
        quads = report_quads(database, report, base_iri=base_iri)
        prefixes = report_prefixes(report, base_iri=base_iri)
    write(quads, output, format=format, prefixes=prefixes)


def report_quads(database: Database, report: str, *, base_iri: str) -> Iterator[Quad]:
    """The graph of the report with this identifier, and what the entity graph knows of its things.

    Raises ExportError for a report that the store lacks.
    """
    node = _report_iri(base_iri, report)
    if next(database.quads_for_pattern(None, None, None, node), None) is None:
        raise ExportError(
            f"the store has no report {report!r}; to list those it has: "
            "kg query 'SELECT ?id { ?report a sit:Report ; dcterms:identifier ?id }'"
        )
    return _report(database, node, entities=NamedNode(iri.graph(base_iri, "entities")))


def report_prefixes(report: str, *, base_iri: str) -> dict[str, str]:
    """The prefixes that a report is written with: those of a dataset, and `event:` and the like."""
    node = _report_iri(base_iri, report)
    return _prefixes(base_iri) | {part: f"{node.value}/{part}/" for part in _REPORT_PARTS}


def read_ontology(ontology: Path) -> Iterator[Quad]:
    """The ontology and its alignments, for the ontology graph. Raises DataError for a broken file."""
    for name in _ONTOLOGY_FILES:
        path = ontology / name
        try:
            for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE):
                yield Quad(quad.subject, quad.predicate, quad.object, _ONTOLOGY)
        except OSError as error:
            raise DataError(path, None, f"cannot be read: {error.strerror}") from error
        except SyntaxError as error:
            raise DataError(path, error.lineno, f"not Turtle: {error.msg}") from error


def _dataset(database: Database, ontology: Path) -> Iterator[Quad]:
    yield from database.quads_for_pattern(None, None, None, None)
    if not database.contains_named_graph(_ONTOLOGY):
        yield from read_ontology(ontology)


def _prefixes(base_iri: str) -> dict[str, str]:
    """The vocabularies' prefixes, and one for each kind of named thing: `entity:islamic-state`."""
    kinds = ("entity", "report", *(kind.value for kind in Kind if kind is not Kind.GROUP))
    return PREFIXES | {kind: f"{base_iri}{kind}/" for kind in kinds}


def _report_iri(base_iri: str, identifier: str) -> NamedNode:
    try:
        return NamedNode(iri.report(base_iri, identifier))
    except ValueError as error:
        raise ExportError(f"no report can have the identifier {identifier!r}: {error}") from error


def _report(database: Database, report: NamedNode, *, entities: NamedNode) -> Iterator[Quad]:
    """The report's graph, and from the entity graph all that its nodes lead to."""
    waiting: dict[NamedNode | BlankNode, None] = {}
    for quad in database.quads_for_pattern(None, None, None, report):
        yield quad
        waiting.update((node, None) for node in _nodes(quad))
    seen = set(waiting)
    while waiting:
        node, _ = waiting.popitem()
        known = list(database.quads_for_pattern(node, None, None, entities))
        yield from known
        # Links that are only likely have a Statement, which points to the node and not the other way round.
        about = database.quads_for_pattern(None, _SUBJECT, node, entities)
        for found in (*(n for quad in known for n in _nodes(quad)), *(quad.subject for quad in about)):
            if not isinstance(found, Triple) and found not in seen:
                seen.add(found)
                waiting[found] = None


def _nodes(quad: Quad) -> Iterator[NamedNode | BlankNode]:
    for term in (quad.subject, quad.object):
        if not isinstance(term, Literal | Triple):
            yield term
