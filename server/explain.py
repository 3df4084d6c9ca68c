"""The engine's error messages as one line that people can use. Pure."""

from __future__ import annotations

import re

_LENGTH = 400  # characters; a message that is longer lists what the parser could have taken
_CHARACTER_CLASS = re.compile(r",? ?\[(?:_|'[^\]]*')\]")
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
