"""A text becomes a `Reading`, and nothing is stored.

The way is that of a build up to the store: what people overrule is overruled, what validation rejects is out.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from kg import iri, settings
from kg.api.parsing import parse
from kg.api.reading import Reading
from kg.errors import InputError
from kg.facts import Report
from kg.gazetteer import load_gazetteer
from kg.ingest import IngestOptions, Rejected, parse_date, read_inputs
from kg.ingest.fields import report_of
from kg.ingest.kinds import kind_of
from kg.mapping import map_entities
from kg.pipeline.overriding import read_rules
from kg.pipeline.overruling import Rules
from kg.pipeline.report import (
    LoadReader,
    ReadReport,
    ReportOptions,
    ReportReader,
    load_default_reader,
    triples_of,
)
from kg.store import Store

_NAME = "text"  # of a text that has no other


class Reader:
    """Reads reports with one language model and one ontology folder, which are loaded once, here.

    `model` is an installed spaCy pipeline, `ontology` a folder with ontology, shapes, lexicon and gazetteer
    instead of the one that ships. Base IRI and overrides are those of `store`, if there is one there.
    Raises ModelError, DataError or StoreError.
    """

    def __init__(
        self,
        *,
        model: str = settings.DEFAULT_MODEL,
        ontology: str | Path | None = None,
        store: str | Path | None = None,
        load_reader: LoadReader = load_default_reader,
    ) -> None:
        folder = Path(ontology) if ontology is not None else settings.ontology_directory()
        self._gazetteer = load_gazetteer(folder / "gazetteer")
        self._base_iri, rules = settings.DEFAULT_BASE_IRI, Rules(settings.DEFAULT_BASE_IRI)
        if store is not None and Path(store).exists():
            opened = Store.open(Path(store))
            self._base_iri = opened.base_iri
            rules = read_rules(opened, file=None, gazetteer=self._gazetteer)
        self._reader = ReportReader(
            ReportOptions(
                model=model,
                ontology=folder,
                base_iri=self._base_iri,
                keep_text=False,
                load_reader=load_reader,
                rules=rules,
            )
        )

    def read(
        self,
        source: str | Path,
        *,
        date: str | dt.date | dt.datetime | None = None,
        identifier: str | None = None,
        title: str | None = None,
        publisher: str | None = None,
        url: str | None = None,
    ) -> Reading:
        """Read a text, or the file that a Path names (which brings title, publisher and URL itself).

        `date` is the day of publication, which words like "on Monday" count from. Raises InputError.
        """
        day = date_of(date)
        if isinstance(source, Path):
            found = list(read_inputs([str(source)], options=IngestOptions(day, identifier)))
            if len(found) != 1:
                raise InputError(str(source), "it has several reports; give them one by one, or use build")
            (item,) = found
        else:
            _refuse_name(source)
            record = {"id": identifier or _NAME, "text": source, "title": title, "publisher": publisher}
            item = report_of({**record, "url": url}, name=identifier or _NAME, options=IngestOptions(day))
        outcome = self.read_report(item) if isinstance(item, Report) else item
        if isinstance(outcome, Reading):
            return outcome
        raise InputError(outcome.name, outcome.reason if isinstance(outcome, Rejected) else "it is skipped")

    def read_report(self, report: Report) -> Reading | Rejected:
        """What is found in a report; Rejected, with the reason, where it cannot be read."""
        outcome = self._reader.read(report)
        return outcome if isinstance(outcome, Rejected) else self._reading(report, outcome)

    def _reading(self, report: Report, read: ReadReport) -> Reading:
        report_iri = iri.report(self._base_iri, report.identifier)
        quads = (
            *_quads(read.triples, report_iri),
            *_quads(self._known(read.named), iri.graph(self._base_iri, "entities")),
        )
        found = parse(quads, report_iri=report_iri)
        return Reading(
            report=report,
            base_iri=self._base_iri,
            entities=found.entities,
            events=found.events,
            relations=found.relations,
            mentions=found.mentions,
            rejects=read.rejects,
            warnings=read.warnings,
            quads=quads,
        )

    def _known(self, entities: frozenset[str]) -> bytes:
        """What the gazetteer says of those of the entities that it has, as N-Triples."""
        folder = iri.gazetteer_folder(self._base_iri)
        keys = sorted(entity.removeprefix(folder) for entity in entities if entity.startswith(folder))
        known = [key for key in keys if key in self._gazetteer]
        return triples_of(map_entities(known, self._gazetteer, base_iri=self._base_iri))


def _refuse_name(text: str) -> None:
    """Raise InputError for the name of a file where a text is wanted: one would read it as a word."""
    if isinstance(text, str) and len(text.split()) == 1 and "://" not in text and kind_of(Path(text.strip())):
        raise InputError(_NAME, f"it is the name of a file; to read that: read(Path({text.strip()!r}))")


def read(
    source: str | Path,
    *,
    date: str | dt.date | dt.datetime | None = None,
    identifier: str | None = None,
    title: str | None = None,
    publisher: str | None = None,
    url: str | None = None,
) -> Reading:
    """Read one text, or the file that a Path names, with the default model, which is loaded once a process.

    `date` is the day of publication, which words like "on Monday" count from. Raises InputError for what
    cannot be read. For another model or ontology make a `Reader`.
    """
    return _default_reader().read(
        source, date=date, identifier=identifier, title=title, publisher=publisher, url=url
    )


@functools.cache
def _default_reader() -> Reader:
    return Reader()


def read_all(
    inputs: Sequence[str], *, options: IngestOptions, load: Callable[[], Reader]
) -> Iterator[Reading | Rejected]:
    """Read inputs as a build does, in order; the reader is made when there is something to read."""
    reader, taken = None, set[str]()
    for item in read_inputs(inputs, options=options):
        if isinstance(item, Rejected):
            yield item
        elif isinstance(item, Report):
            if item.identifier in taken:
                yield Rejected(item.identifier, "another input of this run has this identifier")
                continue
            taken.add(item.identifier)
            reader = reader or load()
            yield reader.read_report(item)


def date_of(value: str | dt.date | dt.datetime | None) -> dt.date | dt.datetime | None:
    """The date that a text stands for ("2022-01-24", also with a time); raises InputError."""
    if not isinstance(value, str):
        return value
    try:
        return parse_date(value)
    except ValueError as error:
        raise InputError("date", str(error)) from error


def _quads(triples: bytes, graph: str) -> Iterator[ox.Quad]:
    name = ox.NamedNode(graph)
    for quad in ox.parse(triples, ox.RdfFormat.N_TRIPLES):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, name)
