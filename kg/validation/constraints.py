"""The constraint components of SHACL Core (section 4), one function each, but those made of other shapes.

Each function takes the parameters and returns what looks for misses: given the data and the focus nodes
with their value nodes, it lists who breaks the constraint. Values are compared as pySHACL compares them,
by rdflib, so that both say the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Collection, Container, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from kg.validation.data import Data
from kg.vocab import RDF, RDFS, SH, XSD


class UndecidedError(Exception):
    """These values cannot be compared; what follows from that is pySHACL's to say."""


class Miss(NamedTuple):
    """Who breaks a constraint. A path here stands in the place of the shape's own."""

    focus: Node
    value: Node | None = None
    path: URIRef | None = None


Pairs: TypeAlias = Sequence[tuple[Node, Collection[Node]]]
Misses: TypeAlias = Callable[[Data, Pairs], list[Miss]]
Test: TypeAlias = Callable[[Node], bool]

INTEGERS = frozenset(
    (
        XSD.integer,
        XSD.nonNegativeInteger,
        XSD.nonPositiveInteger,
        XSD.positiveInteger,
        XSD.negativeInteger,
        XSD.long,
        XSD.int,
        XSD.short,
        XSD.byte,
        XSD.unsignedLong,
        XSD.unsignedInt,
        XSD.unsignedShort,
        XSD.unsignedByte,
    )
)
_PYTHON_TYPES: dict[Node, tuple[type, ...]] = {
    XSD.string: (str, bytes),
    RDF.langString: (str, bytes),
    XSD.integer: (int,),
    XSD.float: (float,),
    XSD.decimal: (Decimal,),
    XSD.boolean: (bool,),
    XSD.date: (dt.date,),
    XSD.time: (dt.time,),
    XSD.dateTime: (dt.datetime,),
}
_KINDS: dict[Node, tuple[type[Node], ...]] = {
    SH.IRI: (URIRef,),
    SH.BlankNode: (BNode,),
    SH.Literal: (Literal,),
    SH.BlankNodeOrIRI: (BNode, URIRef),
    SH.BlankNodeOrLiteral: (BNode, Literal),
    SH.IRIOrLiteral: (URIRef, Literal),
}


def each(passes: Test) -> Misses:
    """Each value node by itself."""
    return lambda _, pairs: [Miss(f, v) for f, values in pairs for v in values if not passes(v)]


def instance_of(class_: Node) -> Misses:
    """sh:class."""

    def misses(data: Data, pairs: Pairs) -> list[Miss]:
        found = data.instances(class_)
        return [Miss(f, v) for f, values in pairs for v in values if v not in found or isinstance(v, Literal)]

    return misses


def datatype(name: Node) -> Test:
    """sh:datatype; a value outside its datatype's space has it not."""
    types = _PYTHON_TYPES.get(name)

    def passes(value: Node) -> bool:
        if not isinstance(value, Literal):
            return False
        if value.datatype == name:
            return value.ill_typed is not True and (types is None or isinstance(value.value, types))
        if name == RDFS.Literal or (name == RDFS.Datatype and value.datatype):
            return True
        is_plain = value.datatype is None and value.language is None and name == XSD.string
        is_tagged = bool(value.language) and name == RDF.langString
        return (is_plain or is_tagged) and isinstance(value.value, (str, bytes))

    return passes


def node_kind(kind: Node) -> Test:
    """sh:nodeKind. Raises KeyError for a kind that SHACL does not have."""
    types = _KINDS[kind]
    return lambda value: isinstance(value, types)


def min_count(number: int) -> Misses:
    """sh:minCount."""
    return lambda _, pairs: [Miss(f) for f, values in pairs if len(values) < number]


def max_count(number: int) -> Misses:
    """sh:maxCount."""
    return lambda _, pairs: [Miss(f) for f, values in pairs if len(values) > number]


def in_range(bound: Literal, accepts: Callable[[int], bool]) -> Test:
    """sh:minExclusive and its like: `accepts` says which order (-1, 0, 1) of value to bound is right."""
    is_text, is_number, number = isinstance(bound.value, str), _is_integer(bound), bound.value

    def passes(value: Node) -> bool:
        if not isinstance(value, Literal):
            return False
        if is_number and _is_integer(value):
            return accepts((value.value > number) - (value.value < number))
        if isinstance(value.value, str) is not is_text:
            return False
        try:
            return accepts(_order(value, bound))
        except (TypeError, NotImplementedError):
            return False

    return passes


def min_length(number: int) -> Test:
    """sh:minLength."""
    return lambda value: number == 0 or (not isinstance(value, BNode) and len(str(value)) >= number)


def max_length(number: int) -> Test:
    """sh:maxLength."""
    return lambda value: not isinstance(value, BNode) and len(str(value)) <= number


def pattern(expression: re.Pattern[str]) -> Test:
    """sh:pattern; it may match anywhere."""
    search = expression.search
    return lambda value: not isinstance(value, BNode) and search(str(value)) is not None


def language_in(languages: Container[str]) -> Test:
    """sh:languageIn: tags in lower case; each lets in those that go on from it with a hyphen."""

    def passes(value: Node) -> bool:
        if not isinstance(value, Literal) or not value.language:
            return False
        tag = value.language.lower()
        return "*" in languages or tag in languages or tag.split("-")[0] in languages

    return passes


def unique_language(_: Data, pairs: Pairs) -> list[Miss]:
    """sh:uniqueLang: one miss for each tag that two values have."""
    return [
        Miss(f)
        for f, values in pairs
        for number in Counter(
            v.language.lower() for v in values if isinstance(v, Literal) and v.language
        ).values()
        if number > 1
    ]


def equals(predicate: Node) -> Misses:
    """sh:equals."""

    def misses(data: Data, pairs: Pairs) -> list[Miss]:
        links = data.forward(predicate)
        return [Miss(f, v) for f, values in pairs for v in set(values) ^ set(links.get(f, ()))]

    return misses


def disjoint(predicate: Node) -> Misses:
    """sh:disjoint."""

    def misses(data: Data, pairs: Pairs) -> list[Miss]:
        links = data.forward(predicate)
        return [Miss(f, v) for f, values in pairs if f in links for v in values if v in links[f]]

    return misses


def less_than(predicate: Node, *, or_equal: bool) -> Misses:
    """sh:lessThan and sh:lessThanOrEquals. The search raises UndecidedError where a value is a blank node."""

    def misses(data: Data, pairs: Pairs) -> list[Miss]:
        links, found = data.forward(predicate), []
        for focus, values in pairs:
            others = links.get(focus, ())
            for value in values:
                if isinstance(value, BNode):
                    raise UndecidedError(f"blank node at {focus}")
                found += [Miss(focus, value) for other in others if not _is_less(value, other, or_equal)]
        return found

    return misses


def one_of(terms: Collection[Node]) -> Test:
    """sh:in."""
    return lambda value: value in terms


def has_value(term: Node) -> Misses:
    """sh:hasValue."""
    return lambda _, pairs: [Miss(f) for f, values in pairs if term not in values]


def closed(predicates: Container[Node]) -> Misses:
    """sh:closed: these predicates are allowed."""

    def misses(data: Data, pairs: Pairs) -> list[Miss]:
        return [
            Miss(focus, value, URIRef(str(predicate)))
            for focus, values in pairs
            for node in values
            for predicate, value in data.of(node)
            if predicate not in predicates and (predicate, value) != (RDF.type, RDFS.Resource)
        ]

    return misses


def _is_integer(value: Literal) -> bool:
    return type(value.value) is int and value.datatype in INTEGERS and not value.ill_typed


def _order(value: Literal, bound: Literal) -> int:
    """1 for greater, 0 for equal, else -1. Raises TypeError where rdflib cannot tell."""
    if value.eq(bound):
        return 0
    if isinstance(value.value, (dt.datetime, dt.time)):  # rdflib would order those without time zone too
        if value.value == bound.value:
            return 0
        return 1 if value.value > bound.value else -1
    return 1 if value > bound else -1


def _is_less(value: Node, other: Node, or_equal: bool) -> bool:
    if (
        isinstance(value, Literal)
        and isinstance(other, Literal)
        and _is_integer(value)
        and _is_integer(other)
    ):
        return bool(value.value <= other.value if or_equal else value.value < other.value)
    one, two = _comparable(value), _comparable(other)
    if isinstance(one, Literal) is not isinstance(two, Literal):
        return False
    # rdflib raises TypeError for some literals, and decimal an ArithmeticError for what is no number.
    return bool(one <= two if or_equal else one < two)


def _comparable(term: Node) -> str | Literal:
    """What pySHACL compares: text as it is, other literals by rdflib."""
    if isinstance(term, BNode):
        raise UndecidedError("a blank node")
    if isinstance(term, Literal) and not isinstance(term.value, str):
        return term
    return str(term.value if isinstance(term, Literal) else term)
