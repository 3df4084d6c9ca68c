"""SPARQL constraints (SHACL, section 5) of the plain kind: triples, filters, EXISTS, and text compared.

rdflib parses the query once; its algebra is then followed over the plan's dictionaries for each focus node,
where pySHACL asks rdflib to evaluate it, which takes a hundred times as long. Anything else is unsupported.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from rdflib import BNode, Graph, Literal, URIRef, Variable
from rdflib import paths as rdflib_paths
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from kg.validation.constraints import Miss, Misses, Pairs, UndecidedError
from kg.validation.data import Data
from kg.validation.paths import Alternative, Inverse, Path, Repeat, Sequence, follow
from kg.validation.unsupported import UnsupportedError
from kg.vocab import OWL, RDF, RDFS, SH

_Binding: TypeAlias = Mapping[Variable, Node]
_Condition: TypeAlias = Callable[[Data, _Binding], bool]
_Text: TypeAlias = Callable[[_Binding], str]
_Number: TypeAlias = Callable[[_Binding], int]
_Pattern: TypeAlias = tuple[Any, ...]  # subject, predicate (a term or a Path), object

_THIS, _PATH, _VALUE = Variable("this"), Variable("path"), Variable("value")
_KEYWORDS = re.compile(r"\b(MINUS|VALUES|SERVICE|AS)\b", re.IGNORECASE)  # which SHACL forbids or restricts
_VARIABLES = re.compile(r"[$?](PATH|shapesGraph|currentShape|failure)\b")
_USES_THIS = re.compile(r"[\s{}()][$?]this\b")
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def select_misses(graph: Graph, constraint: Node, *, is_node_shape: bool) -> Misses:
    """What a SPARQL constraint of the shapes graph selects, for each focus node. Raises UnsupportedError."""
    algebra = _parsed(graph, constraint)
    project = algebra.p
    if project.name != "Project" or algebra.datasetClause is not None:
        raise UnsupportedError("a SPARQL constraint that does more than SELECT")
    wanted = tuple(project.PV)
    if not {_THIS, _PATH, _VALUE} & set(wanted):
        raise UnsupportedError("a SPARQL constraint that selects neither $this nor ?value")
    solve = _Group(project.p, {_THIS})

    def misses(data: Data, pairs: Pairs) -> list[Miss]:
        found = []
        for focus, _ in pairs:
            solutions = solve.solutions(data, {_THIS: focus})
            rows = dict.fromkeys(tuple(solution.get(name) for name in wanted) for solution in solutions)
            for row in rows:
                told = dict(zip(wanted, row, strict=True))
                path, value = told.get(_PATH), told.get(_VALUE)
                if path is not None and not isinstance(path, URIRef):
                    raise UndecidedError(f"the path {path!r}")
                found.append(Miss(focus, focus if value is None and is_node_shape else value, path))
        return found

    return misses


def _parsed(graph: Graph, constraint: Node) -> CompValue:
    texts = list(graph.objects(constraint, SH.select))
    if len(texts) != 1 or not isinstance(texts[0], Literal) or not isinstance(texts[0].value, str):
        raise UnsupportedError("a SPARQL constraint without one sh:select")
    text = str(texts[0])
    if _KEYWORDS.search(text) or _VARIABLES.search(text) or not _USES_THIS.search(text):
        raise UnsupportedError("a SPARQL constraint with more than triples and filters")
    prologue = "".join(f"PREFIX {p}: <{name}>\n" for p, name in sorted(_prefixes(graph, constraint).items()))
    try:
        return prepareQuery(prologue + text).algebra
    except Exception as error:  # rdflib raises bare ones for unknown prefixes
        raise UnsupportedError(f"a SPARQL constraint that cannot be parsed ({error})") from error


def _prefixes(graph: Graph, constraint: Node) -> dict[str, str]:
    found = {"rdf": str(RDF), "rdfs": str(RDFS), "owl": str(OWL)}
    for owner in graph.objects(constraint, SH.prefixes):
        declared = list(graph.objects(owner, SH.declare))
        if not declared or (owner, RDF.type, OWL.Ontology) not in graph:
            raise UnsupportedError("sh:prefixes that name no ontology with prefixes")
        for declaration in declared:
            names = list(graph.objects(declaration, SH.prefix))
            namespaces = list(graph.objects(declaration, SH.namespace))
            if len(names) != 1 or len(namespaces) != 1 or not isinstance(names[0], Literal):
                raise UnsupportedError("a sh:declare without one prefix and one namespace")
            if found.setdefault(str(names[0]), str(namespaces[0])) != str(namespaces[0]):
                raise UnsupportedError(f"the prefix {names[0]} declared twice")
    return found


class _Group:
    """A group of triple patterns and filters, to be solved with some variables bound."""

    def __init__(self, part: CompValue, bound: set[Variable]) -> None:
        triples, filters = _flat(part)
        self._patterns = _in_order(triples, bound)
        known = bound | {term for triple in triples for term in triple if isinstance(term, Variable)}
        self._conditions = [_condition(expression, known) for expression in filters]

    def solutions(self, data: Data, binding: _Binding) -> Iterator[_Binding]:
        """All bindings of the variables that match; the same one may come more than once."""
        for solution in _matches(data, self._patterns, 0, binding):
            if all(condition(data, solution) for condition in self._conditions):
                yield solution


def _flat(part: CompValue) -> tuple[list[_Pattern], list[Any]]:
    if part.name == "BGP":
        return [tuple(map(_term, triple)) for triple in part.triples], []
    if part.name == "Filter":
        triples, filters = _flat(part.p)
        return triples, [*filters, part.expr]
    if part.name == "Join":
        (one, few), (other, more) = _flat(part.p1), _flat(part.p2)
        if not few and not more:
            return one + other, []
    raise UnsupportedError(f"a SPARQL constraint with {part.name}")


def _term(term: Any) -> Any:
    """A part of a triple pattern; a blank node stands for anything, as a variable does."""
    if isinstance(term, BNode):
        return Variable(f"_:{term}")
    return term if isinstance(term, Node) else _path(term)


def _path(path: Any) -> Path:
    match path:
        case URIRef():
            return path
        case rdflib_paths.InvPath() if isinstance(path.arg, URIRef):
            return Inverse(path.arg)
        case rdflib_paths.SequencePath():
            return Sequence(tuple(map(_path, path.args)))
        case rdflib_paths.AlternativePath():
            return Alternative(tuple(map(_path, path.args)))
        case rdflib_paths.MulPath():
            return Repeat(_path(path.path), str(path.mod))
    raise UnsupportedError(f"a SPARQL constraint with the path {path}")


def _in_order(triples: list[_Pattern], bound: set[Variable]) -> list[_Pattern]:
    """The patterns so that each has as much bound as can be when it is matched."""
    known, waiting, found = set(bound), list(triples), []

    def is_known(term: object) -> bool:
        return not isinstance(term, Variable) or term in known

    while waiting:
        can = [t for t in waiting if isinstance(t[1], Node) or is_known(t[0])]
        if not can:
            raise UnsupportedError("a SPARQL constraint with a path from an unknown node")
        best = max(can, key=lambda triple: sum(map(is_known, triple)))
        waiting.remove(best)
        found.append(best)
        known.update(term for term in best if isinstance(term, Variable))
    return found


def _matches(data: Data, patterns: list[_Pattern], at: int, binding: _Binding) -> Iterator[_Binding]:
    if at == len(patterns):
        yield binding
        return
    subject, predicate, value = (
        binding.get(term, term) if isinstance(term, Variable) else term for term in patterns[at]
    )
    for found in _triples(data, subject, predicate, value):
        extended = dict(binding)
        for term, node in zip((subject, predicate, value), found, strict=True):
            if isinstance(term, Variable) and extended.setdefault(term, node) != node:
                break
        else:
            yield from _matches(data, patterns, at + 1, extended)


def _triples(data: Data, subject: Any, predicate: Any, value: Any) -> Iterator[tuple[Any, Any, Any]]:
    """The triples that match; a variable stands for anything."""
    if isinstance(predicate, Variable):
        for name in data.predicates():
            yield from _triples(data, subject, name, value)
    elif not isinstance(subject, Variable):
        is_path = not isinstance(predicate, Node)
        ends = follow(data, predicate, subject) if is_path else data.forward(predicate).get(subject, ())
        if isinstance(value, Variable):
            yield from ((subject, predicate, end) for end in ends)
        elif value in ends:
            yield subject, predicate, value
    elif not isinstance(value, Variable):
        yield from ((start, predicate, value) for start in data.backward(predicate).get(value, ()))
    else:
        for start, ends in data.forward(predicate).items():
            yield from ((start, predicate, end) for end in ends)


def _condition(expression: Any, bound: set[Variable]) -> _Condition:
    name = getattr(expression, "name", None)
    if name in ("ConditionalAndExpression", "ConditionalOrExpression"):
        parts = [_condition(part, bound) for part in (expression.expr, *expression.other)]
        together = all if name == "ConditionalAndExpression" else any
        return lambda data, binding: together(part(data, binding) for part in parts)
    if name == "UnaryNot":
        inner = _condition(expression.expr, bound)
        return lambda data, binding: not inner(data, binding)
    if name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
        group, wanted = _Group(expression.graph, bound), name == "Builtin_EXISTS"
        return lambda data, binding: any(True for _ in group.solutions(data, binding)) is wanted
    if name == "RelationalExpression" and expression.op in _COMPARED:
        return _comparison(expression, bound)
    raise UnsupportedError(f"a SPARQL constraint with {name or expression!r}")


def _comparison(expression: CompValue, bound: set[Variable]) -> _Condition:
    compare, sides = _COMPARED[expression.op], (expression.expr, expression.other)
    if all(isinstance(side, CompValue) for side in sides):
        one, other = (_text(side, bound) for side in sides)
        return lambda _, binding: compare(one(binding), other(binding))
    if expression.op in ("=", "!=") and all(_is_comparable(side, bound) for side in sides):
        left, right = sides
        return lambda _, binding: compare(_bound(left, binding), _bound(right, binding))
    raise UnsupportedError("a SPARQL constraint that compares other things than IRIs and texts")


def _is_comparable(side: Any, bound: set[Variable]) -> bool:
    return side in bound if isinstance(side, Variable) else isinstance(side, URIRef)


def _bound(term: Node, binding: _Binding) -> Node:
    found = binding[term] if isinstance(term, Variable) else term
    if isinstance(found, Literal):
        raise UndecidedError(f"{found!r} is compared by its value")
    return found


def _text(expression: Any, bound: set[Variable]) -> _Text:
    name = getattr(expression, "name", None)
    if name == "Builtin_STR" and isinstance(expression.arg, Variable) and expression.arg in bound:
        return lambda binding: _str(binding[expression.arg])
    if name == "Builtin_SUBSTR":
        whole, start = _text(expression.arg, bound), expression.start
        if isinstance(start, Literal) and isinstance(start.value, int) and start.value >= 1:
            first = start.value - 1
            if expression.length is None:
                return lambda binding: whole(binding)[first:]
            length = _length(expression.length, bound)
            return lambda binding: whole(binding)[first : first + length(binding)]
    raise UnsupportedError(f"a SPARQL constraint with {name or expression!r}")


def _length(expression: Any, bound: set[Variable]) -> _Number:
    if isinstance(expression, Literal) and isinstance(expression.value, int) and expression.value >= 0:
        number = expression.value
        return lambda _: number
    if getattr(expression, "name", None) == "Builtin_STRLEN":
        text = _text(expression.arg, bound)
        return lambda binding: len(text(binding))
    raise UnsupportedError("a SPARQL constraint with a length that is reckoned")


def _str(node: Node) -> str:
    if isinstance(node, BNode):
        raise UndecidedError("a blank node has no text")
    return str(node)
