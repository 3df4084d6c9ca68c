"""The six formats, and the one order in which all of them are written."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from itertools import groupby, islice
from operator import attrgetter
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
    parse,
    serialize,
)

from kg.export.blank import Relabelled
from kg.export.fold import GraphName, Graphs
from kg.export.rdfxml import rdfxml
from kg.export.sorting import RUN_BYTES, sorted_lines
from kg.export.turtle import turtle
from kg.vocab import PREFIXES, RDF

_TYPE = NamedNode(RDF.type)
_DEFAULT = DefaultGraph()
_PARSED = 4096


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
    memory: int = RUN_BYTES,
) -> None:
    """Write quads in a format, sorted. Raises ExportError for what the format can't hold (RDF/XML only).

    About `memory` bytes of text are held at a time, the rest waits in temporary files; quads with blank nodes
    are all held.
    """
    source, union = Relabelled(quads), not format.holds_graphs
    predicates: set[NamedNode] = set()
    with sorted_lines(_keys(_noted(source, predicates), union=union), run_bytes=memory) as keys:
        match format:
            case Format.TURTLE | Format.TRIG:
                blank = _blank_graphs(source.blank, union=union)
                turtle(_graphs(keys), output, blank=blank, prefixes=prefixes, memory=memory)
            case Format.RDFXML:
                triples = (quad.triple for quad in _quads(keys))
                output.writelines(
                    chunk.encode() for chunk in rdfxml(triples, predicates=predicates, prefixes=prefixes)
                )
            case Format.NTRIPLES | Format.NQUADS:
                output.writelines(map(_line, keys))
            case Format.JSONLD:
                serialize(_quads(keys), output, RdfFormat.JSON_LD)
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


def _noted(quads: Iterable[Quad], predicates: set[NamedNode]) -> Iterator[Quad]:
    """The quads; their predicates are added to the set."""
    for quad in quads:
        predicates.add(quad.predicate)
        yield quad


def _keys(quads: Iterable[Quad], *, union: bool) -> Iterator[bytes]:
    """Lines whose order is that of all formats: by graph, the unnamed one first, in each by subject, type
    before other predicates, and object. No term but a literal, which is last, can hold the NUL between them.
    """
    for subject, predicate, object_, graph in quads:
        name = "" if union or graph == _DEFAULT else str(graph)
        rank = 0 if predicate == _TYPE else 1
        yield f"{name}\0{subject}\0{rank}\0{predicate}\0{object_}\n".encode()


def _line(key: bytes) -> bytes:
    """The line of N-Triples or N-Quads."""
    graph, subject, _, predicate, object_ = key[:-1].split(b"\0", 4)
    return (
        b"%b %b %b %b .\n" % (subject, predicate, object_, graph)
        if graph
        else b"%b %b %b .\n" % (subject, predicate, object_)
    )


def _quads(keys: Iterable[bytes]) -> Iterator[Quad]:
    """The quads of the lines, which are parsed some thousand at a time."""
    while lines := b"".join(map(_line, islice(keys, _PARSED))):
        yield from parse(lines, RdfFormat.N_QUADS, lenient=True)


def _graphs(keys: Iterable[bytes]) -> Iterator[tuple[GraphName, Iterator[Triple]]]:
    for name, quads in groupby(_quads(keys), key=attrgetter("graph_name")):
        yield name, (quad.triple for quad in quads)


def _blank_graphs(quads: Iterable[Quad], *, union: bool) -> Graphs:
    """The triples that have blank nodes, by graph, in order."""
    keys = sorted(set(_keys(quads, union=union)))
    return [(name, list(triples)) for name, triples in _graphs(iter(keys))]


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
