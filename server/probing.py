"""Which graphs an update changes where its text leaves that open, as `GRAPH ?g` in a template does.

The operation's own pattern is asked for the graphs: that takes as long as the pattern, while to compare all
graphs with what they were takes half a minute for a million quads.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from kg.functions import Functions
from server.loads import DECLARATION
from server.tokens import Token, tokens
from server.touched import graph_after, prefixes_of, touched

# Words of patterns that may match otherwise when they are asked again, or for other variables.
_VARYING = ("RAND", "UUID", "NOW", "BNODE", "LIMIT", "OFFSET", "SAMPLE", "GROUP_CONCAT")


@dataclass(frozen=True, slots=True)
class _Question:
    """A query for the graphs, and its default graph if that is not the store's."""

    text: str
    default_graph: ox.NamedNode | None


def operations(update: str) -> list[str]:
    """The operations of an update as updates of their own, each with the declarations before it."""
    found, declared, position, following = list[str](), "", 0, ""
    for token in tokens(update):
        if token.depth:
            continue
        if token.text in ("PREFIX", "BASE") and (match := DECLARATION.match(update, token.begin)):
            following += f"{match[0]}\n"
        elif token.text == ";":
            found.append(declared + update[position : token.begin])
            declared, position, following = declared + following, token.end, ""
    return [*found, declared + update[position:]]


def changed_by(
    database: ox.Store, operation: str, base_iri: str, functions: Functions | None = None
) -> set[str] | None:
    """The graphs that an operation about to be run may change, "" for the default graph; None: any may."""
    known = touched(operation)
    if known.unclear:
        return None
    names, variables = set(known.graphs), sorted(known.variables)
    if not variables:
        return names
    question = _question(operation, variables)
    if question is None:
        return None
    try:
        found = database.query(
            question.text,
            base_iri=base_iri,
            default_graph=question.default_graph,
            custom_functions=functions,
        )
    except SyntaxError:  # the update's own, or something that only updates may say
        return None
    assert isinstance(found, ox.QuerySolutions)  # noqa: S101 - it is a SELECT
    for row in found:
        for variable in variables:
            graph = row[variable]
            if isinstance(graph, ox.BlankNode):
                return None
            if isinstance(graph, ox.NamedNode):
                names.add(graph.value)
    return names


def _question(operation: str, variables: list[str]) -> _Question | None:
    """What to ask for the values of the variables; None where the answer might not be that of the update."""
    found = list(tokens(operation))
    if any(word in token.text for token in found for word in _VARYING):
        return None
    outer = {token.text: token for token in reversed(found) if token.depth == 0}  # the first of each
    where, using, with_graph = outer.get("WHERE"), outer.get("USING"), outer.get("WITH")
    if where is None:
        return None
    begin = min(outer[word].begin for word in ("WITH", "DELETE", "INSERT") if word in outer)
    dataset = "" if using is None else _as_from(operation[using.begin : where.begin])
    default = None
    if with_graph is not None and using is None:
        name = graph_after(operation, with_graph, prefixes_of(operation))
        if not name:
            return None
        default = ox.NamedNode(name.pop())
    selected = " ".join(f"?{variable}" for variable in variables)
    text = f"{operation[:begin]} SELECT DISTINCT {selected} {dataset} WHERE {operation[where.end :]}"
    return _Question(text, default)


def _as_from(clauses: str) -> str:
    """The USING clauses as FROM clauses."""
    using: list[Token] = [token for token in tokens(clauses) if token.text == "USING"]
    pieces, position = "", 0
    for token in using:
        pieces += f"{clauses[position : token.begin]} FROM "
        position = token.end
    return pieces + clauses[position:]
