"""Full-text search in queries.

`sit:matches(?node, "words")` is a test: whether a name or sentence of the node has all the words. The pattern
`?node sit:search "words"` is a source: it binds ?node to the best nodes. The engine knows no such pattern,
so it is put into the query as VALUES: quick with few nodes, but not with thousands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from kg.search import Index, NoIndexError
from kg.search.terms import SIT

MATCHES = f"{SIT}matches"
SEARCH = f"{SIT}search"
SEARCH_NODES = (
    1000  # with 5,000 the engine takes seconds to join them with three patterns over a million quads
)
_CACHED = 32  # word lists that a query may use without asking the index again

# Linear in the length of any text: quantifiers are possessive, a string that does not end is one token.
_TOKEN = re.compile(
    r"""
    (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
    | \"\"\"(?:[^"\\]|\\.|"(?!""))*+(?:\"\"\")? | '''(?:[^'\\]|\\.|'(?!''))*+(?:''')?
    | (?P<string>"(?:[^"\\\n\r]|\\.)*+"? | '(?:[^'\\\n\r]|\\.)*+'?)
    | (?P<space>\s++ | \#[^\n\r]*+)
    | (?P<variable>[?$]\w++)
    | (?P<name>[\w.-]*+:(?:[\w:-]|\.(?=[\w:-])|%[0-9A-Fa-f]{2}|\\.)*+)
    | (?P<word>[\w.-]++)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PREFIX = re.compile(r"\bPREFIX\s+([\w.-]*):\s*<([^<>\s]*)>", re.IGNORECASE)
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def text_functions(checkpoint: Path) -> dict[ox.NamedNode, Callable[..., ox.Literal]]:
    """The functions by their IRIs, over the index of the checkpoint, which is opened now."""
    index = _opened(checkpoint)

    @lru_cache(maxsize=_CACHED)
    def found(words: str) -> frozenset[str]:
        if index is None:
            raise ValueError("the store has no search index")
        return frozenset(index.nodes(words))

    def matches(node: object, words: object) -> ox.Literal:
        if not isinstance(words, ox.Literal):
            raise TypeError("the words must be a literal")
        return ox.Literal(isinstance(node, ox.NamedNode) and node.value in found(words.value))

    return {ox.NamedNode(MATCHES): matches}


def with_search(query: str, checkpoint: Path | str) -> str:
    """The query with the nodes that are found in place of each `?node sit:search "words"`.

    ValueError where sit:search stands otherwise, or the checkpoint has no index.
    """
    if "search" not in query:
        return query
    prefixes = {"sit": SIT, **dict(_PREFIX.findall(query))}
    names = {f"<{SEARCH}>"} | {f"{name}:search" for name, iri in prefixes.items() if iri == SIT}
    tokens = [match for match in _TOKEN.finditer(query) if match.lastgroup != "space"]
    places = [place for place, token in enumerate(tokens) if token[0] in names]
    if not places:
        return query
    index = _opened(Path(checkpoint))
    if index is None:
        raise ValueError("the store has no search index; the next write to it makes one")
    pieces, position = [], 0
    for place in places:
        before, after = tokens[place - 1], tokens[place + 1 : place + 3]
        if (
            before.lastgroup != "variable"
            or not after
            or after[0].lastgroup != "string"
            or (after[1:] and after[1][0] in (",", "@", "^"))
        ):
            raise ValueError('sit:search must begin a pattern: ?node sit:search "words" .')
        nodes = index.nodes(_unescaped(after[0][0]), limit=SEARCH_NODES)
        pieces += [query[position : before.start()], _values(before[0], nodes)]
        goes_on = bool(after[1:]) and after[1][0] == ";"
        pieces.append(before[0] if goes_on else "")
        position = after[1].end() if goes_on else after[0].end()
    index.close()
    return "".join([*pieces, query[position:]])


def _values(variable: str, nodes: list[str]) -> str:
    return f"VALUES {variable} {{ {' '.join(f'<{node}>' for node in nodes)} }} "


def _unescaped(string: str) -> str:
    """The text of a quoted string (SPARQL 1.1, 19.7)."""
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), string[1:-1])


def _opened(checkpoint: Path) -> Index | None:
    try:
        return Index.open(checkpoint)
    except NoIndexError:
        return None
