"""The way of a serialised answer from a reader to the web process: in pieces, counted, within limits."""

from __future__ import annotations

from collections.abc import Callable

from server.messages import Chunk

CHUNK = 262144  # bytes; an answer this small is sent in one piece, with its length
_TAIL = 8  # bytes at the end that wait for what comes
_BETWEEN_ROWS = b"},{"  # in SPARQL JSON; literals may have it too, so the count is the most there can be
_END = b"]}}"
_JSON = "application/sparql-results+json"


class TooLargeError(ValueError):
    """The answer has more bytes than an answer may have."""


class Output:
    """A file that hands what is written to it on to `deliver` in pieces and keeps the last piece back.

    TooLargeError once more than `most` bytes are written.
    """

    def __init__(self, deliver: Callable[[Chunk], None], media_type: str, *, most: int) -> None:
        self._deliver = deliver
        self._media_type = media_type
        self._left = most
        self._pieces: list[bytes] = []
        self._size = 0  # of the pieces
        self._marks = 0
        self._before = b""

    def write(self, data: bytes, /) -> int:
        """Take `data`; send what fills a piece."""
        written = len(data)
        self._left -= written
        if self._left < 0:
            raise TooLargeError("it is larger than an answer may be; ask for less of it with LIMIT")
        self._pieces.append(data)
        self._size += written
        if self._size > CHUNK:
            value = b"".join(self._pieces)
            self._deliver(Chunk(self._media_type, self._counted(value[:-_TAIL]), last=False))
            self._pieces, self._size = [value[-_TAIL:]], _TAIL
        return written

    def flush(self) -> None:
        """Nothing waits for it."""

    def rest(self, *, most_rows: int | None = None) -> Chunk:
        """The last piece; a table in JSON that has `most_rows` rows says that it was cut there."""
        value = self._counted(b"".join(self._pieces))
        if most_rows is not None and value.endswith(_END) and self._marks + 1 >= most_rows:
            value = value.removesuffix(b"}") + b',"truncated":true}'
        return Chunk(self._media_type, value, last=True)

    def _counted(self, piece: bytes) -> bytes:
        if self._media_type != _JSON:
            return piece
        self._marks += (self._before + piece).count(_BETWEEN_ROWS)
        self._before = piece[1 - len(_BETWEEN_ROWS) :]
        return piece
