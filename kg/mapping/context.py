"""One report's facts with their IRIs: what every mapper looks up, and what is checked while looking up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.term import Node

from kg import iri
from kg.facts import Event, Facts, Relation, Span
from kg.mapping.literals import decimal
from kg.vocab import RDFS, SIT, SKOS

Triples = Iterator[tuple[Node, Node, Node]]

ROLES = (
    "agent",
    "target",
    "participant",
    "place",
    "instrument",
    "origin",
    "destination",
    "speaker",
    "addressee",
)
RELATIONS = (
    "fights",
    "attacks",
    "supports",
    "alliedWith",
    "holds",
    "captured",
    "killed",
    "controls",
    "leads",
    "memberOf",
    "partOf",
    "locatedIn",
    "accuses",
    "metWith",
    "displacedFrom",
    "conducts",
)
SYMMETRIC = ("fights", "alliedWith", "metWith")
_NOT_CLASSES = ("Entity", "Report", "Status", "Reported", "Possible", "Attempted", "Planned", "Denied")


@dataclass(frozen=True, slots=True)
class Context:
    """Facts of one report, and the IRI of each thing by its key. Look-ups raise ValueError."""

    facts: Facts
    report: URIRef
    entities: Mapping[str, URIRef]
    events: Mapping[str, URIRef]
    sentences: tuple[Span, ...]  # in text order

    @classmethod
    def of(cls, facts: Facts, *, base_iri: str) -> Context:
        """The context of a report's facts. Raises ValueError where two things have one key."""
        report = iri.report(base_iri, facts.report.identifier)
        entities = {e.key: URIRef(iri.entity(base_iri, report, e)) for e in facts.entities}
        events = {e.key: URIRef(iri.event(report, e.key)) for e in facts.events}
        if len(entities) < len(facts.entities) or len(events) < len(facts.events):
            raise ValueError(f"report {facts.report.identifier!r}: a key is given to two entities or events")
        return cls(facts, URIRef(report), entities, events, tuple(sorted(facts.sentences)))

    def fail(self, owner: object, reason: str) -> ValueError:
        """An error about one fact of this report, to be raised."""
        return ValueError(f"report {self.facts.report.identifier!r}, {owner}: {reason}")

    def entity(self, key: str, owner: str) -> URIRef:
        """IRI of the entity with this key."""
        if key not in self.entities:
            raise self.fail(owner, f"unknown entity {key!r}")
        return self.entities[key]

    def event(self, key: str, owner: str) -> URIRef:
        """IRI of the event with this key."""
        if key not in self.events:
            raise self.fail(owner, f"unknown event {key!r}")
        return self.events[key]

    def class_(self, name: str, owner: str) -> URIRef:
        """IRI of a class of the ontology."""
        if not name[:1].isupper() or name in _NOT_CLASSES or name not in SIT:
            raise self.fail(owner, f"unknown class {name!r}")
        return SIT[name]

    def property(self, name: str, among: tuple[str, ...], owner: str) -> URIRef:
        """IRI of a role or relation."""
        if name not in among:
            raise self.fail(owner, f"unknown role or relation {name!r}")
        return SIT[name]

    def sentence(self, span: Span, owner: str) -> URIRef:
        """IRI of a sentence, which must be one of the facts' sentences."""
        if self.sentence_of(span, owner) != span:
            raise self.fail(owner, f"evidence {span.begin}-{span.end} is not one of the report's sentences")
        return URIRef(iri.sentence(self.report, span))

    def sentence_of(self, span: Span, owner: str) -> Span:
        """The sentence that holds a span."""
        self.anchor(span, owner)
        at = bisect_right(self.sentences, span.begin, key=lambda sentence: sentence.begin) - 1
        if at < 0 or self.sentences[at].end < span.end:
            raise self.fail(owner, f"span {span.begin}-{span.end} lies in none of the report's sentences")
        return self.sentences[at]

    def anchor(self, span: Span, owner: str) -> str:
        """The text's characters under a span."""
        text = self.facts.report.text
        if not 0 <= span.begin < span.end <= len(text):
            raise self.fail(
                owner, f"span {span.begin}-{span.end} is not within the text's {len(text)} characters"
            )
        return text[span.begin : span.end]


def name_of(fact: Event | Relation) -> str:
    """How messages call a fact."""
    if isinstance(fact, Event):
        return f"event {fact.key!r}"
    return f"relation {fact.subject} {fact.predicate} {fact.object}"


def labels(node: URIRef, name: str) -> Triples:
    """The one name that every graph gives a node."""
    label = Literal(name)
    yield node, RDFS.label, label
    yield node, SKOS.prefLabel, label


def confidence(context: Context, value: float, owner: str) -> Literal:
    """A confidence with two places. Raises ValueError unless it is from 0 to 1."""
    if not 0 <= value <= 1:
        raise context.fail(owner, f"confidence {value!r} is not from 0 to 1")
    return decimal(value, places=2)
