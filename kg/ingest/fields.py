"""The fields of a record, and the report that they make."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from kg.errors import InputError
from kg.facts import Report
from kg.ingest.metadata import is_language_tag, is_name, is_url, parse_date
from kg.ingest.text import check_text
from kg.ingest.values import IngestOptions, Rejected

NameField: TypeAlias = Callable[[str], str]  # what a message calls a field


def report_of(
    record: Mapping[str, Any],
    *,
    name: str,
    options: IngestOptions,
    called: NameField = lambda field: field,
) -> Report:
    """The report of a record with the fields `kg.ingest.values.FIELDS`; raises InputError for `name`."""
    text = record.get("text")
    if not isinstance(text, str):
        problem = "the record has no text" if text is None else f"text is {kind_of_value(text)}, not a string"
        raise InputError(name, problem)
    check_text(text, name=name)
    url, language = (_string(record, field, name, called) for field in ("url", "language"))
    if url is not None and not is_url(url):
        raise InputError(
            name, f"{called('url')} {url!r} is not an absolute URL such as https://example.org/report"
        )
    if language is not None and not is_language_tag(language):
        raise InputError(name, f"{called('language')} {language!r} is not a language tag such as en or pt-BR")
    return Report(
        identifier=_identifier(record, name, called),
        text=text,
        title=_string(record, "title", name, called),
        issued=_date(record, name, called) or options.date,
        publisher=_string(record, "publisher", name, called),
        source=url,
        language=language,
    )


def rejected(error: InputError, record: Mapping[str, Any] | None) -> Rejected:
    """A record that cannot be read, with its identifier if that can."""
    identifier = None
    if record is not None:
        with suppress(InputError):
            identifier = _identifier(record, error.name, str)
    return Rejected(error.name, error.reason, identifier)


def kind_of_value(value: object) -> str:
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


def _identifier(record: Mapping[str, Any], name: str, called: NameField) -> str:
    value = record.get("id")
    if value is None:
        raise InputError(name, "the record has no id")
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number and not isinstance(value, str):
        raise InputError(name, f"id is {kind_of_value(value)}, not a string or a number")
    identifier = str(value).strip()
    if not is_name(identifier):
        raise InputError(
            name,
            f"{called('id')} {identifier!r} is empty or has characters that may not stand in an identifier",
        )
    return identifier


def _date(record: Mapping[str, Any], name: str, called: NameField) -> dt.date | dt.datetime | None:
    value = _string(record, "date", name, called)
    try:
        return None if value is None else parse_date(value)
    except ValueError as error:
        raise InputError(name, f"{called('date')} {error}") from error


def _string(record: Mapping[str, Any], field: str, name: str, called: NameField) -> str | None:
    """The field on one line, without white space around it; None where it is absent, null or blank."""
    value = record.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(name, f"{field} is {kind_of_value(value)}, not a string")
    line = " ".join(value.split())
    if line and not is_name(line):
        raise InputError(name, f"{called(field)} {value!r} has control characters or half a surrogate pair")
    return line or None
