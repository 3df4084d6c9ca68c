"""SPARQL, the graph store and linked data. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from server.negotiation import INPUTS
from server.openapi.parts import (
    FORMAT,
    GRAPH_TYPES,
    IRI,
    PAGE,
    PAGE_FORMAT,
    QUERY,
    SOLUTION_TYPES,
    STRING,
    Json,
    content,
    form,
    many,
    operation,
    parameter,
)


def sparql() -> Mapping[str, Json]:
    """Queries and updates."""
    dataset = [
        parameter("default-graph-uri", "Graphs that make up the default graph", many(IRI)),
        parameter("named-graph-uri", "Graphs that the query sees by name", many(IRI)),
    ]
    answers = content(*SOLUTION_TYPES, *GRAPH_TYPES)
    query = parameter("query", "A SPARQL query; without one the service describes itself", QUERY)
    fields = form({"query": QUERY, "format": FORMAT["schema"]}, required=["query"])
    bodies = {**fields, "application/sparql-query": {"schema": QUERY}}
    using = [
        parameter("using-graph-uri", "Graphs that make up the default graph of WHERE", many(IRI)),
        parameter("using-named-graph-uri", "Graphs that WHERE sees by name", many(IRI)),
    ]
    update = {
        **form({"update": STRING}, required=["update"]),
        "application/sparql-update": {"schema": STRING},
    }
    return {
        "/sparql": {
            "get": operation(
                "Query (SPARQL 1.1 Protocol)",
                [query, *dataset, FORMAT],
                {200: answers, 303: {}, 304: {}},
                406,
            ),
            "post": operation(
                "Query (SPARQL 1.1 Protocol)", [*dataset, FORMAT], {200: answers}, 406, 413, 415, body=bodies
            ),
        },
        "/update": {
            "post": operation(
                "Update (SPARQL 1.1 Protocol)",
                using,
                {204: {}},
                401,
                403,
                409,
                413,
                415,
                502,
                504,
                body=update,
                token=True,
            )
        },
        **_query_form(query, answers),
    }


def _query_form(query: Json, answers: Json) -> Mapping[str, Json]:
    return {
        "/query": {
            "get": operation(
                "The query form, with the answer",
                [query, PAGE_FORMAT],
                {200: {**content(PAGE), **answers}},
                406,
            ),
            "post": operation(
                "The query form, with the answer",
                [],
                {200: {**content(PAGE), **answers}},
                406,
                413,
                415,
                body=form({"query": QUERY, "format": PAGE_FORMAT["schema"]}),
            ),
        },
        "/query/answer": {
            "post": operation(
                "An answer for the query editor, cut to what a page can show",
                [],
                {200: content("application/sparql-results+json", "text/turtle")},
                413,
                415,
                body=form({"query": QUERY}, required=["query"]),
            ),
        },
        "/query/terms": {
            "get": operation(
                "What the query editor completes", [], {200: content("application/json"), 304: {}}
            ),
        },
    }


def graph_store() -> Mapping[str, Json]:
    """The Graph Store Protocol."""
    which = [
        parameter("default", "The default graph", {"type": "string", "const": ""}, allowEmptyValue=True),
        parameter("graph", "A named graph", IRI),
    ]
    name = [parameter("name", "The rest of the graph's own address", STRING, place="path")]

    def methods(parameters: list[Json], created: str) -> Json:
        body: Json = {media_type: {} for media_type in (*INPUTS, "multipart/form-data")}
        refusals = (401, 403, 404, 413, 415)
        made: dict[int, Json] = {201: {}, 204: {}}
        return {
            "get": operation(
                "Read a graph", [*parameters, FORMAT], {200: content(*GRAPH_TYPES), 304: {}}, 404, 406
            ),
            "put": operation("Replace a graph", parameters, made, *refusals, body=body, token=True),
            "post": operation(created, parameters, made, *refusals, body=body, token=True),
            "patch": operation(
                "Change a graph by an update that names no other",
                parameters,
                made,
                *(*refusals, 422),
                body={"application/sparql-update": {"schema": STRING}},
                token=True,
            ),
            "delete": operation("Drop a graph", parameters, {204: {}}, 401, 403, 404, token=True),
        }

    return {
        "/graph-store": methods(which, "Add to a graph, or to a new one where none is named"),
        "/graph-store/{name}": methods(name, "Add to a graph"),
    }


def linked_data() -> Mapping[str, Json]:
    """Nodes, the ontology and the dataset, as pages or data."""
    either = {200: content(PAGE, *GRAPH_TYPES), 304: {}}
    path = parameter("path", "The IRI without the store's base", STRING, place="path")
    iri = parameter("iri", "The IRI of any node", IRI, required=True)
    return {
        "/id/{path}": {
            "get": operation("A node under the store's base", [path, PAGE_FORMAT], either, 404, 406)
        },
        "/describe": {"get": operation("Any node of the graph", [iri, PAGE_FORMAT], either, 404, 406)},
        **_neighbours(iri),
        "/ontology": {"get": operation("The ontology", [PAGE_FORMAT], either, 404, 406)},
        "/void": {"get": operation("The dataset, with figures (VoID)", [PAGE_FORMAT], either, 406)},
        "/.well-known/void": {"get": operation("The dataset (VoID)", [PAGE_FORMAT], either, 406)},
    }


def _neighbours(iri: Json) -> Mapping[str, Json]:
    objects = {"type": "array", "items": {"type": "object"}}
    drawing = {
        "type": "object",
        "required": ["nodes", "edges", "truncated"],
        "properties": {"nodes": objects, "edges": objects, "truncated": {"type": "boolean"}},
    }
    answer = {200: {"application/json": {"schema": drawing}}, 304: {}}
    return {"/neighbours": {"get": operation("At most 50 relations of a node, to draw", [iri], answer, 404)}}
