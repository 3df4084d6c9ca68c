"""What a reader process answers to the questions of the reconciliation views."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

import pyoxigraph as ox

from kg.search import terms
from kg.search.terms import Field, Kind
from server.reconcile.entities import Entities
from server.reconcile.matching import candidates
from server.reconcile.messages import (
    Batch,
    Candidates,
    Describe,
    Described,
    Extend,
    Extended,
    SuggestTerms,
    Term,
    Terms,
)
from server.reconcile.schema import properties, read_schema, types
from server.search import Graph

_XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGERS = {_XSD + name for name in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger")}
_FLOATS = {_XSD + name for name in ("decimal", "double", "float")}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9:]{5})?")
_MOST_VALUES = 100  # of one property of one entity
_ALIASES = 12  # on a preview


def answerer(question: object) -> Callable[[Graph, Any], object]:
    """The function that answers a question."""
    for kind, function in (
        (Batch, match_batch),
        (SuggestTerms, suggest_terms),
        (Extend, extend),
        (Describe, describe),
    ):
        if isinstance(question, kind):
            return function
    raise ValueError(f"unexpected question {question!r}")


def match_batch(graph: Graph, batch: Batch) -> Candidates:
    """The candidates of each query."""
    entities = Entities(graph, read_schema(graph), batch.base_iri)
    return Candidates(tuple(candidates(entities, query) for query in batch.queries))


def suggest_terms(graph: Graph, asked: SuggestTerms) -> Terms:
    """Terms that begin with what was typed, or that it is the identifier of."""
    schema = read_schema(graph)
    if asked.what == "entity":
        return Terms(tuple(_entities(Entities(graph, schema, asked.base_iri), asked)))
    found = types(schema) if asked.what == "type" else properties(graph, schema, asked.of_type)
    fitting = [term for term in found if _begins(term, asked.prefix)]
    return Terms(tuple(fitting[asked.skip : asked.skip + asked.limit]))


def extend(graph: Graph, asked: Extend) -> Extended:
    """The values of properties of entities; none of what is not in the graph."""
    entities = Entities(graph, read_schema(graph), asked.base_iri)
    known = {term.id: term.name for term in properties(graph, entities.schema, None)}
    rows = []
    for identifier in asked.ids:
        node = entities.iri(identifier)
        rows.append(tuple(_values(entities, node, name) if node else () for name in asked.properties))
    return Extended(tuple(known.get(name, name) for name in asked.properties), tuple(rows))


def describe(graph: Graph, asked: Describe) -> Described:
    """What a preview shows."""
    entities = Entities(graph, read_schema(graph), asked.base_iri)
    node = entities.iri(asked.id)
    if node is None or not entities.is_entity(node):
        return Described(None)
    names = graph.index.names_of(node)
    aliases = sorted({name.text for name in names if name.field is Field.ALIAS})
    return Described(
        entities.term(node), node, tuple(aliases[:_ALIASES]), len(graph.values(node, terms.MENTIONED))
    )


def _entities(entities: Entities, asked: SuggestTerms) -> Iterable[Term]:
    node = entities.iri(asked.prefix)
    first = [node] if node is not None and asked.prefix and entities.is_entity(node) else []
    index, most = entities.graph.index, asked.skip + asked.limit
    names = index.beginning(asked.prefix, kinds=(Kind.ENTITY,), limit=2 * most)
    shared = (name.node for name in names if entities.is_shared(name.node))
    nodes = dict.fromkeys([*first, *shared])
    return (entities.term(node) for node in list(nodes)[asked.skip : most])


def _begins(term: Term, prefix: str) -> bool:
    wanted = prefix.strip().casefold()
    name = term.name.casefold()
    local = re.split(r"[#/]", term.id)[-1].casefold()
    return name.startswith(wanted) or local.startswith(wanted) or f" {wanted}" in name or prefix == term.id


def _values(entities: Entities, node: str, property_iri: str) -> tuple[dict[str, object], ...]:
    try:
        ox.NamedNode(property_iri)
    except ValueError:
        return ()
    found: list[dict[str, object]] = []
    for other in entities.nodes(node, property_iri)[:_MOST_VALUES]:
        label = entities.graph.label(other)
        found.append({"id": entities.identifier(other), "name": label} if label else {"str": other})
    found += [_literal(value) for value in entities.literals(node, property_iri)[:_MOST_VALUES]]
    return tuple(found)


def _literal(value: ox.Literal) -> dict[str, object]:
    """A literal as the data extension has it (0.2, section 7.4)."""
    datatype, text = value.datatype.value, value.value
    try:
        if datatype in _INTEGERS:
            return {"int": int(text)}
        if datatype in _FLOATS and math.isfinite(float(text)):
            return {"float": float(text)}
    except ValueError:
        return {"str": text}
    if datatype == f"{_XSD}date" and _DATE.fullmatch(text):
        return {"date": f"{text}T00:00:00"}
    if datatype == f"{_XSD}dateTime" and _DATE_TIME.fullmatch(text):
        return {"date": text}
    return {"str": text}
