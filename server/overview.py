"""What the start page says of the graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.vocab import PREFIXES
from server.messages import Cell, Table

PROLOGUE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())

QUERIES = (
    PROLOGUE + "SELECT (COUNT(*) AS ?count) { ?report a sit:Report }",
    PROLOGUE + "SELECT (COUNT(DISTINCT ?entity) AS ?count) { ?entity sit:mentionedIn ?report }",
    PROLOGUE + "SELECT (COUNT(*) AS ?count) { ?statement a rdf:Statement }",
    PROLOGUE
    + """SELECT ?kind (COUNT(DISTINCT ?event) AS ?count) { ?event a ?kind ; sit:status ?status }
GROUP BY ?kind ORDER BY DESC(?count) ?kind""",
    PROLOGUE
    + """SELECT ?report (MIN(?name) AS ?label) (MIN(?date) AS ?issued) {
  ?report a sit:Report ; rdfs:label ?name OPTIONAL { ?report dcterms:issued ?date }
} GROUP BY ?report ORDER BY DESC(?issued) ?report LIMIT 10""",
)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report of the list: its IRI, its label, the day it was published if known."""

    iri: str
    label: str
    issued: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of the whole graph, the events by class (most first) and the newest reports."""

    reports: int
    entities: int
    relations: int
    events: int
    kinds: tuple[tuple[str, int], ...]  # class IRI, events
    newest: tuple[ReportLine, ...]


def read_overview(tables: Sequence[Table]) -> Overview:
    """The overview from the answers to `QUERIES`, in their order."""
    reports, entities, relations, kinds, newest = tables
    by_kind = tuple((_text(kind), _number(count)) for kind, count in kinds.rows)
    lines = tuple(
        ReportLine(_text(report), _text(label), issued.value[:10] if issued else None)
        for report, label, issued in newest.rows
    )
    return Overview(
        reports=_number(reports.rows[0][0]),
        entities=_number(entities.rows[0][0]),
        relations=_number(relations.rows[0][0]),
        events=sum(count for _, count in by_kind),
        kinds=by_kind,
        newest=lines,
    )


def _text(cell: Cell | None) -> str:
    return cell.value if cell is not None else ""


def _number(cell: Cell | None) -> int:
    return int(cell.value) if cell is not None else 0
