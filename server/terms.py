"""The terms of the ontology for its page. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.vocab import DCTERMS, ONTOLOGY_IRI, OWL, PREFIXES, RDF, RDFS, SKOS
from server.messages import Cell, Table

MAXIMUM_ROWS = 50_000  # triples of the ontology's terms
QUERY = f"SELECT ?s ?p ?o {{ GRAPH <{ONTOLOGY_IRI}> {{ ?s ?p ?o FILTER isIRI(?s) }} }} ORDER BY ?s ?p ?o"

_KINDS = {
    str(OWL.Class): "classes",
    str(OWL.ObjectProperty): "properties between things",
    str(OWL.DatatypeProperty): "properties with plain values",
    str(OWL.NamedIndividual): "individuals",
}
_LINKS = {
    str(RDFS.subClassOf): "kind of",
    str(RDFS.subPropertyOf): "kind of",
    str(RDFS.domain): "of",
    str(RDFS.range): "value",
    str(OWL.inverseOf): "inverse of",
    str(RDF.type): "type",
}


@dataclass(frozen=True, slots=True)
class Term:
    """A term, its label and comment, and what it is linked to: (how, IRI)."""

    iri: str
    name: str  # what follows the # of its IRI
    label: str
    comment: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Terms of one kind, by name."""

    title: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The ontology: its title, its description and its terms."""

    title: str
    description: str
    sections: tuple[Section, ...]


def read_vocabulary(table: Table) -> Vocabulary:
    """The vocabulary from the answer to `QUERY`."""
    told: dict[str, list[tuple[str, Cell]]] = {}
    for subject, predicate, value in table.rows:
        if subject and predicate and value:
            told.setdefault(subject.value, []).append((predicate.value, value))
    sections = []
    for kind, title in _KINDS.items():
        terms = [_term(iri, facts) for iri, facts in told.items() if kind in _values(facts, str(RDF.type))]
        if terms:
            sections.append(Section(title, tuple(sorted(terms, key=lambda term: term.name))))
    about = told.get(str(ONTOLOGY_IRI), [])
    titles = (*_values(about, str(DCTERMS.title)), "Ontology")
    descriptions = (*_values(about, str(DCTERMS.description)), "")
    return Vocabulary(titles[0], descriptions[0], tuple(sections))


def _term(iri: str, facts: Iterable[tuple[str, Cell]]) -> Term:
    name = iri.rpartition("#")[2] or iri
    labels = (*_values(facts, str(RDFS.label)), *_values(facts, str(SKOS.prefLabel)), name)
    comments = (*_values(facts, str(RDFS.comment)), "")
    links = tuple(
        (_LINKS[predicate], value.value)
        for predicate, value in facts
        if predicate in _LINKS and value.kind == "iri" and not value.value.startswith(PREFIXES["owl"])
    )
    return Term(iri, name, labels[0], comments[0], links)


def _values(facts: Iterable[tuple[str, Cell]], predicate: str) -> tuple[str, ...]:
    return tuple(value.value for name, value in facts if name == predicate)
