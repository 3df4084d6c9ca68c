"""What validation hands out, and the breach that it is made of within this package."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import Graph
from rdflib.term import Node

from kg.validation.paths import Path, path_text

SEVERITIES = ("Violation", "Warning", "Info")  # gravest first; local names of SHACL's own


@dataclass(frozen=True, slots=True)
class ShapeResult:
    """One breach of a shape: at which node, and where told by which path and value."""

    focus: str
    path: str | None  # an IRI, or a SPARQL property path of IRIs
    value: str | None
    shape: str
    severity: str  # Violation, Warning or Info
    message: str  # says what to mend


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """What validation found. `report_graph` is pySHACL's sh:ValidationReport."""

    conforms: bool  # no Violation
    results: tuple[ShapeResult, ...]
    report_graph: Graph


@dataclass(frozen=True, slots=True)
class Pruned:
    """A graph without what violates the shapes, the Violations it had, and the Warnings that it still has."""

    graph: Graph
    rejects: tuple[ShapeResult, ...]
    warnings: tuple[ShapeResult, ...]


@dataclass(frozen=True, slots=True)
class Breach:
    """A result with its terms. `message` is None where the shape has none: pySHACL words it then."""

    focus: Node
    path: Path | None
    value: Node | None
    shape: Node
    component: str  # local name of the constraint component
    severity: str
    message: str | None

    def result(self) -> ShapeResult:
        """The result that is handed out."""
        return ShapeResult(
            focus=str(self.focus),
            path=None if self.path is None else path_text(self.path),
            value=None if self.value is None else str(self.value),
            shape=str(self.shape),
            severity=self.severity,
            message=self.message or "",
        )


def gravest_first(breach: Breach) -> tuple[int, str, str, str, str, str]:
    """Key to sort by: severity, then node, shape, path, value and words."""
    result = breach.result()
    rank = SEVERITIES.index(result.severity)
    return rank, result.focus, result.shape, result.path or "", result.value or "", result.message
