"""What was read goes into the store in batches, together with what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Self

import pyoxigraph as ox
from rdflib import Graph

from kg import clustering, iri
from kg.batch import Batch
from kg.checkpoints import following
from kg.export import read_ontology
from kg.gazetteer import Gazetteer
from kg.pipeline import heap
from kg.pipeline.known import entity_graph, is_known, new_entities, stored_links
from kg.pipeline.overriding import keep_as_read, reject_lines, rulings, write_rejects
from kg.pipeline.overruling import Rules
from kg.pipeline.report import ReadReport
from kg.pipeline.seconds import Seconds
from kg.pipeline.summary import Tally
from kg.store import Store
from kg.vocab import ONTOLOGY_IRI, OWL

# Written in batches of 50, a report takes twice as long to write as in batches of 300.
_BATCH_REPORTS = 250  # their triples take 75 MB
_BATCH_SECONDS = 10.0  # so that a running server shows slow reports soon
_READING = 10  # times as long as the last batch took to write it is read before the next one is written
_TRIM = 50  # so many reports on, memory that they needed goes back


@dataclass(frozen=True, slots=True)
class Sources:
    """What the graphs that are the same for all reports are made from."""

    dataset: Graph
    ontology: Path
    gazetteer: Gazetteer
    rules: Rules


@dataclass(slots=True)
class _Changes:
    """Reports that wait to be written, and identifiers of those that are to leave."""

    arriving: list[ReadReport] = field(default_factory=list)
    leaving: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.arriving) + len(self.leaving)


@dataclass(frozen=True, slots=True)
class _Written:
    """What became of changes."""

    changes: _Changes
    removed: tuple[str, ...]  # those that the store had
    linked: frozenset[str]  # entities of the reports that have an owl:sameAs
    seconds: Seconds


class Writer:
    """Collects reports and commits them in batches, with the graphs that are the same for all reports.

    A thread writes a batch, so that reading can go on: most of the work is the engine's. To be used in a
    `with` block, which ends when nothing is being written any more.
    """

    def __init__(self, store: Store, sources: Sources, tally: Tally) -> None:
        self._store = store
        self._sources = sources
        self._ontology = tuple(read_ontology(sources.ontology))
        self._tally = tally
        self._waiting = _Changes()
        self._thread = ThreadPoolExecutor(1)
        self._under_way: Future[_Written] | None = None
        self._committed = perf_counter()
        self._writing = 0.0  # seconds that the last batch took to write
        self._has_written = False
        self._memory, self._expected = clustering.Memory(), ""  # for the batch that begins with this version
        self.linked: set[str] = set()  # those of the entities that were written which have an owl:sameAs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()

    def add(self, report: ReadReport) -> None:
        """Take a report; it is in the store at the latest after `finish`."""
        self._waiting.arriving.append(report)
        if len(self._waiting.arriving) % _TRIM == 0:
            heap.trim()
        self._commit_if_due()

    def remove(self, identifier: str) -> None:
        """Let a report of the store go, at the latest with `finish`."""
        self._waiting.leaving.append(identifier)
        self._commit_if_due()

    def finish(self) -> None:
        """Write what waits; and what all reports share, unless the store has just that already."""
        self._await()
        if self._waiting or self._has_written or not self._is_current():
            self._settle(self._commit(self._waiting, last=True))
            self._waiting = _Changes()

    def _commit_if_due(self) -> None:
        late = perf_counter() - self._committed > max(_BATCH_SECONDS, _READING * self._writing)
        if not late and len(self._waiting) < _BATCH_REPORTS:
            return
        if self._under_way is None or self._under_way.done() or len(self._waiting) >= 2 * _BATCH_REPORTS:
            self._await()
            self._under_way = self._thread.submit(self._commit, self._waiting)
            self._waiting = _Changes()
        # else: it waits for the batch before, as long as there is room

    def _await(self) -> None:
        """Wait for the batch under way, if there is one."""
        if self._under_way is not None:
            self._settle(self._under_way.result())
            self._under_way = None

    def _settle(self, written: _Written) -> None:
        """Count what is in the store now."""
        for report in written.changes.arriving:
            self._tally.add(report)
        self._tally.remove(len(written.removed))
        self._tally.seconds += written.seconds
        self.linked |= written.linked

    def _is_current(self) -> bool:
        """Whether the store was last written with the same dataset, ontology and all that these name."""
        base = self._store.base_iri
        dataset = ox.parse(_ntriples(self._sources.dataset), ox.RdfFormat.N_TRIPLES)
        return self._store.holds(iri.graph(base, "dataset"), dataset) and self._store.holds(
            str(ONTOLOGY_IRI), self._ontology
        )

    def _commit(self, changes: _Changes, *, last: bool = False) -> _Written:
        """Write changes. Compacting rewrites the whole store: that is for the last batch of a build."""
        began, base, sources = perf_counter(), self._store.base_iri, self._sources
        current = self._has_written or self._is_current()
        with self._store.writing(compact_up_to=None if last else 0) as batch:
            removed = [one for one in changes.leaving if batch.remove_report(iri.report(base, one))]
            heap.trim()
            self._put(batch, changes.arriving)
            heap.trim()
            _put_entities(self._store, batch, sources.gazetteer, sources.rules, current=current)
            clustering_began = perf_counter()
            written = [report.identifier for report in changes.arriving]
            if batch.begun != self._expected:  # others have written, or nobody yet
                self._memory = clustering.Memory()
            self._expected = ""
            _put_clusters(batch, [*written, *removed], sources.rules, self._memory)
            clustering_ended = perf_counter()
            heap.trim()
            named = {name for report in changes.arriving for name in report.named}
            linked = frozenset(name for name in named if is_known(batch, name, OWL.sameAs))
            if not current:
                batch.put_triples(iri.graph(base, "dataset"), _ntriples(sources.dataset))
                batch.put_quads(str(ONTOLOGY_IRI), self._ontology)
        self._expected = following(batch.begun)
        for report in changes.arriving:
            if report.as_read is None:
                self._store.as_read_file(report.identifier).unlink(missing_ok=True)
        for identifier in removed:
            drop_files(self._store, identifier)
        heap.trim()
        self._has_written = True
        self._committed = perf_counter()
        self._writing = self._committed - began
        spent = clustering_ended - clustering_began
        seconds = Seconds(clustering=spent, store=self._writing - spent)
        return _Written(changes, tuple(removed), linked, seconds)

    def _put(self, batch: Batch, reports: Iterable[ReadReport]) -> None:
        """Put reports into the batch, and their files beside the store: once they are there, these must be.

        A process that dies before that leaves files of a report that the next build reads again. What
        was read goes only after the batch, where people overrule nothing any more.
        """
        graphs: dict[str, bytes] = {}
        for report in reports:
            name = iri.report(batch.base_iri, report.identifier)
            write_rejects(self._store.rejects_file(report.identifier), reject_lines(report.rejects))
            if report.as_read is not None or self._store.as_read_file(report.identifier).is_file():
                keep_as_read(self._store, report.identifier, report.as_read or report.triples, report=name)
            graphs[name] = report.triples
        batch.put_all(graphs)


def refresh(
    store: Store, batch: Batch, identifiers: Iterable[str], *, gazetteer: Gazetteer, rules: Rules
) -> None:
    """Bring entity graph and clusters up to date with these reports, written or removed."""
    _put_entities(store, batch, gazetteer, rules, current=False)
    _put_clusters(batch, identifiers, rules)


def _put_entities(store: Store, batch: Batch, gazetteer: Gazetteer, rules: Rules, *, current: bool) -> None:
    """Bring the entity graph up to date; `current`: it was made with this gazetteer."""
    name, links = iri.graph(store.base_iri, "entities"), stored_links(store, rules.overrides)
    new = new_entities(batch, gazetteer, links, rules) if current else None
    if new is None:
        batch.put_graph(name, entity_graph(batch, gazetteer, links, rules))
    elif len(new):
        batch.altering(name).add(quad.triple for quad in ox.parse(_ntriples(new), ox.RdfFormat.N_TRIPLES))


def _put_clusters(
    batch: Batch, identifiers: Iterable[str], rules: Rules, memory: clustering.Memory | None = None
) -> None:
    clustering.update(
        batch.altering(iri.graph(batch.base_iri, "clusters")),
        base_iri=batch.base_iri,
        reports={iri.report(batch.base_iri, identifier) for identifier in identifiers},
        rulings=rulings(rules.overrides),
        memory=memory,
    )


def drop_files(store: Store, identifier: str) -> None:
    """Drop what lies beside the store of a report that it does not have any more."""
    store.rejects_file(identifier).unlink(missing_ok=True)
    store.as_read_file(identifier).unlink(missing_ok=True)


def _ntriples(graph: Graph) -> bytes:
    return graph.serialize(format="nt", encoding="utf-8")
