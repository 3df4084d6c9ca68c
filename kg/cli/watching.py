"""`kg watch`: a folder whose files are built as they come."""

from __future__ import annotations

import datetime as dt
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg import settings
from kg.cli.columns import columns_option
from kg.cli.options import Date, ontology_option, option, overrides_option, store_option

if TYPE_CHECKING:
    from kg.pipeline import Summary


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@store_option
@option("--date", type=Date(), help="Publication date of reports that have none of their own: 2022-01-26.")
@columns_option
@option("--base-iri", help="Base of the IRIs of a new store; a store keeps its own.")
@option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that read.")
@option("--model", default=settings.DEFAULT_MODEL, show_default=True, help="An installed spaCy pipeline.")
@option("--keep-text", is_flag=True, help="Keep the texts of the reports in the graph.")
@option("--prune", is_flag=True, help="Remove reports whose files are gone; looks at all files each time.")
@option(
    "--settle",
    type=click.FloatRange(min=0),
    default=2.0,
    show_default=True,
    help="Seconds that a file must stay as it is before it is read.",
)
@overrides_option
@ontology_option
def watch(
    folder: Path,
    store: Path,
    date: dt.date | dt.datetime | None,
    columns: tuple[tuple[str, str], ...],
    base_iri: str | None,
    workers: int,
    model: str,
    keep_text: bool,
    prune: bool,
    settle: float,
    overrides: Path | None,
    ontology: Path,
) -> None:
    """Build a folder, then what comes into it, until Ctrl-C.

    Files are read as by kg build FOLDER, new and changed ones once nobody writes them any more. One line is
    written for each build. Reports of files that are gone stay in the store unless --prune is given.
    """
    from kg.pipeline import BuildOptions
    from kg.pipeline import watch as run

    if store.resolve().is_relative_to(folder.resolve()):
        raise click.UsageError(f"the store {store} lies in the folder: put it elsewhere by --store")
    options = BuildOptions(
        store=store,
        base_iri=base_iri,
        date=date,
        columns=columns,
        workers=workers,
        model=model,
        ontology=ontology,
        keep_text=keep_text,
        overrides=overrides,
        prune=prune,
    )
    with _stopping() as stop:
        click.echo(f"watching {folder}; Ctrl-C ends", err=True)

        def progress(_: str) -> None:
            if stop.is_set():  # an exception that was raised in an object's end is lost
                raise KeyboardInterrupt

        for summary in run(folder, options=options, settle=settle, stop=stop, progress=progress):
            click.echo(_line(summary), err=True)


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; they end what is under way, and that is no failure."""
    stop = threading.Event()

    def end(*_: object) -> None:
        stop.set()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    except KeyboardInterrupt:
        click.echo("stopped; what was finished is in the store", err=True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _line(summary: Summary) -> str:
    counts = {
        "new": summary.new,
        "changed": summary.changed,
        "read again": summary.again,
        "unchanged": summary.unchanged,
        "removed": summary.removed,
        "rejected": len(summary.rejected),
    }
    told = [f"{number} {name}" for name, number in counts.items() if number] or ["nothing new"]
    return f"{', '.join(told)} ({summary.total_seconds:.1f} s)"
