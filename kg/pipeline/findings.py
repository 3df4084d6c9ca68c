"""What reading finds in reports, for people to look at before anything is stored.

    input → Report → ReadReport → Findings
            ingest   report.py    here

The way is that of a build up to the store: what people overrule is overruled, what validation rejects is out.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kg import iri, settings
from kg.facts import Report, Span
from kg.gazetteer import load_gazetteer
from kg.ingest import Columns, IngestOptions, Rejected, read_inputs
from kg.pipeline.overriding import read_rules
from kg.pipeline.overruling import Rules
from kg.pipeline.report import (
    LoadReader,
    ReadReport,
    Reject,
    ReportOptions,
    ReportReader,
    load_default_reader,
)
from kg.store import Store
from kg.validation import ShapeResult
from kg.vocab import ITSRDF, NIF, RDF, SIT, SKOS

_ROLES = (
    *(SIT.agent, SIT.target, SIT.participant, SIT.instrument, SIT.place, SIT.origin, SIT.destination),
    *(SIT.speaker, SIT.addressee, SIT.about, SIT.causedBy),
)


@dataclass(frozen=True, slots=True)
class FindOptions:
    """Options of `find`. Base IRI and overrides are those of `store`, if there is a store."""

    store: Path = settings.DEFAULT_STORE
    date: dt.date | dt.datetime | None = None
    identifier: str | None = None
    columns: Columns = ()
    model: str = settings.DEFAULT_MODEL
    ontology: Path = field(default_factory=settings.ontology_directory)
    load_reader: LoadReader = load_default_reader


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity or event that the report's graph describes; `kind` is the local name of its class."""

    iri: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the report that stand for a thing, or tell of an event."""

    span: Span
    thing: str  # its IRI


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event. Roles are pairs of the role's name and the IRI of what fills it."""

    iri: str
    status: str
    confidence: float
    roles: tuple[tuple[str, str], ...]
    date: str  # "" where it is not known, as the next two
    end_date: str
    time_words: str
    sources: tuple[str, ...]  # IRIs of those who say so
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class FoundRelation:
    """A direct relation; `predicate` is a local name, the others IRIs."""

    subject: str
    predicate: str
    object: str
    confidence: float
    sources: tuple[str, ...]
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the graph of one report would say."""

    report: Report
    iri: str
    things: tuple[Thing, ...]
    mentions: tuple[Mention, ...]  # in text order
    events: tuple[FoundEvent, ...]  # in text order
    relations: tuple[FoundRelation, ...]
    rejects: tuple[Reject, ...]
    warnings: tuple[ShapeResult, ...]


def find(inputs: Sequence[str], *, options: FindOptions) -> Iterator[Findings | Rejected]:
    """Read inputs as a build does and store nothing. Raises the errors of loading model, data or store."""
    base_iri, rules = _store_rules(options)
    reader, taken = None, set[str]()
    for item in read_inputs(inputs, options=IngestOptions(options.date, options.identifier, options.columns)):
        if isinstance(item, Rejected):
            yield item
        elif isinstance(item, Report):
            if item.identifier in taken:
                yield Rejected(item.identifier, "another input of this run has this identifier")
                continue
            taken.add(item.identifier)
            reader = reader or _reader(options, base_iri, rules)
            outcome = reader.read(item)
            yield outcome if isinstance(outcome, Rejected) else _findings(item, outcome, base_iri)


def _store_rules(options: FindOptions) -> tuple[str, Rules]:
    """Base IRI and rules of the store; the default ones where there is none yet."""
    if not options.store.exists():
        return settings.DEFAULT_BASE_IRI, Rules(settings.DEFAULT_BASE_IRI)
    store = Store.open(options.store)
    gazetteer = load_gazetteer(options.ontology / "gazetteer")
    return store.base_iri, read_rules(store, file=None, gazetteer=gazetteer)


def _reader(options: FindOptions, base_iri: str, rules: Rules) -> ReportReader:
    return ReportReader(
        ReportOptions(
            model=options.model,
            ontology=options.ontology,
            base_iri=base_iri,
            keep_text=False,
            load_reader=options.load_reader,
            rules=rules,
        )
    )


def _findings(report: Report, read: ReadReport, base_iri: str) -> Findings:
    graph = _Graph(read.triples)
    mentions = sorted(
        (
            Mention(graph.span(phrase), graph.one(phrase, ITSRDF.taIdentRef))
            for phrase in graph.subjects(RDF.type, NIF.Phrase)
        ),
        key=lambda mention: (mention.span, mention.thing),
    )
    first = {mention.thing: mention.span for mention in reversed(mentions)}
    nowhere = Span(len(report.text), len(report.text))
    events = sorted(
        (_event(graph, event) for event in graph.having(SIT.status)),
        key=lambda event: (first.get(event.iri, nowhere), event.iri),
    )
    report_iri = iri.report(base_iri, report.identifier)
    return Findings(
        report=report,
        iri=report_iri,
        things=tuple(_thing(graph, name) for name in graph.having(SKOS.prefLabel) if name != report_iri),
        mentions=tuple(mentions),
        events=tuple(events),
        relations=tuple(_relation(graph, statement) for statement in graph.subjects(RDF.type, RDF.Statement)),
        rejects=read.rejects,
        warnings=read.warnings,
    )


def _thing(graph: _Graph, name: str) -> Thing:
    """A Country that acts is an Actor too, which says less."""
    kinds = [_local(kind) for kind in graph.all(name, RDF.type)]
    kind = next((kind for kind in kinds if kind != "Actor"), "Actor")
    return Thing(name, graph.one(name, SKOS.prefLabel), kind)


def _event(graph: _Graph, event: str) -> FoundEvent:
    return FoundEvent(
        iri=event,
        status=_local(graph.one(event, SIT.status)),
        confidence=float(graph.one(event, SIT.confidence)),
        roles=tuple((_local(role), filler) for role in _ROLES for filler in graph.all(event, role)),
        date=graph.one(event, SIT.date),
        end_date=graph.one(event, SIT.endDate),
        time_words=graph.one(event, SIT.timeText),
        sources=graph.all(event, SIT.attributedTo),
        evidence=graph.spans(event),
    )


def _relation(graph: _Graph, statement: str) -> FoundRelation:
    return FoundRelation(
        subject=graph.one(statement, RDF.subject),
        predicate=_local(graph.one(statement, RDF.predicate)),
        object=graph.one(statement, RDF.object),
        confidence=float(graph.one(statement, SIT.confidence)),
        sources=graph.all(statement, SIT.attributedTo),
        evidence=graph.spans(statement),
    )


def _local(name: str) -> str:
    return name.rpartition("#")[2]


class _Graph:
    """A report's triples by subject and predicate, values as text, sorted."""

    def __init__(self, triples: bytes) -> None:
        self._values: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for quad in ox.parse(triples, ox.RdfFormat.N_TRIPLES):
            subject, value = quad.subject, quad.object
            if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
                self._values[subject.value][quad.predicate.value].append(value.value)

    def all(self, subject: str, predicate: str) -> tuple[str, ...]:
        """The values of a property."""
        return tuple(sorted(self._values[subject][str(predicate)])) if subject in self._values else ()

    def one(self, subject: str, predicate: str) -> str:
        """The value of a property that has one at most; empty where it has none."""
        return next(iter(self.all(subject, predicate)), "")

    def subjects(self, predicate: str, value: str) -> list[str]:
        """The nodes that have this value, sorted."""
        return [name for name in self.having(predicate) if str(value) in self.all(name, predicate)]

    def having(self, predicate: str) -> list[str]:
        """The nodes that have the property, sorted."""
        return sorted(name for name, values in self._values.items() if str(predicate) in values)

    def span(self, node: str) -> Span:
        """Where the words of a phrase or sentence stand."""
        return Span(int(self.one(node, NIF.beginIndex)), int(self.one(node, NIF.endIndex)))

    def spans(self, node: str) -> tuple[Span, ...]:
        """Where the evidence of a node stands."""
        return tuple(sorted(self.span(sentence) for sentence in self.all(node, SIT.evidence)))
