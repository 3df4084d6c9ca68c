"""`kg read`: what reading finds, with nothing stored."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg import settings
from kg.cli.columns import columns_option
from kg.cli.options import Date, ontology_option, option, store_option

if TYPE_CHECKING:
    from kg.facts import Report, Span
    from kg.pipeline.findings import Findings, FoundEvent, FoundRelation


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
    from kg.ingest import IngestOptions, Rejected, usage_problem
    from kg.pipeline.findings import FindOptions, find

    problem = usage_problem(inputs, options=IngestOptions(date=date, identifier=identifier))
    if problem is not None:
        raise click.UsageError(problem)
    options = FindOptions(
        store=store, date=date, identifier=identifier, columns=columns, model=model, ontology=ontology
    )
    rejected = False
    for found in find(inputs, options=options):
        if isinstance(found, Rejected):
            rejected = True
            click.echo(f"kg: {found.name}: {' '.join(found.reason.split())}", err=True)
        else:
            click.echo(_as_json(found) if format_name == "json" else _as_text(found))
    if rejected:
        raise click.exceptions.Exit(1)


def _as_json(found: Findings) -> str:
    """One line. `report` is a record that `kg build` takes; spans are [begin, end] in its text."""
    return json.dumps(
        {
            "report": _record(found.report),
            "iri": found.iri,
            "things": [
                {"iri": thing.iri, "label": thing.label, "kind": thing.kind} for thing in found.things
            ],
            "mentions": [[mention.span.begin, mention.span.end, mention.thing] for mention in found.mentions],
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


def _event(event: FoundEvent) -> Mapping[str, object]:
    return {
        "iri": event.iri,
        "status": event.status,
        "confidence": event.confidence,
        "roles": event.roles,
        "date": event.date or None,
        "end": event.end_date or None,
        "time": event.time_words or None,
        "sources": event.sources,
        "evidence": _spans(event.evidence),
    }


def _relation(relation: FoundRelation) -> Mapping[str, object]:
    return {
        "subject": relation.subject,
        "predicate": relation.predicate,
        "object": relation.object,
        "confidence": relation.confidence,
        "sources": relation.sources,
        "evidence": _spans(relation.evidence),
    }


def _spans(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.begin, span.end] for span in spans]


def _as_text(found: Findings) -> str:
    """The report's facts, each with the sentences that it rests on."""
    labels = {thing.iri: thing.label for thing in found.things}
    text = found.report.text
    lines = [
        _plain(f"{found.report.identifier}: {len(found.events)} events, {len(found.relations)} relations")
    ]
    for event in found.events:
        told = [f"{role} {labels.get(filler, filler)}" for role, filler in event.roles]
        told += [value for value in (event.date, event.end_date, event.time_words) if value]
        told += [f"says {labels.get(source, source)}" for source in event.sources]
        lines.append(_plain(f"  {labels[event.iri]} [{event.status}] {'; '.join(told)}"))
        lines += [_plain(f"      {text[span.begin : span.end]}") for span in event.evidence]
    for relation in found.relations:
        ends = (labels.get(end, end) for end in (relation.subject, relation.object))
        lines.append(_plain(f"  {f' {relation.predicate} '.join(ends)}"))
        lines += [_plain(f"      {text[span.begin : span.end]}") for span in relation.evidence]
    lines += [
        _plain(f"  rejected: {reject.result.message} ({reject.result.focus})") for reject in found.rejects
    ]
    lines += [_plain(f"  warning: {warning.message} ({warning.focus})") for warning in found.warnings]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """One line, its indent kept, that a terminal shows as it is."""
    indent = " " * (len(text) - len(text.lstrip(" ")))
    words = " ".join(text.split())
    return indent + "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)
