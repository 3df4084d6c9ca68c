"""Which graphs an update may change, told from its text, so that the search index need not look at all."""

from __future__ import annotations

import re

from server.tokens import Token, tokens

_BLANK = re.compile(r"(?:\s++|#[^\n\r]*+)*+")
_IRI = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*+)>")
_NAME = re.compile(r"([\w-]*+):([\w-]*+)(?![\w.:%\\-])")
_PREFIX = re.compile(r"\bPREFIX\s+([\w-]*+)\s*:\s*<([^<>\s\\]*+)>", re.IGNORECASE)
_KEYWORD = re.compile(r"(?:GRAPH|SILENT|DEFAULT)\b", re.IGNORECASE)
_BEFORE_A_GRAPH = {"GRAPH", "WITH", "TO", "COPY", "MOVE", "ADD"}
_BEFORE_MANY = {"CLEAR", "DROP"}


def touched_graphs(update: str) -> set[str] | None:
    """The names of all graphs that the update may change, "" for the default graph; None if it may be any.

    A graph too many costs time, a graph too few would leave the index wrong: what is not plainly written,
    a variable or a relative IRI in a template, counts as any.
    """
    prefixes, graphs = prefixes_of(update), {""}
    pattern = False  # whether we are in a WHERE clause that is no template too
    found = list(tokens(update))
    for place, token in enumerate(found):
        before = found[place - 1].text if place else ""
        after = [other.text for other in found[place + 1 : place + 3]]
        if token.depth == 0 and token.text.isalpha():
            pattern = token.text == "WHERE" and before != "DELETE"
        if token.text == "LOAD" or (token.text in _BEFORE_MANY and not _is_one(after)):
            return None
        if token.text in _BEFORE_A_GRAPH and not (pattern and token.depth > 0):
            name = graph_after(update, token, prefixes)
            if name is None:
                return None
            graphs |= name
    return graphs


def _is_one(after: list[str]) -> bool:
    """Whether CLEAR or DROP is of one graph, whose name another rule sees, or of the default graph."""
    what = after[1:] if after[:1] == ["SILENT"] else after
    return what[:1] in (["GRAPH"], ["DEFAULT"])


def graph_after(update: str, token: Token, prefixes: dict[str, str]) -> set[str] | None:
    """The graph that is named after a keyword; none where another keyword stands there; None if unclear."""
    blank = _BLANK.match(update, token.end)
    begin = blank.end() if blank else token.end
    if match := _IRI.match(update, begin):
        return {match[1]}
    if match := _NAME.match(update, begin):
        return {prefixes[match[1]] + match[2]} if match[1] in prefixes else None
    return set() if _KEYWORD.match(update, begin) else None


def prefixes_of(update: str) -> dict[str, str]:
    """The prefixes with one absolute IRI each; a text that looks like a declaration may only add names."""
    found: dict[str, set[str]] = {}
    for name, iri in _PREFIX.findall(update):
        found.setdefault(name, set()).add(iri)
    single = {name: next(iter(iris)) for name, iris in found.items() if len(iris) == 1}
    return {name: iri for name, iri in single.items() if _IRI.fullmatch(f"<{iri}>")}
