"""Requests as the front sees them (ASGI), with their bodies. Pure but for the reading of a body."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import IO, Any, TypeAlias

from server.settings import MAXIMUM_BODY

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

LEFT = "sitrep.left"  # extension of the scope: a function that tells whether the client has gone
ABORT = "sitrep.abort"  # another: ends the connection at once
ROOM = "sitrep.room"  # another: waits until the client has taken most of the answers before
ANSWER = "sitrep.answer"  # another: sends a whole answer; status, lines of the head, body
_IN_MEMORY = 1 << 16  # bytes of a body; a larger one is put into a file, for there may be a thousand


def spool() -> IO[bytes]:
    """A file for a body, in memory while it is small."""
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)


@dataclass(frozen=True, slots=True)
class Request:
    """A request: several headers of a name are one, with commas. `left` tells whether its client has gone.

    `size` is bytes of its body; if they are more than a body may have, the rest was not read.
    """

    scope: Mapping[str, Any]
    headers: Mapping[str, str]
    body: IO[bytes] | None
    size: int
    left: Callable[[], bool]
    abort: Callable[[], None]
    answer: Callable[[int, bytes, bytes], None]
    send: Send

    @property
    def client(self) -> str | None:
        """The address of the client."""
        address = self.scope.get("client")
        return address[0] if address else None

    @property
    def is_too_large(self) -> bool:
        """Whether its body was left unread."""
        return self.size > MAXIMUM_BODY

    @property
    def is_old(self) -> bool:
        """Whether its client speaks HTTP/1.0, and must be told how long an answer is."""
        return bool(self.scope["http_version"] == "1.0")

    async def cut(self) -> None:
        """End the connection, so that nobody takes a part of an answer for the whole."""
        self.abort()
        await asyncio.sleep(0)  # until the server knows

    def content(self) -> bytes:
        """The body, from its beginning."""
        if self.body is None:
            return b""
        self.body.seek(0)
        return self.body.read()


class ClientLeftError(Exception):
    """The client has gone before its request was there."""


async def read_request(scope: Mapping[str, Any], receive: Receive, send: Send) -> Request:
    """The request of a scope with its body; ClientLeftError."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    extensions = scope["extensions"]  # those of `server.front.connection`
    body, size = None, int(headers.get("content-length", "0"))
    if size <= MAXIMUM_BODY and (size or "transfer-encoding" in headers):
        body, size = await _read_body(receive)
    return Request(scope, headers, body, size, extensions[LEFT], extensions[ABORT], extensions[ANSWER], send)


async def _read_body(receive: Receive) -> tuple[IO[bytes], int]:
    """The body, or more of it than it may have."""
    body = spool()
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            body.close()
            raise ClientLeftError
        piece = message.get("body", b"")
        body.write(piece)
        size += len(piece)
        if size > MAXIMUM_BODY or not message.get("more_body"):
            body.seek(0)
            return body, size
