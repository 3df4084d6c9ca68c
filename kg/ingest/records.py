"""The reader of JSON Lines: one report a line, with what its source says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kg.errors import InputError
from kg.facts import Report
from kg.ingest.encoding import decode
from kg.ingest.fields import kind_of_value, rejected, report_of
from kg.ingest.lines import lines
from kg.ingest.values import MAXIMUM_BYTES, IngestOptions, Rejected, Source


def read_records(source: Source, options: IngestOptions) -> Iterator[Report | Rejected]:
    """The reports of a `.jsonl` file in order; a bad line is one Rejected, named `FILE:LINE`."""
    empty = True
    for number, line in enumerate(lines(source), start=1):
        if line is not None and not line.strip():
            continue
        empty = False
        name, record = f"{source.name}:{number}", None
        try:
            record = _record(line, name=name)
            yield report_of(record, name=name, options=options)
        except InputError as error:
            yield rejected(error, record)
    if empty:
        raise InputError(source.name, "it is empty")


def _record(line: bytes | None, *, name: str) -> dict[str, Any]:
    if line is None:
        raise InputError(name, f"the line is longer than {MAXIMUM_BYTES:,} bytes; split the text")
    try:
        record = json.loads(decode(line.strip(), name=name))
    except json.JSONDecodeError as error:
        raise InputError(name, f"not JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets in brackets
        raise InputError(
            name, "not JSON that can be read: a number is too long or the nesting too deep"
        ) from error
    if not isinstance(record, dict):
        raise InputError(name, f"a record must be a JSON object, not {kind_of_value(record)}")
    return record
