"""The plan: the shapes of a file compiled once, and run over the graph of one report after another.

Shapes with the same targets share the focus nodes, and those with the same path too the value nodes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import Graph
from rdflib.term import Node

from kg.validation.compiling import Compiler
from kg.validation.data import Data, Tree, Triple
from kg.validation.paths import Path
from kg.validation.results import Breach
from kg.validation.shapes import Shape, Targets, pairs


@dataclass(frozen=True, slots=True)
class _Group:
    """Shapes about the same nodes, by path."""

    targets: Targets
    by_path: tuple[tuple[Path | None, tuple[Shape, ...]], ...]


class Plan:
    """Runs compiled shapes over graphs."""

    def __init__(self, shapes: Graph, tree: Iterable[Triple]) -> None:
        """Raises UnsupportedError, with what the plan does not know."""
        found: dict[Targets, dict[Path | None, list[Shape]]] = {}
        for targets, shape in Compiler(shapes).targeted():
            if not shape.deactivated:
                found.setdefault(targets, {}).setdefault(shape.path, []).append(shape)
        self._groups = tuple(
            _Group(targets, tuple((path, tuple(shapes_)) for path, shapes_ in by_path.items()))
            for targets, by_path in found.items()
        )
        self._tree = Tree(tree)

    def run(self, graph: Iterable[tuple[Node, Node, Node]]) -> list[Breach]:
        """All breaches of the shapes, in no order.

        Raises UndecidedError, TypeError or ArithmeticError where values cannot be compared.
        """
        data, found = Data(graph, self._tree), []
        for group in self._groups:
            focus_nodes = group.targets.focus_nodes(data)
            if not focus_nodes:
                continue
            for path, shapes in group.by_path:
                together = pairs(data, path, focus_nodes)
                for shape in shapes:
                    found += shape.check(data, together)[1]
        return found
