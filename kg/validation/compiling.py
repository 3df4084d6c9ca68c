"""Reads a shapes file into compiled shapes, or says what in it the plan does not know.

What pySHACL ignores is ignored. What it refuses, or does otherwise than the plan, is unsupported: pySHACL
validates then, and says what it has to say about the shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.validation import constraints, shapes
from kg.validation.constraints import Misses, Test, each
from kg.validation.paths import Alternative, Inverse, Path, Repeat, Sequence, depth, read_path
from kg.validation.results import SEVERITIES
from kg.validation.shapes import Constraint, Origin, Properties, Shape, Simple, Targets
from kg.validation.sparql import select_misses
from kg.validation.unsupported import UnsupportedError
from kg.vocab import OWL, RDF, RDFS, SH, XSD

_DEEPEST_PATH = 9  # pySHACL goes no deeper
_DEEPEST_SHAPE = 15  # levels of shapes within shapes; pySHACL refuses more
_TARGETS = (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
_TOLD = (
    SH.message,
    SH.severity,
    SH.deactivated,
    SH.name,
    SH.description,
    SH.order,
    SH.group,
    SH.defaultValue,
)
_BESIDE = {  # parameters that only count beside another one
    SH.flags: SH.pattern,
    SH.ignoredProperties: SH.closed,
    SH.qualifiedMinCount: SH.qualifiedValueShape,
    SH.qualifiedMaxCount: SH.qualifiedValueShape,
    SH.qualifiedValueShapesDisjoint: SH.qualifiedValueShape,
}
_LISTS_OF_SHAPES = (SH["and"], SH["or"], SH.xone)
_SHAPE_VALUES = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)

_Reader: TypeAlias = Callable[["Compiler", Node, list[Node]], list[Misses]]


class Compiler:
    """Compiles the shapes of a graph, each once."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._done: dict[Node, tuple[Shape, int]] = {}  # with the number of levels of shapes in it
        self._begun: dict[Node, int] = {}  # the shapes that lead to this one, with the levels found so far
        for predicate in (RDF.type, RDFS.subClassOf):
            if (None, predicate, SH.ConstraintComponent) in graph:
                raise UnsupportedError("constraint components of its own")

    def targeted(self) -> Iterable[tuple[Targets, Shape]]:
        """All shapes that have targets, sorted by their nodes. Raises UnsupportedError."""
        for node in sorted(self._nodes(), key=str):
            shape, targets = self.shape(node), self._targets(node)
            if targets != Targets((), (), (), ()):
                yield targets, shape

    def shape(self, node: Node) -> Shape:
        """One shape. Raises UnsupportedError."""
        if node in self._begun:
            raise UnsupportedError(f"the recursive shape {node}")
        if node not in self._done:
            self._begun[node] = 0
            shape = self._compile(node)
            self._done[node] = shape, 1 + self._begun.pop(node)
        shape, levels = self._done[node]
        if levels + len(self._begun) > _DEEPEST_SHAPE:
            raise UnsupportedError(f"so many shapes within each other ({node})")
        if self._begun:
            outer = next(reversed(self._begun))
            self._begun[outer] = max(self._begun[outer], levels)
        return shape

    def items(self, node: Node) -> list[Node]:
        """The members of a list. Raises UnsupportedError."""
        try:
            return list(self.graph.items(node))
        except ValueError as error:
            raise UnsupportedError(f"a list without end ({error})") from error

    def members(self, node: Node) -> list[Node]:
        """The members of a list that is not empty. Raises UnsupportedError."""
        found = self.items(node)
        if not found:
            raise UnsupportedError("an empty list")
        return found

    def one(self, node: Node, predicate: URIRef) -> Node | None:
        """The value, if any, of what may have one only. Raises UnsupportedError."""
        values = set(self.graph.objects(node, predicate))
        if len(values) > 1:
            raise UnsupportedError(f"{node} with more than one {_name(predicate)}")
        return values.pop() if values else None

    def _nodes(self) -> set[Node]:
        """The nodes that are shapes by themselves; others are found where a shape points at them."""
        found = {
            node for kind in (SH.NodeShape, SH.PropertyShape) for node in self.graph.subjects(RDF.type, kind)
        }
        for predicate in (*_TARGETS, SH.property, SH.node):
            found.update(self.graph.subjects(predicate))
        for predicate in _SHAPE_VALUES:
            found.update(self.graph.objects(None, predicate))
        for predicate in _LISTS_OF_SHAPES:
            for items in self.graph.objects(None, predicate):
                found.update(self.members(items))
        return found

    def _targets(self, node: Node) -> Targets:
        nodes, classes, subjects, objects = (set(self.graph.objects(node, target)) for target in _TARGETS)
        if any(isinstance(target, BNode) for target in nodes):
            raise UnsupportedError("a blank node as sh:targetNode")
        kinds_of_class = {RDFS.Class, OWL.Class, *self.graph.subjects(RDFS.subClassOf, RDFS.Class)}
        if kinds_of_class & set(self.graph.objects(node, RDF.type)):
            classes.add(node)
        return Targets(*(tuple(sorted(part, key=str)) for part in (nodes, classes, subjects, objects)))

    def _compile(self, node: Node) -> Shape:
        predicates = {p for p in self.graph.predicates(node) if str(p).startswith(str(SH))}
        for beside, main in _BESIDE.items():
            if beside in predicates and beside != SH.flags and main not in predicates:
                raise UnsupportedError(f"{_name(beside)} without {_name(main)}")
        origin = self._origin(node)
        found: list[Constraint] = []
        for predicate in sorted(predicates - {SH.path, *_TARGETS, *_TOLD, *_BESIDE}, key=str):
            values = sorted(set(self.graph.objects(node, predicate)), key=str)
            found += self._constraints(origin, predicate, values)
        return Shape(node, origin.path, origin.severity, self._deactivated(node), tuple(found))

    def _constraints(self, origin: Origin, predicate: Node, values: list[Node]) -> Iterable[Constraint]:
        name = str(predicate).removeprefix(str(SH))
        component = f"{name[0].upper()}{name[1:]}ConstraintComponent"
        if predicate == SH.property:
            inner = [self.shape(value) for value in values]
            if any(shape.path is None for shape in inner):
                raise UnsupportedError("sh:property with a shape that has no path")
            return [Properties(inner)]
        if predicate == SH.qualifiedValueShape:
            return list(_qualified(self, origin, values))
        if predicate == SH.sparql:
            return [self._sparql(origin, value) for value in values if not self._deactivated(value)]
        if predicate in _ONLY_WITH_PATH and origin.path is None:
            raise UnsupportedError(f"{_name(predicate)} without a path")
        reader = _READERS.get(predicate)
        if reader is None:
            raise UnsupportedError(_name(predicate))
        return [Simple(origin, component, misses) for misses in reader(self, origin.node, values)]

    def _sparql(self, origin: Origin, constraint: Node) -> Constraint:
        misses = select_misses(self.graph, constraint, is_node_shape=origin.path is None)
        texts = {*self._messages(origin.node), *self._messages(constraint)}
        if any("{" in text for text in texts):
            raise UnsupportedError("a message with variables")
        message = " ".join(sorted({str(text) for text in texts})) if texts else None
        own = Origin(origin.node, origin.path, origin.severity, message)
        return Simple(own, "SPARQLConstraintComponent", misses)

    def _origin(self, node: Node) -> Origin:
        severity = str(self.one(node, SH.severity) or SH.Violation).removeprefix(str(SH))
        if severity not in SEVERITIES:
            raise UnsupportedError(f"the severity {severity}")
        path, is_property = self.one(node, SH.path), (node, RDF.type, SH.PropertyShape) in self.graph
        if (path is None and is_property) or (
            path is not None and (node, RDF.type, SH.NodeShape) in self.graph
        ):
            raise UnsupportedError(f"{node}, which is and is not a property shape")
        messages = self._messages(node)
        message = " ".join(sorted(map(str, messages))) if messages else None
        return Origin(node, None if path is None else self._path(path), severity, message)

    def _path(self, node: Node) -> Path:
        try:
            path = read_path(self.graph, node)
        except ValueError as error:
            raise UnsupportedError(str(error)) from error
        if depth(path) > _DEEPEST_PATH:
            raise UnsupportedError("so deep a property path")
        _check_inverses(path)
        return path

    def _messages(self, node: Node) -> set[Literal]:
        found = set()
        for message in self.graph.objects(node, SH.message):
            if not isinstance(message, Literal) or message.datatype not in (None, XSD.string):
                raise UnsupportedError("a message that is no text")
            found.add(message)
        return found

    def _deactivated(self, node: Node) -> bool:
        value = self.one(node, SH.deactivated)
        if value is not None and not (isinstance(value, Literal) and isinstance(value.value, bool)):
            raise UnsupportedError("sh:deactivated that is neither true nor false")
        return isinstance(value, Literal) and bool(value.value)


def _check_inverses(path: Path) -> None:
    """Refuse an inverse but of a predicate: pySHACL follows that of a sequence in the wrong order."""
    if isinstance(path, Inverse) and not isinstance(path.path, URIRef):
        raise UnsupportedError("the inverse of a longer path")
    match path:
        case Sequence(parts) | Alternative(parts):
            for part in parts:
                _check_inverses(part)
        case Repeat(inner, _):
            _check_inverses(inner)


def _name(predicate: Node) -> str:
    return f"sh:{str(predicate).removeprefix(str(SH))}"


def _qualified(compiler: Compiler, origin: Origin, values: list[Node]) -> Iterable[Constraint]:
    if origin.path is None:
        raise UnsupportedError("sh:qualifiedValueShape without a path")
    graph, node = compiler.graph, origin.node
    counts = {name: compiler.one(node, SH[f"qualified{name}Count"]) for name in ("Min", "Max")}
    if counts["Min"] is None and counts["Max"] is None:
        raise UnsupportedError("sh:qualifiedValueShape without a count")
    disjoint = compiler.one(node, SH.qualifiedValueShapesDisjoint)
    beside: set[Node] = set()
    if isinstance(disjoint, Literal) and disjoint.value is True:
        for parent in graph.subjects(SH.property, node):
            for property_shape in graph.objects(parent, SH.property):
                beside.update(graph.objects(property_shape, SH.qualifiedValueShape))
    for value in values:
        siblings = [compiler.shape(other) for other in sorted(beside - {value}, key=str)]
        for name, count in counts.items():
            if count is None:
                continue
            number = _number(count)
            least, most = (number, None) if name == "Min" else (None, number)
            misses = shapes.qualified(compiler.shape(value), siblings, least=least, most=most)
            yield Simple(origin, f"Qualified{name}CountConstraintComponent", misses)


def _only(values: list[Node]) -> Node:
    if len(values) != 1:
        raise UnsupportedError("two values of a parameter that may have one only")
    return values[0]


def _number(value: Node) -> int:
    if not isinstance(value, Literal) or value.datatype != XSD.integer or value.ill_typed or value.value < 0:
        raise UnsupportedError(f"{value} as a number")
    return int(value.value)


def _literal(value: Node) -> Literal:
    if not isinstance(value, Literal):
        raise UnsupportedError(f"{value} where a literal should be")
    return value


def _iri(value: Node) -> URIRef:
    if not isinstance(value, URIRef):
        raise UnsupportedError(f"{value} where an IRI should be")
    return value


def _once(make: Callable[[Node], Misses]) -> _Reader:
    return lambda _, __, values: [make(_only(values))]


def _test(make: Callable[[Node], Test]) -> _Reader:
    return lambda _, __, values: [each(make(_only(values)))]


def _any_number(make: Callable[[Node], Misses]) -> _Reader:
    return lambda _, __, values: [make(value) for value in values]


def _range(*orders: int) -> _Reader:
    def read(_: Compiler, __: Node, values: list[Node]) -> list[Misses]:
        return [
            each(constraints.in_range(_literal(value), lambda order: order in orders)) for value in values
        ]

    return read


def _node_kind(kind: Node) -> Test:
    try:
        return constraints.node_kind(kind)
    except KeyError as error:
        raise UnsupportedError(f"{kind} as a kind of node") from error


def _patterns(compiler: Compiler, node: Node, values: list[Node]) -> list[Misses]:
    flags = compiler.one(node, SH.flags)
    if not all(isinstance(_literal(value).value, str) for value in values):
        raise UnsupportedError("a pattern that is no text")
    letters = "" if flags is None else str(_literal(flags).value).lower()
    options = (re.IGNORECASE if "i" in letters else 0) | (re.MULTILINE if "m" in letters else 0)
    try:
        return [each(constraints.pattern(re.compile(str(value), options))) for value in values]
    except re.error as error:
        raise UnsupportedError(f"a pattern that Python cannot read ({error})") from error


def _languages(compiler: Compiler, _: Node, values: list[Node]) -> list[Misses]:
    tags = {_literal(member) for member in compiler.members(_only(values))}
    if not all(isinstance(tag.value, str) for tag in tags):
        raise UnsupportedError("a language that is no text")
    return [each(constraints.language_in(frozenset(str(tag).lower() for tag in tags)))]


def _unique_language(_: Compiler, __: Node, values: list[Node]) -> list[Misses]:
    wanted = _literal(_only(values)).value
    if not isinstance(wanted, bool):
        raise UnsupportedError("sh:uniqueLang that is neither true nor false")
    return [constraints.unique_language] if wanted else []


def _members(compiler: Compiler, _: Node, values: list[Node]) -> list[Misses]:
    return [each(constraints.one_of(frozenset(compiler.members(_only(values)))))]


def _closed(compiler: Compiler, node: Node, values: list[Node]) -> list[Misses]:
    wanted = _literal(_only(values)).value
    if not isinstance(wanted, bool):
        raise UnsupportedError("sh:closed that is neither true nor false")
    graph = compiler.graph
    allowed: set[Node] = set()
    for ignored in graph.objects(node, SH.ignoredProperties):
        allowed.update(compiler.items(ignored))
    for shape in graph.objects(node, SH.property):
        allowed.update(graph.objects(shape, SH.path))
    return [constraints.closed(frozenset(allowed))] if wanted else []


def _shapes(make: Callable[[Shape], Misses], *, with_path: bool) -> _Reader:
    def read(compiler: Compiler, _: Node, values: list[Node]) -> list[Misses]:
        found = [compiler.shape(value) for value in values]
        if not with_path and any(shape.path is not None for shape in found):
            raise UnsupportedError("sh:node with a property shape")
        return [make(shape) for shape in found]

    return read


def _number_of_shapes(numbers: Callable[[int], range], *, distinct: bool) -> _Reader:
    def read(compiler: Compiler, _: Node, values: list[Node]) -> list[Misses]:
        found = []
        for value in values:
            nodes = compiler.members(value)
            members = [compiler.shape(node) for node in (dict.fromkeys(nodes) if distinct else nodes)]
            found.append(shapes.number_of(members, numbers(len(members))))
        return found

    return read


_ONLY_WITH_PATH = (SH.minCount, SH.maxCount, SH.uniqueLang, SH.lessThan, SH.lessThanOrEquals)
_READERS: dict[Node, _Reader] = {
    SH["class"]: _any_number(constraints.instance_of),
    SH.datatype: _test(constraints.datatype),
    SH.nodeKind: _test(_node_kind),
    SH.minCount: _once(lambda value: constraints.min_count(_number(value))),
    SH.maxCount: _once(lambda value: constraints.max_count(_number(value))),
    SH.minExclusive: _range(1),
    SH.minInclusive: _range(0, 1),
    SH.maxExclusive: _range(-1),
    SH.maxInclusive: _range(-1, 0),
    SH.minLength: _test(lambda value: constraints.min_length(_number(value))),
    SH.maxLength: _test(lambda value: constraints.max_length(_number(value))),
    SH.pattern: _patterns,
    SH.languageIn: _languages,
    SH.uniqueLang: _unique_language,
    SH.equals: _any_number(lambda value: constraints.equals(_iri(value))),
    SH.disjoint: _any_number(lambda value: constraints.disjoint(_iri(value))),
    SH.lessThan: _any_number(lambda value: constraints.less_than(_iri(value), or_equal=False)),
    SH.lessThanOrEquals: _any_number(lambda value: constraints.less_than(_iri(value), or_equal=True)),
    SH["not"]: _shapes(shapes.not_shape, with_path=True),
    SH["and"]: _number_of_shapes(lambda number: range(number, number + 1), distinct=True),
    SH["or"]: _number_of_shapes(lambda number: range(1, number + 1), distinct=True),
    SH.xone: _number_of_shapes(lambda _: range(1, 2), distinct=False),
    SH.node: _shapes(shapes.node_shape, with_path=False),
    SH.closed: _closed,
    SH.hasValue: _any_number(constraints.has_value),
    SH["in"]: _members,
}
