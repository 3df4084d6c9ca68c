"""/ and /query: the start page and the query editor."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request

from kg import __version__
from kg.errors import RequestError
from kg.vocab import PREFIXES
from server import editor, headers
from server.examples import examples
from server.messages import Dataset, Table
from server.protocol import QueryRequest
from server.terms import MAXIMUM_ROWS, QUERY, read_vocabulary
from server.views import sparql
from server.views.common import client, endpoint, tagged, unchanged

blueprint = Blueprint("pages", __name__)

ROWS = 1000  # of a result in the HTML of a page
EDITOR_ROWS = 5000  # of a result that the editor asks for; the downloads have all
_CUT = "Sitrep-Truncated"  # header of an answer that lacks the rows beyond EDITOR_ROWS
_POLICY = (
    f"{headers.POLICY}; style-src 'self' 'unsafe-inline'"  # the editor writes styles; scripts stay strict
)
_FIRST_QUERY = f"""PREFIX rdfs: <{PREFIXES["rdfs"]}>
PREFIX sit: <{PREFIXES["sit"]}>

SELECT ?event ?label ?date WHERE {{
  ?event sit:status sit:Reported ; rdfs:label ?label ; sit:date ?date
}}
ORDER BY DESC(?date)
LIMIT 20
"""


@blueprint.route("/query", methods=["GET", "POST"])
def query() -> Response:
    """The query editor with the answer to its query, or the answer alone in another format."""
    text = request.values.get("query", "")
    wanted = request.values.get("format", "html")
    if text.strip() and wanted != "html":
        return sparql.answer(QueryRequest(text, Dataset(), wanted))
    table: Table | None = None
    error: RequestError | None = None
    if text.strip():
        try:
            table = endpoint().table(text, client(), limit=ROWS)
        except RequestError as refused:
            error = refused
    page = render_template(
        "query.html",
        query=text or _FIRST_QUERY,
        table=table,
        error=error,
        answer=_embedded(table),
        examples=examples(),
        rows=ROWS,
    )
    response = Response(page, status=error.status if error else 200)
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@blueprint.route("/query/answer", methods=["POST"])
def answer() -> Response:
    """The answer to a query for the editor: SPARQL JSON or Turtle, and no more of it than a page can show."""
    text = request.form.get("query", "")
    if not text.strip():
        raise RequestError(400, "say what to ask: the form field `query` is missing")
    table = endpoint().table(text, client(), limit=EDITOR_ROWS)
    if table.is_graph:
        response = Response(editor.turtle(table), content_type=headers.content_type(editor.GRAPH))
    else:
        response = Response(json.dumps(editor.results(table)), content_type=editor.SOLUTIONS)
    response.headers["Cache-Control"] = "no-cache"
    if table.truncated:
        response.headers[_CUT] = str(EDITOR_ROWS)
    return response


@blueprint.route("/query/terms")
def terms() -> Response:
    """What the editor completes: prefixes, and the terms of the ontology as the store has it."""
    etag = endpoint().etag(request.url, __version__)
    known = unchanged(etag)
    if known is not None:
        return known
    vocabulary = read_vocabulary(endpoint().table(QUERY, client(), limit=MAXIMUM_ROWS, union=False))
    body = json.dumps(editor.terms(vocabulary, endpoint().base_iri))
    return tagged(Response(body, content_type="application/json"), etag)


def _embedded(table: Table | None) -> dict[str, str] | None:
    """The whole answer that a page shows, so that its script need not ask again."""
    if table is None or table.truncated:
        return None
    if table.is_graph:
        return {"contentType": editor.GRAPH, "data": editor.turtle(table).decode()}
    return {"contentType": editor.SOLUTIONS, "data": json.dumps(editor.results(table))}
