"""/void and /ontology as data and as pages."""

from __future__ import annotations

import warnings

import pytest
import rdflib
from rdflib import RDF, RDFS, VOID

from server.messages import Cell, Table
from server.terms import read_vocabulary

SIT = rdflib.Namespace("https://w3id.org/sitrep/ontology#")
DATASET = rdflib.URIRef("https://w3id.org/sitrep/id/dataset")


def read(answer) -> rdflib.Graph:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's parser uses its old names
        return rdflib.Graph().parse(data=answer.body, format=answer.media_type)


@pytest.mark.parametrize("path", ["/void", "/.well-known/void"])
@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/ld+json"])
def test_the_description_has_figures(site, path: str, accept: str) -> None:
    answer = site.get(path, accept)
    assert (answer.status, answer.media_type) == (200, accept)
    graph = read(answer)
    assert graph.value(DATASET, VOID.sparqlEndpoint) == rdflib.URIRef(f"{site.url}sparql")
    assert int(graph.value(DATASET, VOID.triples)) == 28
    parts = {
        graph.value(part, VOID["class"]): int(graph.value(part, VOID.entities))
        for part in graph.objects(DATASET, VOID.classPartition)
    }
    assert parts[SIT.Report] == 2
    assert parts[SIT.Clash] == 1
    used = {
        graph.value(part, VOID.property): [
            int(graph.value(part, name))
            for name in (VOID.triples, VOID.distinctSubjects, VOID.distinctObjects)
        ]
        for part in graph.objects(DATASET, VOID.propertyPartition)
    }
    assert used[SIT.mentionedIn] == [3, 3, 2]
    assert sum(triples for triples, _, _ in used.values()) == 28
    assert int(graph.value(DATASET, VOID.properties)) == len(used)


def test_what_the_store_says_of_itself_is_kept(site) -> None:
    graph = read(site.get("/void", "text/turtle"))
    title = rdflib.Literal("Sitrep")
    assert (rdflib.URIRef(f"{site.base}graph/dataset"), rdflib.DCTERMS.title, title) in graph


def test_figures_follow_the_data(writable) -> None:
    assert writable.update("DROP ALL").status == 204
    tag = writable.get("/void", "text/turtle").headers["etag"]
    double = "<http://e/s> a <http://e/C>"
    update = f"INSERT DATA {{ {double} GRAPH <http://e/g> {{ {double} }} GRAPH <http://e/h> {{ {double} }} }}"
    assert writable.update(update).status == 204
    answer = writable.ask("GET", "/void", headers={"If-None-Match": tag, "Accept": "text/turtle"})
    assert answer.status == 200
    assert int(read(answer).value(DATASET, VOID.triples)) == 1  # the union is a set
    again = {"If-None-Match": answer.headers["etag"], "Accept": "text/turtle"}
    assert writable.ask("GET", "/void", headers=again).status == 304


def test_pages(site) -> None:
    void, ontology = site.get("/void", "text/html"), site.get("/ontology", "text/html")
    assert (void.media_type, ontology.media_type) == ("text/html", "text/html")
    assert '>sit:Report</a></td><td class="number">2</td>' in void.text
    assert '<div id="Clash">' in ontology.text
    assert "Accept" in ontology.headers["vary"]


def test_the_ontology_as_data(site) -> None:
    graph = read(site.get("/ontology", "text/turtle"))
    assert graph.value(SIT.Clash, RDFS.label) == rdflib.Literal("clash", lang="en")


def test_terms_are_read_from_the_ontology() -> None:
    def row(subject: str, predicate: object, value: Cell) -> tuple[Cell, Cell, Cell]:
        return Cell("iri", subject), Cell("iri", str(predicate)), value

    clash, attack = str(SIT.Clash), str(SIT.Attack)
    table = Table(
        ("s", "p", "o"),
        (
            row(clash, RDF.type, Cell("iri", "http://www.w3.org/2002/07/owl#Class")),
            row(clash, RDFS.comment, Cell("literal", "A fight.")),
            row(clash, RDFS.subClassOf, Cell("iri", attack)),
            row(clash, RDFS.subClassOf, Cell("blank", "b")),
            row(attack, RDF.type, Cell("iri", "http://www.w3.org/2002/07/owl#Class")),
        ),
    )
    (section,) = read_vocabulary(table).sections
    assert [term.name for term in section.terms] == ["Attack", "Clash"]
    assert section.terms[1].comment == "A fight."
    assert section.terms[1].links == (("kind of", attack),)
