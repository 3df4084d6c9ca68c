"""`kg validate`: what the shapes say of files or of the store."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from kg.cli.options import ontology_option, option, store_option

if TYPE_CHECKING:
    import pyoxigraph
    import rdflib

    from kg.validation import ShapeResult, ValidationResult


@dataclass(frozen=True, slots=True)
class _Found:
    """A graph that is to be validated, and what messages call it."""

    name: str
    graph: rdflib.Graph


@dataclass(frozen=True, slots=True)
class _Checked:
    name: str
    validation: ValidationResult


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE...]")
@store_option
@option(
    "--format",
    "format_name",
    type=click.Choice(("text", "turtle", "json")),
    default="text",
    show_default=True,
    help="Turtle is SHACL's own validation report.",
)
@ontology_option
@click.pass_context
def validate(
    ctx: click.Context, paths: tuple[Path, ...], store: Path, format_name: str, ontology: Path
) -> None:
    """Check RDF files, or the store, against the shapes.

    Each graph is checked by itself: of the store each report's, the entity graph, and what came from
    elsewhere. Exit status 1 where a shape is violated; warnings do not count.
    """
    from kg.validation import Validator

    if paths and ctx.get_parameter_source("store") is ParameterSource.COMMANDLINE:
        raise click.UsageError("give either files or --store")
    validator = Validator(ontology)
    found = _of_files(paths) if paths else _of_store(store)
    checked = (_Checked(item.name, validator.validate(item.graph)) for item in found)
    if {"text": _write_text, "json": _write_json, "turtle": _write_turtle}[format_name](checked):
        raise click.exceptions.Exit(1)


def _of_store(path: Path) -> Iterator[_Found]:
    """The store's graphs but the ontology, by name; the unnamed one where there is something in it."""
    import pyoxigraph

    from kg.store import Store
    from kg.vocab import ONTOLOGY_IRI

    database = Store.open(path).reading()
    yield from _found(
        "the unnamed graph", database.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())
    )
    for name in sorted(database.named_graphs(), key=str):
        if name.value != str(ONTOLOGY_IRI):
            yield from _found(name.value, database.quads_for_pattern(None, None, None, name))


def _of_files(paths: Iterable[Path]) -> Iterator[_Found]:
    import pyoxigraph

    from kg.cli.rdf_files import read_graphs

    for path in paths:
        dataset = read_graphs(path)
        names = sorted({quad.graph_name for quad in dataset}, key=str)
        for name in names:
            where = str(path) if isinstance(name, pyoxigraph.DefaultGraph) else f"{path} {name.value}"
            yield from _found(where, dataset.quads_for_graph_name(name))


def _found(name: str, quads: Iterable[pyoxigraph.Quad]) -> Iterator[_Found]:
    """The quads as a graph; none where there are none."""
    import pyoxigraph
    import rdflib

    lines = pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.N_TRIPLES)
    if lines:
        yield _Found(name, rdflib.Graph(bind_namespaces="none").parse(data=lines, format="nt"))


def _write_text(checked: Iterable[_Checked]) -> bool:
    """A line for each result, under its graph, and one for all; True where a shape is violated."""
    counts: Counter[str] = Counter()
    graphs = 0
    for item in checked:
        graphs += 1
        if item.validation.results:
            click.echo(item.name)
        for result in item.validation.results:
            counts[result.severity] += 1
            click.echo(f"  {_line(result)}")
    sums = ", ".join(
        f"{counts[severity]} {severity.lower()}s" for severity in ("Violation", "Warning", "Info")
    )
    click.echo(f"{graphs} graph{'' if graphs == 1 else 's'}: {sums}")
    return counts["Violation"] > 0


def _line(result: ShapeResult) -> str:
    from kg.querying import shorten

    value = result.value if result.value != result.focus else None
    where = (shorten(part) for part in (result.focus, result.path, value) if part is not None)
    return f"{result.severity}: {' '.join(where)}: {result.message} ({result.shape.rpartition('#')[2]})"


def _write_json(checked: Iterable[_Checked]) -> bool:
    results = [
        {"graph": item.name} | asdict(result) for item in checked for result in item.validation.results
    ]
    violated = any(result["severity"] == "Violation" for result in results)
    click.echo(json.dumps({"conforms": not violated, "results": results}, ensure_ascii=False, indent=2))
    return violated


def _write_turtle(checked: Iterable[_Checked]) -> bool:
    import rdflib

    from kg.export import serialize_turtle

    violated, merged = False, rdflib.Graph()
    for item in checked:
        violated = violated or not item.validation.conforms
        merged += item.validation.report_graph
    sys.stdout.buffer.write(serialize_turtle(merged))
    return violated
