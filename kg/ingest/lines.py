"""Files by their lines, of which only one is held at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import BinaryIO

from kg.ingest.encoding import decode, is_marked_utf16_or_32
from kg.ingest.text import read_bytes
from kg.ingest.values import MAXIMUM_BYTES, Source


def lines(source: Source) -> Iterator[bytes | None]:
    r"""The lines of the source, each with its \n; None for one that is longer than `MAXIMUM_BYTES`.

    UTF-16 and UTF-32 come out as UTF-8. Raises InputError where they are broken, or larger than that.
    """
    stream = source.stream
    first = source.beginning or stream.readline(MAXIMUM_BYTES + 1)
    if is_marked_utf16_or_32(first):
        data = read_bytes(replace(source, beginning=first))
        stream = io.BytesIO(decode(data, name=source.name).encode())
        first = stream.readline(MAXIMUM_BYTES + 1)
    for line in chain([first], iter(lambda: stream.readline(MAXIMUM_BYTES + 1), b"")):
        if len(line) <= MAXIMUM_BYTES:
            yield line
        else:
            _skip_line(stream, line)
            yield None


def _skip_line(stream: BinaryIO, piece: bytes) -> None:
    while piece and not piece.endswith(b"\n"):
        piece = stream.readline(MAXIMUM_BYTES)
