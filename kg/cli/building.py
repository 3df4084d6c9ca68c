"""`kg build` and `kg remove`: reports into the store and out of it."""

from __future__ import annotations

import datetime as dt
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from kg import settings
from kg.cli.columns import columns_option
from kg.cli.options import Date, ontology_option, option, overrides_option, store_option

if TYPE_CHECKING:
    from kg.pipeline import BuildOptions, Summary

_FEW = 5  # inputs that need no progress bar


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@store_option
@option("--date", type=Date(), help="Publication date of reports that have none of their own: 2022-01-26.")
@option("--id", "identifier", help="Identifier of the report, for a single input.")
@columns_option
@option("--base-iri", help="Base of the IRIs of a new store; a store keeps its own.")
@option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that read.")
@option(
    "--dask",
    metavar="ADDRESS",
    help="Read on the workers of a Dask scheduler, tcp://HOST:PORT; local: on --workers of a cluster here.",
)
@option("--model", default=settings.DEFAULT_MODEL, show_default=True, help="An installed spaCy pipeline.")
@option("--keep-text", is_flag=True, help="Keep the texts of the reports in the graph.")
@option("--license", "licence", metavar="IRI", help="Licence of the dataset; a store keeps the last one.")
@option("--reread", is_flag=True, help="Read all inputs again, also those that have not changed.")
@option("--keep-old", is_flag=True, help="Do not read again what another ontology, model or code has read.")
@option("--prune", is_flag=True, help="Remove reports of the store that are not among the inputs.")
@overrides_option
@ontology_option
def build(
    inputs: tuple[str, ...],
    store: Path,
    date: dt.date | dt.datetime | None,
    identifier: str | None,
    columns: tuple[tuple[str, str], ...],
    base_iri: str | None,
    workers: int,
    dask: str | None,
    model: str,
    keep_text: bool,
    licence: str | None,
    reread: bool,
    keep_old: bool,
    prune: bool,
    overrides: Path | None,
    ontology: Path,
) -> None:
    """Read reports into the store.

    INPUT is a file, a folder of them, or - for standard input: .txt, .html, .pdf, .jsonl and .csv (a report
    a line: id, text, and optionally title, date, url, publisher, language), .warc, .rss, .atom; also with
    .gz. A report whose text and metadata are as they were is not read again, a changed one replaces what the
    store has of it. Exit status 1 if an input was rejected.
    """
    from kg.ingest import IngestOptions, usage_problem
    from kg.pipeline import BuildOptions
    from kg.pipeline import build as run

    problem = usage_problem(inputs, options=IngestOptions(date=date, identifier=identifier))
    if problem is not None:
        raise click.UsageError(problem)
    if dask not in (None, "local") and _given("workers"):
        raise click.UsageError("the workers of a Dask cluster are started with it: leave out --workers")
    options = BuildOptions(
        store=store,
        base_iri=base_iri,
        date=date,
        identifier=identifier,
        columns=columns,
        workers=workers,
        model=model,
        ontology=ontology,
        keep_text=keep_text,
        overrides=overrides,
        licence=licence,
        reread=reread,
        keep_old=keep_old,
        prune=prune,
        dask=dask,
    )
    with _progress() as show, _interruptible(show) as progress:
        summary = run(inputs, options=options, progress=progress)
    _print_summary(summary, options)
    if summary.rejected:
        raise click.exceptions.Exit(1)


def _given(name: str) -> bool:
    """Whether an option stands on the command line; the environment may have it for another command."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


@click.command()
@click.argument("identifiers", nargs=-1, required=True, metavar="ID...")
@store_option
@ontology_option
def remove(identifiers: tuple[str, ...], store: Path, ontology: Path) -> None:
    """Take reports out of the store, by their identifiers."""
    from kg.pipeline import remove as run
    from kg.store import Store

    unknown = run(identifiers, store=Store.open(store), ontology=ontology)
    for identifier in unknown:
        click.echo(f"kg: {store}: there is no report {identifier!r}", err=True)
    click.echo(f"{len({*identifiers}) - len({*unknown})} removed", err=True)
    if unknown:
        raise click.exceptions.Exit(1)


@contextmanager
def _interruptible(show: Callable[[str], None]) -> Iterator[Callable[[str], None]]:
    """Lets Ctrl-C end a build at the next report even if its exception is lost.

    Python drops an exception that is raised while an object is being finalised, and a build finalises many.
    """
    interrupted = False

    def remember(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        signal.default_int_handler(number, frame)

    def progress(name: str) -> None:
        show(name)
        if interrupted:
            raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, remember)
    try:
        yield progress
    finally:
        if before is signal.default_int_handler:
            signal.signal(signal.SIGINT, before)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show on a terminal how far a build of more than a few reports is."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.completed:.0f} reports"),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task("", total=None)
    done = 0

    def show(name: str) -> None:
        nonlocal done
        done += 1
        if done == _FEW + 1:
            bar.start()
        bar.update(task, completed=done, description=escape(name))

    try:
        yield show
    finally:
        bar.stop()


def _print_summary(summary: Summary, options: BuildOptions) -> None:
    """The counts of a build, a line each."""
    from kg.store import Store

    seconds = summary.seconds
    lines: list[tuple[str, object]] = [
        ("Reports read", summary.reports),
        *((f"  {name}", getattr(summary, name)) for name in ("new", "changed", "again")),
        ("Reports unchanged", summary.unchanged),
        ("Reports removed", summary.removed),
        ("Inputs rejected", len(summary.rejected)),
        ("Files skipped", summary.skipped),
        ("Entities", summary.entities),
        ("Links to Wikidata", summary.links),
        ("Relations", summary.relations),
        ("Events", sum(number for _, number in summary.events)),
        *((f"  {kind}", number) for kind, number in summary.events),
        ("Rejected by validation", summary.rejects),
        ("Warnings of validation", summary.warnings),
        ("Seconds", f"{summary.total_seconds:.2f}"),
        *((f"  {name}", f"{getattr(seconds, name):.2f}") for name in _STAGES),
    ]
    for name, value in lines:
        click.echo(f"{name:<24}{value:>8}")
    click.echo(f"{'Store':<24}{options.store}, version {Store.open(options.store).version()}")


_STAGES = ("loading", "ingest", "reading", "mapping", "validation", "clustering", "store")
