"""What descriptions of routes are put together from (OpenAPI 3.1). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from server.negotiation import GRAPHS, SOLUTIONS

Json: TypeAlias = dict[str, Any]

SOLUTION_TYPES = tuple(entry.media_type for entry in SOLUTIONS)
GRAPH_TYPES = tuple(entry.media_type for entry in GRAPHS)
PAGE = "text/html"
FORM = "application/x-www-form-urlencoded"
REASONS = {
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
STRING: Json = {"type": "string"}
IRI: Json = {"type": "string", "format": "iri", "examples": ["https://w3id.org/sitrep/ontology#Clash"]}
_FORMAT_NAMES = [entry.names[0] for entry in (*SOLUTIONS, *GRAPHS)]


def operation(
    summary: str,
    parameters: list[Json],
    answers: Mapping[int, Json],
    *refusals: int,
    body: Json | None = None,
    token: bool = False,
) -> Json:
    """An operation: its answers as content by status, and the statuses with which it may refuse."""
    responses: Json = {str(status): _answer(status, content) for status, content in answers.items()}
    for status in sorted({*refusals, *_ALWAYS}):
        responses[str(status)] = {"$ref": f"#/components/responses/{status}"}
    found: Json = {"summary": summary, "parameters": parameters, "responses": responses}
    if body is not None:
        found["requestBody"] = {"required": True, "content": body}
    if token:
        found["security"] = [{"token": []}]
    return found


def _answer(status: int, content: Json) -> Json:
    meaning = {200: "The answer", 201: "Made", 204: "Done", 206: "A part", 303: "See there", 304: "Unchanged"}
    return {"description": meaning[status], **({"content": content} if content else {})}


def refusal(reason: str) -> Json:
    """A response that is a problem (RFC 9457), or a page for browsers."""
    return {"description": reason, "content": content("application/problem+json", PAGE)}


def parameter(
    name: str,
    description: str,
    schema: Json,
    *,
    place: str = "query",
    required: bool = False,
    **more: object,
) -> Json:
    """A parameter; those in the path are always required."""
    needed = required or place == "path"
    return {
        "name": name,
        "in": place,
        "description": description,
        "required": needed,
        "schema": schema,
        **more,
    }


def many(schema: Json) -> Json:
    """The schema of several values."""
    return {"type": "array", "items": schema}


def content(*media_types: str) -> Json:
    """An answer in any of the media types."""
    return {media_type: {} for media_type in media_types}


def form(properties: Json, *, required: list[str] | None = None) -> Json:
    """A body of form fields."""
    schema: Json = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    return {FORM: {"schema": schema}}


QUERY: Json = {
    "type": "string",
    "examples": ["SELECT * { ?s ?p ?o } LIMIT 10", "ASK {}", "DESCRIBE <urn:x>"],
}
FORMAT = parameter("format", "Wins over Accept", {"type": "string", "enum": _FORMAT_NAMES})
PAGE_FORMAT = parameter("format", "Wins over Accept", {"type": "string", "enum": [*_FORMAT_NAMES, "html"]})
