"""What a report says of its entities, events and relations apart."""

from __future__ import annotations

from rdflib import Literal, URIRef

from kg import iri
from kg.facts import Amount, Entity, Likely
from kg.mapping.context import Context, Triples, confidence, labels
from kg.mapping.literals import integer, words
from kg.vocab import RDF, SIT, SKOS, WD


def entity_triples(context: Context) -> Triples:
    """Classes, names, the body it belongs to and the numbers of each entity."""
    for entity in context.facts.entities:
        yield from _entity(context, entity)


def _entity(context: Context, entity: Entity) -> Triples:
    node, owner = context.entities[entity.key], f"entity {entity.key!r}"
    name = words(entity.name)
    if not name or not entity.classes:
        raise context.fail(owner, "it has no name" if not name else "it has no class")
    for class_name in entity.classes:
        yield node, RDF.type, context.class_(class_name, owner)
    yield from labels(node, name)
    for alias in entity.aliases:
        if words(alias) not in ("", name):
            yield node, SKOS.altLabel, Literal(words(alias))
    if entity.mentions:
        yield node, SIT.mentionedIn, context.report
    if entity.member_of is not None:
        yield node, SIT.memberOf, context.entity(entity.member_of, owner)
    if entity.likely is not None:
        yield from _likely(context, entity.likely, node, owner, entity)
    if entity.amount is not None:
        yield from _amount(node, entity.amount)


def _likely(context: Context, likely: Likely, node: URIRef, owner: str, entity: Entity) -> Triples:
    """skos:closeMatch, and the Statement that says how likely it is and where the name stands."""
    item = WD[likely.item]
    yield node, SKOS.closeMatch, item
    statement = URIRef(iri.statement(context.report, f"{entity.key}.closeMatch.{likely.item}"))
    yield statement, RDF.type, RDF.Statement
    yield statement, RDF.subject, node
    yield statement, RDF.predicate, SKOS.closeMatch
    yield statement, RDF.object, item
    yield statement, SIT.confidence, confidence(context, likely.score, owner)
    yield statement, SIT.reason, Literal(likely.why)
    if entity.mentions:
        sentence = context.sentence_of(entity.mentions[0], owner)
        yield statement, SIT.evidence, context.sentence(sentence, owner)


def _amount(node: URIRef, amount: Amount) -> Triples:
    if amount.least is not None:
        yield node, SIT.minCount, integer(amount.least)
    if amount.most is not None:
        yield node, SIT.maxCount, integer(amount.most)
    yield node, SIT.countText, Literal(words(amount.words))
