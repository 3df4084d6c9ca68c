"""/add: a report is pasted or uploaded, shown as it was read, and stored if its giver says so.

Nothing is kept on the server in between: the form that stores carries the report, and it is read again.
So there is nothing to expire or to find for others, any web process can take the next step, and what a
person stores is what `kg build` makes of the report at that moment. It costs the seconds of a second reading.
"""

from __future__ import annotations

import json
import re
from typing import cast

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kg import iri
from kg.errors import RequestError
from server.given import File, read_given
from server.login import Failures
from server.preview import Preview, read_previews, records
from server.reading import Input, Readings
from server.settings import ServerSettings
from server.views import login
from server.views.common import client, endpoint
from server.views.login import (
    check_origin,
    check_place,
    form_token_of,
    has_form_token,
    private,
    session,
    writer,
)
from server.views.reports import LEGEND

blueprint = Blueprint("add", __name__)
blueprint.after_request(private)

_FIELDS = ("text", "id", "title", "date", "publisher", "url", "keep-text")
_FILE = re.compile(r"^report\.\w+:(?:(\d+):)? ?")  # what the reader calls the input


def register(app: Flask, settings: ServerSettings) -> None:
    """Give the application the pages on which people write, with what these keep in the process.

    `app.extensions["sitrep-readings"].close()` ends the readers that are at work.
    """
    app.register_blueprint(login.blueprint)
    app.register_blueprint(blueprint)
    app.extensions["sitrep-failures"] = Failures()
    app.extensions["sitrep-readings"] = Readings(
        store=settings.store, seconds=settings.read_timeout, memory=settings.read_memory
    )
    app.jinja_env.globals["may_write"] = settings.allow_update


@blueprint.route("/add", methods=["GET"])
def form() -> ResponseReturnValue:
    """The form for a report."""
    check_place()
    found = session()
    return _page(found) if found else redirect("/login", 303)


@blueprint.route("/add", methods=["POST"])
def add() -> ResponseReturnValue:
    """Show what is read from a report, or store one that was shown; what is refused stands in the form."""
    found = writer()
    check_origin()
    try:
        if not has_form_token(found):  # it may be of an earlier login: what was written is not lost
            raise RequestError(403, "the form is of another login; nothing was done: send it again")
        return _store(found) if "records" in request.form else _show(found)
    except RequestError as error:
        return _page(found, problems=(str(error),), status=error.status, fields=_of_record())


def _show(found: str) -> Response:
    given = read_given(request.form, _file())
    outcome = _readings().read(given)
    problems = tuple(_line(problem) for problem in outcome.problems)
    previews = read_previews(outcome.output)
    if not previews:
        return _page(found, problems=problems or ("nothing was found to read",), status=400)
    return _page(
        found,
        problems=problems,
        previews=previews,
        legend=LEGEND,
        there=frozenset(one.iri for one in previews if _is_there(one.iri)),
        records=records(outcome.output),
        fields=_as_read(previews[0]) if len(previews) == 1 else {},
    )


def _store(found: str) -> Response:
    given = request.form["records"]
    try:
        names = [str(json.loads(line)["id"]) for line in given.split("\n") if line.strip()]
        stored = [(name, iri.report(endpoint().base_iri, name)) for name in names]
    except (ValueError, KeyError, TypeError) as error:
        raise RequestError(400, "the field records must hold reports as JSON Lines") from error
    outcome = _readings().store(Input(given.encode(), ".jsonl"), keep_text="keep-text" in request.form)
    return _page(
        found,
        problems=tuple(_line(problem) for problem in outcome.problems),
        stored=tuple(
            (name, node)
            for line, (name, node) in enumerate(stored, start=1)
            if not any(told.startswith((f"{name}: ", f"report.jsonl:{line}: ")) for told in outcome.problems)
        ),
        status=400 if outcome.problems else 200,
    )


def _page(
    found: str, *, status: int = 200, fields: dict[str, str] | None = None, **values: object
) -> Response:
    """The page; its form has `fields`, else what was sent."""
    sent = {name: request.form.get(name, "") for name in _FIELDS}
    page = render_template(
        "add.html", form_token=form_token_of(found), fields={**sent, **(fields or {})}, **values
    )
    return Response(page, status=status)


def _as_read(preview: Preview) -> dict[str, str]:
    """The form's fields with what was read, so that it can be put right: of a page, its text."""
    return {"id": preview.identifier, **preview.known, "text": preview.text}


def _of_record() -> dict[str, str]:
    """The form's fields with the one report that could not be stored, so that it is not lost."""
    try:
        (record,) = (json.loads(line) for line in request.form.get("records", "").split("\n") if line.strip())
        return {name: str(record[name]) for name in _FIELDS if name in record}
    except (ValueError, TypeError):  # none, several, or nothing of ours
        return {}


def _file() -> File | None:
    """The file of the form; browsers send an empty one without a name where none was chosen."""
    sent = request.files.get("file")
    return File(sent.filename, sent.read()) if sent is not None and sent.filename else None


def _is_there(node: str) -> bool:
    """Whether the store has the report."""
    return bool(endpoint().table(f"ASK {{ GRAPH <{node}> {{ ?s ?p ?o }} }}", client(), limit=1).boolean)


def _line(problem: str) -> str:
    """A problem without the name that its file has for the reader; records by their lines."""
    return _FILE.sub(lambda found: f"line {found[1]}: " if found[1] and found[1] != "1" else "", problem)


def _readings() -> Readings:
    return cast(Readings, current_app.extensions["sitrep-readings"])
