"""Finds the keywords of a SPARQL text that the server must see, without parsing it.

IRIs, strings, comments, variables, language tags and prefixed names are skipped, so that a mention of
a keyword in them counts for nothing. This is for clear messages and for rewriting; what keeps a query from
reaching out is that its process is confined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from server.messages import Dataset

# Possessive quantifiers keep the scan linear. Unicode escapes may stand in IRIs; a backslash elsewhere
# escapes one character of a prefixed name.
_TOKEN = re.compile(
    r"""
    <(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>
    | \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*+'''
    | "(?:[^"\\\n\r]|\\.)*+" | '(?:[^'\\\n\r]|\\.)*+'
    | \#[^\n\r]*+
    | [?$]\w++ | @[A-Za-z]++(?:-++[A-Za-z0-9]++)*+ | \\.
    | (?P<name>[\w:](?:[\w.:%-]|\\.)*+)
    | (?P<mark>[{};])
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"[A-Za-z_]\w*+")


@dataclass(frozen=True, slots=True)
class Token:
    """A bare word in capitals, a brace or a semicolon; `depth` counts the open braces around it."""

    text: str
    begin: int
    end: int
    depth: int


def tokens(text: str) -> Iterator[Token]:
    """The bare words, braces and semicolons of a SPARQL text, in order."""
    depth = 0
    for match in _TOKEN.finditer(text):
        if mark := match["mark"]:
            depth -= mark == "}"
            yield Token(mark, match.start(), match.end(), depth)
            depth += mark == "{"
        elif (name := match["name"]) and ":" not in name:
            for word in _WORD.finditer(name):  # a number or a dot may stand right before a word
                begin = match.start() + word.start()
                yield Token(word[0].upper(), begin, begin + len(word[0]), depth)


def prefixes_ending_in(text: str, words: tuple[str, ...]) -> bool:
    """Whether the prefix of a prefixed name ends in one of the words (capitals), as in GRAPH:x.

    The engine may take that for the keyword and a name.
    """
    names = (match["name"] for match in _TOKEN.finditer(text))
    return any(name and ":" in name and name.partition(":")[0].upper().endswith(words) for name in names)


def asks_others(text: str) -> bool:
    """Whether the text has a SERVICE clause, SILENT or not.

    The engine needs no space around the keyword, and no other bare word of SPARQL holds it.
    """
    return "SERVICE" in text.upper() and any("SERVICE" in token.text for token in tokens(text))


def names_dataset(query: str) -> bool:
    """Whether the query has a FROM clause of its own."""
    return "FROM" in query.upper() and any(
        token.text == "FROM" and token.depth == 0 for token in tokens(query)
    )


def with_dataset(update: str, dataset: Dataset) -> str:
    """The update with the dataset of its request as USING clauses (SPARQL 1.1 Protocol, 2.2.3).

    ValueError where the update names a dataset of its own.
    """
    if not dataset.given:
        return update
    clauses = "".join(f" USING <{iri}>" for iri in dataset.default)
    clauses += "".join(f" USING NAMED <{iri}>" for iri in dataset.named)
    found = list(tokens(update))
    outer = [index for index, token in enumerate(found) if token.depth == 0]
    if any(found[index].text in ("USING", "WITH") for index in outer):
        raise ValueError("using-graph-uri cannot be given to an update that has USING or WITH")
    pieces, position = [], 0
    for before, here in zip([None, *outer], outer, strict=False):
        token = found[here]
        if token.text != "WHERE":
            continue
        if (
            before is not None and found[before].text == "DELETE"
        ):  # the short form has its template as pattern
            pattern = _group(update, found[here + 1 :])
            pieces.append(update[position : token.begin] + pattern)
        else:
            pieces.append(update[position : token.begin])
        pieces.append(clauses + " WHERE ")
        position = token.end
    return "".join([*pieces, update[position:]])


def _group(text: str, following: list[Token]) -> str:
    """The group in braces that `following` begins with; empty where there is none: the parser complains."""
    if not following or following[0].text != "{":
        return ""
    depth = following[0].depth
    for token in following[1:]:
        if token.text == "}" and token.depth == depth:
            return text[following[0].begin : token.end]
    return ""
