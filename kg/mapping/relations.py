"""Direct relations: each one triple, and one rdf:Statement that says what it rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from rdflib import Literal, URIRef

from kg import iri
from kg.facts import Relation
from kg.mapping.context import RELATIONS, SYMMETRIC, Context, Triples, confidence, name_of
from kg.vocab import PROV, RDF, SIT

_T = TypeVar("_T")


def relation_triples(context: Context) -> Triples:
    """The triple and the Statement of each direct relation; what is told twice is joined into one."""
    for relation in _joined(context):
        owner = name_of(relation)
        subject = context.entity(relation.subject, owner)
        predicate = context.property(relation.predicate, RELATIONS, owner)
        target = context.event if relation.predicate == "conducts" else context.entity
        yield subject, predicate, target(relation.object, owner)
        node = URIRef(iri.statement(context.report, statement_key(relation)))
        yield node, RDF.type, RDF.Statement
        yield node, RDF.subject, subject
        yield node, RDF.predicate, predicate
        yield node, RDF.object, target(relation.object, owner)
        yield node, SIT.confidence, confidence(context, relation.confidence, owner)
        if relation.why:
            yield node, SIT.reason, Literal(relation.why)
        for span in relation.evidence:
            yield node, SIT.evidence, context.sentence(span, owner)
        for key in relation.attributed_to:
            yield node, SIT.attributedTo, context.entity(key, owner)
        for key in relation.derived_from:
            yield node, PROV.wasDerivedFrom, context.event(key, owner)


def statement_key(relation: Relation) -> str:
    """One key for subject, predicate and object; dots part them and are escaped within them."""
    parts = (relation.subject, relation.predicate, relation.object)
    return ".".join(part.replace("~", "~0").replace(".", "~1") for part in parts)


def _joined(context: Context) -> list[Relation]:
    """One relation for each subject, predicate and object; a symmetric one keeps its first direction.

    Entities with two keys may have one IRI, so it is IRIs that are compared.
    """
    found: dict[tuple[URIRef | str, str, URIRef | str], Relation] = {}
    for relation in context.facts.relations:
        subject = context.entities.get(relation.subject, relation.subject)
        object_ = context.entities.get(relation.object, relation.object)
        key = (subject, relation.predicate, object_)
        if relation.predicate in SYMMETRIC and (object_, relation.predicate, subject) in found:
            key = (object_, relation.predicate, subject)
        found[key] = _join(found[key], relation) if key in found else relation
    return list(found.values())


def _join(first: Relation, second: Relation) -> Relation:
    """The first relation with what the second rests on beside it, and the greater confidence."""
    return replace(
        first,
        evidence=_union(first.evidence, second.evidence),
        confidence=max(first.confidence, second.confidence),
        attributed_to=_union(first.attributed_to, second.attributed_to),
        derived_from=_union(first.derived_from, second.derived_from),
    )


def _union(first: tuple[_T, ...], second: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys((*first, *second)))
