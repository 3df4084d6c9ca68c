"""From the graph of a report to values: the same for what was just read and for what a store holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.api.values import Entity, Event, Mention, Relation, Role, Sentence, Thing
from kg.facts import Report, Span
from kg.ingest.metadata import parse_date
from kg.vocab import DCTERMS, ITSRDF, NIF, OWL, RDF, SIT, SKOS, WD, WGS84

_ROLES = (
    *(SIT.agent, SIT.target, SIT.participant, SIT.instrument, SIT.place, SIT.origin, SIT.destination),
    *(SIT.speaker, SIT.addressee),
)


@dataclass(frozen=True, slots=True)
class Found:
    """All that the graph of one report says, in the order of its text."""

    entities: tuple[Entity, ...]
    events: tuple[Event, ...]
    relations: tuple[Relation, ...]  # sorted by the IRI of their statement
    mentions: tuple[Mention, ...]


def parse(quads: Iterable[ox.Quad], *, report_iri: str) -> Found:
    """What the quads in the report's graph say; those of other graphs are known of the entities anyway."""
    said, known = Values(), Values()
    for quad in quads:
        own = isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value == report_iri
        (said if own else known).add(quad)
    return _Parser(said, known, report_iri).found()


def report_in(quads: Iterable[ox.Quad], *, report_iri: str) -> Report:
    """The report itself, from its graph; the text is empty where the graph does not keep it."""
    values = Values()
    for quad in quads:
        values.add(quad)
    publisher = values.one(report_iri, DCTERMS.publisher)
    issued = values.one(report_iri, DCTERMS.issued)
    return Report(
        identifier=values.one(report_iri, DCTERMS.identifier) or "",
        text=values.one(report_iri, NIF.isString) or "",
        title=values.one(report_iri, DCTERMS.title),
        issued=parse_date(issued) if issued is not None else None,
        publisher=values.one(publisher, SKOS.prefLabel) or publisher if publisher is not None else None,
        source=values.one(report_iri, DCTERMS.source),
        language=values.one(report_iri, DCTERMS.language),
    )


class Values:
    """Triples by subject and predicate, values as text."""

    def __init__(self) -> None:
        self._values: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def add(self, quad: ox.Quad) -> None:
        """Take a triple in; one with a blank node is left out, for none of ours has any."""
        subject, value = quad.subject, quad.object
        if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
            self._values[subject.value][quad.predicate.value].append(value.value)

    def all(self, subject: str, predicate: str) -> tuple[str, ...]:
        """The values of a property, sorted."""
        return tuple(sorted(self._values[subject][str(predicate)])) if subject in self._values else ()

    def one(self, subject: str, predicate: str) -> str | None:
        """The value of a property that has one at most."""
        return next(iter(self.all(subject, predicate)), None)

    def subjects(self, predicate: str, value: str) -> list[str]:
        """The nodes that have this value, sorted."""
        return [name for name in self.having(predicate) if str(value) in self.all(name, predicate)]

    def having(self, predicate: str) -> list[str]:
        """The nodes that have the property, sorted."""
        return sorted(name for name, values in self._values.items() if str(predicate) in values)

    def span(self, node: str) -> Span:
        """Where the words of a phrase or sentence stand."""
        return Span(
            int(self.one(node, NIF.beginIndex) or 0),
            int(self.one(node, NIF.endIndex) or 0),
        )


class _Parser:
    """Makes the values of one report; each thing is made once."""

    def __init__(self, said: Values, known: Values, report_iri: str) -> None:
        self._said, self._known = said, known
        events = set(said.having(SIT.status))
        named = [name for name in said.having(SKOS.prefLabel) if name != report_iri]
        self._events = {name: Thing(name, self._name(name), self._kind(name)) for name in sorted(events)}
        self._entities = {name: self._entity(name) for name in named if name not in events}

    def found(self) -> Found:
        """All values of the report."""
        said = self._said
        mentions = sorted(
            (
                Mention(said.span(phrase), self._thing(said.one(phrase, ITSRDF.taIdentRef) or ""))
                for phrase in said.subjects(RDF.type, NIF.Phrase)
            ),
            key=lambda mention: (mention.span, mention.thing.iri),
        )
        first = {mention.thing.iri: mention.span.begin for mention in reversed(mentions)}

        def in_text(names: Iterable[str]) -> list[str]:
            return sorted(names, key=lambda name: (first.get(name, float("inf")), name))

        return Found(
            entities=tuple(self._entities[name] for name in in_text(self._entities)),
            events=tuple(self._event(name) for name in in_text(self._events)),
            relations=tuple(self._relation(name) for name in said.subjects(RDF.type, RDF.Statement)),
            mentions=tuple(mentions),
        )

    def _name(self, node: str) -> str:
        return self._said.one(node, SKOS.prefLabel) or node

    def _kind(self, node: str) -> str:
        """A Country that acts is an Actor too, which says less."""
        kinds = [_local(kind) for kind in self._said.all(node, RDF.type)]
        return next((kind for kind in kinds if kind != "Actor"), "Actor")

    def _entity(self, node: str) -> Entity:
        said, known = self._said, self._known
        item = next((one for one in known.all(node, OWL.sameAs) if one.startswith(str(WD))), None)
        latitude, longitude = known.one(node, WGS84.lat), known.one(node, WGS84.long)
        return Entity(
            iri=node,
            name=self._name(node),
            kind=self._kind(node),
            aliases=said.all(node, SKOS.altLabel),
            least=_number(said.one(node, SIT.minCount)),
            most=_number(said.one(node, SIT.maxCount)),
            wikidata=item.removeprefix(str(WD)) if item else None,
            latitude=float(latitude) if latitude else None,
            longitude=float(longitude) if longitude else None,
        )

    def _event(self, node: str) -> Event:
        said, thing = self._said, self._events[node]
        return Event(
            iri=node,
            name=thing.name,
            kind=thing.kind,
            status=_local(said.one(node, SIT.status) or ""),
            confidence=float(said.one(node, SIT.confidence) or 0),
            roles=tuple(
                Role(_local(role), filler) for role in _ROLES for filler in self._fillers(node, role)
            ),
            about=tuple(self._thing(name) for name in said.all(node, SIT.about)),
            caused_by=tuple(self._thing(name) for name in said.all(node, SIT.causedBy)),
            date=said.one(node, SIT.date),
            end_date=said.one(node, SIT.endDate),
            time_words=said.one(node, SIT.timeText),
            sources=self._fillers(node, SIT.attributedTo),
            evidence=self._evidence(node),
        )

    def _relation(self, node: str) -> Relation:
        said = self._said
        return Relation(
            subject=self._thing(said.one(node, RDF.subject) or ""),
            predicate=_local(said.one(node, RDF.predicate) or ""),
            object=self._thing(said.one(node, RDF.object) or ""),
            confidence=float(said.one(node, SIT.confidence) or 0),
            sources=self._fillers(node, SIT.attributedTo),
            evidence=self._evidence(node),
        )

    def _thing(self, node: str) -> Thing:
        return self._events.get(node) or self._named(node)

    def _fillers(self, node: str, role: str) -> tuple[Entity, ...]:
        return tuple(self._named(name) for name in self._said.all(node, role))

    def _named(self, node: str) -> Entity:
        return self._entities.get(node) or Entity(node, node, "")

    def _evidence(self, node: str) -> tuple[Sentence, ...]:
        said = self._said
        found = (
            Sentence(said.span(one), said.one(one, NIF.anchorOf) or "")
            for one in said.all(node, SIT.evidence)
        )
        return tuple(sorted(found, key=lambda sentence: sentence.span))


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _local(name: str) -> str:
    return name.rpartition("#")[2]
