"""Candidates for a name, with scores of 0 to 100.

The score is (name + 0.4 * sum of the properties) / (1 + 0.4 * number of properties), and a candidate is a
match where it is above 95 - 5 * number of properties and 10 above the next: the rule that the reconciliation
service of Wikidata has proved in years of use (openrefine-wikibase).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rapidfuzz import fuzz

from kg.search import normalised
from kg.search.terms import Field
from server.reconcile.entities import Entities
from server.reconcile.messages import Candidate, Condition, Query, Value
from server.reconcile.schema import SAME_AS

_PROPERTY_WEIGHT = 0.4
_ALIAS = 0.99  # so that who is called so comes before who is also called so
_SHORT = 4  # letters; IS and SI are not alike
_LEAST = 40.0  # a name less alike is no candidate
_NAMED, _ALIKE = 200, 150  # rows of the index looked at; together some milliseconds
_WITH_CLASSES = 300  # letters in common are looked at so far where only some classes count
_HAVING = 20  # things of one name that are taken for the value of a property
_LOOKED_AT = 4  # candidates whose properties are compared, for each that is asked for


@dataclass(frozen=True, slots=True)
class _Named:
    """How like a node's best name is to the one asked for, and how many graphs give it."""

    likeness: float
    uses: int


@dataclass(frozen=True, slots=True)
class _Scored:
    node: str
    score: float
    features: tuple[tuple[str, float | bool], ...]
    uses: int


def candidates(entities: Entities, query: Query) -> tuple[Candidate, ...]:
    """The best candidates of a query, best first."""
    named = _by_name(entities, query) if query.text else _by_property(entities, query.conditions)
    order = sorted(named.items(), key=lambda entry: (-entry[1].likeness, -entry[1].uses, entry[0]))
    fitting = (
        (node, name)
        for node, name in order
        if entities.is_shared(node) and (query.strict == "should" or _has_type(entities, node, query))
    )
    taken = islice(fitting, query.limit * _LOOKED_AT + _HAVING)
    scored = [_scored(entities, query, *entry) for entry in taken]
    scored.sort(key=lambda entry: (-entry.score, -entry.uses, entry.node))
    sure = _is_sure([entry.score for entry in scored], len(query.conditions))
    return tuple(
        Candidate(entities.term(entry.node), entry.score, sure and place == 0, entry.features)
        for place, entry in enumerate(scored[: query.limit])
    )


def likeness(first: str, second: str) -> float:
    """How alike two normalised names are, 0 to 100."""
    if first == second:
        return 100.0
    if min(len(first), len(second)) <= _SHORT:
        return 0.5 * fuzz.ratio(first, second)
    return max(fuzz.ratio(first, second), 0.97 * fuzz.token_sort_ratio(first, second))


def _by_name(entities: Entities, query: Query) -> dict[str, _Named]:
    """Nodes with names like the one asked for."""
    index, wanted = entities.graph.index, normalised(query.text)
    found: dict[str, _Named] = {}
    rows = index.named(query.text, limit=_NAMED)
    rows += index.alike(query.text, limit=_WITH_CLASSES if query.types else _ALIKE)
    for row in rows:
        quality = likeness(wanted, row.name) * (_ALIAS if row.field is Field.ALIAS else 1.0)
        if quality >= _LEAST and (row.node not in found or quality > found[row.node].likeness):
            found[row.node] = _Named(quality, row.uses)
    node = entities.iri(query.text)
    if node is not None and entities.is_entity(node):
        found[node] = _Named(100.0, 1)
    return found


def _by_property(entities: Entities, conditions: tuple[Condition, ...]) -> dict[str, _Named]:
    """Nodes that have one of the values, for a query without a name."""
    found: dict[str, _Named] = {}
    for condition in conditions:
        for value in condition.values:
            nodes = [entities.iri(value.text)]
            if not value.is_id:
                nodes += [name.node for name in entities.graph.index.named(value.text, limit=_HAVING)]
            for node in entities.having(condition.iri, [node for node in nodes if node], value.text):
                found[node] = _Named(0.0, 1)
    return found


def _has_type(entities: Entities, node: str, query: Query) -> bool:
    if not query.types:
        return True
    classes = set(entities.classes(node))
    below = [entities.schema.below.get(name, frozenset({name})) for name in query.types]
    fitting = [bool(classes & names) for names in below]
    return all(fitting) if query.strict == "all" else any(fitting)


def _scored(entities: Entities, query: Query, node: str, named: _Named) -> _Scored:
    values = [(each, _compared(entities, node, each)) for each in query.conditions]
    total = sum(value for _, value in values)
    if query.text:
        score = (named.likeness + _PROPERTY_WEIGHT * total) / (1 + _PROPERTY_WEIGHT * len(values))
    else:
        score = total / len(values)
    if any(each.iri == SAME_AS and value == 100.0 for each, value in values):
        score = 100.0  # an identifier of another catalogue names one thing only
    fits = _has_type(entities, node, query)
    features: list[tuple[str, float | bool]] = [
        ("name", round(named.likeness, 1)),
        ("type", fits),
        ("sources", named.uses),
        *_property_features(values),
    ]
    return _Scored(node, round(score if fits else score / 2, 1), tuple(features), named.uses)


def _property_features(values: list[tuple[Condition, float]]) -> Iterator[tuple[str, float]]:
    """The features of the properties; one that is asked for again is numbered, as features are unique."""
    seen: Counter[str] = Counter()
    for condition, value in values:
        seen[condition.name] += 1
        number = f" {seen[condition.name]}" if seen[condition.name] > 1 else ""
        yield f"property {condition.name}{number}", round(value, 1)


def _compared(entities: Entities, node: str, condition: Condition) -> float:
    """How well the node's values of a property fit those asked for, 0 to 100."""
    return max((_best(entities, node, condition.iri, value) for value in condition.values), default=0.0)


def _best(entities: Entities, node: str, property_iri: str, value: Value) -> float:
    nodes = entities.nodes(node, property_iri)
    wanted = entities.iri(value.text)
    if wanted is not None and wanted in nodes:
        return 100.0
    if value.is_id:
        return 0.0
    text, best = normalised(value.text), 0.0
    for other in nodes:
        if other.rpartition("/")[2] == value.text:  # Q2429253 for its IRI in Wikidata
            return 100.0
        best = max([best, *(likeness(text, name) for name in entities.names(other))])
    for literal in entities.literals(node, property_iri):
        same = literal.value == value.text or _number(literal.value) == _number(value.text) is not None
        best = max(best, 100.0 if same else likeness(text, normalised(literal.value)))
    return best


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_sure(scores: list[float], conditions: int) -> bool:
    """Whether the first of the scores is good enough and well before the second."""
    if not scores:
        return False
    second = scores[1] if len(scores) > 1 else 0.0
    return scores[0] > 95 - 5 * conditions and scores[0] - second > 10
