"""Brings the cluster graph up to date after some reports were written or removed.

Only what the changed reports touch is looked at: their events, those that were in one cluster with them
(found by sit:toldIn), and all that a chain of alike pairs joins to these. They are clustered anew. An
event outside of that is alike to none of them and was joined with none, so its cluster stays as it is,
and the graph is the same as if all had been clustered at once.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox
from rdflib import URIRef

from kg import iri
from kg.changes import AlteredGraph
from kg.clustering import copies
from kg.clustering.copies import Telling, closure, originals
from kg.clustering.likeness import is_edge
from kg.clustering.memory import Memory
from kg.clustering.merging import merge
from kg.clustering.model import Days, Rulings, Signature
from kg.clustering.near import Near
from kg.clustering.reading import Reading
from kg.clustering.signatures import signatures
from kg.clustering.things import Geography
from kg.clustering.triples import cluster_triples
from kg.vocab import DCTERMS, NIF, SIT, SKOS, XSD


def update(
    clusters: AlteredGraph,
    *,
    base_iri: str,
    reports: Iterable[str],
    rulings: Rulings | None = None,
    memory: Memory | None = None,
) -> None:
    """Make the cluster graph say what follows from all reports of its database, now that these have changed.

    Where rulings changed, the reports of their events are among the reports. A memory that is given to one
    update after another saves reading the same reports again; what comes of it is the same.
    """
    changed, memory = set(reports), Memory(most=0) if memory is None else memory
    memory.forget(changed)
    _Update(clusters, base_iri, rulings or Rulings(), memory).run(changed)


class _Update:
    """One update; what it reads is kept while it runs."""

    def __init__(self, clusters: AlteredGraph, base_iri: str, rulings: Rulings, memory: Memory) -> None:
        self._graph = clusters
        self._rulings = rulings
        self._memory = memory
        self._base_iri = base_iri
        self._clusters = clusters.name.value
        self._reading = Reading(clusters.database, base_iri)
        self._geography = Geography(self._reading, iri.graph(base_iri, "entities"))
        self._tellings: dict[str, Telling] = {}
        self._issues: dict[str, str] = {}  # when each report was issued
        self._told: dict[str, set[str]] = {}  # reports by sentence
        self._signatures: dict[str, tuple[Signature, ...]] = {}
        self._dated: dict[str, set[str]] = {}  # reports by date
        self._near = Near()  # the events of all reports that were looked at
        self._looked: set[tuple[Days, frozenset[str]]] = set()  # days and names of which all reports were
        self._named: dict[tuple[str, str | Days], set[str]] = {}  # reports by a name and a month or days

    def run(self, reports: set[str]) -> None:
        """Copies first: what copies another has no part in clusters."""
        changed = reports | self._update_copies(reports)
        self._update_clusters(changed)
        if next(self._own(None, None, None), None) is None:
            self._graph.database.remove_graph(self._graph.name)

    def _update_copies(self, reports: set[str]) -> set[str]:
        """Point copies to their originals anew; the reports that became a copy or ceased to be one."""
        copied = {copy for report in reports for copy in self._having(SIT.copyOf, report)}
        touched = reports | copied | self._parted(reports)
        seeds = [self._telling(report) for report in sorted(touched) if self._reading.exists(report)]
        near = closure(seeds, self._sharing_sentences, leads=self._leads)
        found = originals(near, leads=self._leads)
        flipped = set()
        for report in sorted({one.report for one in near} | touched):
            old = self._objects(report, SIT.copyOf)
            new = {found[report]} if report in found else set()
            if old != new:
                self._graph.remove(self._own(report, SIT.copyOf, None))
                self._graph.add(ox.Triple(*map(ox.NamedNode, (report, SIT.copyOf, value))) for value in new)
            if bool(old) != bool(new):
                flipped.add(report)
        return flipped

    def _parted(self, reports: set[str]) -> set[str]:
        """The copies with a sentence that these have made a common one, so that it joins them no more."""
        counts = Counter(
            sentence for report in sorted(reports) for sentence in self._telling(report).sentences
        )
        found = set()
        for sentence, count in counts.items():
            if not self._with_sentence(sentence):
                having = self._reading.reports_with(
                    NIF.anchorOf, ox.Literal(sentence), most=copies.COMMON + count
                )
                found |= having if len(having) <= copies.COMMON + count else set()
        return {report for report in found if self._objects(report, SIT.copyOf)}

    def _update_clusters(self, reports: set[str]) -> None:
        old = {node for report in reports for node in self._having(SIT.toldIn, report)}
        before = {event for node in old for event in self._having(SIT.partOfCluster, node)}
        touched = {event.rpartition("/event/")[0] for event in before} | reports
        seeds = [
            signature
            for report in sorted(touched)
            for signature in self._of(report)
            if report in reports or signature.event in before
        ]
        near = self._joined(seeds)
        old |= self._clusters_of(near)
        for node in sorted(old):
            self._graph.remove([*self._own(node, None, None), *self._own(None, SIT.partOfCluster, node)])
        for cluster in merge(near, self._rulings):
            self._graph.add(cluster_triples(cluster, base_iri=self._base_iri, label=self._label))

    def _clusters_of(self, events: Sequence[Signature]) -> set[str]:
        """The clusters that the events are in; an event's report is among those that tell of its cluster."""
        ours = {event.event for event in events}
        reports = {event.report for event in events}
        nodes = {node for report in sorted(reports) for node in self._having(SIT.toldIn, report)}
        return {node for node in nodes if not ours.isdisjoint(self._having(SIT.partOfCluster, node))}

    def _joined(self, seeds: Iterable[Signature]) -> list[Signature]:
        """The seeds and all events that a chain of alike pairs joins to them."""
        found = {seed.event: seed for seed in seeds}
        waiting = list(found.values())
        while waiting:
            one = waiting.pop()
            around = [o for o in self._around(one) if o.event not in found and is_edge(one, o) is not None]
            around += [o for o in self._ruled_one(one) if o.event not in found]
            found |= {other.event: other for other in around}
            waiting += around
        return list(found.values())

    def _ruled_one(self, one: Signature) -> list[Signature]:
        """The events that a person says are one with this."""
        partners = self._rulings.partners(one.event)
        return [o for e in partners for o in self._of(e.rpartition("/event/")[0]) if o.event == e]

    def _around(self, one: Signature) -> list[Signature]:
        """Events of reports that tell of the same day or, where only a month is told, of the same thing."""
        if one.days is not None and (one.days, one.names) not in self._looked:
            self._looked.add((one.days, one.names))
            for report in sorted(self._reports_around(one.days, one.names)):
                self._of(report)
        return self._near.around(one)

    def _reports_around(self, when: Days, names: frozenset[str]) -> set[str]:
        if when.exact:
            same_days = set().union(*(self._telling_on(day) for day in when.ends))
            return same_days.union(*(self._naming(name, when.month) for name in names))
        return set().union(*(self._naming(name, when) for name in names))

    def _telling_on(self, day: int) -> set[str]:
        return self._telling_of(dt.date.fromordinal(day).isoformat(), XSD.date)

    def _telling_of(self, date: str, kind: str) -> set[str]:
        """Reports that have an event which begins or ends then."""
        if date not in self._dated:
            literal = ox.Literal(date, datatype=ox.NamedNode(kind))
            begun, ended = (self._reading.all_reports_with(end, literal) for end in (SIT.date, SIT.endDate))
            self._dated[date] = begun | ended
        return self._dated[date]

    def _naming(self, name: str, when: str | Days) -> set[str]:
        """The reports that name a target or facility in a role, of those that tell of the month alone.

        For the days of a month, those too that tell of one of them. What a whole archive names is looked up
        in each of them.
        """
        if (name, when) in self._named:
            return self._named[name, when]
        among = self._telling_of(when if isinstance(when, str) else when.month, XSD.gYearMonth)
        if isinstance(when, Days):
            among = among.union(*(self._telling_on(day) for day in range(when.first, when.last + 1)))
        found = self._named[name, when] = set()
        for role in (SIT.target, SIT.place) if among else ():
            naming = self._reading.reports_with(role, name, most=len(among))
            if len(naming) > len(among):
                found |= {report for report in among if self._reading.having(role, name, report)}
            else:
                found |= naming & among
        return found

    def _of(self, report: str) -> tuple[Signature, ...]:
        """The events of a report; none of a copy, or of a report that is not there."""
        if report not in self._signatures:
            there = self._reading.exists(report) and not self._objects(report, SIT.copyOf)
            self._signatures[report] = self._read(report) if there else ()
            for signature in self._signatures[report]:
                self._near.add(signature)
        return self._signatures[report]

    def _read(self, report: str) -> tuple[Signature, ...]:
        """The events as remembered, unless a place of theirs lies elsewhere now, or as the store has them."""
        found = self._memory.get(report)
        if found is None or any(
            place.within != self._geography.within(place.iri) for one in found for place in one.places
        ):
            return self._memory.keep(report, signatures(self._reading, self._geography, report))
        return found

    def _telling(self, report: str) -> Telling:
        if report not in self._tellings:
            told = frozenset(self._reading.of_class(NIF.Sentence, NIF.anchorOf, report))
            self._tellings[report] = Telling(report, self._issued(report), told)
        return self._tellings[report]

    def _sharing_sentences(self, one: Telling) -> Iterator[Telling]:
        """The reports that may be copies of it, or it of them; of the others none is read."""
        shared = Counter(report for sentence in one.sentences for report in self._with_sentence(sentence))
        del shared[one.report]
        for report, count in sorted(shared.items()):
            if copies.enough_same(count, one) or self._order(report) > one.order:
                yield self._telling(report)

    def _order(self, report: str) -> tuple[str, str, str]:
        """That of its telling, which is not read for it."""
        return copies.order(report, self._issued(report))

    def _issued(self, report: str) -> str:
        if report not in self._issues:
            self._issues[report] = self._reading.value(report, DCTERMS.issued) or ""
        return self._issues[report]

    def _leads(self, sentence: str) -> bool:
        return bool(self._with_sentence(sentence))

    def _with_sentence(self, sentence: str) -> set[str]:
        """The reports that have the sentence; none where it is a common one."""
        if sentence not in self._told:
            found = self._reading.reports_with(NIF.anchorOf, ox.Literal(sentence), most=copies.COMMON)
            self._told[sentence] = found if len(found) <= copies.COMMON else set()
        return self._told[sentence]

    def _label(self, entity: str) -> str | None:
        return min(self._reading.objects(entity, SKOS.prefLabel, None), default=None)

    def _objects(self, subject: str, predicate: URIRef) -> set[str]:
        return self._reading.objects(subject, predicate, self._clusters)

    def _having(self, predicate: URIRef, value: str) -> set[str]:
        return self._reading.having(predicate, value, self._clusters)

    def _own(self, subject: str | None, predicate: str | None, value: str | None) -> Iterator[ox.Quad]:
        return self._reading.quads(subject, predicate, value, self._clusters)
