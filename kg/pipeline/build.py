"""From inputs to the store."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from rdflib import Graph

from kg import clustering, iri, settings
from kg.export import read_ontology
from kg.facts import Report
from kg.gazetteer import Gazetteer, load_gazetteer
from kg.ingest import IngestOptions, Rejected, Skipped, read_inputs
from kg.mapping import map_dataset
from kg.pipeline.known import entity_graph, stored_links
from kg.pipeline.licence import licence_of
from kg.pipeline.overriding import (
    apply_rules,
    keep_as_read,
    read_rules,
    reject_lines,
    rules_in_force,
    rulings,
    warn_unmatched,
    write_rejects,
)
from kg.pipeline.overruling import Rules
from kg.pipeline.report import LoadReader, ReadReport, ReportOptions, load_default_reader
from kg.pipeline.seconds import Seconds
from kg.pipeline.summary import Summary, Tally
from kg.pipeline.workers import read_reports
from kg.store import Batch, Store
from kg.vocab import ONTOLOGY_IRI, OWL

_LOG = logging.getLogger(__name__)
_BATCH_REPORTS = 100  # a batch costs 0.3 s beside its content, most of it to see who is mentioned
_BATCH_SECONDS = 10.0  # so that a running server shows slow reports soon

Progress = Callable[[str], None]  # told the name of each input when it is done with


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """Options of a build, as the command line has them."""

    store: Path = settings.DEFAULT_STORE
    base_iri: str | None = None
    date: dt.date | dt.datetime | None = None
    identifier: str | None = None
    workers: int = 1
    model: str = settings.DEFAULT_MODEL
    ontology: Path = field(default_factory=settings.ontology_directory)
    keep_text: bool = False
    overrides: Path | None = None  # the store's own where None
    licence: str | None = None  # an IRI; what the store has where None


def build(
    inputs: Sequence[str],
    *,
    options: BuildOptions,
    progress: Progress = lambda _: None,
    load_reader: LoadReader = load_default_reader,
) -> Summary:
    """Read all inputs into the store, batch by batch; an input that cannot be read costs only itself.

    An exception, Ctrl-C too, loses the batch that has not been committed and nothing else.
    """
    began, tally = perf_counter(), Tally()
    store = Store.create_or_open(options.store, base_iri=options.base_iri)
    gazetteer = load_gazetteer(options.ontology / "gazetteer")
    rules = read_rules(store, file=options.overrides, gazetteer=gazetteer)
    apply_rules(store, rules, ontology=options.ontology, gazetteer=gazetteer)
    dataset = map_dataset(base_iri=store.base_iri, licence=licence_of(store, options.licence))
    writer = _Writer(store, dataset, options.ontology, gazetteer, rules, tally)
    tally.seconds += Seconds(loading=perf_counter() - began)
    reports = _reports(inputs, options, tally, progress)
    report_options = ReportOptions(
        options.model, options.ontology, store.base_iri, options.keep_text, load_reader, rules
    )
    with closing(read_reports(reports, options=report_options, workers=options.workers)) as outcomes:
        for outcome in outcomes:
            if isinstance(outcome, Rejected):
                _reject(outcome, tally, progress)
            else:
                writer.add(outcome)
                progress(outcome.identifier)
    writer.commit()
    warn_unmatched(store, rules.overrides)
    return tally.summary(linked=writer.linked, total_seconds=perf_counter() - began)


def remove(identifiers: Sequence[str], *, store: Store, ontology: Path) -> tuple[str, ...]:
    """Take reports out of the store; returns the identifiers that it does not have."""
    gazetteer = load_gazetteer(ontology / "gazetteer")
    rules = rules_in_force(store, gazetteer)
    with store.writing() as batch:
        unknown = tuple(identifier for identifier in identifiers if not _remove(batch, identifier))
        entities = entity_graph(batch, gazetteer, stored_links(store), rules)
        batch.put_graph(iri.graph(store.base_iri, "entities"), entities)
        removed = {iri.report(store.base_iri, identifier) for identifier in {*identifiers} - {*unknown}}
        clustering.update(
            batch.touching([iri.graph(store.base_iri, "clusters")]),
            base_iri=store.base_iri,
            reports=removed,
            rulings=rulings(rules.overrides),
        )
    for identifier in sorted({*identifiers} - {*unknown}):
        store.rejects_file(identifier).unlink(missing_ok=True)
        store.as_read_file(identifier).unlink(missing_ok=True)
    return unknown


def _remove(batch: Batch, identifier: str) -> bool:
    """Whether the store had a report of this identifier; it has none any more."""
    try:
        return batch.remove_report(iri.report(batch.base_iri, identifier))
    except ValueError:  # the identifier can be no report's
        return False


def _reports(
    inputs: Sequence[str], options: BuildOptions, tally: Tally, progress: Progress
) -> Iterator[Report]:
    """The reports among the inputs; what is no report, or has an identifier that is taken, is counted."""
    taken: set[str] = set()
    found = read_inputs(inputs, options=IngestOptions(date=options.date, identifier=options.identifier))
    while True:
        began = perf_counter()
        item = next(found, None)
        tally.seconds += Seconds(ingest=perf_counter() - began)
        if item is None:
            return
        if isinstance(item, Skipped):
            tally.skip()
        elif isinstance(item, Rejected):
            _reject(item, tally, progress)
        elif item.identifier in taken:
            reason = "another input of this run has this identifier"
            _reject(Rejected(item.identifier, reason), tally, progress)
        else:
            taken.add(item.identifier)
            yield item


def _reject(rejected: Rejected, tally: Tally, progress: Progress) -> None:
    _LOG.warning("%s: %s", rejected.name, rejected.reason)
    tally.reject(rejected)
    progress(rejected.name)


class _Writer:
    """Collects reports and commits them in batches, with the graphs that are the same for all reports."""

    def __init__(
        self, store: Store, dataset: Graph, ontology: Path, gazetteer: Gazetteer, rules: Rules, tally: Tally
    ) -> None:
        self._store = store
        self._gazetteer = gazetteer
        self._rules = rules
        self._ontology = tuple(read_ontology(ontology))
        self._dataset = dataset
        self._tally = tally
        self._waiting: list[ReadReport] = []
        self._committed = perf_counter()
        self.linked: set[str] = set()  # entities of the store with an owl:sameAs, as of the last commit

    def add(self, report: ReadReport) -> None:
        """Take a report; it is in the store at the latest after `commit`."""
        self._waiting.append(report)
        if len(self._waiting) == _BATCH_REPORTS or perf_counter() - self._committed > _BATCH_SECONDS:
            self.commit()

    def commit(self) -> None:
        """Write what waits."""
        began, base = perf_counter(), self._store.base_iri
        with self._store.writing() as batch:
            for report in self._waiting:
                self._keep_as_read(report)
                batch.put_triples(iri.report(base, report.identifier), report.triples)
            links = stored_links(self._store, self._rules.overrides)
            entities = entity_graph(batch, self._gazetteer, links, self._rules)
            batch.put_graph(iri.graph(base, "entities"), entities)
            written = {iri.report(base, report.identifier) for report in self._waiting}
            clustering.update(
                batch.touching([iri.graph(base, "clusters")]),
                base_iri=base,
                reports=written,
                rulings=rulings(self._rules.overrides),
            )
            batch.put_graph(iri.graph(base, "dataset"), self._dataset)
            batch.put_quads(str(ONTOLOGY_IRI), self._ontology)
        for report in self._waiting:
            write_rejects(self._store.rejects_file(report.identifier), reject_lines(report.rejects))
            if report.as_read is None:
                self._store.as_read_file(report.identifier).unlink(missing_ok=True)
            self._tally.add(report)
        self.linked = {str(entity) for entity in entities.subjects(OWL.sameAs)}
        self._waiting.clear()
        self._committed = perf_counter()
        self._tally.seconds += Seconds(store=self._committed - began)

    def _keep_as_read(self, report: ReadReport) -> None:
        """Keep what people overrule; a file that is there must say what was read now, until it is dropped."""
        kept = report.as_read or report.triples
        if report.as_read is not None or self._store.as_read_file(report.identifier).is_file():
            name = iri.report(self._store.base_iri, report.identifier)
            keep_as_read(self._store, report.identifier, kept, report=name)
