"""What ingest takes and hands out beside `kg.facts.Report`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from kg.facts import Report

MAXIMUM_BYTES = 20_000_000  # of one file or line; 1,000,000 characters escaped as JSON \uXXXX pairs fit in


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """`date` is for reports without a date of their own; `identifier` names the report of a single input."""

    date: dt.date | dt.datetime | None = None
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that cannot be read: its name (`FILE`, `FILE:LINE` for a record) and the reason."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry of a folder that is not for reading: hidden, a link to a folder, or of another suffix."""

    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader reads: the opened bytes, the name for messages, the identifier by the file's name."""

    stream: BinaryIO
    name: str
    identifier: str
    beginning: bytes = b""  # the first line, where it was read from the stream already


ReadSource: TypeAlias = Callable[[Source, IngestOptions], Iterator[Report | Rejected]]
