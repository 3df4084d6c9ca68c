"""Identifiers, dates, URLs and language tags as sources give them."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from urllib.parse import quote, urlsplit

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_NOT_IN_IRI = re.compile(r'[\x00-\x20\x7f-\x9f<>"{}|\\^`\ud800-\udfff]|%(?![0-9A-Fa-f]{2})')
_UNFIT_FOR_NAME = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff]"
)  # control characters and half surrogate pairs
_SCHEME = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[^A-Za-z0-9.]+")
_LONGEST_WORDS = 60
_DIGITS = 16  # hexadecimal: two of a hundred million URLs are alike with a chance of one in 3,000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")  # the shape of RFC 5646, section 2.1


def parse_date(text: str) -> dt.date | dt.datetime:
    """An ISO 8601 day or day and time; raises ValueError with a message for the user."""
    try:
        if _ISO.fullmatch(text):
            return (
                dt.date.fromisoformat(text)
                if len(text) == len("2022-01-26")
                else dt.datetime.fromisoformat(text)
            )
    except ValueError:  # no such day or hour
        pass
    raise ValueError(f"{text!r} is not a date such as 2022-01-26 or 2022-01-26T18:30:00Z")


def is_name(text: str) -> bool:
    """Whether `text` may be an identifier, title or publisher: one line with something on it."""
    return bool(text.strip()) and not _UNFIT_FOR_NAME.search(text)


def is_url(text: str) -> bool:
    """Whether `text` is an absolute URL that may stand as an IRI (RFC 3987) as it is."""
    try:
        parts = urlsplit(text)
    except ValueError:  # a bracket that does not close
        return False
    web_without_host = parts.scheme in ("http", "https") and not parts.hostname
    return bool(parts.scheme) and not web_without_host and not _NOT_IN_IRI.search(text)


def as_url(text: str) -> str | None:
    """`text` as an absolute URL, what may not stand in one escaped; None where that makes none."""
    escaped = _NOT_IN_IRI.sub(lambda found: quote(found[0], safe="", errors="replace"), text)
    return escaped if is_url(escaped) else None


def identifier_of_url(url: str) -> str:
    """An identifier for what is found at a URL, always the same: words of it to read, and a digest of it."""
    url = url.partition("#")[0]
    words = _BETWEEN_WORDS.sub("-", _SCHEME.sub("", url)).strip("-.")[:_LONGEST_WORDS].strip("-.")
    digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return f"{words}-{digest}" if words else digest


def is_language_tag(text: str) -> bool:
    """Whether `text` has the shape of a language tag (BCP 47)."""
    return _LANGUAGE.fullmatch(text) is not None
