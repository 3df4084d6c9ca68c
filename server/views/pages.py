"""/ and /query: the start page and the query form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import takewhile

from flask import Blueprint, Response, render_template, request

from kg.errors import RequestError
from kg.vocab import PREFIXES
from server.messages import Dataset, Table
from server.protocol import QueryRequest
from server.views import sparql
from server.views.common import client, endpoint

blueprint = Blueprint("pages", __name__)

ROWS = 1000  # of a result on a page; the downloads have all
_FIRST_QUERY = f"""PREFIX rdfs: <{PREFIXES["rdfs"]}>
PREFIX sit: <{PREFIXES["sit"]}>

SELECT ?event ?label ?date WHERE {{
  ?event sit:status sit:Reported ; rdfs:label ?label ; sit:date ?date
}}
ORDER BY DESC(?date)
LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the query that answers it, its prefixes declared, so that it runs anywhere."""

    title: str
    query: str


@cache
def examples() -> tuple[Example, ...]:
    """The sample queries that ship with the server; the comment at the top of each is its title."""
    folder = files("server").joinpath("queries")
    if not folder.is_dir():
        return ()
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return tuple(
        _example(entry.read_text(encoding="utf-8")) for entry in entries if entry.name.endswith(".rq")
    )


def _example(query: str) -> Example:
    lines = query.splitlines(keepends=True)
    comments = list(takewhile(lambda line: line.startswith("#"), lines))
    title = " ".join(line.removeprefix("#").strip() for line in comments)
    missing = (name for name in PREFIXES if f"{name}:" in query and f"PREFIX {name}:" not in query)
    prologue = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in missing)
    return Example(title, "".join([*comments, prologue, *lines[len(comments) :]]))


@blueprint.route("/")
def start() -> str:
    """What the graph holds, and a form to ask it."""
    return render_template(
        "start.html",
        overview=endpoint().overview(client()),
        examples=examples(),
        query=_FIRST_QUERY,
        format="html",
    )


@blueprint.route("/query", methods=["GET", "POST"])
def query() -> Response:
    """The query form with the answer to its query, or the answer alone in another format."""
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
        format="html",
        asked=bool(text.strip()),
        table=table,
        error=error,
        examples=examples(),
        limit=ROWS,
    )
    return Response(page, status=error.status if error else 200)
