"""From inputs to the store."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from kg import iri, settings
from kg.batch import Batch
from kg.facts import Report
from kg.gazetteer import load_gazetteer
from kg.ingest import Columns, IngestOptions, Rejected, Skipped, read_inputs
from kg.mapping import map_dataset
from kg.pipeline import heap
from kg.pipeline.cluster import read_on_cluster
from kg.pipeline.licence import licence_of
from kg.pipeline.overriding import apply_rules, read_rules, rules_in_force, warn_unmatched
from kg.pipeline.report import LoadReader, ReportOptions, load_default_reader
from kg.pipeline.seconds import Seconds
from kg.pipeline.summary import Summary, Tally
from kg.pipeline.unchanged import Unchanged
from kg.pipeline.versions import read_with
from kg.pipeline.workers import Outcome, read_reports
from kg.pipeline.writing import Sources, Writer, drop_files, refresh
from kg.store import Store

_LOG = logging.getLogger(__name__)

Progress = Callable[[str], None]  # told the name of each input when it is done with


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """Options of a build, as the command line has them."""

    store: Path = settings.DEFAULT_STORE
    base_iri: str | None = None
    date: dt.date | dt.datetime | None = None
    identifier: str | None = None
    columns: Columns = ()  # of tables, as for kg.ingest.IngestOptions
    workers: int = 1
    model: str = settings.DEFAULT_MODEL
    ontology: Path = field(default_factory=settings.ontology_directory)
    keep_text: bool = False
    overrides: Path | None = None  # the store's own where None
    licence: str | None = None  # an IRI; what the store has where None
    reread: bool = False  # also what has not changed
    keep_old: bool = False  # do not read again what was only read with another ontology, model or code
    prune: bool = False  # remove the reports that are not among the inputs
    dask: str | None = None  # address of a Dask scheduler, or "local"


def build(
    inputs: Sequence[str],
    *,
    options: BuildOptions,
    progress: Progress = lambda _: None,
    load_reader: LoadReader = load_default_reader,
) -> Summary:
    """Read all inputs into the store, batch by batch; an input that cannot be read costs only itself.

    A report that the store has from the same input, read with the same means, is left as it is. An exception,
    Ctrl-C too, loses the batch that has not been committed and nothing else.
    """
    began, tally = perf_counter(), Tally()
    heap.keep_in_one_place()
    store = Store.create_or_open(options.store, base_iri=options.base_iri)
    gazetteer = load_gazetteer(options.ontology / "gazetteer")
    rules = read_rules(store, file=options.overrides, gazetteer=gazetteer)
    apply_rules(store, rules, ontology=options.ontology, gazetteer=gazetteer)
    means = read_with(ontology=options.ontology, model=options.model, load_reader=load_reader)
    licence = licence_of(store, options.licence)
    dataset = map_dataset(base_iri=store.base_iri, licence=licence, read_with=means)
    sources = Sources(dataset, options.ontology, gazetteer, rules)
    writer = Writer(store, sources, tally)
    found = _Found(store, means, options, tally, progress)
    tally.seconds += Seconds(loading=perf_counter() - began)
    report_options = ReportOptions(
        options.model, options.ontology, store.base_iri, options.keep_text, load_reader, rules, means
    )
    with writer:
        with closing(_outcomes(found.to_read(inputs), report_options, options)) as outcomes:
            for outcome in outcomes:
                if isinstance(outcome, Rejected):
                    _LOG.warning("%s: %s", outcome.name, outcome.reason)
                    tally.fail(outcome)
                    progress(outcome.name)
                else:
                    writer.add(outcome)
                    progress(outcome.identifier)
        if options.prune:
            found.prune(writer)
        writer.finish()
    warn_unmatched(store, rules.overrides)
    return tally.summary(linked=writer.linked, total_seconds=perf_counter() - began)


def _outcomes(
    reports: Iterator[Report], report_options: ReportOptions, options: BuildOptions
) -> Generator[Outcome, None, None]:
    if options.dask is None:
        return read_reports(reports, options=report_options, workers=options.workers)
    return read_on_cluster(reports, options=report_options, address=options.dask, workers=options.workers)


def remove(identifiers: Sequence[str], *, store: Store, ontology: Path) -> tuple[str, ...]:
    """Take reports out of the store; returns the identifiers that it does not have."""
    gazetteer = load_gazetteer(ontology / "gazetteer")
    rules = rules_in_force(store, gazetteer)
    with store.writing() as batch:
        unknown = tuple(identifier for identifier in identifiers if not _remove(batch, identifier))
        removed = sorted({*identifiers} - {*unknown})
        refresh(store, batch, removed, gazetteer=gazetteer, rules=rules)
    for identifier in removed:
        drop_files(store, identifier)
    return unknown


def _remove(batch: Batch, identifier: str) -> bool:
    """Whether the store had a report of this identifier; it has none any more."""
    try:
        return batch.remove_report(iri.report(batch.base_iri, identifier))
    except ValueError:  # the identifier can be no report's
        return False


class _Found:
    """What is found among the inputs, and what of it has to be read."""

    def __init__(
        self, store: Store, means: str, options: BuildOptions, tally: Tally, progress: Progress
    ) -> None:
        self._store = store
        self._options = options
        self._tally = tally
        self._progress = progress
        self._unchanged = Unchanged(
            store,
            read_with=means,
            keep_text=options.keep_text,
            reread=options.reread,
            keep_old=options.keep_old,
        )
        self._taken: set[str] = set()
        self._unread: set[str] = set()  # identifiers of inputs that were rejected
        self._unknown: str | None = None  # the name of one whose identifier nobody knows

    def to_read(self, inputs: Sequence[str]) -> Iterator[Report]:
        """The reports that have to be read; the other inputs are counted, those rejected named too."""
        chosen = self._options
        options = IngestOptions(date=chosen.date, identifier=chosen.identifier, columns=chosen.columns)
        found = read_inputs(inputs, options=options)
        while True:
            began = perf_counter()
            item = next(found, None)
            self._tally.seconds += Seconds(ingest=perf_counter() - began)
            if item is None:
                return
            if isinstance(item, Skipped):
                self._tally.skip()
            elif isinstance(item, Rejected):
                self._reject(item)
            elif item.identifier in self._taken:
                reason = "another input of this run has this identifier"
                self._reject(Rejected(item.identifier, reason, item.identifier))
            elif self._is_to_be_read(item):
                yield item

    def _is_to_be_read(self, report: Report) -> bool:
        self._taken.add(report.identifier)
        why = self._unchanged.why(report)
        self._tally.expect(report, why)
        if why is None:
            self._progress(report.identifier)
        return why is not None

    def _reject(self, rejected: Rejected) -> None:
        _LOG.warning("%s: %s", rejected.name, rejected.reason)
        self._tally.reject(rejected)
        self._progress(rejected.name)
        if rejected.identifier is not None:
            self._unread.add(rejected.identifier)
        elif self._unknown is None:
            self._unknown = rejected.name

    def prune(self, writer: Writer) -> None:
        """Remove the reports that are not among the inputs, unless it is unknown what those are.

        What the store has of an input that was rejected stays.
        """
        if self._unknown is not None:
            _LOG.warning("nothing is pruned: nobody knows which reports are in %s", self._unknown)
            return
        for identifier in self._store.identifiers():
            if identifier not in self._taken and identifier not in self._unread:
                writer.remove(identifier)
