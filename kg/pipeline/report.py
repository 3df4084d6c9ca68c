"""What happens to one report by itself: it is read, mapped and validated."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Protocol, runtime_checkable

import rdflib

from kg import iri
from kg.errors import SitrepError
from kg.facts import Facts, Report
from kg.ingest import Rejected
from kg.mapping import map_report
from kg.overrides import FILE
from kg.pipeline.marks import marks
from kg.pipeline.overruling import Rules, overrule_report
from kg.pipeline.seconds import Seconds
from kg.validation import Pruned, ShapeResult, Validator
from kg.vocab import ITSRDF, NIF, RDF, SIT

_LOG = logging.getLogger(__name__)


class Reader(Protocol):
    """Reads the text of a report."""

    def read(self, report: Report) -> Facts:
        """All that the report says."""


@runtime_checkable
class GroupReader(Reader, Protocol):
    """Reads several reports in less time than one after the other, with the same results."""

    def read_together(self, reports: Sequence[Report]) -> Sequence[Facts | SitrepError]:
        """What each report says, or why it is not read; what it raises may be due to any of them."""


class LoadReader(Protocol):
    """Makes a reader; a function of a module, so that worker processes can be told of it."""

    def __call__(self, *, model: str, ontology: Path) -> Reader:
        """Load the language model and the data files of the ontology folder."""


def load_default_reader(*, model: str, ontology: Path) -> Reader:
    """The reader of `kg.reading`, imported when it is needed: it takes seconds and much memory."""
    from kg.reading import load_reader

    return load_reader(model=model, ontology=ontology)


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What the steps of one report need to know."""

    model: str
    ontology: Path
    base_iri: str
    keep_text: bool
    load_reader: LoadReader
    rules: Rules
    read_with: str | None = None  # what the graphs say that they were read with; None: nothing


@dataclass(frozen=True, slots=True)
class Reject:
    """What was kept out of a report's graph, its sentence, and whether a person's line led to that."""

    result: ShapeResult
    sentence: str | None
    overruled: bool = False


@dataclass(frozen=True, slots=True)
class Ruled:
    """A report's graph as people have it, where that is not what was read."""

    graph: rdflib.Graph
    rejects: tuple[Reject, ...]
    warnings: tuple[ShapeResult, ...]


def ruled(graph: rdflib.Graph, report_iri: str, rules: Rules, validator: Validator) -> Ruled | None:
    """Overrule what was read of a report, and validate it again; None where no rule changes anything."""
    if not rules.overrides.about(report_iri).lines:
        return None
    overruled = overrule_report(graph, report_iri, rules)
    if not overruled.wrong and set(overruled.graph) == set(graph):
        return None
    sentences, pruned = _Sentences(graph), validator.prune(overruled.graph)
    results = [
        ShapeResult(
            focus=line.subject,
            path=None,
            value=None,
            shape=FILE,
            severity="Violation",
            message=f"Marked as wrong by a person{f': {line.note}' if line.note else ''}.",
        )
        for line in overruled.wrong
    ]
    rejects = tuple(Reject(r, sentences.of(r.focus), overruled=True) for r in (*results, *pruned.rejects))
    return Ruled(pruned.graph, rejects, pruned.warnings)


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A report that is ready for the store. `triples` is its graph as N-Triples."""

    identifier: str
    triples: bytes
    named: frozenset[str]  # IRIs of entities that other reports may mention too
    unnamed: int  # entities of this report alone
    events: tuple[tuple[str, int], ...]  # kind and number
    relations: int
    rejects: tuple[Reject, ...]
    warnings: tuple[ShapeResult, ...]  # about what is kept
    seconds: Seconds
    as_read: bytes | None = None  # the same without what people overrule, where that is something else


class ReportReader:
    """Does the steps of one report; model, ontology and shapes are loaded once, here."""

    def __init__(self, options: ReportOptions) -> None:
        began = perf_counter()
        self._options = options
        self._reader = options.load_reader(model=options.model, ontology=options.ontology)
        self._validator = Validator(options.ontology)
        self._untold = Seconds(loading=perf_counter() - began)  # told with the next report

    def read(self, report: Report) -> ReadReport | Rejected:
        """The report, ready for the store; Rejected where reading it fails, whatever the failure."""
        return self._outcome(report)

    def read_together(self, reports: Sequence[Report]) -> Iterator[ReadReport | Rejected]:
        """What `read` makes of each report, in less time."""
        began = perf_counter()
        found = self._facts(reports)
        self._untold += Seconds(reading=perf_counter() - began)
        for report, facts in zip(reports, found, strict=True):
            yield self._outcome(report, facts)

    def _facts(self, reports: Sequence[Report]) -> Sequence[Facts | SitrepError | None]:
        """What the reports say, or why one is not read; None for each where they fail together."""
        if len(reports) > 1 and isinstance(self._reader, GroupReader):
            try:
                return self._reader.read_together(reports)
            # Read one by one, the report that this is due to fails again, by itself.
            except Exception:  # noqa: BLE001
                _LOG.debug("%d reports failed together", len(reports), exc_info=True)
        return [None] * len(reports)

    def _outcome(self, report: Report, facts: Facts | SitrepError | None = None) -> ReadReport | Rejected:
        try:
            return self._read(report, facts)
        except SitrepError as error:
            return Rejected(report.identifier, str(error))
        # One of the two borders with a broad except: a report that cannot be read costs that report only.
        except Exception as error:  # noqa: BLE001
            _LOG.debug("report %s failed", report.identifier, exc_info=True)
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            return Rejected(report.identifier, f"could not be read ({reason})")

    def _read(self, report: Report, facts: Facts | SitrepError | None) -> ReadReport:
        options, began = self._options, perf_counter()
        untold, self._untold = self._untold, Seconds()
        if facts is None:
            facts = self._reader.read(report)
        elif isinstance(facts, SitrepError):
            raise facts
        read = perf_counter()
        graph = map_report(facts, base_iri=options.base_iri, keep_text=options.keep_text)
        node = rdflib.URIRef(iri.report(options.base_iri, report.identifier))
        if options.read_with is not None:
            for triple in marks(report, node, keep_text=options.keep_text, read_with=options.read_with):
                graph.add(triple)
        mapped = perf_counter()
        pruned = self._validator.prune(graph)
        rejects = _rejects(graph, pruned)
        by_people = ruled(pruned.graph, str(node), options.rules, self._validator)
        final = by_people or Ruled(pruned.graph, (), pruned.warnings)
        entities = {str(entity) for entity in final.graph.subjects(SIT.mentionedIn)}
        own = f"{node}/"
        named = frozenset(entity for entity in entities if not entity.startswith(own))
        ruled_on = perf_counter()
        triples = triples_of(final.graph)
        written = perf_counter()
        read_report = ReadReport(
            identifier=report.identifier,
            triples=triples,
            as_read=None if by_people is None else triples_of(pruned.graph),
            named=named,
            unnamed=len(entities) - len(named),
            events=_events(final.graph),
            relations=len(set(final.graph.subjects(RDF.type, RDF.Statement))),
            rejects=rejects + final.rejects,
            warnings=final.warnings,
            seconds=untold
            + Seconds(
                reading=read - began,
                mapping=mapped - read + written - ruled_on,
                validation=ruled_on - mapped,
            ),
        )
        graph.close()
        return read_report


def triples_of(graph: rdflib.Graph) -> bytes:
    """A graph as N-Triples."""
    return graph.serialize(format="nt", encoding="utf-8")


def _events(graph: rdflib.Graph) -> tuple[tuple[str, int], ...]:
    """How many events of each kind there are; an event is what has a status."""
    kinds = Counter(
        str(kind).rpartition("#")[2]
        for event in set(graph.subjects(SIT.status))
        for kind in graph.objects(event, RDF.type)
    )
    return tuple(sorted(kinds.items()))


def _rejects(graph: rdflib.Graph, pruned: Pruned) -> tuple[Reject, ...]:
    """What was taken out of a graph, each with its sentence."""
    if not pruned.rejects:
        return ()
    sentences = _Sentences(graph)
    return tuple(Reject(result, sentences.of(result.focus)) for result in pruned.rejects)


class _Sentences:
    """The words that a report's nodes came from, taken before anything is pruned."""

    def __init__(self, graph: rdflib.Graph) -> None:
        self._words = {node: str(words) for node, words in graph.subject_objects(NIF.anchorOf)}
        self._sentence = dict(sorted(graph.subject_objects(NIF.sentence)))
        self._source = {
            node: self._sentence.get(phrase, phrase)
            for phrase, node in sorted(graph.subject_objects(ITSRDF.taIdentRef), reverse=True)
        } | dict(sorted(graph.subject_objects(SIT.evidence), reverse=True))

    def of(self, focus: str) -> str | None:
        """The sentence of a node: its evidence, the one it is mentioned in, or the node itself."""
        node = rdflib.URIRef(focus)
        sentence = self._source.get(node) or self._sentence.get(node, node)
        return self._words.get(sentence)
