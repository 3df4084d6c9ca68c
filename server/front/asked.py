"""Queries in their plain form, in which most clients send them most of the time. Pure.

A plain query is one that the web application would answer no otherwise: it has no condition, its host is
written as the application writes it, no page is wanted, and nothing about it is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kg.errors import RequestError
from server.messages import Formats
from server.negotiation import formats, wants_gzip, wants_html
from server.protocol import QueryRequest, is_repeatable, read_query

if TYPE_CHECKING:
    from server.front.requests import Request

PATH = "/sparql"
BEGINNING = b"GET /sparql?"  # of what `read_bytes` may take
_LARGEST = 1 << 18  # bytes of a request; to take a larger one apart would keep all others waiting
_LONGEST = 1 << 14  # bytes of one that is not left to the parser
_REMEMBERED = 1 << 12  # bytes of one that is remembered, or of headers
# that the application takes as it is: capitals, IDN and port 80 it writes otherwise
_PLAIN_HOST = re.compile(
    r"(?!.*xn--)(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?!80$)[1-9][0-9]{0,3}|:[1-5][0-9]{4})?"
)
_NOT_PLAIN = ("if-none-match", "content-encoding", "expect", "range")
# A whole request without a body, in the strictest reading of RFC 9112: no parser can read it otherwise
_ENDING = b" HTTP/1.1\r\n"  # of a first line
_TARGET = bytes(range(ord("!"), ord("~") + 1)).replace(b"#", b"")  # what may stand in an address
_WHOLE = re.compile(rb"GET /sparql\?([!\"$-~]*+) HTTP/1\.1\r\n((?:[A-Za-z0-9-]++:[\t -~]*+\r\n)++)\r\n")
_FRAMING = ("content-length", "transfer-encoding", "upgrade", "trailer")  # left to the parser


class Asked(NamedTuple):  # made for each query, as `server.messages.Job`
    """A plain query and how its answer is wanted; `url` is the address asked."""

    method: str
    query: QueryRequest
    formats: Formats
    url: str
    gzip: bool
    repeatable: bool


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the headers of a plain query say."""

    url: str
    accept: str | None
    gzip: bool


def read_request(request: Request) -> Asked | None:
    """The query of a request, None where it is not plain."""
    method = request.scope["method"]
    if request.is_old or method not in ("GET", "POST") or request.size > _LARGEST:
        return None
    wishes = _wishes(request.headers, request.scope["scheme"])
    if wishes is None:
        return None
    content_type = request.headers.get("content-type")
    return _asked(wishes, method, request.scope["query_string"], content_type, request.content())


def read_bytes(data: bytes) -> Asked | None:
    """The query of a connection's bytes, None where they are not just a plain query as a whole."""
    if len(data) > _LONGEST:
        return None
    return _read_bytes_again(data) if len(data) <= _REMEMBERED else _read_bytes(data)


def block(data: bytes) -> bytes:
    """What follows the address in the bytes of a plain query; two with the same have the same wishes."""
    return data[data.index(_ENDING) :]


def read_block(lines: bytes) -> Wishes | None:
    """The wishes of a `block`."""
    return read_lines(lines[len(_ENDING) : -2])


def read_alike(data: bytes, lines: bytes, wishes: Wishes) -> Asked | None:
    """As `read_bytes`, of a query that has the `block` of one that was read; None also where it has not."""
    target = data[len(BEGINNING) : -len(lines)]
    if not data.startswith(BEGINNING) or not data.endswith(lines) or target.translate(None, _TARGET):
        return None
    return _asked(wishes, "GET", target, None, b"")


def _read_bytes(data: bytes) -> Asked | None:
    found = _WHOLE.fullmatch(data)
    if found is None:
        return None
    lines = found[2]
    wishes = read_lines(lines) if len(lines) <= _REMEMBERED else _wishes_of(lines)
    return None if wishes is None else _asked(wishes, "GET", found[1], None, b"")


_read_bytes_again = lru_cache(maxsize=256)(_read_bytes)


def _wishes_of(lines: bytes) -> Wishes | None:
    headers: dict[str, str] = {}
    for line in lines.decode("ascii").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    if any(name in headers for name in _FRAMING) or headers.get("connection", "keep-alive") != "keep-alive":
        return None
    return _wishes(headers, "http")


read_lines = lru_cache(maxsize=256)(_wishes_of)  # a client sends the same headers again and again


def _wishes(headers: Mapping[str, str], scheme: str) -> Wishes | None:
    host, accept = headers.get("host", ""), headers.get("accept")
    if not _PLAIN_HOST.fullmatch(host) or any(name in headers for name in _NOT_PLAIN):
        return None
    if wants_html(accept, None, default=False):
        return None
    return Wishes(f"{scheme}://{host}{PATH}", accept, wants_gzip(headers.get("accept-encoding")))


def _asked(
    wishes: Wishes, method: str, query_string: bytes, content_type: str | None, body: bytes
) -> Asked | None:
    try:
        query = read_query(method, query_string, content_type, body)
        if query is None:
            return None
        wanted = formats(wishes.accept, query.format)
    except RequestError:
        return None
    return Asked(method, query, wanted, wishes.url, wishes.gzip, is_repeatable(query.text))
