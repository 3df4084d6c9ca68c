"""The reader of JSON Lines: one report a line, with what its source says of it."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, BinaryIO

from kg.errors import InputError
from kg.facts import Report
from kg.ingest.encoding import decode, is_marked_utf16_or_32
from kg.ingest.metadata import is_language_tag, is_name, is_url, parse_date
from kg.ingest.text import check_text, read_bytes
from kg.ingest.values import MAXIMUM_BYTES, IngestOptions, Rejected, Source


def read_records(source: Source, options: IngestOptions) -> Iterator[Report | Rejected]:
    """The reports of a `.jsonl` file in order; a bad line is one Rejected, named `FILE:LINE`."""
    if options.identifier is not None:
        raise InputError(source.name, "--id names one report; records bring their own id")
    empty = True
    for number, line in enumerate(_lines(source), start=1):
        if line is not None and not line.strip():
            continue
        empty = False
        name = f"{source.name}:{number}"
        try:
            yield _report(line, name=name, options=options)
        except InputError as error:
            yield Rejected(error.name, error.reason)
    if empty:
        raise InputError(source.name, "it is empty")


def _lines(source: Source) -> Iterator[bytes | None]:
    """The lines of the source; None for one that is longer than `MAXIMUM_BYTES`."""
    stream = source.stream
    first = source.beginning or stream.readline(MAXIMUM_BYTES + 1)
    if is_marked_utf16_or_32(first):
        data = read_bytes(replace(source, beginning=first))
        stream = io.BytesIO(decode(data, name=source.name).encode())
        first = stream.readline(MAXIMUM_BYTES + 1)
    for line in chain([first], iter(lambda: stream.readline(MAXIMUM_BYTES + 1), b"")):
        if len(line) <= MAXIMUM_BYTES:
            yield line
        else:
            _skip_line(stream, line)
            yield None


def _skip_line(stream: BinaryIO, piece: bytes) -> None:
    while piece and not piece.endswith(b"\n"):
        piece = stream.readline(MAXIMUM_BYTES)


def _report(line: bytes | None, *, name: str, options: IngestOptions) -> Report:
    if line is None:
        raise InputError(name, f"the line is longer than {MAXIMUM_BYTES:,} bytes; split the text")
    record = _record(decode(line.strip(), name=name), name=name)
    text = record.get("text")
    if not isinstance(text, str):
        raise InputError(
            name, "the record has no text" if text is None else f"text is {_kind(text)}, not a string"
        )
    check_text(text, name=name)
    url, language = _string(record, "url", name=name), _string(record, "language", name=name)
    if url is not None and not is_url(url):
        raise InputError(name, f"url {url!r} is not an absolute URL such as https://example.org/report")
    if language is not None and not is_language_tag(language):
        raise InputError(name, f"language {language!r} is not a language tag such as en or pt-BR")
    return Report(
        identifier=_identifier(record, name=name),
        text=text,
        title=_string(record, "title", name=name),
        issued=_date(record, name=name) or options.date,
        publisher=_string(record, "publisher", name=name),
        source=url,
        language=language,
    )


def _record(line: str, *, name: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(name, f"not JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets in brackets
        raise InputError(
            name, "not JSON that can be read: a number is too long or the nesting too deep"
        ) from error
    if not isinstance(record, dict):
        raise InputError(name, f"a record must be a JSON object, not {_kind(record)}")
    return record


def _identifier(record: dict[str, Any], *, name: str) -> str:
    value = record.get("id")
    if value is None:
        raise InputError(name, "the record has no id")
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number and not isinstance(value, str):
        raise InputError(name, f"id is {_kind(value)}, not a string or a number")
    identifier = str(value).strip()
    if not is_name(identifier):
        raise InputError(
            name, f"id {identifier!r} is empty or has characters that may not stand in an identifier"
        )
    return identifier


def _date(record: dict[str, Any], *, name: str) -> dt.date | dt.datetime | None:
    value = _string(record, "date", name=name)
    try:
        return None if value is None else parse_date(value)
    except ValueError as error:
        raise InputError(name, f"date {error}") from error


def _string(record: dict[str, Any], field: str, *, name: str) -> str | None:
    """The field on one line, without white space around it; None where it is absent, null or blank."""
    value = record.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(name, f"{field} is {_kind(value)}, not a string")
    line = " ".join(value.split())
    if line and not is_name(line):
        raise InputError(name, f"{field} {value!r} has control characters or half a surrogate pair")
    return line or None


def _kind(value: object) -> str:
    """What JSON calls the value."""
    kinds = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "a list",
        dict: "an object",
    }
    return kinds.get(type(value), "null")
