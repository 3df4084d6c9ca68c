"""`kg read`: what reading finds, with nothing stored."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg import settings
from kg.cli.columns import columns_option
from kg.cli.options import Date, ontology_option, option, store_option

if TYPE_CHECKING:
    from kg.api.reading import Reading
    from kg.api.values import Event, Relation, Sentence
    from kg.facts import Report


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@store_option
@option("--date", type=Date(), help="Publication date of reports that have none of their own: 2022-01-26.")
@option("--id", "identifier", help="Identifier of the report, for a single input.")
@columns_option
@option("--model", default=settings.DEFAULT_MODEL, show_default=True, help="An installed spaCy pipeline.")
@option(
    "--format",
    "format_name",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How the facts are written; json is one object a line for each report.",
)
@ontology_option
def read(
    inputs: tuple[str, ...],
    store: Path,
    date: dt.date | dt.datetime | None,
    identifier: str | None,
    columns: tuple[tuple[str, str], ...],
    model: str,
    format_name: str,
    ontology: Path,
) -> None:
    """Read reports and print what is found; nothing is stored.

    INPUT is as for kg build. What is printed is what kg build would store: validated, and with the base IRI
    and the overrides of the store, if there is one. Exit status 1 if an input was rejected.
    """
    from kg.api.reader import Reader, read_all
    from kg.ingest import IngestOptions, Rejected, usage_problem

    options = IngestOptions(date=date, identifier=identifier, columns=columns)
    problem = usage_problem(inputs, options=options)
    if problem is not None:
        raise click.UsageError(problem)
    load, rejected = partial(Reader, model=model, ontology=ontology, store=store), False
    for found in read_all(inputs, options=options, load=load):
        if isinstance(found, Rejected):
            rejected = True
            click.echo(f"kg: {found.name}: {' '.join(found.reason.split())}", err=True)
        else:
            click.echo(_as_json(found) if format_name == "json" else str(found))
    if rejected:
        raise click.exceptions.Exit(1)


def _as_json(found: Reading) -> str:
    """One line. `report` is a record that `kg build` takes; spans are [begin, end] in its text."""
    things = sorted((*found.entities, *found.events), key=lambda thing: thing.iri)
    return json.dumps(
        {
            "report": _record(found.report),
            "iri": found.iri,
            "things": [{"iri": thing.iri, "label": thing.name, "kind": thing.kind} for thing in things],
            "mentions": [[one.span.begin, one.span.end, one.thing.iri] for one in found.mentions],
            "events": [_event(event) for event in found.events],
            "relations": [_relation(relation) for relation in found.relations],
            "rejects": [
                {"message": reject.result.message, "focus": reject.result.focus, "sentence": reject.sentence}
                for reject in found.rejects
            ],
            "warnings": [
                {"message": warning.message, "focus": warning.focus, "sentence": None}
                for warning in found.warnings
            ],
        },
        ensure_ascii=False,
    )


def _record(report: Report) -> Mapping[str, str]:
    """The report as a line of a `.jsonl` file has it, without what is not known of it."""
    values = {
        "id": report.identifier,
        "title": report.title,
        "date": None if report.issued is None else report.issued.isoformat(),
        "publisher": report.publisher,
        "url": report.source,
        "language": report.language,
        "text": report.text,
    }
    return {name: value for name, value in values.items() if value is not None}


def _event(event: Event) -> Mapping[str, object]:
    return {
        "iri": event.iri,
        "status": event.status,
        "confidence": event.confidence,
        "roles": [
            *((role.name, role.entity.iri) for role in event.roles),
            *(("about", one.iri) for one in event.about),
            *(("causedBy", one.iri) for one in event.caused_by),
        ],
        "date": event.date,
        "end": event.end_date,
        "time": event.time_words,
        "sources": [source.iri for source in event.sources],
        "evidence": _spans(event.evidence),
    }


def _relation(relation: Relation) -> Mapping[str, object]:
    return {
        "subject": relation.subject.iri,
        "predicate": relation.predicate,
        "object": relation.object.iri,
        "confidence": relation.confidence,
        "sources": [source.iri for source in relation.sources],
        "evidence": _spans(relation.evidence),
    }


def _spans(sentences: Iterable[Sentence]) -> list[list[int]]:
    return [[sentence.span.begin, sentence.span.end] for sentence in sentences]
