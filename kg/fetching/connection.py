"""One request over HTTP, bounded in time and size, to public addresses only."""

from __future__ import annotations

import http.client
import ipaddress
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from kg import __version__
from kg.addresses import connected, is_public, resolve
from kg.errors import ServiceError

DEFAULT_AGENT = f"sitrep/{__version__} (+https://w3id.org/sitrep)"
_PORTS = {"http": 80, "https": 443}
_PIECE = 65536  # bytes
_SAFE = "%/:=&?~+!$,;'@()*[]"  # characters of a path or query that stay as they are
_HOST = re.compile(r"[a-z0-9_.:-]+")
# What is of the connection, not of the page; what is stored was put together already.
_OF_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "trailer"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may cost, and whether it may go to this machine and its network."""

    seconds: float = 30.0
    most_bytes: int = 20_000_000
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent; `body` as its Content-Encoding says, its chunks put together."""

    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header field of a name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def canonical(url: str, *, base: str = "") -> str:
    """The URL as it is asked for: without fragment, its host in lower case and ASCII, the rest escaped.

    With `base`, the URL may be relative to that one. Raises ServiceError for what is no URL of http or https.
    """
    try:
        url.encode()  # an argument or list may have bytes that are no characters
        parts = urlsplit(urljoin(base, url.strip()))
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
        port = parts.port
    except ValueError as error:
        raise ServiceError(ascii(url[:200])[1:-1], "it is no URL") from error
    if parts.scheme not in _PORTS:
        raise ServiceError(url[:200], "it is no URL of http or https")
    if not _HOST.fullmatch(host) or parts.username is not None:
        raise ServiceError(url[:200], "it is no URL, or has a user name in it")
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS[parts.scheme]:
        netloc += f":{port}"
    path, query = quote(parts.path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE)
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def get(url: str, *, headers: Mapping[str, str], limits: Limits) -> Answer:
    """The answer to GET for a canonical URL, whatever its status; redirects are not followed.

    Raises ServiceError where there is none, or it is too slow, too large or cut off.
    """
    deadline = time.monotonic() + limits.seconds
    try:
        return _ask(url, headers, limits, deadline)
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
            raise ServiceError(url, f"took longer than {limits.seconds:g} seconds") from error
        reason = str(error).strip() or type(error).__name__
        raise ServiceError(url, f"cannot be reached: {reason[:200]}") from error


def _ask(url: str, headers: Mapping[str, str], limits: Limits, deadline: float) -> Answer:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    addresses = _addresses(url, host, port, limits)
    with connected(parts.scheme, host, port, addresses, deadline) as connection:
        target = urlunsplit(("", "", parts.path, parts.query, ""))
        connection.request("GET", target, headers={"Connection": "close", **headers})
        with connection.getresponse() as response:
            body = _body(url, response, limits, deadline)
            kept = [(key, value) for key, value in response.getheaders() if key.lower() not in _OF_CONNECTION]
            return Answer(url, response.status, response.reason, tuple(kept), body)


def _addresses(url: str, host: str, port: int, limits: Limits) -> list[str]:
    try:
        addresses = [str(ipaddress.ip_address(host))]
    except ValueError:
        addresses = resolve(host, port)
    if not limits.allow_private and not all(is_public(address) for address in addresses):
        raise ServiceError(url, "leads to an address that is not public; --allow-private permits that")
    return addresses


def _body(url: str, response: http.client.HTTPResponse, limits: Limits, deadline: float) -> bytes:
    pieces, size = [], 0
    while piece := response.read1(_PIECE):
        size += len(piece)
        if size > limits.most_bytes:
            raise ServiceError(url, f"is larger than {limits.most_bytes:,} bytes")
        if time.monotonic() >= deadline:
            raise TimeoutError
        pieces.append(piece)
    if time.monotonic() >= deadline:  # cut off, perhaps
        raise TimeoutError
    if response.length:  # None where the server did not say
        raise ServiceError(url, f"ended {response.length:,} bytes too early")
    return b"".join(pieces)
