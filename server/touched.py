"""Which graphs an update may change, told from its text, so that index and union need not look at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from server.tokens import Token, prefixes_ending_in, tokens

_BLANK = re.compile(r"(?:\s++|#[^\n\r]*+)*+")
_IRI = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*+)>")
_NAME = re.compile(r"([\w-]*+):([\w-]*+)(?![\w.:%\\-])")
_VARIABLE = re.compile(r"[?$](\w++)")
_PREFIX = re.compile(r"\bPREFIX\s+([\w-]*+)\s*:\s*<([^<>\s\\]*+)>", re.IGNORECASE)
_KEYWORD = re.compile(r"(?:GRAPH|SILENT|DEFAULT)\b", re.IGNORECASE)
_NOTHING = re.compile(r"(?:[\s.]++|#[^\n\r]*+)*+")
_BEFORE_A_GRAPH = {"WITH", "TO", "COPY", "MOVE", "ADD", "GRAPH"}
_BEFORE_MANY = {"CLEAR", "DROP"}
_GLUED = ("GRAPH", "WITH", "TO", "COPY", "MOVE", "ADD", "SILENT", "INTO")


@dataclass(frozen=True, slots=True)
class Touched:
    """What an update may change: `graphs` ("" is the default graph), and those that `variables` of its
    templates stand for. `unclear`: others too."""

    graphs: frozenset[str]
    variables: frozenset[str]
    unclear: bool


def touched_graphs(update: str) -> set[str] | None:
    """The names of all graphs that the update may change, None if it may be any."""
    found = touched(update)
    return None if found.unclear or found.variables else set(found.graphs)


def touched(update: str) -> Touched:
    """What the update may change.

    A graph too many costs time, a graph too few would leave the index wrong: what is not plainly written, say
    a relative IRI in a template, is unclear.
    """
    prefixes, graphs, variables = prefixes_of(update), set[str](), set[str]()
    unclear = prefixes_ending_in(update, _GLUED)
    found = list(tokens(update))
    for place, token, with_graph in _outside_patterns(found):
        after = [other.text for other in found[place + 1 : place + 3]]
        if token.text == "LOAD" or (token.text in _BEFORE_MANY and not _is_one(after)):
            unclear = True
        elif token.text == "DEFAULT":
            graphs.add("")
        elif (token.text, token.depth) == ("{", 0):
            bare = _has_bare_triples(update, found[place:])
            unclear |= bare is None
            graphs |= {""} if bare and not with_graph else set()
        elif token.text in _BEFORE_A_GRAPH:
            name, variable = graph_after(update, token, prefixes), _after(update, token, _VARIABLE)
            variables |= {variable[1]} if variable else set()
            unclear |= name is None and variable is None
            graphs |= name or set()
    return Touched(frozenset(graphs), frozenset(variables), unclear)


def _outside_patterns(found: list[Token]) -> Iterator[tuple[int, Token, bool]]:
    """The tokens that are in no WHERE clause, but for the templates of DELETE WHERE, with their places.

    And whether they are in an operation with WITH: its templates are about that graph where they name none.
    """
    pattern, with_graph = False, False
    for place, token in enumerate(found):
        if token.depth == 0 and token.text.isalpha():
            pattern = token.text == "WHERE" and found[place - 1].text != "DELETE"
            with_graph |= token.text == "WITH"
        elif token.depth == 0 and token.text == ";":
            with_graph = False
        if not pattern or (token.depth == 0 and token.text not in "{}"):
            yield place, token, with_graph


def graph_after(update: str, token: Token, prefixes: dict[str, str]) -> set[str] | None:
    """The graph that is named after a keyword; none where another keyword stands there; None if unclear."""
    if match := _after(update, token, _IRI):
        return {match[1]}
    if match := _after(update, token, _NAME):
        return {prefixes[match[1]] + match[2]} if match[1] in prefixes else None
    return set() if _after(update, token, _KEYWORD) else None


def prefixes_of(update: str) -> dict[str, str]:
    """The prefixes with one absolute IRI each; a text that looks like a declaration may only add names."""
    found: dict[str, set[str]] = {}
    for name, iri in _PREFIX.findall(update):
        found.setdefault(name, set()).add(iri)
    single = {name: next(iter(iris)) for name, iris in found.items() if len(iris) == 1}
    return {name: iri for name, iri in single.items() if _IRI.fullmatch(f"<{iri}>")}


def _after(update: str, token: Token, what: re.Pattern[str]) -> re.Match[str] | None:
    """What stands after the token and the blanks that follow it."""
    blank = _BLANK.match(update, token.end)
    return what.match(update, blank.end() if blank else token.end)


def _is_one(after: list[str]) -> bool:
    """Whether CLEAR or DROP is of one graph, whose name another rule sees, or of the default graph."""
    what = after[1:] if after[:1] == ["SILENT"] else after
    return what[:1] in (["GRAPH"], ["DEFAULT"])


def _has_bare_triples(update: str, found: list[Token]) -> bool | None:
    """Whether the template that begins with the first token has triples outside GRAPH; None if unclear."""
    bare, position, named = False, found[0].end, False
    for token in found[1:]:
        if token.depth == 0:  # its closing brace
            return bare or not _is_nothing(update[position : token.begin])
        if token.depth > 1:
            continue
        if token.text == "GRAPH":
            bare |= not _is_nothing(update[position : token.begin])
            named = True
        elif token.text == "{" and not named:
            return None
        elif token.text == "}":
            position, named = token.end, False
    return None


def _is_nothing(text: str) -> bool:
    return _NOTHING.fullmatch(text) is not None
