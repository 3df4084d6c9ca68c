"""A store to ask."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import iri, settings
from kg.api.answer import Answer, answer_of
from kg.api.parsing import parse, report_in
from kg.api.pictures import Tie, draw_ties
from kg.api.reading import Reading
from kg.api.values import Thing
from kg.errors import QueryError
from kg.export import report_quads
from kg.querying import Statistics, ask_store, statistics
from kg.store import Store

if TYPE_CHECKING:
    from pandas import DataFrame

    from kg.api.drawing import Picture

_MOST_TIES = 12  # on either side of a picture; more do not fit a screen


class Graph:
    """The graph in a store, as its newest state is at each call; nothing here writes.

    Raises StoreError where there is no store, or none that this version reads.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    def open(cls, store: str | Path = settings.DEFAULT_STORE) -> Graph:
        """The graph in the folder that `kg build` has made."""
        return cls(Store.open(Path(store)))

    def __repr__(self) -> str:
        return f"<Graph {str(self._store.path)!r}, version {self._store.version()}>"

    def query(self, sparql: str) -> Answer:
        """Ask in SPARQL; the prefixes sit, skos, dcterms, nif and the like need no declaration.

        The default graph is the union of all graphs. Raises QueryError.
        """
        return answer_of(ask_store(self._store, sparql))

    def events(self) -> DataFrame:
        """A row for each event: date, kind, actors, place, counts, status, source (extra sitrep[frames])."""
        from kg.api.frames import events_frame

        return events_frame(self._store.reading(), base_iri=self._store.base_iri)

    def reports(self) -> tuple[str, ...]:
        """The identifiers of all reports, sorted."""
        found = self.query("SELECT DISTINCT ?id { ?report a sit:Report ; dcterms:identifier ?id }")
        return tuple(sorted(str(row[0]) for row in found))

    def report(self, identifier: str) -> Reading:
        """What the store has of a report; its text only where it was built with `keep_text`.

        Raises ExportError for a report that the store lacks.
        """
        base = self._store.base_iri
        quads = tuple(report_quads(self._store.reading(), identifier, base_iri=base))
        name = iri.report(base, identifier)
        found = parse(quads, report_iri=name)
        return Reading(
            report=report_in(quads, report_iri=name),
            base_iri=base,
            entities=found.entities,
            events=found.events,
            relations=found.relations,
            mentions=found.mentions,
            quads=quads,
        )

    def statistics(self) -> Statistics:
        """How many there are of reports, entities, events, relations, links and triples."""
        return statistics(self._store.reading(), base_iri=self._store.base_iri)

    def find(self, name: str) -> Thing:
        """The entity of this name, or of this IRI ("entity:hasaka", "wd:Q311321"); of several the best known.

        Raises QueryError, which names what is called alike, where there is none.
        """
        called = self.query(_CALLED.replace("?name", str(ox.Literal(name))))
        if called.rows:
            return _thing(*called.rows[0])
        from kg.explaining.look import Look

        look = Look(self._store)
        node = look.resolve(name)
        found = self.query(_DESCRIBED.replace("?node", str(ox.NamedNode(node)))).rows
        if not found:
            near = ", ".join(look.near(name))
            raise QueryError(f"the store knows nothing of {name}{f'; alike are {near}' if near else ''}")
        return _thing(node, *found[0])

    def picture(self, entity: str | Thing, *, limit: int = _MOST_TIES) -> Picture:
        """An entity, given as for `find`, and its relations: at most `limit` to it, and as many from it."""
        thing = entity if isinstance(entity, Thing) else self.find(entity)
        return draw_ties(thing, [*self._ties(thing, False, limit), *self._ties(thing, True, limit)])

    def _ties(self, thing: Thing, outgoing: bool, limit: int) -> list[Tie]:
        here, there = ("subject", "object") if outgoing else ("object", "subject")
        query = _TIES % (here, ox.NamedNode(thing.iri), there, limit)
        return [
            Tie(_in_words(str(predicate)), _thing(other, name, kind), outgoing, int(reports or 0))
            for predicate, other, name, kind, reports in self.query(query)
        ]


_CALLED = """
SELECT ?node (MIN(?label) AS ?said) (MIN(?class) AS ?kind) (COUNT(DISTINCT ?report) AS ?reports) {
  { ?node skos:prefLabel ?name } UNION { ?node skos:altLabel ?name }
  ?node sit:mentionedIn ?report ; skos:prefLabel ?label ; a ?class FILTER (?class != sit:Actor)
} GROUP BY ?node ORDER BY DESC(?reports) ?node LIMIT 1"""
_DESCRIBED = """SELECT (MIN(?label) AS ?name) (MIN(?class) AS ?kind) {
  VALUES ?this { ?node } ?this skos:prefLabel ?label ; a ?class FILTER (?class != sit:Actor)
} GROUP BY ?this"""
_TIES = """
SELECT ?predicate ?other (MIN(?label) AS ?name) (MIN(?class) AS ?kind) (COUNT(DISTINCT ?at) AS ?reports) {
  ?at rdf:%s %s ; rdf:predicate ?predicate ; rdf:%s ?other .
  ?other skos:prefLabel ?label ; a ?class FILTER (?class != sit:Actor && ?predicate != sit:conducts)
} GROUP BY ?predicate ?other ORDER BY DESC(?reports) ?predicate ?other LIMIT %d"""


def _thing(node: object, name: object, kind: object, *_: object) -> Thing:
    return Thing(str(node), str(name), str(kind).rpartition("#")[2])


def _in_words(predicate: str) -> str:
    """ "allied with" for the IRI of alliedWith."""
    return re.sub("([A-Z])", r" \1", predicate.rpartition("#")[2]).lower()
