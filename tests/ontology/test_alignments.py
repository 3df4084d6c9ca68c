"""Every term of another vocabulary that the ontology names was seen to exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import (
    DCTERMS,
    FOAF,
    GEO,
    ORG,
    OWL,
    PROV,
    RDF,
    RDFS,
    SDO,
    SH,
    SKOS,
    VANN,
    XSD,
)

from kg.vocab import SIT, WD

# rdflib lists all terms of these, from their published files.
CLOSED = (DCTERMS, FOAF, GEO, ORG, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, VANN, XSD)
OURS = ("https://w3id.org/sitrep/",)
LICENCES = {"https://creativecommons.org/licenses/by/4.0/"}
FILE = Path(__file__).parent / "verified_terms.txt"


@pytest.fixture(scope="module")
def verified() -> dict[str, str]:
    rows = (line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return dict(row.split("\t") for row in rows)


def unverified(graphs: list[Graph], verified: dict[str, str]) -> Iterator[str]:
    """IRIs that are neither ours, nor in a namespace that rdflib knows whole, nor in the table."""
    used = {str(term) for graph in graphs for triple in graph for term in triple if isinstance(term, URIRef)}
    for iri in sorted(used - LICENCES - verified.keys()):
        if iri.startswith(OURS) or iri in {str(namespace._NS) for namespace in CLOSED}:
            continue
        if not any(
            iri.startswith(str(namespace._NS)) and iri.removeprefix(str(namespace._NS)) in namespace
            for namespace in CLOSED
        ):
            yield iri


def test_every_foreign_term_is_verified(
    terms: Graph, alignments: Graph, shapes: Graph, verified: dict[str, str]
) -> None:
    assert list(unverified([terms, alignments, shapes], verified)) == []


def test_an_unverified_term_is_found(verified: dict[str, str]) -> None:
    graph = Graph()
    graph.add((SIT.Prison, RDFS.seeAlso, URIRef("https://schema.org/Prizon")))
    graph.add((SIT.Prison, SKOS.closeMatch, WD.Q1))
    assert list(unverified([graph], verified)) == [str(WD.Q1), "https://schema.org/Prizon"]


def test_the_table_has_no_line_too_many(
    terms: Graph, alignments: Graph, shapes: Graph, verified: dict[str, str]
) -> None:
    used = {str(term) for graph in (terms, alignments, shapes) for triple in graph for term in triple}
    assert verified.keys() - used == set()
    assert all(verified.values())


def test_the_table_agrees_with_what_rdflib_knows(verified: dict[str, str]) -> None:
    for namespace in CLOSED:
        names = [
            iri.removeprefix(str(namespace._NS)) for iri in verified if iri.startswith(str(namespace._NS))
        ]
        assert [name for name in names if name not in namespace] == []


def test_alignments_speak_of_our_terms_only(terms: Graph, alignments: Graph) -> None:
    ours = {s for s in alignments.subjects() if str(s).startswith(str(SIT._NS))}
    assert ours
    assert [term for term in ours if (term, RDF.type, None) not in terms] == []


def test_the_vocabularies_asked_for_are_all_linked(alignments: Graph) -> None:
    targets = {str(o) for o in alignments.objects()}
    for namespace in (
        "http://semanticweb.cs.vu.nl/2009/11/sem/",
        str(PROV._NS),
        str(SDO._NS),
        str(ORG._NS),
        str(GEO._NS),
        str(WD),
    ):
        assert any(target.startswith(namespace) for target in targets), namespace


def test_classes_and_properties_are_not_mixed(terms: Graph, alignments: Graph) -> None:
    for term in alignments.subjects(RDFS.subClassOf):
        assert (term, RDF.type, OWL.Class) in terms
    for term in alignments.subjects(RDFS.subPropertyOf):
        assert (term, RDF.type, OWL.ObjectProperty) in terms
