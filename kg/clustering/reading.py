"""Look-ups in the store's database, with plain strings for terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

import pyoxigraph as ox
from rdflib import URIRef

from kg import iri
from kg.vocab import SIT


class Reading:
    """Reads a database whose reports and graphs have this base IRI."""

    def __init__(self, database: ox.Store, base_iri: str) -> None:
        self._database = database
        self._reports = iri.report(base_iri, "x").rsplit("/", 1)[0] + "/"

    def is_report(self, graph: str) -> bool:
        """Whether this is the name of a report's graph."""
        name = graph.removeprefix(self._reports)
        return name != graph and "/" not in name

    def exists(self, graph: str) -> bool:
        """Whether the database has the named graph."""
        return self._database.contains_named_graph(ox.NamedNode(graph))

    def quads(
        self, subject: str | None, predicate: str | None, value: str | ox.Literal | None, graph: str | None
    ) -> Iterator[ox.Quad]:
        """Quads that match; None matches anything."""
        return self._database.quads_for_pattern(
            _node(subject),
            _node(predicate),
            value if isinstance(value, ox.Literal) else _node(value),
            _node(graph),
        )

    def objects(self, subject: str, predicate: URIRef, graph: str | None) -> set[str]:
        """Values of a predicate."""
        return {_text(quad.object) for quad in self.quads(subject, predicate, None, graph)}

    def having(self, predicate: URIRef, value: str, graph: str) -> set[str]:
        """Subjects that have this value of a predicate."""
        return {_text(quad.subject) for quad in self.quads(None, predicate, value, graph)}

    def table(self, predicate: URIRef, graph: str) -> dict[str, list[str]]:
        """All values of a predicate in a graph by subject, in the order of the text."""
        found: dict[str, set[str]] = {}
        for quad in self.quads(None, predicate, None, graph):
            found.setdefault(_text(quad.subject), set()).add(_text(quad.object))
        return {subject: sorted(values) for subject, values in found.items()}

    def of_class(self, kind: URIRef, predicate: URIRef, graph: str) -> set[str]:
        """Values of a predicate of all that is of a class in a graph.

        The engine joins the two; to look the subjects up one by one takes twice as long.
        """
        return {value for (value,) in self._rows("?v", f"?s a <{kind}> ; <{predicate}> ?v", graph)}

    def both(self, first: URIRef, second: URIRef, graph: str) -> Iterator[list[str]]:
        """Subjects that have both predicates in a graph, each with a value of the one and of the other."""
        return self._rows("?s ?one ?other", f"?s <{first}> ?one ; <{second}> ?other", graph)

    def _rows(self, variables: str, pattern: str, graph: str) -> Iterator[list[str]]:
        return self._solutions(f"SELECT {variables} {{ GRAPH {ox.NamedNode(graph)} {{ {pattern} }} }}")

    def _solutions(self, query: str) -> Iterator[list[str]]:
        found = cast(ox.QuerySolutions, self._database.query(query))  # what a SELECT gives
        return ([_text(value) for value in row] for row in found)

    def value(self, subject: str, predicate: URIRef) -> str | None:
        """The first value of a report's own property, by text; None where it has none."""
        return min((_text(q.object) for q in self.quads(subject, predicate, None, subject)), default=None)

    def all_reports_with(self, predicate: URIRef, value: ox.Literal) -> set[str]:
        """The reports that say this of something.

        Where they are many, the engine takes a third of the time that `reports_with` does, where they are
        one or two twice as long.
        """
        query = f"SELECT DISTINCT ?report {{ GRAPH ?report {{ ?any <{predicate}> {value} }} }}"
        return {graph for (graph,) in self._solutions(query) if self.is_report(graph)}

    def reports_with(self, predicate: URIRef, value: str | ox.Literal, *, most: int) -> set[str]:
        """The reports that say this of something; where they are more than `most`, one more than that."""
        found: set[str] = set()
        for quad in self.quads(None, predicate, value, None):
            graph = _text(quad.graph_name)
            if self.is_report(graph):
                found.add(graph)
            if len(found) > most:
                break
        return found


def local_class(classes: Iterable[str]) -> str | None:
    """Local name of the first class of ours among them; beside a country's it is not the actor's."""
    prefix = str(SIT._NS)
    names = {name.removeprefix(prefix) for name in classes if name.startswith(prefix)}
    return min(names - {"Actor"} or names, default=None)


def _node(term: str | None) -> ox.NamedNode | None:
    return None if term is None else ox.NamedNode(term)


def _text(term: object) -> str:
    """A term's IRI or lexical form; of the default graph and blank nodes their names."""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode) else str(term)
