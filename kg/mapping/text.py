"""Where in the text things stand: phrases and sentences, in the NLP Interchange Format."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Literal, URIRef

from kg import iri
from kg.facts import Span
from kg.mapping.context import Context, Triples, confidence, name_of
from kg.mapping.literals import integer
from kg.vocab import ITSRDF, NIF, RDF, SIT


def text_triples(context: Context) -> Triples:
    """A nif:Phrase for each mention and trigger, and a nif:Sentence for each sentence that is pointed to."""
    used = set()
    for span, node, owner in _mentions(context):
        sentence = context.sentence_of(span, owner)
        used.add(sentence)
        phrase = URIRef(iri.phrase(context.report, span))
        yield from _anchored(context, phrase, NIF.Phrase, span, owner)
        yield phrase, ITSRDF.taIdentRef, node
        yield phrase, NIF.sentence, URIRef(iri.sentence(context.report, sentence))
    yield from _reasons(context)
    for event in context.facts.events:
        used.update(event.evidence)
    for relation in context.facts.relations:
        used.update(relation.evidence)
    for sentence in sorted(used):
        node = context.sentence(sentence, "evidence")
        yield from _anchored(context, node, NIF.Sentence, sentence, "a sentence")


def _mentions(context: Context) -> Iterator[tuple[Span, URIRef, str]]:
    """Each span with the node it stands for, and what to call that in a message."""
    for entity in context.facts.entities:
        for span in entity.mentions:
            yield span, context.entities[entity.key], f"entity {entity.key!r}"
    for event in context.facts.events:
        for span in event.triggers:
            yield span, context.events[event.key], name_of(event)


def _reasons(context: Context) -> Triples:
    """Why the first mention of a known thing is that, and how sure; why the trigger of an event is one."""
    for entity in context.facts.entities:
        link = entity.known or entity.likely
        if link is None or not link.why or not entity.mentions:
            continue
        phrase = URIRef(iri.phrase(context.report, entity.mentions[0]))
        yield phrase, SIT.reason, Literal(link.why)
        if entity.known is not None:
            yield phrase, ITSRDF.taConfidence, confidence(context, link.score, f"entity {entity.key!r}")
    for event in context.facts.events:
        if event.why and event.triggers:
            yield URIRef(iri.phrase(context.report, event.triggers[0])), SIT.reason, Literal(event.why)


def _anchored(context: Context, node: URIRef, kind: URIRef, span: Span, owner: str) -> Triples:
    yield node, RDF.type, kind
    yield node, NIF.beginIndex, integer(span.begin)
    yield node, NIF.endIndex, integer(span.end)
    yield node, NIF.anchorOf, Literal(context.anchor(span, owner))
    yield node, NIF.referenceContext, context.report
