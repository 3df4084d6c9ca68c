"""Classes of events by the ontology: the branch that each belongs to, its codes in other schemes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.export.events.model import Kind
from kg.vocab import RDFS, SIT, SKOS

_PREFIX = str(SIT._NS)


class Kinds:
    """The tree of event classes."""

    def __init__(self, parents: Mapping[str, str], notations: Mapping[str, tuple[str, ...]]) -> None:
        self._parents = parents
        self._notations = notations

    def kind(self, classes: Iterable[str]) -> Kind:
        """The most specific of the classes (local names); of several the first by name."""
        name = min(classes, key=lambda name: (-len(self._line(name)), name), default="Event")
        line = self._line(name)
        codes = [code for found in self._notations.get(name, ()) for code in [found.partition(":")]]
        return Kind(
            name,
            branch=line[-2] if len(line) > 1 else name,
            acled=tuple(code for scheme, _, code in codes if scheme == "acled"),
            plover=tuple(code for scheme, _, code in codes if scheme == "plover"),
        )

    def _line(self, name: str) -> list[str]:
        """The class and those above it, sit:Event last."""
        line = [name]
        while (parent := self._parents.get(line[-1])) is not None and parent not in line:
            line.append(parent)
        return line


def read_kinds(ontology: Iterable[ox.Quad]) -> Kinds:
    """The tree from the ontology's quads."""
    parents: dict[str, str] = {}
    notations: dict[str, list[str]] = defaultdict(list)
    for quad in ontology:
        name = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
        if not name.startswith(_PREFIX):
            continue
        local, value = name.removeprefix(_PREFIX), quad.object
        if quad.predicate.value == str(RDFS.subClassOf) and isinstance(value, ox.NamedNode):
            if value.value.startswith(_PREFIX):
                parents[local] = value.value.removeprefix(_PREFIX)
        elif quad.predicate.value == str(SKOS.notation) and isinstance(value, ox.Literal):
            notations[local].append(value.value)
    return Kinds(parents, {name: tuple(sorted(codes)) for name, codes in notations.items()})
