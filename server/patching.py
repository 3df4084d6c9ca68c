"""PATCH of a graph: an update to which one graph is all there is (SPARQL 1.1 Graph Store Protocol, 5.7).

The update is run on a copy of the graph, so whatever its text says, no other graph can change or be read. Its
default graph is the addressed one, which it may also call by name.
"""

from __future__ import annotations

import pyoxigraph as ox

from kg.errors import RequestError
from server.tokens import tokens
from server.touched import graph_after, prefixes_of

_MANAGEMENT = {"LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"}
_NAMING = {"GRAPH", "WITH", "USING", "NAMED"}
_DEFAULT = ox.DefaultGraph()

Graph = ox.NamedNode | ox.DefaultGraph
Triples = frozenset[ox.Triple]


def check_patch(text: str, graph: str | None) -> None:
    """RequestError 422 for an update that names another graph than `graph` (None: the default graph)."""
    prefixes, found = prefixes_of(text), list(tokens(text))
    for place, token in enumerate(found):
        if token.depth == 0 and token.text in _MANAGEMENT:
            raise RequestError(422, f"a patch may INSERT and DELETE, not {token.text}: send that to /update")
        if token.text not in _NAMING or [after.text for after in found[place + 1 : place + 2]] == ["NAMED"]:
            continue
        if graph is None or graph_after(text, token, prefixes) != {graph}:
            raise _other_graph(graph)


def triples_of(database: ox.Store, graph: Graph) -> Triples:
    """What stands in the graph."""
    return frozenset(quad.triple for quad in database.quads_for_pattern(None, None, None, graph))


def copy_of(triples: Triples, graph: Graph) -> ox.Store:
    """A database in memory with the triples in the default graph, and in `graph`."""
    copy = ox.Store()
    for name in {_DEFAULT, graph}:
        copy.bulk_extend(ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in triples)
    return copy


def patched(copy: ox.Store, before: Triples, graph: Graph) -> Triples:
    """What the update has made of the graph in the database of `copy_of`; RequestError 422 if of others."""
    if any(name != graph for name in copy.named_graphs()):
        raise _other_graph(None if isinstance(graph, ox.DefaultGraph) else graph.value)
    unnamed, named = triples_of(copy, _DEFAULT), triples_of(copy, graph)
    if before not in (unnamed, named) and unnamed != named:
        raise RequestError(422, "the patch changes its graph both by name and without: do either")
    return named if unnamed == before else unnamed


def _other_graph(graph: str | None) -> RequestError:
    own = "the default graph" if graph is None else f"<{graph}>"
    return RequestError(
        422,
        f"a patch may name no graph but the one it is sent to, {own}, and that by its full IRI: "
        "leave the graph out, or send this to /update",
    )
