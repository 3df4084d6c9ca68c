"""The reader of feeds: each entry of RSS or Atom is a report, as far as the feed has its text."""

from __future__ import annotations

import calendar
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

from kg.errors import InputError
from kg.facts import Report
from kg.ingest.markup import text_of
from kg.ingest.metadata import as_url, identifier_of_url, is_language_tag, is_name, parse_date
from kg.ingest.text import check_text, read_bytes, unify_line_ends
from kg.ingest.values import IngestOptions, Rejected, Source

_BEGINS = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_ENDS = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>\s*(?:<!--.*?-->\s*)*\Z", re.IGNORECASE | re.DOTALL)
BEGINS_WITHIN = 4096  # bytes, before which a feed begins: after a declaration, a style sheet, comments
_TAIL = 65536
_EARLIEST = 1990  # before it no feed had a date


def is_feed(beginning: bytes) -> bool:
    """Whether a file that begins so is a feed."""
    head = beginning[:BEGINS_WITHIN]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        head = head.replace(b"\0", b"")
    return _BEGINS.search(head) is not None


def read_feed(source: Source, options: IngestOptions) -> Iterator[Report | Rejected]:
    """The entries of a feed in its order; one that cannot be read is Rejected, named `FILE:NUMBER`.

    Raises InputError for what is no feed. Of a feed that is cut off the last entry is left out.
    """
    data = read_bytes(source)
    if not data.strip():
        raise InputError(source.name, "it is empty")
    feed = parse_feed(data, name=source.name)
    entries = feed.entries
    whole = _ENDS.search(data[-_TAIL:].replace(b"\0", b"")) is not None
    for number, entry in enumerate(entries if whole else entries[:-1], start=1):
        name = f"{source.name}:{number}"
        try:
            yield _report(entry, feed.feed, name=name, options=options)
        except InputError as error:
            key = _key(entry)
            yield Rejected(error.name, error.reason, None if key is None else identifier_of_url(key))
    if not whole:
        raise InputError(source.name, "it is cut off; the entries that are whole were read")
    if not entries:
        raise InputError(source.name, "it has no entries")


def parse_feed(data: bytes, *, name: str) -> Any:
    """The feed as feedparser has it; raises InputError for what is none.

    feedparser leaves out declarations of entities, and opens nothing that a feed names.
    """
    import feedparser  # imported late: it takes a tenth of a second

    if not is_feed(data):
        raise InputError(name, "it is not a feed (RSS or Atom)")
    feed = feedparser.parse(io.BytesIO(data))  # of bytes themselves it would make a file name
    if not feed.version and not feed.entries:
        raise InputError(name, "it is not a feed (RSS or Atom) that can be read")
    return feed


def _report(entry: Any, feed: Any, *, name: str, options: IngestOptions) -> Report:
    key = _key(entry)
    if key is None:
        raise InputError(name, "the entry has neither link nor id")
    text = _text(entry)
    if not text:
        raise InputError(name, "the entry has no text; fetch its page (kg fetch)")
    check_text(text, name=name)
    return Report(
        identifier=identifier_of_url(key),
        text=text,
        title=_one_line(text_of(_words(entry, "title") or "")),
        issued=_date(entry) or options.date,
        publisher=_one_line(
            text_of(_words(entry.get("source") or {}, "title") or _words(feed, "title") or "")
        ),
        source=as_url(key),
        language=_language(entry, feed),
    )


def _key(entry: Any) -> str | None:
    """What the entry is known by everywhere."""
    return _words(entry, "link") or _words(entry, "id")


def _words(holder: Mapping[str, Any], key: str) -> str | None:
    """A string; by way of dict, because feedparser's own takes one date for another."""
    value = dict.get(holder, key) if isinstance(holder, dict) else None
    return value.strip() or None if isinstance(value, str) else None


def _text(entry: Any) -> str:
    """The longest of what the entry has as its content or its summary."""
    details = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    texts = []
    for detail in details:
        value = detail.get("value") or ""
        plain = detail.get("type") == "text/plain" and "<" not in value
        texts.append(unify_line_ends(value).strip() if plain else text_of(value))
    return max(texts, key=len)


def _one_line(text: str) -> str | None:
    line = " ".join(text.split())
    return line if is_name(line) else None


def _language(entry: Any, feed: Any) -> str | None:
    details = entry.get("content", ())
    tag = (_words(details[0], "language") if details else None) or _words(feed, "language")
    return tag if tag is not None and is_language_tag(tag) else None


def _date(entry: Any) -> dt.date | dt.datetime | None:
    """When the entry was published, else updated, in the time zone that the feed gives."""
    for key in ("published", "updated"):
        written = _words(entry, key)
        if written is None:
            continue
        for parse in (parse_date, parsedate_to_datetime):
            with suppress(ValueError):
                return _plausible(parse(written))
        fields = dict.get(entry, f"{key}_parsed")
        if fields is not None:
            with suppress(ValueError, OverflowError):
                return _plausible(dt.datetime.fromtimestamp(calendar.timegm(fields), tz=dt.UTC))
    return None


def _plausible(date: dt.date) -> dt.date:
    if date.year < _EARLIEST:
        raise ValueError(f"unexpected year {date.year}")
    return date
