"""The limit on the rows of a table, put into the query itself. Pure."""

from __future__ import annotations

import re

from server.tokens import Token, tokens

_NUMBER = re.compile(r"(?:\s|\#[^\n\r]*+)*+(\d++)")
_FORMS = ("SELECT", "CONSTRUCT", "ASK", "DESCRIBE")


def with_row_limit(query: str, most: int) -> str | None:
    """The query with a LIMIT of `most`; None where it needs none: no SELECT, or one that asks for no more."""
    upper = query.upper()
    if "SELECT" not in upper:
        return None
    has_others = "LIMIT" in upper or "VALUES" in upper or "CONSTRUCT" in upper or "DESCRIBE" in upper
    if "}" in upper and not has_others:  # LIMIT may then stand at the end
        return f"{query}\nLIMIT {most}\n"  # of an ASK it does no harm
    outer = [token for token in tokens(query) if token.depth == 0]
    form = next((token.text for token in outer if token.text in _FORMS), None)
    end = next((index for index, token in enumerate(outer) if token.text == "}"), None)
    if form != "SELECT" or end is None:
        return None
    after = outer[end + 1 :]
    for token in after:
        if token.text == "LIMIT" and (number := _NUMBER.match(query, token.end)):
            if int(number[1]) <= most:
                return None
            return f"{query[: number.start(1)]}{most}{query[number.end(1) :]}"
    place = _place(query, after)
    return f"{query[:place]}\nLIMIT {most}\n{query[place:]}"


def _place(query: str, after: list[Token]) -> int:
    """Where LIMIT may stand: before the VALUES at the end, if there are any, else at the end."""
    return next((token.begin for token in after if token.text == "VALUES"), len(query))
