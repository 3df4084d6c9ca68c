"""The OpenAPI 3.1 description of every route. Pure. Tests check a running server against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.negotiation import GRAPHS, INPUTS, SOLUTIONS

_Json = dict[str, Any]

_SOLUTIONS = tuple(entry.media_type for entry in SOLUTIONS)
_GRAPHS = tuple(entry.media_type for entry in GRAPHS)
_PAGE = "text/html"
_FORM = "application/x-www-form-urlencoded"
_REASONS = {
    400: "The request is wrong; the body says where",
    401: "The token is missing or wrong",
    403: "The server takes no writes",
    404: "The store has no such thing",
    406: "Accept names no format that can be served",
    409: "The update cannot be carried out as the store is",
    413: "The body is too large",
    415: "The body has a media type that is not read",
    422: "The patch is about other graphs too",
    429: "Too many requests at once; try again later",
    502: "A document to load cannot be had",
    503: "No answer within the time limit; try again later",
    504: "A document to load did not come in time",
}
_ALWAYS = (400, 429, 503)
_STRING: _Json = {"type": "string"}
_IRI: _Json = {"type": "string", "format": "iri", "examples": ["https://w3id.org/sitrep/ontology#Clash"]}
_FORMAT_NAMES = [entry.names[0] for entry in (*SOLUTIONS, *GRAPHS)]


def describe(*, root: str, version: str) -> _Json:
    """The document of a server at `root`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sitrep",
            "version": version,
            "summary": "A knowledge graph of war reports, over SPARQL and as linked data.",
            "description": "Every GET answers HEAD and OPTIONS too. Answers have an ETag where they depend "
            "on the data only, and are compressed for those who accept gzip.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root.rstrip("/")}],
        "paths": {
            **_sparql(),
            **_graph_store(),
            **_linked_data(),
            **_search(),
            **_sources(),
            **_reconciliation(),
            **_adding(),
            **_others(),
        },
        "components": {
            "responses": {str(status): _refusal(reason) for status, reason in _REASONS.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _sparql() -> Mapping[str, _Json]:
    dataset = [
        _parameter("default-graph-uri", "Graphs that make up the default graph", _many(_IRI)),
        _parameter("named-graph-uri", "Graphs that the query sees by name", _many(_IRI)),
    ]
    answers = _content(*_SOLUTIONS, *_GRAPHS)
    query = _parameter("query", "A SPARQL query; without one the service describes itself", _QUERY)
    form = _form({"query": _QUERY, "format": _FORMAT["schema"]}, required=["query"])
    bodies = {**form, "application/sparql-query": {"schema": _QUERY}}
    using = [
        _parameter("using-graph-uri", "Graphs that make up the default graph of WHERE", _many(_IRI)),
        _parameter("using-named-graph-uri", "Graphs that WHERE sees by name", _many(_IRI)),
    ]
    update = {
        **_form({"update": _STRING}, required=["update"]),
        "application/sparql-update": {"schema": _STRING},
    }
    return {
        "/sparql": {
            "get": _operation(
                "Query (SPARQL 1.1 Protocol)",
                [query, *dataset, _FORMAT],
                {200: answers, 303: {}, 304: {}},
                406,
            ),
            "post": _operation(
                "Query (SPARQL 1.1 Protocol)", [*dataset, _FORMAT], {200: answers}, 406, 413, 415, body=bodies
            ),
        },
        "/update": {
            "post": _operation(
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


def _query_form(query: _Json, answers: _Json) -> Mapping[str, _Json]:
    return {
        "/query": {
            "get": _operation(
                "The query form, with the answer",
                [query, _PAGE_FORMAT],
                {200: {**_content(_PAGE), **answers}},
                406,
            ),
            "post": _operation(
                "The query form, with the answer",
                [],
                {200: {**_content(_PAGE), **answers}},
                406,
                413,
                415,
                body=_form({"query": _QUERY, "format": _PAGE_FORMAT["schema"]}),
            ),
        },
        "/query/answer": {
            "post": _operation(
                "An answer for the query editor, cut to what a page can show",
                [],
                {200: _content("application/sparql-results+json", "text/turtle")},
                413,
                415,
                body=_form({"query": _QUERY}, required=["query"]),
            ),
        },
        "/query/terms": {
            "get": _operation(
                "What the query editor completes", [], {200: _content("application/json"), 304: {}}
            ),
        },
    }


def _graph_store() -> Mapping[str, _Json]:
    which = [
        _parameter("default", "The default graph", {"type": "string", "const": ""}, allowEmptyValue=True),
        _parameter("graph", "A named graph", _IRI),
    ]
    name = [_parameter("name", "The rest of the graph's own address", _STRING, place="path")]

    def methods(parameters: list[_Json], created: str) -> _Json:
        body: _Json = {media_type: {} for media_type in (*INPUTS, "multipart/form-data")}
        refusals = (401, 403, 404, 413, 415)
        made: dict[int, _Json] = {201: {}, 204: {}}
        return {
            "get": _operation(
                "Read a graph", [*parameters, _FORMAT], {200: _content(*_GRAPHS), 304: {}}, 404, 406
            ),
            "put": _operation("Replace a graph", parameters, made, *refusals, body=body, token=True),
            "post": _operation(created, parameters, made, *refusals, body=body, token=True),
            "patch": _operation(
                "Change a graph by an update that names no other",
                parameters,
                made,
                *(*refusals, 422),
                body={"application/sparql-update": {"schema": _STRING}},
                token=True,
            ),
            "delete": _operation("Drop a graph", parameters, {204: {}}, 401, 403, 404, token=True),
        }

    return {
        "/graph-store": methods(which, "Add to a graph, or to a new one where none is named"),
        "/graph-store/{name}": methods(name, "Add to a graph"),
    }


def _linked_data() -> Mapping[str, _Json]:
    either = {200: _content(_PAGE, *_GRAPHS), 304: {}}
    path = _parameter("path", "The IRI without the store's base", _STRING, place="path")
    iri = _parameter("iri", "The IRI of any node", _IRI, required=True)
    return {
        "/id/{path}": {
            "get": _operation("A node under the store's base", [path, _PAGE_FORMAT], either, 404, 406)
        },
        "/describe": {"get": _operation("Any node of the graph", [iri, _PAGE_FORMAT], either, 404, 406)},
        **_neighbours(iri),
        "/ontology": {"get": _operation("The ontology", [_PAGE_FORMAT], either, 404, 406)},
        "/void": {"get": _operation("The dataset, with figures (VoID)", [_PAGE_FORMAT], either, 406)},
        "/.well-known/void": {"get": _operation("The dataset (VoID)", [_PAGE_FORMAT], either, 406)},
    }


def _neighbours(iri: _Json) -> Mapping[str, _Json]:
    objects = {"type": "array", "items": {"type": "object"}}
    drawing = {
        "type": "object",
        "required": ["nodes", "edges", "truncated"],
        "properties": {"nodes": objects, "edges": objects, "truncated": {"type": "boolean"}},
    }
    answer = {200: {"application/json": {"schema": drawing}}, 304: {}}
    return {"/neighbours": {"get": _operation("At most 50 relations of a node, to draw", [iri], answer, 404)}}


def _search() -> Mapping[str, _Json]:
    words = _parameter("q", "Words to search for", {"type": "string", "maxLength": 500})
    kind = _parameter("kind", "What to search in", _STRING)
    limit = _parameter("limit", "Most hits", {"type": "integer", "minimum": 1, "maximum": 100})
    hits = {
        "type": "object",
        "required": ["hits", "counts"],
        "properties": {"hits": {"type": "array", "items": {"type": "object"}}, "counts": {"type": "object"}},
    }
    found = {"application/json": {"schema": hits}}
    return {
        "/search": {
            "get": _operation(
                "Names and sentences that have the words",
                [words, kind, limit, _parameter("format", "json or html", _STRING)],
                {200: {**found, **_content(_PAGE)}},
            )
        },
        "/search/suggest": {"get": _operation("Names that begin so", [words, kind, limit], {200: found})},
    }


def _sources() -> Mapping[str, _Json]:
    voices = {"type": "string", "enum": ["own", "others", "uncertain", "denied"]}
    asked = [
        _parameter("publisher", "List the reports of this publisher", _STRING),
        _parameter("says", "List what they say instead, by who says so and how sure it is", voices),
        _parameter("source", "List what this source says", _IRI),
        _parameter("does", "A kind of speech by its class, or `cited`", _STRING),
        _parameter("list", "One list alone", {"type": "string", "enum": ["publishers", "cited", "reports"]}),
        _parameter("from", "Reports published since this year, month or day", _STRING),
        _parameter("to", "Reports published until this year, month or day", _STRING),
        _parameter("page", "Page of the list", {"type": "integer", "minimum": 1, "maximum": 1000}),
    ]
    about = _parameter("about", "An actor, place or anything else with a role in events", _IRI)
    return {
        "/sources": {
            "get": _operation("Who publishes, who is cited", asked, {200: _content(_PAGE), 304: {}}, 404)
        },
        "/feed.atom": {
            "get": _operation(
                "New reports, or new events of one node (Atom)",
                [about],
                {200: _content("application/atom+xml"), 304: {}},
                404,
            )
        },
    }


def _reconciliation() -> Mapping[str, _Json]:
    title = "Reconciliation API 0.2"
    identifier = _parameter("id", "An entity", _STRING, required=True)
    what = {"type": "string", "enum": ["entity", "property", "type"]}
    number = {"type": "integer", "minimum": 0, "maximum": 10_000}
    asked = [
        _parameter("queries", "A batch", _STRING),
        _parameter("extend", "A data extension query", _STRING),
    ]
    form = _form({"queries": _STRING, "extend": _STRING})
    json = {200: _content("application/json")}
    return {
        "/reconcile": {
            "get": _operation(f"{title}: manifest, or answers", asked, json),
            "post": _operation(f"{title}: answers", [], json, 413, 415, body=form),
        },
        "/reconcile/suggest/{what}": {
            "get": _operation(
                f"{title}: terms that begin so",
                [
                    _parameter("what", "Kind of term", what, place="path"),
                    _parameter("prefix", "What is typed", {"type": "string", "maxLength": 500}),
                    _parameter("cursor", "Terms to leave out", number),
                ],
                json,
                404,
            )
        },
        "/reconcile/properties": {
            "get": _operation(
                f"{title}: properties of a type",
                [
                    _parameter("type", "A class", _STRING),
                    _parameter(
                        "limit", "Most properties", {"type": "integer", "minimum": 1, "maximum": 1000}
                    ),
                ],
                json,
            )
        },
        "/reconcile/view": {"get": _operation(f"{title}: leads to the page", [identifier], {303: {}}, 404)},
        "/reconcile/preview": {
            "get": _operation(f"{title}: a small page", [identifier], {200: _content(_PAGE)}, 404)
        },
    }


def _adding() -> Mapping[str, _Json]:
    """Pages on which people write. A session and the form's token are needed, so programs use /update."""
    page, seen = {200: _content(_PAGE)}, {200: _content(_PAGE), 303: {}}
    names = ("form-token", "records", "text", "id", "title", "date", "publisher", "url", "keep-text")
    report = {"type": "object", "properties": dict.fromkeys(names, _STRING)}
    bodies = {"multipart/form-data": {"schema": report}, _FORM: {"schema": report}}
    return {
        "/add": {
            "get": _operation("The form for a report", [], seen, 403),
            "post": _operation(
                "What is read from a report, or storing it", [], page, 403, 413, 415, body=bodies
            ),
        },
        "/login": {
            "get": _operation("The form for the token", [], seen, 403),
            "post": _operation(
                "Begin a session", [], {303: {}}, 403, 413, 415, body=_form({"token": _STRING})
            ),
        },
        "/logout": {
            "post": _operation(
                "End a session", [], {303: {}}, 403, 413, 415, body=_form({"form-token": _STRING})
            )
        },
    }


def _others() -> Mapping[str, _Json]:
    file = _parameter("filename", "Path of the file", _STRING, place="path")
    health = {"type": "object", "required": ["status"], "properties": {"status": _STRING, "version": _STRING}}
    answer = {200: {"application/json": {"schema": health}}}
    return {
        "/": {"get": _operation("The start page", [], {200: _content(_PAGE)})},
        "/health": {"get": _operation("Whether queries are answered", [], answer)},
        "/health/ready": {"get": _operation("Whether queries are answered", [], answer)},
        "/health/live": {"get": _operation("Whether the server is up at all", [], answer)},
        "/metrics": {"get": _operation("Counters for Prometheus", [], {200: _content("text/plain")})},
        "/openapi.json": {"get": _operation("This document", [], {200: _content("application/json")})},
        "/static/{filename}": {
            "get": _operation(
                "Files of the pages", [file], {200: _content("*/*"), 206: _content("*/*"), 304: {}}, 404
            )
        },
    }


def _operation(
    summary: str,
    parameters: list[_Json],
    answers: Mapping[int, _Json],
    *refusals: int,
    body: _Json | None = None,
    token: bool = False,
) -> _Json:
    """An operation: its answers as content by status, and the statuses with which it may refuse."""
    responses: _Json = {str(status): _answer(status, content) for status, content in answers.items()}
    for status in sorted({*refusals, *_ALWAYS}):
        responses[str(status)] = {"$ref": f"#/components/responses/{status}"}
    found: _Json = {"summary": summary, "parameters": parameters, "responses": responses}
    if body is not None:
        found["requestBody"] = {"required": True, "content": body}
    if token:
        found["security"] = [{"token": []}]
    return found


def _answer(status: int, content: _Json) -> _Json:
    meaning = {200: "The answer", 201: "Made", 204: "Done", 206: "A part", 303: "See there", 304: "Unchanged"}
    return {"description": meaning[status], **({"content": content} if content else {})}


def _refusal(reason: str) -> _Json:
    return {"description": reason, "content": _content("application/problem+json", _PAGE)}


def _parameter(
    name: str,
    description: str,
    schema: _Json,
    *,
    place: str = "query",
    required: bool = False,
    **more: object,
) -> _Json:
    needed = required or place == "path"
    return {
        "name": name,
        "in": place,
        "description": description,
        "required": needed,
        "schema": schema,
        **more,
    }


def _many(schema: _Json) -> _Json:
    return {"type": "array", "items": schema}


def _content(*media_types: str) -> _Json:
    return {media_type: {} for media_type in media_types}


def _form(properties: _Json, *, required: list[str] | None = None) -> _Json:
    schema: _Json = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    return {_FORM: {"schema": schema}}


_QUERY: _Json = {
    "type": "string",
    "examples": ["SELECT * { ?s ?p ?o } LIMIT 10", "ASK {}", "DESCRIBE <urn:x>"],
}
_FORMAT = _parameter("format", "Wins over Accept", {"type": "string", "enum": _FORMAT_NAMES})
_PAGE_FORMAT = _parameter("format", "Wins over Accept", {"type": "string", "enum": [*_FORMAT_NAMES, "html"]})
