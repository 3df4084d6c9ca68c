"""Turtle and TriG that people can read: prefixes, one block a subject, short forms of literals.

pyoxigraph's own writer is not used: it puts no line between subjects, escapes within prefixed names and
declares prefixes in vain. Grammar: RDF 1.1 Turtle, section 6.5; only names without escapes are shortened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from kg.export.fold import Folds, Graphs, Term, folds, shared
from kg.vocab import RDF, XSD

_LOCAL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_SHORT = {
    str(XSD.integer): re.compile(r"0|-?[1-9][0-9]*"),
    str(XSD.decimal): re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]*[1-9]"),
    str(XSD.boolean): re.compile(r"true|false"),
}
_TYPE = NamedNode(RDF.type)
_INDENT = "    "


def turtle(graphs: Graphs, *, prefixes: Mapping[str, str]) -> Iterator[str]:
    """Sorted graphs as Turtle, or as TriG where one has a name; unused prefixes are left out."""
    names, labelled = _Names(prefixes), shared(graphs)
    blocks = [block for name, triples in graphs for block in _graph(name, triples, names, labelled)]
    for prefix in sorted(names.used):
        yield f"@prefix {prefix}: <{prefixes[prefix]}> .\n"
    for block in blocks:
        yield f"\n{block}" if names.used or block is not blocks[0] else block


def _graph(
    name: NamedNode | BlankNode | DefaultGraph,
    triples: list[Triple],
    names: _Names,
    labelled: set[BlankNode],
) -> Iterator[str]:
    """The blocks of one graph, a named one in braces."""
    indent = "" if isinstance(name, DefaultGraph) else _INDENT
    writer = _Writer(names, folds(triples, shared=labelled), indent)
    blocks = [
        writer.block(subject, list(group))
        for subject, group in groupby(triples, key=attrgetter("subject"))
        if subject not in writer.folds.inner
    ]
    if isinstance(name, DefaultGraph):
        yield from blocks
    else:
        yield "\n".join([f"{names.term(name)} {{\n{blocks[0]}", *blocks[1:]]) + "}\n"


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the subjects of one graph."""

    names: _Names
    folds: Folds
    indent: str

    def block(self, subject: NamedNode | BlankNode | Triple, triples: list[Triple]) -> str:
        """All that is said of one subject."""
        start = "[]" if subject in self.folds.unnamed else self.names.term(subject)
        lines = self._lines(triples, between=f",\n{self.indent}{_INDENT * 2}")
        between = f" ;\n{self.indent}{_INDENT}"
        return f"{self.indent}{start} {between.join(lines)} .\n"

    def _lines(self, triples: list[Triple], *, between: str) -> Iterator[str]:
        """Each predicate with its objects."""
        for predicate, group in groupby(triples, key=attrgetter("predicate")):
            verb = "a" if predicate == _TYPE else self.names.term(predicate)
            yield f"{verb} {between.join(self._object(triple.object) for triple in group)}"

    def _object(self, term: Term) -> str:
        if isinstance(term, BlankNode) and term in self.folds.lists:
            return f"( {' '.join(self.names.term(item) for item in self.folds.lists[term])} )"
        if isinstance(term, BlankNode) and term in self.folds.nodes:
            return f"[ {' ; '.join(self._lines(self.folds.nodes[term], between=', '))} ]"
        return self.names.term(term)


class _Names:
    """Terms as Turtle writes them; remembers which prefixes it has used."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = {namespace: prefix for prefix, namespace in prefixes.items()}
        self._known: dict[NamedNode, str] = {}
        self.used: set[str] = set()

    def term(self, term: Term) -> str:
        """One term; a triple term is written in full."""
        if isinstance(term, NamedNode):
            if term not in self._known:
                self._known[term] = self._named(term)
            return self._known[term]
        return self._literal(term) if isinstance(term, Literal) else str(term)

    def _named(self, node: NamedNode) -> str:
        iri = node.value
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self._prefixes.get(iri[:cut])
        if prefix is None or not _LOCAL.fullmatch(iri[cut:]):
            return str(node)
        self.used.add(prefix)
        return f"{prefix}:{iri[cut:]}"

    def _literal(self, literal: Literal) -> str:
        text = str(literal)  # as N-Triples has it
        if text.endswith('"') or literal.language is not None:
            return text
        datatype = literal.datatype
        short = _SHORT.get(datatype.value)
        if short is not None and short.fullmatch(literal.value):
            return literal.value
        return text[: -len(str(datatype))] + self.term(datatype)
