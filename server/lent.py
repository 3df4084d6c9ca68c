"""What the web process and a quick reader say to each other about connections that are lent.

The web process says `Begin` once, then `Terms`; when the reader has `Opened` them it may `Lend` connections.
The reader gives them `Back` one by one, or all with `Shut`; it then takes none before the next `Terms`.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from server.messages import Dataset, Formats, Job
from server.pipe import HEAD, packed, unpacked

QUICK_SECONDS = 0.005  # of a query, for which others may wait
LARGEST_KEPT = 1 << 14  # bytes of a body that a quick reader keeps
PAGE = 4  # bytes of the memory that both share: the connection on which an answer is not whole yet, or 0
NUMBER = struct.Struct("<I")
# Of an answer: its connection, bytes of the body, seconds in all and to the first byte, when it was sent
RECORD = struct.Struct("<IIffd")
_DESCRIPTORS = 2  # that may come with a message


@dataclass(frozen=True, slots=True)
class Begin:
    """Comes with two descriptors: where records are written to, and the shared memory."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How queries are to be answered, and which state of the data (`server.versions.Version`) is the newest.

    It is as long as the file `current` has the `stamp`. `usual` are lines of every head beside its date.
    """

    current: str
    stamp: tuple[int, int]
    checkpoint: str
    version: str
    made: int
    union: bool
    seconds: float
    most_rows: int
    most_bytes: int
    usual: bytes

    def job(self, text: str, formats: Formats, dataset: Dataset, url: str) -> Job:
        """The work that a query makes."""
        return Job(
            self.checkpoint,
            text,
            formats,
            self.union,
            self.seconds,
            dataset,
            url,
            most_rows=self.most_rows,
            most_bytes=self.most_bytes,
        )


class Ready(NamedTuple):  # made for each query, as `server.messages.Job`
    """An answer but for the first lines of its head."""

    head: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Lend:
    """Comes with a connection whose requests have had the `block` (`server.front.asked`).

    Only the `known` queries are answered, unless others are to be `asked` too.
    """

    number: int
    block: bytes
    asked: bool
    known: tuple[tuple[bytes, Ready], ...] = ()


@dataclass(frozen=True, slots=True)
class Recall:
    """All connections are wanted back."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The terms are agreed on."""


@dataclass(frozen=True, slots=True)
class Back:
    """A connection, with what is still to be sent of its last answer; a request is left unread."""

    number: int
    rest: bytes = b""


@dataclass(frozen=True, slots=True)
class Shut:
    """All connections are given back, and what is lent until the next terms is not taken.

    `number`: of the one whose query, begun at `started` (monotonic clock), takes longer or needs more than a
    short answer; its request is left unread, and the replies to its job follow.
    """

    number: int | None = None
    started: float = 0.0


class BrokenError(Exception):
    """The process at the other end takes no messages."""


def send(channel: socket.socket, message: object, descriptors: Sequence[int] = ()) -> None:
    """Send a message at once; BrokenError where there is no room for it, after which no other can follow."""
    data = packed(message)
    try:
        sent = socket.send_fds(channel, [data], descriptors, socket.MSG_DONTWAIT)
    except OSError as error:
        raise BrokenError from error
    if sent < len(data):
        raise BrokenError


def receive(channel: socket.socket) -> tuple[Any, list[int]]:
    """The next message with its descriptors; EOFError once the other end is gone."""
    beginning, descriptors, _flags, _address = socket.recv_fds(channel, HEAD, _DESCRIPTORS)
    if not beginning:
        raise EOFError
    return unpacked(channel.fileno(), beginning), descriptors
