"""Validates and prunes graphs against the shapes of an ontology folder."""

from __future__ import annotations

import logging
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import Graph
from rdflib.plugins.parsers.notation3 import BadSyntax

from kg.errors import DataError
from kg.validation import pruning
from kg.validation.constraints import UndecidedError
from kg.validation.plan import Plan
from kg.validation.results import Breach, Pruned, ValidationResult, gravest_first
from kg.validation.unsupported import UnsupportedError
from kg.vocab import RDFS

if TYPE_CHECKING:
    from kg.validation.reference import Reference

_LOG = logging.getLogger(__name__)


class Validator:
    """Validates graphs against the shapes of an ontology folder (`sitrep.ttl`, `shapes.ttl`).

    Raises DataError where one of these files is missing, cannot be parsed or holds shapes that cannot run.
    """

    def __init__(self, ontology: Path) -> None:
        trees = (RDFS.subClassOf, RDFS.subPropertyOf)
        terms = _parse(ontology / "sitrep.ttl")
        self._tree = [triple for tree in trees for triple in terms.triples((None, tree, None))]
        self._shapes_file = ontology / "shapes.ttl"
        self._shapes = _parse(self._shapes_file)
        self._plan: Plan | None = None
        try:
            self._plan = Plan(self._shapes, self._tree)
        except UnsupportedError as reason:
            _LOG.info("%s: validated by pySHACL, more slowly, because of %s", self._shapes_file, reason)

    def validate(self, graph: Graph) -> ValidationResult:
        """All that the shapes say of a graph, gravest first, by pySHACL. The graph is left as it is."""
        report, breaches = self._reference.run(graph)
        results = tuple(breach.result() for breach in sorted(breaches, key=gravest_first))
        conforms = all(result.severity != "Violation" for result in results)
        return ValidationResult(conforms, results, report)

    def prune(self, graph: Graph) -> Pruned:
        """A report's graph without what violates the shapes; the graph given is left as it is.

        Only the bad triple goes where a result names it (with the rdf:Statement about it), or the values
        where there are too many, else the focus node with all triples from and to it and with what rests
        on it alone. That may lead to further breaches, so it is repeated until the graph conforms or
        nothing more can be removed. Where nothing is removed, the graph handed out is the one given.
        """
        return pruning.prune(graph, self._breaches)

    def _breaches(self, graph: Graph) -> list[Breach]:
        """By the plan where it can tell everything, else by pySHACL."""
        if self._plan is not None:
            try:
                found = self._plan.run(graph)
            except (UndecidedError, TypeError, ArithmeticError) as error:
                _LOG.debug("a graph is validated by pySHACL: %s", error)
            else:
                if all(breach.message is not None for breach in found):
                    return found
                _LOG.debug("a graph is validated by pySHACL, which finds words where a shape has none")
        return self._reference.run(graph)[1]

    @cached_property
    def _reference(self) -> Reference:
        # Imported late: pySHACL takes half a second, and most builds can do without it.
        from kg.validation.reference import Reference

        return Reference(self._shapes, self._tree, shapes_file=self._shapes_file)


def _parse(path: Path) -> Graph:
    try:
        return Graph(bind_namespaces="none").parse(path, format="turtle")
    except OSError as error:
        raise DataError(path, None, f"it cannot be read: {error.strerror}") from error
    except BadSyntax as error:
        reason = " ".join(error.message.partition("Bad syntax ")[2].partition(" at ^")[0].split())
        raise DataError(path, error.lines + 1, f"it is no valid Turtle {reason}") from error
