"""The reader of tables: `.csv` and `.tsv` with a row of names, then a report a row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.errors import InputError
from kg.facts import Report
from kg.ingest.encoding import encoding_of
from kg.ingest.fields import rejected, report_of
from kg.ingest.lines import lines
from kg.ingest.text import unify_line_ends
from kg.ingest.values import FIELDS, MAXIMUM_BYTES, Columns, IngestOptions, Rejected, Source

_DELIMITERS = ",;\t|"
_SHOWN = 20  # columns that a message names


def read_table(source: Source, options: IngestOptions) -> Iterator[Report | Rejected]:
    """The reports of a table in order; a bad row is one Rejected, named `FILE:LINE` by its first line.

    The form is that of RFC 4180, with the delimiter that the row of names uses most. Raises InputError where
    that row has no column of texts or of identifiers, and where a row does not end.
    """
    text = _Lines(source)
    delimiter, header = _header(text, source.name)
    layout = _layout(header, options.columns, source.name)
    rows = csv.reader(text, delimiter=delimiter, strict=True)
    empty = True
    while True:
        text.begin_row()
        name, record = f"{source.name}:{text.number + 1}", None
        try:
            cells = _next_row(rows, name)
            if cells is None:
                break
            if not any(cell.strip() for cell in cells):
                continue
            empty = False
            record = _record(cells, layout, name=name)
            yield report_of(record, name=name, options=options, called=layout.called)
        except InputError as error:
            if text.endless:
                raise
            empty = False
            yield rejected(error, record)
    if empty:
        raise InputError(source.name, "it has no rows below the names of the columns")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which cell of a row holds which field, and what the columns are called."""

    cells: Mapping[str, int]
    width: int
    columns: Mapping[str, str]

    def called(self, field: str) -> str:
        """The field as a message names it."""
        column = self.columns[field]
        return field if column == field else f"{field} (column {column!r})"


class _Lines:
    """The lines of a table as text; its encoding is told by the first line that is more than ASCII."""

    def __init__(self, source: Source) -> None:
        self._lines = lines(source)
        self._name = source.name
        self._encoding: str | None = None
        self._row_bytes = 0
        self.number = 0  # of lines that were read
        self.endless = False  # whether the row is too long to go on

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self._row_bytes += MAXIMUM_BYTES + 1 if line is None else len(line)
        if line is None or self._row_bytes > MAXIMUM_BYTES:
            self.endless = True
            raise InputError(
                self._name,
                f"the row that goes on in line {self.number} is longer than {MAXIMUM_BYTES:,} bytes; perhaps "
                "a quote does not end. What follows is not read",
            )
        if self.number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        return self._decoded(line)

    def begin_row(self) -> None:
        """The next line is the first of a row."""
        self._row_bytes = 0

    def _decoded(self, line: bytes) -> str:
        if line.isascii():
            return line.decode("ascii")
        name = f"{self._name}:{self.number}"
        if self._encoding is None:
            self._encoding = encoding_of(line, name=name)
        try:
            return line.decode(self._encoding)
        except UnicodeDecodeError as error:
            raise InputError(
                name, f"it is broken in the table's encoding, {self._encoding.upper()}"
            ) from error


def _next_row(rows: Iterator[list[str]], name: str) -> list[str] | None:
    """The cells of the next row, None after the last; raises InputError where it is malformed."""
    before = csv.field_size_limit(MAXIMUM_BYTES)  # the module's own limit is less than a long report
    try:
        return next(rows, None)
    except csv.Error as error:
        hint = "a quote within a cell is written twice, and one that begins a cell must end it"
        raise InputError(name, f"the row is malformed: {error} ({hint})") from error
    finally:
        csv.field_size_limit(before)


def _header(text: _Lines, name: str) -> tuple[str, list[str]]:
    """The delimiter, and the names of the columns."""
    line = next(text, "")
    if not all(character.isprintable() or character.isspace() for character in line):
        raise InputError(name, "it is binary, or its first line does not name the columns")
    counts = Counter(character for character in line if character in _DELIMITERS)
    delimiter = max(_DELIMITERS, key=lambda character: counts[character])
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise InputError(name, f"the row of names is malformed: {error}") from error
    if not any(cell.strip() for cell in cells):
        raise InputError(name, "its first line is empty; it must name the columns")
    return delimiter, [cell.strip() for cell in cells]


def _layout(header: list[str], columns: Columns, name: str) -> _Layout:
    wanted = {field: field for field in FIELDS} | dict(columns)
    places: dict[str, int] = {}
    for field, column in wanted.items():
        found = [n for n, cell in enumerate(header) if cell == column]
        found = found or [n for n, cell in enumerate(header) if cell.casefold() == column.casefold()]
        if len(found) > 1:
            raise InputError(name, f"it has {len(found)} columns {column!r}; give them different names")
        if found:
            places[field] = found[0]
        elif field in ("id", "text") or field in dict(columns):
            has = ", ".join(header[:_SHOWN]) + (", …" if len(header) > _SHOWN else "")
            raise InputError(
                name, f"it has no column {column!r}, but {has}; name it by --columns {field}=NAME"
            )
    return _Layout(places, len(header), wanted)


def _record(cells: list[str], layout: _Layout, *, name: str) -> dict[str, str]:
    if len(cells) != layout.width:
        raise InputError(
            name,
            f"the row has {len(cells)} cells, the row of names {layout.width}; a cell with a delimiter or "
            "line end in it must stand in quotes",
        )
    record = {field: cells[place] for field, place in layout.cells.items()}
    record["text"] = unify_line_ends(record["text"])
    return record
