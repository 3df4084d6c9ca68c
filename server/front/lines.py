"""The head of the answer to a query, as the event loop and readers write it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from server import headers

_ALWAYS = headers.SAFETY | headers.CORS
_NEGOTIATED = _ALWAYS | headers.NEGOTIATED | {"Vary": "Accept, Accept-Encoding"}
PROBLEM = _ALWAYS | {"Content-Type": "application/problem+json", "Vary": "Accept-Encoding"}


def whole(media_type: str, row_limit: int | None, etag: str | None, size: int, *, gzip: bool) -> bytes:
    """The lines of an answer of `size` bytes."""
    tag = b"" if etag is None else b'ETag: W/"%b"\r\n' % etag.encode("ascii")
    return b"%bContent-Length: %d\r\n%b" % (_lines(media_type, row_limit, gzip=gzip), size, tag)


def fields(media_type: str, row_limit: int | None, etag: str | None, *, gzip: bool) -> dict[str, str]:
    """The head of an answer whose size is not known."""
    head = dict(_fields(media_type, row_limit, gzip=gzip))
    if etag is not None:
        head["ETag"] = f'W/"{etag}"'
    return head


def written(head: Mapping[str, str]) -> bytes:
    """The lines of a head."""
    return "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode("ascii")


@lru_cache(maxsize=64)
def _fields(media_type: str, row_limit: int | None, *, gzip: bool) -> dict[str, str]:
    """The head of an answer, but for what is its own."""
    head = _NEGOTIATED | {"Content-Type": headers.content_type(media_type)}
    if row_limit is not None:
        head["Sitrep-Row-Limit"] = str(row_limit)
    if gzip:
        head["Content-Encoding"] = "gzip"
    return head


@lru_cache(maxsize=64)
def _lines(media_type: str, row_limit: int | None, *, gzip: bool) -> bytes:
    return written(_fields(media_type, row_limit, gzip=gzip))
