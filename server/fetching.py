"""Fetches what LOAD asks for, from hosts that the operator has named and from nowhere else.

A name is resolved once, all its addresses must be public ones, and the connection goes to an address that
was looked at, so no answer of a name server and no redirect leads to this machine or its network. An address
that is named itself is the operator's word: it may be a private one.
"""

from __future__ import annotations

import http.client
import ipaddress
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import SplitResult, urljoin, urlsplit

from kg.addresses import connected, is_public, resolve
from kg.errors import RequestError, ServerError
from server.messages import Document
from server.negotiation import GRAPHS, INPUTS

MAXIMUM_REDIRECTS = 5
_PORTS = {"http": 80, "https": 443}
_PIECE = 65536  # bytes
_ACCEPT = "text/turtle, application/n-triples, application/rdf+xml, application/ld+json;q=0.9, */*;q=0.1"
_SUFFIXES = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".trig": "application/trig",
    ".rdf": "application/rdf+xml",
    ".owl": "application/rdf+xml",
    ".jsonld": "application/ld+json",
}
_UNTOLD = ("", "text/plain", "application/octet-stream")  # what servers say of files they do not know

Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Host:
    """A host that may be asked: a name or address, and its port; None is the usual one of the scheme."""

    name: str
    port: int | None = None


def read_host(text: str) -> Host:
    """HOST, HOST:PORT, or an IPv6 address in brackets; ServerError for anything else."""
    try:
        parts = urlsplit(f"//{text}")
        if parts.hostname is None or parts.netloc != text or parts.username is not None:
            raise ValueError("no host")
        return Host(_canonical(parts.hostname), parts.port)
    except ValueError as error:
        raise ServerError(f"cannot read {text!r} as a host to load from: give HOST or HOST:PORT") from error


class Fetcher:
    """Fetches RDF documents over HTTP from `hosts` (as for `read_host`). Safe to use from many threads."""

    def __init__(self, hosts: Iterable[str], *, resolver: Resolver = resolve) -> None:
        self._hosts = frozenset(read_host(host) for host in hosts)
        self._resolver = resolver

    def fetch(self, url: str, *, deadline: float, limit: int) -> Document:
        """The document at `url`, of at most `limit` bytes, before `deadline` of the monotonic clock.

        RequestError 400 where it is refused, 413 for one that is too large, 502 where its server fails, 504
        where that is too slow.
        """
        place = url
        try:
            for _ in range(MAXIMUM_REDIRECTS + 1):
                answer = self._ask(place, deadline, limit)
                if isinstance(answer, Document):
                    return answer
                place = answer
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
                raise RequestError(504, f"LOAD <{place}>: took too long") from error
            reason = str(error).strip() or type(error).__name__
            raise RequestError(502, f"LOAD <{place}>: {reason}") from error
        raise RequestError(502, f"LOAD <{url}>: more than {MAXIMUM_REDIRECTS} redirects")

    def _ask(self, url: str, deadline: float, limit: int) -> Document | str:
        """The document, or where a redirect leads."""
        parts, host, port = self._permitted(url)
        addresses = self._addresses(url, host, port)
        with connected(parts.scheme, host, port, addresses, deadline) as connection:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", target, headers={"Accept": _ACCEPT, "Accept-Encoding": "identity"})
            with connection.getresponse() as response:
                _check(deadline)
                return _answer(url, parts.path, response, deadline, limit)

    def _permitted(self, url: str) -> tuple[SplitResult, str, int]:
        """The URL in parts, its host and port; RequestError 400 where it may not be asked."""
        try:
            if not url.isascii() or any(character <= " " or character in '\\"<>' for character in url):
                raise ValueError
            parts = urlsplit(url)
            host, explicit = _canonical(parts.hostname or ""), parts.port
        except ValueError:
            raise RequestError(400, f"LOAD is refused: cannot read {url[:200]!r} as a URL") from None
        if parts.scheme not in _PORTS:
            raise RequestError(400, f"LOAD is refused: <{url[:200]}> is neither http nor https")
        port = explicit if explicit is not None else _PORTS[parts.scheme]
        usual = port == _PORTS[parts.scheme]
        listed = Host(host, port) in self._hosts or (usual and Host(host) in self._hosts)
        if not listed or parts.username is not None or parts.password is not None:
            shown = host if usual else f"{host}:{port}"
            raise RequestError(400, f"LOAD is refused: {shown} is not among the hosts that are allowed")
        return parts, host, port

    def _addresses(self, url: str, host: str, port: int) -> list[str]:
        if _is_address(host):
            return [host]
        addresses = self._resolver(host, port)
        if not addresses or not all(is_public(address) for address in addresses):
            raise RequestError(400, f"LOAD is refused: <{url}> leads to an address that is not public")
        return addresses


def _check(deadline: float) -> None:
    """What is read after the deadline may end because the connection was cut."""
    if time.monotonic() >= deadline:
        raise TimeoutError


def _answer(
    url: str, path: str, response: http.client.HTTPResponse, deadline: float, limit: int
) -> Document | str:
    """The document, or where a redirect leads."""
    if response.status in (301, 302, 303, 307, 308):
        place = response.getheader("Location")
        if place is None:
            raise RequestError(502, f"LOAD <{url}>: a redirect that leads nowhere")
        return urljoin(url, place)
    if response.status != 200:
        raise RequestError(502, f"LOAD <{url}>: answered with status {response.status}")
    if response.getheader("Content-Encoding", "identity") != "identity":
        raise RequestError(502, f"LOAD <{url}>: sent compressed, which was not asked for")
    media_type = _media_type(url, response.getheader("Content-Type", ""), path)
    return Document(media_type, _body(url, response, deadline, limit), url)


def _body(url: str, response: http.client.HTTPResponse, deadline: float, limit: int) -> bytes:
    pieces, size = [], 0
    while piece := response.read1(_PIECE):
        size += len(piece)
        if size > limit:
            raise RequestError(413, f"LOAD <{url}>: larger than the {limit} bytes that are allowed")
        _check(deadline)
        pieces.append(piece)
    _check(deadline)
    if response.length:  # None where the server did not say
        raise RequestError(502, f"LOAD <{url}>: ended {response.length} bytes too early")
    return b"".join(pieces)


def _media_type(url: str, content_type: str, path: str) -> str:
    """Of the header; by the suffix of the name where the header says nothing of use."""
    told = content_type.partition(";")[0].strip().lower()
    by_name = _SUFFIXES.get(PurePosixPath(path).suffix.lower())
    if told in _UNTOLD and by_name is not None:
        return by_name
    if told in INPUTS and told != "text/plain":
        return INPUTS[told]
    known = ", ".join(entry.media_type for entry in GRAPHS)
    raise RequestError(502, f"LOAD <{url}>: is {told or 'of no media type'}, not one of {known}")


def _canonical(name: str) -> str:
    return name.rstrip(".").lower().encode("idna").decode("ascii") if name else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
