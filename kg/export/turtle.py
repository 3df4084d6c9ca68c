"""Turtle and TriG that people can read: prefixes, one block a subject, short forms of literals.

pyoxigraph's own writer is not used: it puts no line between subjects, escapes within prefixed names and
declares prefixes in vain. Grammar: RDF 1.1 Turtle, section 6.5; only names without escapes are shortened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import attrgetter

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from kg.vocab import RDF, XSD

Graphs = list[tuple[NamedNode | BlankNode | DefaultGraph, list[Triple]]]

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
    names = _Names(prefixes)
    blocks = [block for name, triples in graphs for block in _graph(name, triples, names)]
    for prefix in sorted(names.used):
        yield f"@prefix {prefix}: <{prefixes[prefix]}> .\n"
    for block in blocks:
        yield f"\n{block}" if names.used or block is not blocks[0] else block


def _graph(name: NamedNode | BlankNode | DefaultGraph, triples: list[Triple], names: _Names) -> Iterator[str]:
    """The blocks of one graph, a named one in braces."""
    indent = "" if isinstance(name, DefaultGraph) else _INDENT
    blocks = [
        _subject(list(group), names, indent) for _, group in groupby(triples, key=attrgetter("subject"))
    ]
    if isinstance(name, DefaultGraph):
        yield from blocks
    else:
        yield "\n".join([f"{names.term(name)} {{\n{blocks[0]}", *blocks[1:]]) + "}\n"


def _subject(triples: list[Triple], names: _Names, indent: str) -> str:
    """All that is said of one subject."""
    between_objects, between_predicates = f",\n{indent}{_INDENT * 2}", f" ;\n{indent}{_INDENT}"
    lines = []
    for predicate, group in groupby(triples, key=attrgetter("predicate")):
        verb = "a" if predicate == _TYPE else names.term(predicate)
        lines.append(f"{verb} {between_objects.join(names.term(triple.object) for triple in group)}")
    return f"{indent}{names.term(triples[0].subject)} {between_predicates.join(lines)} .\n"


class _Names:
    """Terms as Turtle writes them; remembers which prefixes it has used."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = {namespace: prefix for prefix, namespace in prefixes.items()}
        self._known: dict[NamedNode, str] = {}
        self.used: set[str] = set()

    def term(self, term: NamedNode | BlankNode | Literal | Triple) -> str:
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
