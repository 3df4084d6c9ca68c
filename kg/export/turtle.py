"""Turtle and TriG that people can read: prefixes, one block a subject, short forms of literals.

pyoxigraph's own writer is not used: it puts no line between subjects, escapes within prefixed names and
declares prefixes in vain. Grammar: RDF 1.1 Turtle, section 6.5; only names without escapes are shortened.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import BinaryIO

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from kg.export.fold import Folds, GraphName, Graphs, Term, folds, shared
from kg.vocab import RDF, XSD

_LOCAL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_SHORT = {
    str(XSD.integer): re.compile(r"0|-?[1-9][0-9]*"),
    str(XSD.decimal): re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]*[1-9]"),
    str(XSD.boolean): re.compile(r"true|false"),
}
_TYPE = NamedNode(RDF.type)
_INDENT = "    "
_REMEMBERED = 1000  # names


def turtle(
    graphs: Iterable[tuple[GraphName, Iterator[Triple]]],
    output: BinaryIO,
    *,
    blank: Graphs,
    prefixes: Mapping[str, str],
    memory: int,
) -> None:
    """Write sorted graphs as Turtle, or as TriG where one has a name; unused prefixes are left out.

    `blank` holds the triples with blank nodes once more, since folding needs them together. Until it is known
    which prefixes it uses the text waits, in a temporary file if it is longer than `memory` bytes.
    """
    names, labelled, held = _Names(prefixes), shared(blank), dict(blank)
    with tempfile.SpooledTemporaryFile(memory) as body:
        for name, triples in graphs:
            found = folds(held.get(name, []), shared=labelled)
            for text in _graph(name, triples, names, found):
                body.write(text.encode())  # not writelines, which looks at the length only when all is there
        for prefix in sorted(names.used):
            output.write(f"@prefix {prefix}: <{prefixes[prefix]}> .\n".encode())
        body.seek(0 if names.used else 1)  # without prefixes the first block needs no line before it
        shutil.copyfileobj(body, output)


def _graph(name: GraphName, triples: Iterator[Triple], names: _Names, found: Folds) -> Iterator[str]:
    """One graph, a named one in braces, with an empty line before each block."""
    if isinstance(name, DefaultGraph):
        begin, end, indent = "\n", "", ""
    else:
        begin, end, indent = f"\n{names.term(name)} {{\n", "}\n", _INDENT
    writer = _Writer(names, found, indent)
    for subject, group in groupby(triples, key=attrgetter("subject")):
        if subject not in found.inner:
            yield begin
            yield from writer.block(subject, group)
            begin = "\n"
    yield end


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the subjects of one graph."""

    names: _Names
    folds: Folds
    indent: str

    def block(self, subject: NamedNode | BlankNode | Triple, triples: Iterable[Triple]) -> Iterator[str]:
        """All that is said of one subject."""
        start = "[]" if subject in self.folds.unnamed else self.names.term(subject)
        yield f"{self.indent}{start} "
        between, comma = f" ;\n{self.indent}{_INDENT}", f",\n{self.indent}{_INDENT * 2}"
        yield from self._lines(triples, between=between, comma=comma)
        yield " .\n"

    def _lines(self, triples: Iterable[Triple], *, between: str, comma: str) -> Iterator[str]:
        """Each predicate with its objects."""
        for number, (predicate, group) in enumerate(groupby(triples, key=attrgetter("predicate"))):
            verb = "a" if predicate == _TYPE else self.names.term(predicate)
            yield f"{between if number else ''}{verb} {self._object(next(group).object)}"
            for triple in group:
                yield f"{comma}{self._object(triple.object)}"

    def _object(self, term: Term) -> str:
        if isinstance(term, BlankNode) and term in self.folds.lists:
            return f"( {' '.join(self.names.term(item) for item in self.folds.lists[term])} )"
        if isinstance(term, BlankNode) and term in self.folds.nodes:
            return f"[ {''.join(self._lines(self.folds.nodes[term], between=' ; ', comma=', '))} ]"
        return self.names.term(term)


class _Names:
    """Terms as Turtle writes them; remembers which prefixes it has used."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = {namespace: prefix for prefix, namespace in prefixes.items()}
        self._short = lru_cache(_REMEMBERED)(self._named)
        self.used: set[str] = set()

    def term(self, term: Term) -> str:
        """One term; a triple term is written in full."""
        if isinstance(term, NamedNode):
            return self._short(term)
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
