"""The reader of web archives: each page that was fetched is a report."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from kg.errors import InputError
from kg.facts import Report
from kg.ingest.metadata import as_url, identifier_of_url, is_url
from kg.ingest.page import read_page
from kg.ingest.pdf import MOST_BYTES, read_pdf
from kg.ingest.responses import parse_response, unpacked
from kg.ingest.values import MAXIMUM_BYTES, IngestOptions, ReadSource, Rejected, Skipped, Source

if TYPE_CHECKING:
    from warcio.archiveiterator import ArchiveIterator

PAGES: Mapping[str, ReadSource] = {
    "text/html": read_page,
    "application/xhtml+xml": read_page,
    "application/pdf": read_pdf,
}
_OK = 200
_HEAD = 65536  # bytes of a record that is too large, to see whether it is a page
_LONGEST_LINE = 1_000_000  # bytes of a header field
_BLOCK = 16384  # bytes that are read at a time
_NOT_FETCHED = ("warcinfo", "request", "metadata")  # types of records about others


def read_warc(source: Source, options: IngestOptions) -> Iterator[Report | Rejected | Skipped]:
    """The pages of a `.warc` file in order: responses with status 200 that are HTML or PDF.

    What else was fetched is Skipped, so is a page that the file had before. A page's identifier comes from
    its URL. When it was fetched is not when it was published: that the page says itself.
    """
    from warcio.exceptions import ArchiveLoadFailed

    seen: set[str] = set()
    number, found = 0, False
    try:
        for number, record in enumerate(_records(source), start=1):
            if record.rec_type not in _NOT_FETCHED:
                found = True
                yield from _read(_Record.of(record, source.name, number), seen, options)
    except ArchiveLoadFailed as error:
        where = f"broken after record {number}; what came before was read" if number else "not a WARC file"
        raise InputError(source.name, f"it is {where}") from error
    if not number:
        raise InputError(source.name, "it is empty")
    if not found:
        yield Skipped(source.name)


@dataclass(frozen=True, slots=True)
class _Record:
    """What was fetched from a URL; `stream` ends with the record."""

    kind: str
    url: str
    length: int
    stream: Any
    name: str  # for messages

    @classmethod
    def of(cls, record: Any, name: str, number: int) -> _Record:
        """Raises InputError for one without a length, where no other record can be found after it."""
        if record.length is None:
            raise InputError(name, f"record {number} does not say how long it is; what came before was read")
        written = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
        url = as_url(written) or written
        return cls(record.rec_type, url, record.length, record.raw_stream, f"{name}: {url[:500]}")


def _records(source: Source) -> ArchiveIterator:
    """The records; warcio would write of what it mends to standard error and to its log."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.bufferedreaders import DecompressingBufferedReader
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.recordloader import ArcWarcRecordLoader

    class Lines(DecompressingBufferedReader):  # type: ignore[misc]
        def readline(self, length: int | None = None) -> bytes:
            line: bytes = super().readline(_LONGEST_LINE if length is None else length)
            if (
                length is None and len(line) >= _LONGEST_LINE
            ):  # warcio would look for its end in ever longer time
                raise ArchiveLoadFailed("a header field is too long")
            return line

    class Loader(ArcWarcRecordLoader):  # type: ignore[misc]
        def _ensure_target_uri_format(self, rec_headers: Any) -> Any:
            return rec_headers.get_header("WARC-Target-URI")

    class Quiet(ArchiveIterator):  # type: ignore[misc]
        INC_RECORD = ""

    records = Quiet(_Rest(source), no_record_parse=True)
    records.loader = Loader()
    records.reader = Lines(records.fh, block_size=_BLOCK)
    return records


class _Rest:
    """All of a source for warcio, to which EOFError would be a good end."""

    def __init__(self, source: Source) -> None:
        self._stream: BinaryIO = source.stream
        self._beginning = source.beginning
        self._name = source.name

    def read(self, size: int) -> bytes:
        """At most `size` bytes, or what was read before."""
        if self._beginning:
            data, self._beginning = self._beginning, b""
            return data
        try:
            return self._stream.read(size)
        except EOFError as error:
            reason = "its compression is cut off; what came before was read"
            raise InputError(self._name, reason) from error


def _read(record: _Record, seen: set[str], options: IngestOptions) -> Iterator[Report | Rejected | Skipped]:
    if record.kind != "response" or not _is_page_url(record.url):
        yield Skipped(record.name)
        return
    identifier = identifier_of_url(record.url)
    try:
        found = _page(record)
        if found is None or identifier in seen:
            yield Skipped(record.name)
            return
        seen.add(identifier)
        reader, body, encoding = found
        page = Source(
            io.BytesIO(body),
            name=record.name,
            identifier=identifier,
            url=record.url,
            encoding=encoding,
        )
        yield from reader(page, options)
    except InputError as error:
        yield Rejected(error.name, error.reason, identifier)


def _is_page_url(url: str) -> bool:
    return url.startswith(("http://", "https://")) and is_url(url)


def _page(record: _Record) -> tuple[ReadSource, bytes, str | None] | None:
    """The reader for the record, its content and encoding; None where it is no page."""
    too_large = record.length > MOST_BYTES
    block = record.stream.read(_HEAD if too_large else record.length)
    if len(block) < record.length and not too_large:
        raise InputError(record.name, "the file ends within it")
    response = parse_response(block, name=record.name)
    reader = PAGES.get(response.media_type)
    if reader is None or response.status != _OK:
        return None
    if too_large:
        raise InputError(record.name, f"it is larger than {MOST_BYTES:,} bytes")
    most = MOST_BYTES if reader is read_pdf else MAXIMUM_BYTES
    body = unpacked(response, name=record.name, most=most)
    return reader, body, response.headers.get_content_charset()
