"""Messages between processes as `multiprocessing.connection` has them, in fewer calls."""

from __future__ import annotations

import os
import pickle
import struct
from multiprocessing.connection import Connection
from typing import Any

_LARGEST = 0x7FFFFFFF  # bytes of a message whose length takes four bytes
_LENGTH, _LONG_LENGTH = struct.Struct("!i"), struct.Struct("!Q")
HEAD = _LENGTH.size


def send(connection: Connection, message: object) -> None:
    """Send a message; OSError where the other end is gone.

    `Connection.send` writes the length of a message above 16 KB by itself: its reader is woken for that, and
    once more for the rest, which takes longer than to copy it.
    """
    left = memoryview(packed(message))
    while left:
        left = left[os.write(connection.fileno(), left) :]


def receive(connection: Connection) -> Any:
    """The next message; OSError where the other end is gone, EOFError once all it sent was received."""
    return unpacked(connection.fileno(), b"")


def packed(message: object) -> bytes:
    """A message as it is sent."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    if len(data) > _LARGEST:
        return _LENGTH.pack(-1) + _LONG_LENGTH.pack(len(data)) + data
    return _LENGTH.pack(len(data)) + data


def unpacked(descriptor: int, beginning: bytes) -> Any:
    """The message whose first bytes, HEAD at most, are there already; errors as those of `receive`."""
    size = _LENGTH.unpack(beginning + _read(descriptor, HEAD - len(beginning)))[0]
    if size < 0:  # of a message above 2 GiB
        size = _LONG_LENGTH.unpack(_read(descriptor, _LONG_LENGTH.size))[0]
    return pickle.loads(_read(descriptor, size))  # noqa: S301 (of a process that this one has started)


def _read(descriptor: int, size: int) -> bytes:
    if not size:
        return b""
    piece = os.read(descriptor, size)
    if len(piece) == size:
        return piece
    pieces = [piece]
    while piece and (size := size - len(piece)):
        piece = os.read(descriptor, size)
        pieces.append(piece)
    if size:
        raise EOFError
    return b"".join(pieces)
