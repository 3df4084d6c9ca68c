"""HTTP responses as they were sent: status, header fields and the unpacked body."""

from __future__ import annotations

import http.client
import io
import re
import zlib
from dataclasses import dataclass
from email.message import Message

from kg.errors import InputError

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Response:
    """A response; its body still as the header fields say that it was packed."""

    status: int
    headers: Message
    body: bytes

    @property
    def media_type(self) -> str:
        """Such as "text/html"; "" where it is not told."""
        return self.headers.get_content_type() if "Content-Type" in self.headers else ""


def parse_response(block: bytes, *, name: str) -> Response:
    """The response of a block of bytes (RFC 9112); raises InputError for `name`."""
    status = _STATUS.match(block)
    stream = io.BytesIO(block)
    stream.readline()
    try:
        if status is None:
            raise InputError(name, "it is no HTTP response")
        headers = http.client.parse_headers(stream)
    except http.client.HTTPException as error:
        raise InputError(name, f"its header fields cannot be read ({error})") from error
    return Response(int(status[1]), headers, stream.read())


def unpacked(response: Response, *, name: str, most: int) -> bytes:
    """The body of at most `most` bytes, as it was before it was packed; raises InputError for `name`."""
    body = response.body
    if "chunked" in response.headers.get("Transfer-Encoding", "").lower():
        body = _joined(body)
    codings = response.headers.get("Content-Encoding", "").lower().split(",")
    for coding in reversed([coding.strip() for coding in codings]):
        if coding in ("gzip", "x-gzip", "deflate"):
            body = _inflated(body, coding, name, most)
        elif coding not in ("", "identity"):
            raise InputError(name, f"it is packed as {coding[:40]!r}, which cannot be unpacked")
    if len(body) > most:
        raise InputError(name, f"it is larger than {most:,} bytes")
    return body


def _joined(body: bytes) -> bytes:
    """The chunks in one piece (RFC 9112, 7.1); archives often have joined them already."""
    pieces: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at)
        size = body[at:end].partition(b";")[0].strip() if 0 <= end < at + 1000 else b""
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size):
            return b"".join(pieces) if pieces else body
        length = int(size, 16)
        if length == 0:
            return b"".join(pieces)
        pieces.append(body[end + 2 : end + 2 + length])
        at = end + 2 + length + 2


def _inflated(body: bytes, coding: str, name: str, most: int) -> bytes:
    """What was deflated, at most a byte more than `most`; what was unpacked already is left."""
    if coding != "deflate" and not body.startswith(_GZIP):
        return body
    forms = (zlib.MAX_WBITS, -zlib.MAX_WBITS) if coding == "deflate" else (16 + zlib.MAX_WBITS,)
    for bits in forms:
        unpacker = zlib.decompressobj(bits)
        try:
            return unpacker.decompress(body, most + 1)
        except zlib.error:
            continue
    raise InputError(name, f"it is not the {coding} that its header says, or broken")
