"""`kg export` and `kg load`: graphs out of the store and into it."""

from __future__ import annotations

import gzip
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import click
from click.core import ParameterSource

from kg.cli.options import ontology_option, option, store_option
from kg.errors import ExportError, InputError

if TYPE_CHECKING:
    import pyoxigraph

    from kg.store import Store

_EXPORT_FORMATS = ("turtle", "trig", "nquads", "ntriples", "jsonld", "rdfxml")
_EVENT_FORMATS = ("events.csv", "events.parquet", "events.csvw")


@click.command()
@store_option
@option(
    "--format",
    "format_name",
    type=click.Choice((*_EXPORT_FORMATS, *_EVENT_FORMATS)),
    default="turtle",
    show_default=True,
    help="TriG, N-Quads and JSON-LD keep the graphs apart, the other graph formats hold the union of them. "
    "events.csv and events.parquet are tables, a row an event; events.csvw describes the columns.",
)
@option("--report", help="Only the report with this identifier, and what is known of its entities.")
@option(
    "--links",
    is_flag=False,
    flag_value="sssom",
    type=click.Choice(("sssom", "void")),
    help="Only the links to Wikidata: as SSSOM/TSV, or as VoID linksets in Turtle.",
)
@option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write, instead of standard output; one named .gz is compressed.",
)
@ontology_option
def export(
    store: Path, format_name: str, report: str | None, links: str | None, output: Path | None, ontology: Path
) -> None:
    """Write the graph, or a table of its events."""
    from kg.export import Format
    from kg.export import export as run
    from kg.export.events import EventsFormat, export_events
    from kg.store import Store

    opened = Store.open(store)
    database = opened.reading()
    if links is not None:
        from kg.export.links import LinksFormat, export_links
        from kg.links import read_links

        if report is not None:
            raise click.UsageError("--links are those of the whole store: leave out --report")
        if click.get_current_context().get_parameter_source("format_name") is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                "--links sssom and --links void are formats of their own: leave out --format"
            )
        found, links_format = read_links(opened.path), LinksFormat(links)
        with _output(output) as file:
            export_links(database, file, format=links_format, base_iri=opened.base_iri, found=found)
        return
    if format_name in _EVENT_FORMATS:
        with _output(output) as file:
            export_events(
                database,
                file,
                format=EventsFormat(format_name),
                ontology=ontology,
                base_iri=opened.base_iri,
                report=report,
            )
        return
    with _output(output) as file:
        run(
            database,
            file,
            format=Format(format_name),
            ontology=ontology,
            base_iri=opened.base_iri,
            report=report,
        )


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@store_option
@option(
    "--graph", help="IRI of the graph for triples that have none of their own, instead of the unnamed one."
)
def load(paths: tuple[Path, ...], store: Path, graph: str | None) -> None:
    """Take RDF from elsewhere into the store, as it is.

    The suffix tells the format: .ttl, .nt, .nq, .trig, .rdf, .jsonld. A file is taken whole or not at all.
    """
    import pyoxigraph

    from kg.store import Store

    try:
        target = pyoxigraph.NamedNode(graph) if graph is not None else None
    except ValueError as error:
        raise click.BadParameter(
            f"{graph!r} is not an absolute IRI: {error}", param_hint="--graph"
        ) from error
    opened = Store.create_or_open(store, base_iri=None)
    failed = 0
    for path in paths:
        try:
            _load(opened, path, target)
        except InputError as error:
            failed += 1
            click.echo(f"kg: {error}", err=True)
    click.echo(f"{len(paths) - failed} of {len(paths)} files loaded", err=True)
    if failed:
        raise click.exceptions.Exit(1)


def _load(store: Store, path: Path, graph: pyoxigraph.NamedNode | None) -> None:
    """Load one file; a file that is broken fails its batch, and with it all that was read of the file."""
    from kg.cli.rdf_files import format_of, parsing

    rdf_format, base = format_of(path), path.resolve().as_uri()
    with store.writing() as batch:
        parsing(
            path,
            lambda: batch.database.bulk_load(
                path=str(path), format=rdf_format, base_iri=base, to_graph=graph
            ),
        )


@contextmanager
def _output(path: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that is replaced only when all is written; one named .gz is compressed."""
    if path is None or path == Path("-"):
        yield sys.stdout.buffer
    elif path.exists() and not path.is_file():  # a device or pipe
        with path.open("wb") as file:
            yield file
    elif not path.parent.is_dir():
        raise InputError(str(path), f"there is no folder {path.parent}")
    else:
        part = path.with_name(f"{path.name}.part")
        try:
            with part.open("wb") as file, _compressed(file, path) as output:
                yield output
            os.replace(part, path)
        except OSError as error:
            if error.filename is not None:
                raise
            places = f"there, or in {tempfile.gettempdir()} for temporary files"
            raise ExportError(f"{path}: was not written: {error.strerror or error} ({places})") from error
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _compressed(file: BinaryIO, path: Path) -> Iterator[BinaryIO]:
    """The file, through gzip if its name says so; without time or name, for the same bytes each time."""
    if path.suffix != ".gz":
        yield file
        return
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as compressed:
        yield cast(BinaryIO, compressed)
