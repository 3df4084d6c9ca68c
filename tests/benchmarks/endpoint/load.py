"""A load generator: keeps some connections busy with requests and takes the time of each.

One thread and raw sockets, since it runs on the machine of the server that it measures: what it needs of
the processor the server lacks. A request goes out as soon as the answer before it on its connection is in.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from time import perf_counter
from urllib.parse import urlencode, urlsplit

_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Timings:
    """What a run measured: seconds of each request, of all of them together, and bytes of the bodies."""

    each: tuple[float, ...]
    seconds: float
    size: int

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.each) / self.seconds

    @property
    def median(self) -> float:
        """Half of the requests took no longer, in milliseconds."""
        return self._quantile(0.5)

    @property
    def p95(self) -> float:
        """Of 20 requests 19 took no longer, in milliseconds."""
        return self._quantile(0.95)

    def _quantile(self, share: float) -> float:
        return sorted(self.each)[min(len(self.each) - 1, int(share * len(self.each)))] * 1000


class WrongAnswerError(Exception):
    """A server answered something other than 200."""


def request(url: str, query: str, accept: str) -> bytes:
    """A GET of the SPARQL 1.1 Protocol, ready to send."""
    parts = urlsplit(url)
    target = f"{parts.path}?{urlencode({'query': query})}"
    return f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: {accept}\r\n\r\n".encode("ascii")


def run(url: str, requests: Sequence[bytes], *, clients: int, seconds: float, least: int = 5) -> Timings:
    """Ask `requests` in turn over `clients` connections for `seconds`, and at least `least` of them.

    WrongAnswerError for an answer that is not 200.
    """
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    following, each, size = cycle(requests), list[float](), 0
    with selectors.DefaultSelector() as selector:
        started = perf_counter()
        for _ in range(clients):
            connection = _Connection(parts.hostname, parts.port, selector)
            connection.ask(next(following))
        while selector.get_map():
            for key, _events in selector.select():
                connection = key.data
                taken = connection.answered()
                if taken is None:
                    continue
                now = perf_counter()
                each.append(now - connection.asked)
                size += taken
                if now - started < seconds or len(each) < least:
                    connection.ask(next(following))
                else:
                    connection.close()
        return Timings(tuple(each), perf_counter() - started, size)


class _Connection:
    """A connection, kept alive as long as the server lets it, and what has come of the answer on it."""

    def __init__(self, host: str, port: int, selector: selectors.BaseSelector) -> None:
        self._address = (host, port)
        self._selector = selector
        self._socket: socket.socket | None = None
        self.asked = 0.0
        self._pieces = list[bytes]()
        self._size = 0
        self._needed: int | None = None  # bytes with the head; None: not known yet, or chunked
        self._chunked = False
        self._closing = False

    def ask(self, request: bytes) -> None:
        """Send a request, over a new connection where the server has closed the one before."""
        self.asked = perf_counter()
        if self._closing:
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(self._address)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(self._socket, selectors.EVENT_READ, self)
        self._pieces, self._size, self._needed = [], 0, None
        self._chunked = self._closing = False
        self._socket.sendall(request)

    def close(self) -> None:
        """Close it; the next request opens another one."""
        if self._socket is not None:
            self._selector.unregister(self._socket)
            self._socket.close()
            self._socket = None

    def answered(self) -> int | None:
        """Take what has come; the answer's bytes once it is whole."""
        assert self._socket is not None
        piece = self._socket.recv(_PIECE)
        if not piece:
            raise WrongAnswerError("the connection was closed before the end of an answer")
        self._pieces.append(piece)
        self._size += len(piece)
        if self._needed is None and not self._chunked:
            self._read_head()
        if self._needed is not None:
            return self._size if self._size >= self._needed else None
        ends = self._chunked and (self._pieces[-1] if len(piece) > 4 else self._tail()).endswith(b"0\r\n\r\n")
        return self._size if ends else None

    def _tail(self) -> bytes:
        return b"".join(self._pieces[-3:])

    def _read_head(self) -> None:
        head, blank, _body = b"".join(self._pieces).partition(b"\r\n\r\n")
        if not blank:
            return
        if b" 200" not in head[:13]:
            raise WrongAnswerError(b"".join(self._pieces)[:500].decode("latin-1"))
        for line in head.lower().split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name == b"content-length":
                self._needed = len(head) + 4 + int(value)
            elif name == b"transfer-encoding":
                self._chunked = True
            elif name == b"connection":
                self._closing = b"close" in value
