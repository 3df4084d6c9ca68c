"""The six formats, and the one order in which all of them are written."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from operator import itemgetter
from typing import BinaryIO

import rdflib
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)

from kg.export.blank import relabelled
from kg.export.fold import Graphs
from kg.export.rdfxml import rdfxml
from kg.export.turtle import turtle
from kg.vocab import PREFIXES, RDF

_TYPE = NamedNode(RDF.type)
_DEFAULT = DefaultGraph()


class Format(Enum):
    """The formats by the names that the command line gives them."""

    TURTLE = "turtle"
    TRIG = "trig"
    NQUADS = "nquads"
    NTRIPLES = "ntriples"
    JSONLD = "jsonld"
    RDFXML = "rdfxml"

    @property
    def holds_graphs(self) -> bool:
        """Whether the format tells graphs apart; the others are given the union of all."""
        return self in (Format.TRIG, Format.NQUADS, Format.JSONLD)


def write(
    quads: Iterable[Quad],
    output: BinaryIO,
    *,
    format: Format,  # noqa: A002 - what users call it
    prefixes: Mapping[str, str] = PREFIXES,
) -> None:
    """Write quads in a format, sorted. Raises ExportError for what the format can't hold (RDF/XML only)."""
    graphs = _sorted(quads, union=not format.holds_graphs)
    match format:
        case Format.TURTLE | Format.TRIG:
            output.writelines(chunk.encode() for chunk in turtle(graphs, prefixes=prefixes))
        case Format.RDFXML:
            triples = (triple for _, triples in graphs for triple in triples)
            output.writelines(chunk.encode() for chunk in rdfxml(triples, prefixes=prefixes))
        case Format.NTRIPLES | Format.NQUADS:
            output.writelines(f"{quad} .\n".encode() for quad in _quads(graphs))
        case Format.JSONLD:
            serialize(_quads(graphs), output, RdfFormat.JSON_LD)
        case _:
            raise ValueError(f"unexpected format {format!r}")


def serialize_graph(graph: rdflib.Graph, *, format: Format) -> bytes:  # noqa: A002 - what users call it
    """An rdflib graph as bytes. Raises ExportError for what the format can't hold."""
    output = io.BytesIO()
    write((_quad(triple) for triple in graph), output, format=format)
    return output.getvalue()


def serialize_turtle(graph: rdflib.Graph) -> bytes:
    """An rdflib graph as Turtle."""
    return serialize_graph(graph, format=Format.TURTLE)


def _sorted(quads: Iterable[Quad], *, union: bool) -> Graphs:
    """Quads by graph, the unnamed one first; in each by subject, type before other predicates, and object."""
    found: dict[NamedNode | BlankNode | DefaultGraph, set[Triple]] = {}
    for quad in relabelled(quads):
        found.setdefault(_DEFAULT if union else quad.graph_name, set()).add(quad.triple)
    named = sorted(found.items(), key=lambda item: "" if item[0] == _DEFAULT else str(item[0]))
    return [(name, _sorted_triples(triples)) for name, triples in named]


def _sorted_triples(triples: Iterable[Triple]) -> list[Triple]:
    keyed = []
    for triple in triples:
        subject, predicate, object_ = triple
        keyed.append((str(subject), predicate != _TYPE, str(predicate), str(object_), triple))
    keyed.sort(key=itemgetter(0, 1, 2, 3))
    return [key[-1] for key in keyed]


def _quads(graphs: Graphs) -> Iterator[Quad]:
    for name, triples in graphs:
        for triple in triples:
            yield Quad(triple.subject, triple.predicate, triple.object, name)


def _quad(triple: tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]) -> Quad:
    subject, predicate, object_ = triple
    if not isinstance(predicate, rdflib.URIRef) or isinstance(subject, rdflib.Literal):
        raise ValueError(f"unexpected triple {triple!r}")
    node = BlankNode(subject) if isinstance(subject, rdflib.BNode) else NamedNode(str(subject))
    return Quad(node, NamedNode(predicate), _term(object_))


def _term(term: rdflib.term.Node) -> NamedNode | BlankNode | Literal:
    match term:
        case rdflib.URIRef():
            return NamedNode(term)
        case rdflib.BNode():
            return BlankNode(term)
        case rdflib.Literal(language=str(language)):
            return Literal(term, language=language)
        case rdflib.Literal(datatype=rdflib.URIRef() as datatype):
            return Literal(term, datatype=NamedNode(datatype))
        case rdflib.Literal():
            return Literal(term)
        case _:
            raise ValueError(f"unexpected term {term!r}")
