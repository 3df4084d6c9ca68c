from rdflib import Literal, URIRef

from kg.mapping import map_dataset
from kg.vocab import DCTERMS, ONTOLOGY_IRI, OWL, RDF, SIT, SKOS, VOID, XSD

BASE = "http://example.org/kb/"
DATASET = URIRef(f"{BASE}dataset")


def test_what_a_user_of_the_dataset_must_know() -> None:
    graph = map_dataset(base_iri=BASE)
    assert (DATASET, RDF.type, VOID.Dataset) in graph
    assert (DATASET, DCTERMS.conformsTo, ONTOLOGY_IRI) in graph
    assert graph.value(DATASET, VOID.uriSpace) == Literal(BASE)
    assert graph.value(DATASET, DCTERMS.license) is not None
    assert graph.value(DATASET, OWL.versionInfo) is not None
    assert URIRef(str(SIT)) in set(graph.objects(DATASET, VOID.vocabulary))
    (linkset,) = graph.subjects(VOID.linkPredicate, OWL.sameAs)
    assert (DATASET, VOID.subset, linkset) in graph
    assert len(list(graph.objects(DATASET, SKOS.prefLabel))) == 1


def test_no_figures_and_no_times() -> None:
    graph = map_dataset(base_iri=BASE)
    assert not {o.datatype for o in graph.objects() if isinstance(o, Literal)} - {None, XSD.string}
    assert set(graph) == set(map_dataset(base_iri=BASE))
