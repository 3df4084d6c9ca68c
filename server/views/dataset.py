"""/void and /ontology: what the dataset holds, and the words that it uses."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request
from rdflib import BNode, Graph, Literal, URIRef

from kg import __version__, iri
from kg.vocab import ONTOLOGY_IRI
from server.description import serialised as rdf
from server.figures import CLASSES, PROPERTIES, TOTALS, Figures, Row, describe, read_figures
from server.messages import Cell, Formats
from server.negotiation import graph_format
from server.protocol import GraphTarget
from server.terms import MAXIMUM_ROWS, QUERY, read_vocabulary
from server.views.common import accept, client, document, endpoint, page_wanted, tagged, unchanged
from server.views.graphs import named_graph

blueprint = Blueprint("dataset", __name__)

_MAXIMUM_ABOUT = 10_000  # triples that the store says of itself
_JSON = Formats("application/sparql-results+json", None)


@blueprint.route("/void")
@blueprint.route("/.well-known/void")
def void() -> Response:
    """The description of the dataset, with figures."""
    page = page_wanted(default=False)
    media_type = "text/html" if page else graph_format(accept(), request.args.get("format"))
    etag = endpoint().etag(request.url, media_type, __version__)
    known = unchanged(etag)
    if known is not None:
        return known
    figures = read_figures(_rows(TOTALS), _rows(CLASSES), _rows(PROPERTIES))
    if page:
        return tagged(Response(render_template("dataset.html", figures=figures)), etag)
    return document(rdf(_described(figures), media_type), media_type, etag)


@blueprint.route("/ontology")
def ontology() -> Response:
    """The ontology, as the store has it: a page of its terms, or the data."""
    if not page_wanted(default=False):
        return named_graph(GraphTarget(str(ONTOLOGY_IRI)))
    etag = endpoint().etag(request.url, "text/html", __version__)
    known = unchanged(etag)
    if known is not None:
        return known
    table = endpoint().table(QUERY, client(), limit=MAXIMUM_ROWS, union=False)
    return tagged(Response(render_template("ontology.html", vocabulary=read_vocabulary(table))), etag)


def _rows(query: str) -> list[Row]:
    """The solutions of a query over the union; the server keeps them as long as the data stays."""
    answer = endpoint().query(query, _JSON, client(), union=True)
    bindings = json.loads(b"".join(answer))["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def _described(figures: Figures) -> Graph:
    dataset = iri.dataset(endpoint().base_iri)
    graph = iri.graph(endpoint().base_iri, "dataset")
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    about = Graph(bind_namespaces="none")
    for subject, predicate, value in (
        endpoint().table(query, client(), limit=_MAXIMUM_ABOUT, union=False).rows
    ):
        if subject and predicate and value:
            about.add((_node(subject), URIRef(predicate.value), _term(value)))
    return describe(dataset, about, figures, root=request.host_url)


def _node(cell: Cell) -> URIRef | BNode:
    return BNode(cell.value) if cell.kind == "blank" else URIRef(cell.value)


def _term(cell: Cell) -> URIRef | BNode | Literal:
    if cell.kind == "literal":
        datatype = URIRef(cell.datatype) if cell.datatype else None
        return Literal(cell.value, lang=cell.language, datatype=datatype, normalize=False)
    return _node(cell)
