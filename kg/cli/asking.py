"""`kg query` and `kg stats`: asking the store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from kg.cli.options import option, store_option
from kg.errors import QueryError

if TYPE_CHECKING:
    from kg.querying import Count, Table

_FORMATS = ("table", "json", "csv", "tsv", "xml", "turtle")


@click.command()
@click.argument("query", required=False)
@option(
    "-f", "--file", "file", type=click.File("rb"), help="Read the query from a file (- for standard input)."
)
@store_option
@option(
    "--format",
    "format_name",
    type=click.Choice(_FORMATS),
    help="Default: table, and turtle for CONSTRUCT and DESCRIBE.",
)
def query(query: str | None, file: IO[bytes] | None, store: Path, format_name: str | None) -> None:
    """Ask the store in SPARQL.

    The default graph is the union of all graphs. The prefixes sit, nif, skos, dcterms, rdf, rdfs and the like
    need no declaration.
    """
    import pyoxigraph

    from kg.querying import ResultFormat, ask_store, table, write_result
    from kg.store import Store

    if (query is None) == (file is None):
        raise click.UsageError("give either a QUERY or a file with -f")
    text = _read(file) if file is not None else query or ""
    result = ask_store(Store.open(store), text)
    default = "turtle" if isinstance(result, pyoxigraph.QueryTriples) else "table"
    chosen = ResultFormat(format_name or default)
    if chosen is ResultFormat.TABLE:
        _print_table(table(result))
    else:
        write_result(result, sys.stdout.buffer, format=chosen)


@click.command()
@store_option
def stats(store: Path) -> None:
    """Count what the store holds."""
    from kg.querying import statistics
    from kg.store import Store

    opened = Store.open(store)
    counts = statistics(opened.reading(), base_iri=opened.base_iri)
    click.echo(f"{'Data version':<24}{opened.version():>8}")
    click.echo(f"{'Reports':<24}{counts.reports:>8}")
    _print_counts("Entities", counts.entities)
    _print_counts("Events", counts.events)
    _print_counts("Events by status", counts.statuses)
    click.echo(f"{'Relations':<24}{counts.relations:>8}")
    click.echo(f"{'Links to Wikidata':<24}{counts.links:>8}")
    click.echo(f"{'Event clusters':<24}{counts.clusters:>8}")
    click.echo(f"{'Triples':<24}{counts.triples:>8}")


def _print_counts(title: str, counts: tuple[Count, ...]) -> None:
    click.echo(f"{title:<24}{sum(count.number for count in counts):>8}")
    for count in counts:
        click.echo(f"  {count.name:<22}{count.number:>8}")


def _print_table(found: Table) -> None:
    """A table that fits the terminal; elsewhere one line a row, whatever its length, in plain characters."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Drawing
    from rich.text import Text

    console = Console()
    if console.is_terminal:
        drawing = Drawing(box=box.ROUNDED if console.encoding == "utf-8" else box.ASCII, show_lines=True)
        for name in found.columns:
            drawing.add_column(Text(name), overflow="fold")
        for row in found.rows:
            drawing.add_row(*(Text(cell) for cell in row))
        console.print(drawing)
    else:
        _print_plain(found)
    if not found.rows:
        click.echo("kg: no results", err=True)


def _print_plain(found: Table) -> None:
    from rich.cells import cell_len

    columns = zip(found.columns, *found.rows, strict=True)
    widths = [max(cell_len(cell) for cell in column) for column in columns]
    for row in (found.columns, tuple("-" * width for width in widths), *found.rows):
        padded = (f"{cell}{' ' * (width - cell_len(cell))}" for cell, width in zip(row, widths, strict=True))
        click.echo(" | ".join(padded).rstrip())


def _read(file: IO[bytes]) -> str:
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError(f"{file.name}: not UTF-8 text: {error}") from error
