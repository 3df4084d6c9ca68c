"""One report with all that was found in it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.api.drawing import Picture
from kg.api.values import Entity, Event, Mention, Relation
from kg.facts import Report
from kg.iri import report as report_iri

if TYPE_CHECKING:
    import rdflib
    from pandas import DataFrame

    from kg.pipeline.report import Reject
    from kg.validation import ShapeResult

_MOST_EVENTS = 40  # of a picture; more do not fit a screen


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What was found in one report. In a notebook it shows as the marked text and a picture.

    `report` has the text (empty where a store did not keep it), identifier, title and date. `rejects` is what
    validation kept out and `warnings` what it doubts; a reading out of a store has neither.
    """

    report: Report
    base_iri: str
    entities: tuple[Entity, ...]  # in text order
    events: tuple[Event, ...]  # in text order
    relations: tuple[Relation, ...]
    mentions: tuple[Mention, ...]  # in text order
    rejects: tuple[Reject, ...] = ()
    warnings: tuple[ShapeResult, ...] = ()
    quads: tuple[ox.Quad, ...] = field(
        default=(), compare=False
    )  # its graph, and what is known of its entities

    @property
    def iri(self) -> str:
        """The IRI of the report, which names its graph too."""
        return report_iri(self.base_iri, self.report.identifier)

    @property
    def graph(self) -> rdflib.Graph:
        """The triples of the report and what is known of its entities, as a new rdflib graph."""
        import rdflib

        from kg.vocab import PREFIXES

        graph = rdflib.Graph(bind_namespaces="none")
        for prefix, namespace in PREFIXES.items():
            graph.bind(prefix, namespace)
        return graph.parse(data=self._written("ntriples"), format="nt")

    def turtle(self) -> str:
        """The same triples as Turtle, as `kg export --report` writes them."""
        return self._written("turtle").decode()

    def frame(self) -> DataFrame:
        """A row for each event: date, kind, actors, place, counts, status, source (extra sitrep[frames])."""
        from kg.api.frames import events_frame

        database = ox.Store()
        database.extend(self.quads)
        return events_frame(database, base_iri=self.base_iri, report=self.iri)

    def picture(self, *, limit: int = _MOST_EVENTS) -> Picture:
        """Who did what to whom, of the first `limit` events, as SVG."""
        from kg.api.pictures import draw_events

        return draw_events(self.events, limit=limit)

    def __repr__(self) -> str:
        counts = f"{len(self.entities)} entities, {len(self.events)} events, {len(self.relations)} relations"
        return f"<Reading {self.report.identifier!r}: {counts}>"

    def __str__(self) -> str:
        from kg.api.text import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from kg.api.text import as_html

        return as_html(self)

    def _written(self, name: str) -> bytes:
        from kg.export import Format, report_prefixes, write

        output = io.BytesIO()
        prefixes = report_prefixes(self.report.identifier, base_iri=self.base_iri)
        write(self.quads, output, format=Format(name), prefixes=prefixes)
        return output.getvalue()
