"""What was read goes into the store in batches, together with what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pyoxigraph as ox
from rdflib import Graph

from kg import clustering, iri
from kg.export import read_ontology
from kg.gazetteer import Gazetteer
from kg.pipeline.known import entity_graph, is_known, new_entities, stored_links
from kg.pipeline.overriding import keep_as_read, reject_lines, rulings, write_rejects
from kg.pipeline.overruling import Rules
from kg.pipeline.report import ReadReport
from kg.pipeline.seconds import Seconds
from kg.pipeline.summary import Tally
from kg.store import Batch, Store
from kg.vocab import ONTOLOGY_IRI, OWL

_BATCH_REPORTS = 100  # a batch costs 0.3 s beside its content, most of it to see who is mentioned
_BATCH_SECONDS = 10.0  # so that a running server shows slow reports soon


@dataclass(frozen=True, slots=True)
class Sources:
    """What the graphs that are the same for all reports are made from."""

    dataset: Graph
    ontology: Path
    gazetteer: Gazetteer
    rules: Rules


class Writer:
    """Collects reports and commits them in batches, with the graphs that are the same for all reports."""

    def __init__(self, store: Store, sources: Sources, tally: Tally) -> None:
        self._store = store
        self._sources = sources
        self._ontology = tuple(read_ontology(sources.ontology))
        self._tally = tally
        self._waiting: list[ReadReport] = []
        self._leaving: list[str] = []
        self._committed = perf_counter()
        self._has_written = False
        self.linked: set[str] = set()  # those of the entities that were written which have an owl:sameAs

    def add(self, report: ReadReport) -> None:
        """Take a report; it is in the store at the latest after `finish`."""
        self._waiting.append(report)
        self._commit_if_due()

    def remove(self, identifier: str) -> None:
        """Let a report of the store go, at the latest with `finish`."""
        self._leaving.append(identifier)
        self._commit_if_due()

    def finish(self) -> None:
        """Write what waits; and what all reports share, unless the store has just that already."""
        if self._waiting or self._leaving or self._has_written or not self._is_current():
            self._commit(last=True)

    def _commit_if_due(self) -> None:
        many = len(self._waiting) + len(self._leaving) >= _BATCH_REPORTS
        if many or perf_counter() - self._committed > _BATCH_SECONDS:
            self._commit()

    def _is_current(self) -> bool:
        """Whether the store was last written with the same dataset, ontology and all that these name."""
        base = self._store.base_iri
        dataset = ox.parse(_ntriples(self._sources.dataset), ox.RdfFormat.N_TRIPLES)
        return self._store.holds(iri.graph(base, "dataset"), dataset) and self._store.holds(
            str(ONTOLOGY_IRI), self._ontology
        )

    def _commit(self, *, last: bool = False) -> None:
        """Write what waits. Compacting rewrites the whole store: that is for the last batch of a build."""
        began, base, sources = perf_counter(), self._store.base_iri, self._sources
        current = self._has_written or self._is_current()
        with self._store.writing(compact_up_to=None if last else 0) as batch:
            removed = [one for one in self._leaving if batch.remove_report(iri.report(base, one))]
            self._put(batch)
            _put_entities(self._store, batch, sources.gazetteer, sources.rules, current=current)
            clustering_began = perf_counter()
            written = [report.identifier for report in self._waiting]
            _put_clusters(batch, [*written, *removed], sources.rules)
            clustering_ended = perf_counter()
            named = {name for report in self._waiting for name in report.named}
            self.linked |= {name for name in named if is_known(batch, name, OWL.sameAs)}
            if not current:
                batch.put_triples(iri.graph(base, "dataset"), _ntriples(sources.dataset))
                batch.put_quads(str(ONTOLOGY_IRI), self._ontology)
        for report in self._waiting:
            if report.as_read is None:
                self._store.as_read_file(report.identifier).unlink(missing_ok=True)
            self._tally.add(report)
        for identifier in removed:
            drop_files(self._store, identifier)
        self._tally.remove(len(removed))
        self._waiting.clear()
        self._leaving.clear()
        self._has_written = True
        self._committed = perf_counter()
        clustering = clustering_ended - clustering_began
        self._tally.seconds += Seconds(clustering=clustering, store=self._committed - began - clustering)

    def _put(self, batch: Batch) -> None:
        """Put what waits into the batch, and its files beside the store: once it is there, these must be.

        A process that dies before that leaves files of a report that the next build reads again. What
        was read goes only after the batch, where people overrule nothing any more.
        """
        graphs: dict[str, bytes] = {}
        for report in self._waiting:
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
        batch.touching([name]).load(
            _ntriples(new), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(name)
        )


def _put_clusters(batch: Batch, identifiers: Iterable[str], rules: Rules) -> None:
    clustering.update(
        batch.touching([iri.graph(batch.base_iri, "clusters")]),
        base_iri=batch.base_iri,
        reports={iri.report(batch.base_iri, identifier) for identifier in identifiers},
        rulings=rulings(rules.overrides),
    )


def drop_files(store: Store, identifier: str) -> None:
    """Drop what lies beside the store of a report that it does not have any more."""
    store.rejects_file(identifier).unlink(missing_ok=True)
    store.as_read_file(identifier).unlink(missing_ok=True)


def _ntriples(graph: Graph) -> bytes:
    return graph.serialize(format="nt", encoding="utf-8")
