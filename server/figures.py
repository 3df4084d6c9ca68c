"""The dataset's description of itself with figures (VoID): what it holds, by class and by property."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rdflib import XSD, BNode, Graph, Literal, URIRef

from kg.vocab import PREFIXES, RDF, VOID

Row = Mapping[str, str]  # a solution: the value of each variable, without its kind

TOTALS = """SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)
{ ?s ?p ?o }"""
CLASSES = """SELECT ?class (COUNT(DISTINCT ?s) AS ?entities) { ?s a ?class FILTER isIRI(?class) }
GROUP BY ?class ORDER BY DESC(?entities) ?class"""
PROPERTIES = """SELECT ?property (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects)
  (COUNT(DISTINCT ?o) AS ?objects)
{ ?s ?property ?o } GROUP BY ?property ORDER BY DESC(?triples) ?property"""


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """A class and how many instances it has."""

    iri: str
    entities: int


@dataclass(frozen=True, slots=True)
class PropertyFigures:
    """A property, the triples with it, how many different subjects and objects they have."""

    iri: str
    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over the union of all graphs; classes and properties with the most first."""

    triples: int
    subjects: int
    objects: int
    classes: tuple[ClassFigures, ...]
    properties: tuple[PropertyFigures, ...]


def read_figures(totals: Sequence[Row], classes: Iterable[Row], properties: Iterable[Row]) -> Figures:
    """The figures from the answers to `TOTALS`, `CLASSES` and `PROPERTIES`."""
    (total,) = totals
    return Figures(
        triples=int(total["triples"]),
        subjects=int(total["subjects"]),
        objects=int(total["objects"]),
        classes=tuple(ClassFigures(row["class"], int(row["entities"])) for row in classes),
        properties=tuple(
            PropertyFigures(row["property"], int(row["triples"]), int(row["subjects"]), int(row["objects"]))
            for row in properties
        ),
    )


def describe(dataset: str, about: Graph, figures: Figures, *, root: str) -> Graph:
    """What the store says `about` the node `dataset`, with figures and where to ask; `root`: the site."""
    for prefix, namespace in PREFIXES.items():
        about.bind(prefix, namespace)
    node = URIRef(dataset)
    about.add((node, RDF.type, VOID.Dataset))
    about.add((node, VOID.sparqlEndpoint, URIRef(f"{root}sparql")))
    about.add((node, VOID.uriLookupEndpoint, URIRef(f"{root}describe?iri=")))
    _count(about, node, figures.triples, figures.subjects, figures.objects)
    about.add((node, VOID.classes, _number(len(figures.classes))))
    about.add((node, VOID.properties, _number(len(figures.properties))))
    for number, one in enumerate(figures.classes):
        part = BNode(f"class{number}")
        about.add((node, VOID.classPartition, part))
        about.add((part, VOID["class"], URIRef(one.iri)))
        about.add((part, VOID.entities, _number(one.entities)))
    for number, each in enumerate(figures.properties):
        part = BNode(f"property{number}")
        about.add((node, VOID.propertyPartition, part))
        about.add((part, VOID.property, URIRef(each.iri)))
        _count(about, part, each.triples, each.subjects, each.objects)
    return about


def _count(graph: Graph, node: URIRef | BNode, triples: int, subjects: int, objects: int) -> None:
    graph.add((node, VOID.triples, _number(triples)))
    graph.add((node, VOID.distinctSubjects, _number(subjects)))
    graph.add((node, VOID.distinctObjects, _number(objects)))


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer)
