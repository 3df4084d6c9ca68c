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
from kg.pipeline.known import entity_graph, stored_links
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
        self.linked: set[str] = set()  # entities of the store with an owl:sameAs, as of the last commit

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
        if self._waiting or self._leaving or not (self._has_written or self._is_current()):
            self._commit()

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

    def _commit(self) -> None:
        began, base = perf_counter(), self._store.base_iri
        with self._store.writing() as batch:
            removed = [one for one in self._leaving if batch.remove_report(iri.report(base, one))]
            for report in self._waiting:
                self._put(batch, report)
            written = [report.identifier for report in self._waiting]
            entities = refresh(
                self._store,
                batch,
                [*written, *removed],
                gazetteer=self._sources.gazetteer,
                rules=self._sources.rules,
            )
            batch.put_triples(iri.graph(base, "dataset"), _ntriples(self._sources.dataset))
            batch.put_quads(str(ONTOLOGY_IRI), self._ontology)
        for report in self._waiting:
            if report.as_read is None:
                self._store.as_read_file(report.identifier).unlink(missing_ok=True)
            self._tally.add(report)
        for identifier in removed:
            drop_files(self._store, identifier)
        self._tally.remove(len(removed))
        self.linked = {str(entity) for entity in entities.subjects(OWL.sameAs)}
        self._waiting.clear()
        self._leaving.clear()
        self._has_written = True
        self._committed = perf_counter()
        self._tally.seconds += Seconds(store=self._committed - began)

    def _put(self, batch: Batch, report: ReadReport) -> None:
        """Put a report into the batch, and its files beside the store: once it is there, they must be too.

        A process that dies before that leaves files of a report that the next build reads again. What
        was read goes only after the batch, where people overrule nothing any more.
        """
        name = iri.report(batch.base_iri, report.identifier)
        write_rejects(self._store.rejects_file(report.identifier), reject_lines(report.rejects))
        if report.as_read is not None or self._store.as_read_file(report.identifier).is_file():
            keep_as_read(self._store, report.identifier, report.as_read or report.triples, report=name)
        batch.put_triples(name, report.triples)


def refresh(
    store: Store, batch: Batch, identifiers: Iterable[str], *, gazetteer: Gazetteer, rules: Rules
) -> Graph:
    """Bring entity graph and clusters up to date with these reports, written or removed; the entity graph."""
    base = store.base_iri
    entities = entity_graph(batch, gazetteer, stored_links(store, rules.overrides), rules)
    batch.put_graph(iri.graph(base, "entities"), entities)
    clustering.update(
        batch.touching([iri.graph(base, "clusters")]),
        base_iri=base,
        reports={iri.report(base, identifier) for identifier in identifiers},
        rulings=rulings(rules.overrides),
    )
    return entities


def drop_files(store: Store, identifier: str) -> None:
    """Drop what lies beside the store of a report that it does not have any more."""
    store.rejects_file(identifier).unlink(missing_ok=True)
    store.as_read_file(identifier).unlink(missing_ok=True)


def _ntriples(graph: Graph) -> bytes:
    return graph.serialize(format="nt", encoding="utf-8")
