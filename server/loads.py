"""Finds the LOAD operations of an update, so that the server fetches what they name. Pure.

The engine would fetch by itself, without limits; its process is confined so that it cannot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from server.tokens import tokens

_SPACE = r"(?:\s|\#[^\n\r]*+)*+"
_IRIREF = r"<[^<>\"{}|^`\x00-\x20]*+>"
_IRI = rf"(?:{_IRIREF}|[\w.-]*+:(?:[\w.:%-]|\\.)*+)"
_LOAD = re.compile(
    rf"LOAD{_SPACE}(?P<silent>SILENT{_SPACE})?(?P<source>{_IRI})"
    rf"(?:{_SPACE}INTO{_SPACE}GRAPH{_SPACE}(?P<graph>{_IRI}))?",
    re.IGNORECASE,
)
DECLARATION = re.compile(
    rf"(?:PREFIX{_SPACE}(?P<prefix>[^\s:]*+):|BASE){_SPACE}(?P<iri>{_IRIREF})", re.IGNORECASE
)
_NEXT = re.compile(rf"{_SPACE};")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Load:
    """One operation: the URL to fetch, the graph to load into (None: the default graph)."""

    source: str
    graph: str | None
    silent: bool


def split_at_loads(update: str, base_iri: str) -> list[str | Load]:
    """The update as texts to run and documents to load, in order.

    Each text has the declarations of those before it. An update without LOAD is one text. What looks like
    LOAD but is broken stays in its text, for the parser to complain about.
    """
    pieces: list[str | Load] = []
    names, base, declared = dict[str, str](), base_iri, ""
    position, opening = 0, ""  # where the text that is being read begins, and what was declared before it
    for token in tokens(update):
        if token.depth or token.begin < position:
            continue
        if token.text in ("PREFIX", "BASE") and (match := DECLARATION.match(update, token.begin)):
            iri = urljoin(base, _unescaped(match["iri"][1:-1]))
            if match["prefix"] is None:
                base = iri
            else:
                names[match["prefix"]] = iri
            declared += f"{match[0]}\n"
        elif token.text.startswith("LOAD") and (match := _LOAD.match(update, token.begin)):
            source, graph = _resolved(match["source"], names, base), _resolved(match["graph"], names, base)
            if source is None or (graph is None and match["graph"] is not None):
                continue
            text = opening + update[position : match.start()]
            pieces += [text, Load(source, graph, match["silent"] is not None)]
            following = _NEXT.match(update, match.end())
            position, opening = following.end() if following else match.end(), declared
    return [*pieces, opening + update[position:]]


def _resolved(text: str | None, names: dict[str, str], base: str) -> str | None:
    """The IRI that an IRIREF or a prefixed name stands for; None for an unknown prefix."""
    if text is None:
        return None
    if text.startswith("<"):
        return urljoin(base, _unescaped(text[1:-1]))
    prefix, _, local = text.partition(":")
    return names[prefix] + re.sub(r"\\(.)", r"\1", local) if prefix in names else None


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
