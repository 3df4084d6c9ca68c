"""Messages between processes as `multiprocessing.connection` has them, each in one write."""

from __future__ import annotations

import os
import pickle
import struct
from multiprocessing.connection import Connection

_LARGEST = 0x7FFFFFFF  # bytes of a message whose length takes four bytes


def send(connection: Connection, message: object) -> None:
    """Send a message; OSError where the other end is gone.

    `Connection.send` writes the length of a message above 16 KB by itself: its reader is woken for that, and
    once more for the rest, which takes longer than to copy it.
    """
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    if len(data) > _LARGEST:
        connection.send(message)
        return
    left = memoryview(struct.pack("!i", len(data)) + data)
    while left:
        left = left[os.write(connection.fileno(), left) :]
