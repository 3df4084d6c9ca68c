"""pySHACL over one graph: the reference that the plan is held against, and that steps in where it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from pyshacl import validate
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError
from rdflib import BNode, Graph, Literal
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.plugins.stores.memory import SimpleMemory
from rdflib.query import Result
from rdflib.term import Node

from kg.errors import DataError
from kg.validation.data import Triple
from kg.validation.paths import read_path
from kg.validation.results import SEVERITIES, Breach
from kg.vocab import SH

_NAMES = ", ".join(f"sh:{name}" for name in SEVERITIES)


class Reference:
    """Validates graphs by pySHACL; `shapes_file` is what errors name."""

    def __init__(self, shapes: Graph, tree: Iterable[Triple], *, shapes_file: Path) -> None:
        self._shapes, self._tree, self._shapes_file = shapes, tuple(tree), shapes_file
        self._queries: dict[str, Query] = {}

    def run(self, graph: Graph) -> tuple[Graph, list[Breach]]:
        """The sh:ValidationReport, and what it tells, in no order.

        Raises DataError where the shapes cannot run, or compare values that cannot be compared.
        """
        data = _DataGraph(chain(graph, self._tree), self._queries)
        try:
            _, report, text = validate(
                data, shacl_graph=self._shapes, inplace=True, allow_infos=True, allow_warnings=True
            )
        except (ShapeLoadError, ConstraintLoadError) as error:
            raise DataError(self._shapes_file, None, f"the shapes cannot be run: {error}") from error
        except (ReportableRuntimeError, TypeError, ArithmeticError) as error:
            reason = f"the shapes cannot be applied to {_incomparable(graph)}: {error}"
            raise DataError(self._shapes_file, None, reason) from error
        if not isinstance(report, Graph):  # pySHACL hands a failure back in the place of the report
            raise DataError(self._shapes_file, None, f"the shapes cannot be run: {text}")
        try:
            return report, list(_breaches(report))
        except ValueError as error:
            raise DataError(self._shapes_file, None, f"the shapes cannot be run: {error}") from error


class _DataGraph(Graph):
    """A graph made for pySHACL, which asks it for single triples and the same queries again and again.

    Its triples lie in a store without contexts, twice as fast as rdflib's usual one, and each query is
    parsed once: pySHACL hands the same text over for every focus node.
    """

    def __init__(self, triples: Iterable[Triple], queries: dict[str, Query]) -> None:
        super().__init__(bind_namespaces="none")
        self._triples = SimpleMemory()
        for triple in triples:
            self._triples.add(triple, self)
            if isinstance(triple[0], BNode) or isinstance(triple[2], BNode):
                self.add(triple)  # pySHACL looks for blank nodes in the usual store
        self._queries = queries

    def triples(self, triple: Any) -> Any:
        """`Graph.triples`, from the simple store."""
        if isinstance(triple[1], PropertyPath):
            yield from super().triples(triple)
        else:
            for found, _ in self._triples.triples(triple):
                yield found

    def query(
        self,
        query_object: str | Query,
        processor: Any = "sparql",
        result: Any = "sparql",
        initNs: Mapping[str, Any] | None = None,  # noqa: N803
        initBindings: Mapping[str, Any] | None = None,  # noqa: N803
        use_store_provided: bool = True,
        **kwargs: Any,
    ) -> Result:
        """`Graph.query`, with the query taken from those parsed before."""
        if isinstance(query_object, str):
            text = query_object
            if text not in self._queries:
                self._queries[text] = prepareQuery(text)
            query_object = self._queries[text]
        return super().query(
            query_object, processor, result, initNs, initBindings, use_store_provided, **kwargs
        )


def _incomparable(graph: Graph) -> str:
    """The value that pySHACL most likely stumbled over: no value of its datatype, not a number, or blank."""
    suspects = sorted(
        f"{subject} {predicate} {_written(value)}"
        for subject, predicate, value in graph
        if isinstance(value, BNode)
        or (isinstance(value, Literal) and (value.ill_typed or str(value.value).lower() == "nan"))
    )
    return f"the value of {suspects[0]}" if suspects else "this graph"


def _written(value: Node) -> str:
    # Not by rdflib, which warns of numbers that are none.
    if not isinstance(value, Literal):
        return f"_:{value}"
    return f'"{value}"' + (f"^^<{value.datatype}>" if value.datatype else "")


def _breaches(report: Graph) -> Iterator[Breach]:
    """Raises ValueError for severities and property paths of which SHACL does not know."""
    for node in report.objects(None, SH.result):
        focus, path, value = (report.value(node, p) for p in (SH.focusNode, SH.resultPath, SH.value))
        severity = str(report.value(node, SH.resultSeverity)).removeprefix(str(SH))
        shape, component = (report.value(node, p) for p in (SH.sourceShape, SH.sourceConstraintComponent))
        if focus is None or shape is None:
            raise ValueError(f"unexpected validation result {node!r}")
        if severity not in SEVERITIES:
            raise ValueError(f"the severity {severity} of {shape} is none of {_NAMES}")
        yield Breach(
            focus=focus,
            path=None if path is None else read_path(report, path),
            value=value,
            shape=shape,
            component=str(component).removeprefix(str(SH)),
            severity=severity,
            message=" ".join(sorted(str(m) for m in report.objects(node, SH.resultMessage))),
        )
