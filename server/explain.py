"""What went wrong, as one line that people can use and as data for programs. Pure."""

from __future__ import annotations

import re
from http import HTTPStatus

_LENGTH = 400  # characters; a message that is longer lists what the parser could have taken
_CHARACTER_CLASS = re.compile(r",? ?\[(?:_|'[^\]]*')\]")
_PLACE = re.compile(r"\berror at (\d+):(\d+): ")
_REASON = re.compile(r"[A-Z][a-z]* [^\"']+")  # a sentence among the tokens that the parser expected


def one_line(what: str, error: Exception) -> str:
    """What went wrong, where, and what was expected there, as far as the engine says it."""
    message = " ".join(str(error).split()).replace(": expected [_]", ": something else was expected")
    place, expected, rest = message.partition("expected one of ")
    if expected:
        choices = _CHARACTER_CLASS.sub("", rest).removeprefix(", ").split(", ")
        reasons = [choice for choice in choices if _REASON.fullmatch(choice)]
        message = place + (", ".join(reasons) if reasons else expected + ", ".join(choices))
    line = f"{what}: {message}"
    return line if len(line) <= _LENGTH else f"{line[:_LENGTH]}…"


def problem(status: int, message: str) -> dict[str, str | int]:
    """The problem details of RFC 9457; with line and column where a query or update cannot be parsed."""
    try:
        title = HTTPStatus(status).phrase
    except ValueError:
        title = "Error"
    found: dict[str, str | int] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": message,
    }
    if place := _PLACE.search(message):
        found |= {"line": int(place[1]), "column": int(place[2])}
    return found
