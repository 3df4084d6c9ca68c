"""Search, reconciliation, pages with lists, and what those who run the server ask. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from server.openapi.parts import FORM, IRI, PAGE, STRING, Json, content, form, operation, parameter


def search() -> Mapping[str, Json]:
    """Full-text search."""
    words = parameter("q", "Words to search for", {"type": "string", "maxLength": 500})
    kind = parameter("kind", "What to search in", STRING)
    limit = parameter("limit", "Most hits", {"type": "integer", "minimum": 1, "maximum": 100})
    hits = {
        "type": "object",
        "required": ["hits", "counts"],
        "properties": {"hits": {"type": "array", "items": {"type": "object"}}, "counts": {"type": "object"}},
    }
    found = {"application/json": {"schema": hits}}
    return {
        "/search": {
            "get": operation(
                "Names and sentences that have the words",
                [words, kind, limit, parameter("format", "json or html", STRING)],
                {200: {**found, **content(PAGE)}},
            )
        },
        "/search/suggest": {"get": operation("Names that begin so", [words, kind, limit], {200: found})},
    }


def sources() -> Mapping[str, Json]:
    """Lists of sources, and feeds."""
    voices = {"type": "string", "enum": ["own", "others", "uncertain", "denied"]}
    asked = [
        parameter("publisher", "List the reports of this publisher", STRING),
        parameter("says", "List what they say instead, by who says so and how sure it is", voices),
        parameter("source", "List what this source says", IRI),
        parameter("does", "A kind of speech by its class, or `cited`", STRING),
        parameter("list", "One list alone", {"type": "string", "enum": ["publishers", "cited", "reports"]}),
        parameter("from", "Reports published since this year, month or day", STRING),
        parameter("to", "Reports published until this year, month or day", STRING),
        parameter("page", "Page of the list", {"type": "integer", "minimum": 1, "maximum": 1000}),
    ]
    about = parameter("about", "An actor, place or anything else with a role in events", IRI)
    return {
        "/sources": {
            "get": operation("Who publishes, who is cited", asked, {200: content(PAGE), 304: {}}, 404)
        },
        "/feed.atom": {
            "get": operation(
                "New reports, or new events of one node (Atom)",
                [about],
                {200: content("application/atom+xml"), 304: {}},
                404,
            )
        },
    }


def reconciliation() -> Mapping[str, Json]:
    """The reconciliation service."""
    title = "Reconciliation API 0.2"
    identifier = parameter("id", "An entity", STRING, required=True)
    what = {"type": "string", "enum": ["entity", "property", "type"]}
    number = {"type": "integer", "minimum": 0, "maximum": 10_000}
    asked = [
        parameter("queries", "A batch", STRING),
        parameter("extend", "A data extension query", STRING),
    ]
    fields = form({"queries": STRING, "extend": STRING})
    json = {200: content("application/json")}
    return {
        "/reconcile": {
            "get": operation(f"{title}: manifest, or answers", asked, json),
            "post": operation(f"{title}: answers", [], json, 413, 415, body=fields),
        },
        "/reconcile/suggest/{what}": {
            "get": operation(
                f"{title}: terms that begin so",
                [
                    parameter("what", "Kind of term", what, place="path"),
                    parameter("prefix", "What is typed", {"type": "string", "maxLength": 500}),
                    parameter("cursor", "Terms to leave out", number),
                ],
                json,
                404,
            )
        },
        "/reconcile/properties": {
            "get": operation(
                f"{title}: properties of a type",
                [
                    parameter("type", "A class", STRING),
                    parameter("limit", "Most properties", {"type": "integer", "minimum": 1, "maximum": 1000}),
                ],
                json,
            )
        },
        "/reconcile/view": {"get": operation(f"{title}: leads to the page", [identifier], {303: {}}, 404)},
        "/reconcile/preview": {
            "get": operation(f"{title}: a small page", [identifier], {200: content(PAGE)}, 404)
        },
    }


def adding() -> Mapping[str, Json]:
    """Pages on which people write. A session and the form's token are needed, so programs use /update."""
    page, seen = {200: content(PAGE)}, {200: content(PAGE), 303: {}}
    names = ("form-token", "records", "text", "id", "title", "date", "publisher", "url", "keep-text")
    report = {"type": "object", "properties": dict.fromkeys(names, STRING)}
    bodies = {"multipart/form-data": {"schema": report}, FORM: {"schema": report}}
    return {
        "/add": {
            "get": operation("The form for a report", [], seen, 403),
            "post": operation(
                "What is read from a report, or storing it", [], page, 403, 413, 415, body=bodies
            ),
        },
        "/login": {
            "get": operation("The form for the token", [], seen, 403),
            "post": operation("Begin a session", [], {303: {}}, 403, 413, 415, body=form({"token": STRING})),
        },
        "/logout": {
            "post": operation(
                "End a session", [], {303: {}}, 403, 413, 415, body=form({"form-token": STRING})
            )
        },
    }


def others() -> Mapping[str, Json]:
    """The start page, files, and what those who run the server ask."""
    file = parameter("filename", "Path of the file", STRING, place="path")
    health = {"type": "object", "required": ["status"], "properties": {"status": STRING, "version": STRING}}
    answer = {200: {"application/json": {"schema": health}}}
    return {
        "/": {"get": operation("The start page", [], {200: content(PAGE)})},
        "/health": {"get": operation("Whether queries are answered", [], answer)},
        "/health/ready": {"get": operation("Whether queries are answered", [], answer)},
        "/health/live": {"get": operation("Whether the server is up at all", [], answer)},
        "/metrics": {"get": operation("Counters for Prometheus", [], {200: content("text/plain")})},
        "/openapi.json": {"get": operation("This document", [], {200: content("application/json")})},
        "/static/{filename}": {
            "get": operation(
                "Files of the pages", [file], {200: content("*/*"), 206: content("*/*"), 304: {}}, 404
            )
        },
    }
