"""Compiled shapes: their targets, their constraints, and how a node is checked against one.

A shape is not merely broken or kept: results of severity Warning and Info do not stop a node from
conforming, which decides sh:or, sh:not and their like (pySHACL with `allow_warnings`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from rdflib import URIRef
from rdflib.term import Node

from kg.validation.constraints import Miss, Misses, Pairs
from kg.validation.data import Data
from kg.validation.paths import Path, follow
from kg.validation.results import Breach


@dataclass(frozen=True, slots=True)
class Targets:
    """What a shape is about (SHACL, section 2.1.3), each part sorted."""

    nodes: tuple[Node, ...]
    classes: tuple[Node, ...]
    subjects_of: tuple[Node, ...]
    objects_of: tuple[Node, ...]

    def focus_nodes(self, data: Data) -> Collection[Node]:
        """The nodes of the data that the shape is about, and those that it names."""
        if not self.nodes and len(self.classes) == 1 and not self.subjects_of and not self.objects_of:
            return data.instances(self.classes[0])
        found: set[Node] = set(self.nodes)
        for class_ in self.classes:
            found |= data.instances(class_)
        for predicate in self.subjects_of:
            found.update(data.forward(predicate))
        for predicate in self.objects_of:
            for values in data.forward(predicate).values():
                found.update(values)
        return found


@dataclass(frozen=True, slots=True)
class Origin:
    """What all results of a shape have in common."""

    node: Node
    path: Path | None
    severity: str
    message: str | None


class Constraint(Protocol):
    """One constraint of a shape."""

    def check(self, data: Data, pairs: Pairs) -> tuple[bool, list[Breach]]:
        """Whether the focus nodes with their value nodes conform, and what is to be told."""


@dataclass(frozen=True, slots=True)
class Simple:
    """A constraint whose results are the shape's own."""

    origin: Origin
    component: str
    misses: Misses

    def check(self, data: Data, pairs: Pairs) -> tuple[bool, list[Breach]]:
        """See Constraint."""
        found = self.misses(data, pairs)
        return not found, [self._breach(miss) for miss in found]

    def _breach(self, miss: Miss) -> Breach:
        origin = self.origin
        return Breach(
            miss.focus,
            origin.path if miss.path is None else miss.path,
            miss.value,
            origin.node,
            self.component,
            origin.severity,
            origin.message,
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape, or with a path a property shape. No shape leads back to itself."""

    node: Node
    path: Path | None
    severity: str
    deactivated: bool
    constraints: tuple[Constraint, ...]

    def validate(self, data: Data, focus_nodes: Collection[Node]) -> tuple[bool, list[Breach]]:
        """Whether all these nodes conform, and the results."""
        if self.deactivated or not focus_nodes:
            return True, []
        return self.check(data, pairs(data, self.path, focus_nodes))

    def check(self, data: Data, pairs: Pairs) -> tuple[bool, list[Breach]]:
        """Whether these focus nodes with their value nodes conform, and the results."""
        conforms, found = True, []
        for constraint in self.constraints:
            is_kept, breaches = constraint.check(data, pairs)
            found += breaches
            if not is_kept and any(breach.severity == "Violation" for breach in breaches):
                conforms = False
        return conforms or self.severity != "Violation", found

    def conforms(self, data: Data, node: Node) -> bool:
        """Whether a node conforms."""
        return self.validate(data, (node,))[0]


def pairs(data: Data, path: Path | None, focus_nodes: Collection[Node]) -> Pairs:
    """The focus nodes with their value nodes."""
    if path is None:
        return [(node, (node,)) for node in focus_nodes]
    if isinstance(path, URIRef):  # as `follow` would, with one look-up for all nodes
        links = data.forward(path)
        return [(node, links.get(node, ())) for node in focus_nodes]
    return [(node, follow(data, path, node)) for node in focus_nodes]


@dataclass(frozen=True, slots=True)
class Properties:
    """sh:property: the results are those of the property shapes."""

    shapes: Sequence[Shape]

    def check(self, data: Data, pairs: Pairs) -> tuple[bool, list[Breach]]:
        """See Constraint."""
        values = [value for _, found in pairs for value in found]
        outcomes = [shape.validate(data, values) for shape in self.shapes]
        return all(kept for kept, _ in outcomes), [breach for _, found in outcomes for breach in found]


def not_shape(shape: Shape) -> Misses:
    """sh:not."""
    return lambda data, pairs: [Miss(f, v) for f, values in pairs for v in values if shape.conforms(data, v)]


def number_of(shapes: Sequence[Shape], numbers: Collection[int]) -> Misses:
    """sh:and, sh:or and sh:xone: to how many of the shapes a value may conform."""

    def misses(data: Data, pairs: Pairs) -> list[Miss]:
        return [
            Miss(f, v)
            for f, values in pairs
            for v in values
            if sum(shape.conforms(data, v) for shape in shapes) not in numbers
        ]

    return misses


def node_shape(shape: Shape) -> Misses:
    """sh:node: any result of the other shape counts, a warning too."""

    def misses(data: Data, pairs: Pairs) -> list[Miss]:
        found = []
        for focus, values in pairs:
            for value in values:
                conforms, breaches = shape.validate(data, (value,))
                if not conforms or breaches:
                    found.append(Miss(focus, value))
        return found

    return misses


def qualified(shape: Shape, siblings: Sequence[Shape], *, least: int | None, most: int | None) -> Misses:
    """sh:qualifiedValueShape with one of its counts, of the values that conform to it and to no sibling."""

    def misses(data: Data, pairs: Pairs) -> list[Miss]:
        found = []
        for focus, values in pairs:
            number = sum(
                shape.conforms(data, v) and not sum(other.conforms(data, v) for other in siblings)
                for v in values
            )
            if (least is not None and number < least) or (most is not None and number > most):
                found.append(Miss(focus))
        return found

    return misses
