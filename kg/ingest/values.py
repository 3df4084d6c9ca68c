"""What ingest takes and hands out beside `kg.facts.Report`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias

from kg.facts import Report

MAXIMUM_BYTES = 20_000_000  # of one file or line; 1,000,000 characters escaped as JSON \uXXXX pairs fit in
FIELDS = (
    "id",
    "text",
    "title",
    "date",
    "url",
    "publisher",
    "language",
)  # of a record, and columns of a table

Columns: TypeAlias = tuple[tuple[str, str], ...]  # field and name of the column that has it


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """`date` is for reports without a date of their own; `identifier` names the report of a single input.

    `columns` says which columns of tables hold which fields, where they are not called after them.
    """

    date: dt.date | dt.datetime | None = None
    identifier: str | None = None
    columns: Columns = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that cannot be read: its name (`FILE`, `FILE:LINE` for a record) and the reason.

    `identifier` is that of the report, where it is known all the same.
    """

    name: str
    reason: str
    identifier: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Skipped:
    """What is not for reading: a hidden entry of a folder, a link to one, one of another suffix; a record."""

    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader reads: the opened bytes, the name for messages, the identifier by the file's name."""

    stream: BinaryIO
    name: str
    identifier: str
    beginning: bytes = b""  # the first line, where it was read from the stream already
    url: str | None = None  # where it was fetched, if that is known
    encoding: str | None = None  # what the server said


ReadSource: TypeAlias = Callable[[Source, IngestOptions], Iterator[Report | Rejected | Skipped]]
