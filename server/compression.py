"""Gzip for clients that ask for it, piece by piece, so that a long answer needs no memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

SMALLEST = 1000  # bytes; below, it saves less than a packet
_LEVEL = 4  # results of queries shrink to a fifteenth; level 9 takes four times as long for a tenth less
_GZIP = 16 + zlib.MAX_WBITS  # a gzip header, which has no time in it
_TYPES = ("text/", "application/sparql-results+", "application/n-", "image/svg+xml")
_ENDINGS = ("json", "xml", "javascript", "trig")


def is_compressible(media_type: str | None) -> bool:
    """Whether content of the type shrinks."""
    return media_type is not None and (media_type.startswith(_TYPES) or media_type.endswith(_ENDINGS))


def gzipped(body: bytes) -> bytes:
    """The whole body."""
    packer = zlib.compressobj(_LEVEL, wbits=_GZIP)
    return packer.compress(body) + packer.flush()


class Packer:
    """Compresses one answer, piece by piece."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(_LEVEL, wbits=_GZIP)

    def packed(self, piece: bytes) -> bytes:
        """What can be sent once `piece` is there; often nothing."""
        return self._packer.compress(piece)

    def rest(self) -> bytes:
        """The end, once all pieces are there."""
        return self._packer.flush()


class Gzipped(Iterator[bytes]):
    """The pieces of an answer, compressed. Close it as the answer itself."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._source = pieces
        self._pieces = iter(pieces)
        self._packer = Packer()
        self._ended = False

    def __next__(self) -> bytes:
        while not self._ended:
            try:
                packed = self._packer.packed(next(self._pieces))
            except StopIteration:
                self._ended = True
                packed = self._packer.rest()
            if packed:
                return packed
        raise StopIteration

    def close(self) -> None:
        """Give up the rest."""
        close = getattr(self._source, "close", None)
        if close is not None:
            close()
