"""The table as bytes: CSV (RFC 4180), Parquet, and what the CSV's columns mean as CSV on the Web metadata.

CSVW: https://www.w3.org/TR/tabular-metadata/.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph as ox

from kg import iri
from kg.errors import ExportError
from kg.export.dataset import read_ontology
from kg.export.events.columns import COLUMNS, SEPARATOR, Type, Value
from kg.export.events.kinds import read_kinds
from kg.export.events.reading import read_events
from kg.named import Database

_ROW_GROUP = 10_000
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # spreadsheets compute cells that begin so
_CSVW_TYPES = {Type.TEXT: "string", Type.DATE: "date", Type.INTEGER: "integer", Type.NUMBER: "double"}
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"


class EventsFormat(Enum):
    """How the table is written, by the names that the command line gives them."""

    CSV = "events.csv"
    PARQUET = "events.parquet"
    CSVW = "events.csvw"


def export_events(
    database: Database,
    output: BinaryIO,
    *,
    format: EventsFormat,  # noqa: A002 - what users call it
    ontology: Path,
    base_iri: str,
    report: str | None = None,
) -> None:
    """Write a row for each event of the reports, or of the report with this identifier.

    Raises ExportError for a report that the store lacks and where Parquet's library is not installed.
    """
    if format is EventsFormat.CSVW:
        output.write(_csvw().encode())
        return
    kinds = read_kinds(read_ontology(ontology))
    name = _report_iri(database, base_iri, report) if report is not None else None
    events = read_events(database, base_iri=base_iri, kinds=kinds, report=name)
    rows = (tuple(column.value(event) for column in COLUMNS) for event in events)
    if format is EventsFormat.CSV:
        _write_csv(rows, output)
    elif format is EventsFormat.PARQUET:
        _write_parquet(rows, output)
    else:
        raise ValueError(f"unexpected format {format!r}")


def _write_csv(rows: Iterable[tuple[Value, ...]], output: BinaryIO) -> None:
    text = io.TextIOWrapper(output, encoding="utf-8", newline="")
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(column.name for column in COLUMNS)
        writer.writerows([_cell(value) for value in row] for row in rows)
    finally:
        text.detach()  # flushes, and leaves the file to the caller


def _cell(value: Value) -> str:
    """A value as text; one that a spreadsheet would compute gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULAS) else value
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _write_parquet(rows: Iterator[tuple[Value, ...]], output: BinaryIO) -> None:
    arrow, parquet = _pyarrow()
    types = {
        Type.TEXT: arrow.string(),
        Type.DATE: arrow.date32(),
        Type.INTEGER: arrow.int64(),
        Type.NUMBER: arrow.float64(),
    }
    schema = arrow.schema(
        [arrow.field(c.name, types[c.type], metadata={"description": c.meaning}) for c in COLUMNS]
    )
    with parquet.ParquetWriter(output, schema) as writer:
        while group := list(islice(rows, _ROW_GROUP)):
            arrays = [
                arrow.array(cells, type=f.type)
                for cells, f in zip(zip(*group, strict=True), schema, strict=True)
            ]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema), row_group_size=_ROW_GROUP)


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ExportError(
            'Parquet needs pyarrow: pip install "sitrep[frames]", or write events.csv'
        ) from error
    return pyarrow, pyarrow.parquet


def _csvw() -> str:
    """The metadata of a file events.csv beside it, as `events.csv-metadata.json`."""
    columns: list[dict[str, object]] = []
    for column in COLUMNS:
        about: dict[str, object] = {
            "name": column.name,
            "titles": column.name,
            "dc:description": column.meaning,
            "datatype": _CSVW_TYPES[column.type],
        }
        if column.many:
            about["separator"] = SEPARATOR
        columns.append(about)
    metadata = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": "events.csv",
        "dc:title": "Events of a Sitrep knowledge graph",
        "dc:license": {"@id": _LICENCE},
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True},
        "tableSchema": {"columns": columns, "primaryKey": "event_id"},
    }
    return json.dumps(metadata, ensure_ascii=False, indent=2) + "\n"


def _report_iri(database: Database, base_iri: str, report: str) -> str:
    try:
        name = ox.NamedNode(iri.report(base_iri, report))
    except ValueError as error:
        raise ExportError(f"no report can have the identifier {report!r}: {error}") from error
    if not database.contains_named_graph(name):
        raise ExportError(f"the store has no report {report!r}")
    return name.value
