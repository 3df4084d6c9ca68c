"""What the query editor is told: answers that fit a page, and the terms that it completes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from itertools import chain

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from kg.vocab import DCTERMS, GEO, ITSRDF, NIF, OWL, PREFIXES, PROV, RDF, RDFS, SKOS, WGS84
from server.messages import Cell, Table
from server.terms import Term, Vocabulary

SOLUTIONS = "application/sparql-results+json"
GRAPH = "text/turtle"
_BORROWED = {  # properties of other vocabularies that our graphs use, and what they say of what
    RDF.type: "class of a thing",
    RDF.subject: "of a relation's statement",
    RDF.predicate: "of a relation's statement",
    RDF.object: "of a relation's statement",
    RDFS.label: "name",
    SKOS.prefLabel: "name",
    SKOS.altLabel: "other name",
    SKOS.closeMatch: "likely item of Wikidata",
    OWL.sameAs: "item of Wikidata",
    DCTERMS.identifier: "id of a report",
    DCTERMS.title: "title of a report",
    DCTERMS.issued: "date of a report",
    DCTERMS.publisher: "publisher of a report",
    DCTERMS.source: "address of a report",
    DCTERMS.language: "language of a report",
    NIF.anchorOf: "words of a sentence or mention",
    NIF.beginIndex: "first character of a sentence or mention",
    NIF.endIndex: "character after a sentence or mention",
    NIF.referenceContext: "report of a sentence or mention",
    NIF.sentence: "sentence of a mention",
    ITSRDF.taIdentRef: "what a mention means",
    GEO.hasGeometry: "geometry of a place",
    GEO.asWKT: "point of a geometry",
    WGS84.lat: "latitude in degrees",
    WGS84.long: "longitude in degrees",
    PROV.wasDerivedFrom: "event that a relation follows from",
}


def results(table: Table) -> Mapping[str, object]:
    """Solutions, or the answer to ASK, as SPARQL 1.1 Query Results JSON."""
    if table.boolean is not None:
        return {"head": {}, "boolean": table.boolean}
    rows = (zip(table.columns, row, strict=True) for row in table.rows)
    bindings = [{name: _term(cell) for name, cell in row if cell} for row in rows]
    return {"head": {"vars": list(table.columns)}, "results": {"bindings": bindings}}


def turtle(table: Table) -> bytes:
    """A graph as Turtle with our prefixes, its triples in the order of the table."""
    triples = (
        Triple(_node(subject), NamedNode(predicate.value), _value(value))
        for subject, predicate, value in table.rows
        if subject and predicate and value and value.kind != "triple"
    )
    into = BytesIO()
    serialize(triples, into, RdfFormat.TURTLE, prefixes=PREFIXES)
    return into.getvalue()


def terms(vocabulary: Vocabulary, base_iri: str) -> Mapping[str, object]:
    """Prefixes, classes, properties and individuals for completion; the base of the store's own IRIs."""
    sections = {section.title: section.terms for section in vocabulary.sections}
    groups = (found for title, found in sections.items() if title.startswith("properties"))
    borrowed = [{"iri": str(iri), "label": "", "comment": words} for iri, words in _BORROWED.items()]
    return {
        "base": base_iri,
        "prefixes": PREFIXES,
        "classes": _entries(sections.get("classes", ())),
        "properties": [*_entries(chain.from_iterable(groups)), *borrowed],
        "individuals": _entries(sections.get("individuals", ())),
    }


def _entries(found: Iterable[Term]) -> list[Mapping[str, str]]:
    return [{"iri": term.iri, "label": term.label, "comment": term.comment} for term in found]


def _term(cell: Cell) -> Mapping[str, str]:
    if cell.kind == "iri":
        return {"type": "uri", "value": cell.value}
    if cell.kind == "blank":
        return {"type": "bnode", "value": cell.value}
    term = {"type": "literal", "value": cell.value}
    if cell.language:
        term["xml:lang"] = cell.language
    elif cell.datatype:
        term["datatype"] = cell.datatype
    return term


def _node(cell: Cell) -> NamedNode | BlankNode:
    return BlankNode(cell.value) if cell.kind == "blank" else NamedNode(cell.value)


def _value(cell: Cell) -> NamedNode | BlankNode | Literal:
    if cell.kind != "literal":
        return _node(cell)
    if cell.language:
        return Literal(cell.value, language=cell.language)
    return Literal(cell.value, datatype=NamedNode(cell.datatype) if cell.datatype else None)
