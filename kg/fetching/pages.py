"""The folder of what was fetched: a web archive (WARC 1.1) for each page, named after its URL.

The archive has all that is known of a page: URL, when it was fetched, header fields, content. So there is no
index that could disagree with it, and a file is there whole or not at all. Feeds lie in a hidden folder,
because what counts of them are the pages.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
import uuid
import zlib
from pathlib import Path

from kg.errors import InputError
from kg.fetching.connection import Answer
from kg.ingest.metadata import identifier_of_url
from kg.ingest.responses import Response, parse_response

_FEEDS = ".feeds"
_END_OF_HEAD = b"\r\n\r\n"


class Pages:
    """The folder; it is made when the first page is put into it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, url: str, *, feed: bool = False) -> Path:
        """Where a page or feed lies."""
        folder = self._folder / _FEEDS if feed else self._folder
        return folder / f"{identifier_of_url(url)}.warc.gz"

    def stored(self, url: str) -> Response | None:
        """What was fetched of a URL before; None where there is nothing that can be read."""
        for feed in (False, True):
            try:
                with gzip.open(self.path(url, feed=feed)) as file:
                    _, found, block = file.read().partition(_END_OF_HEAD)
                if found:
                    return parse_response(block.removesuffix(_END_OF_HEAD), name=url)
            except (EOFError, OSError, zlib.error, InputError):
                continue
        return None

    def put(self, answer: Answer, *, feed: bool = False) -> Path:
        """Write what was fetched, in the place of what was fetched before."""
        path = self.path(answer.url, feed=feed)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with part.open("wb") as file:
                file.write(gzip.compress(_record(answer, dt.datetime.now(dt.UTC)), mtime=0))
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
        return path


def _record(answer: Answer, fetched: dt.datetime) -> bytes:
    """A response record (WARC 1.1, section 6.3)."""
    lines = [f"HTTP/1.1 {answer.status} {answer.reason}".strip()]
    lines += [f"{name}: {' '.join(value.split())}" for name, value in answer.headers]
    lines += [f"Content-Length: {len(answer.body)}"]
    block = "\r\n".join(lines).encode("latin-1", "replace") + _END_OF_HEAD + answer.body
    digest = hashlib.sha256(answer.body).hexdigest()
    date = fetched.strftime("%Y-%m-%dT%H:%M:%SZ")
    head = {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{answer.url} {date} {digest}')}>",
        "WARC-Date": date,
        "WARC-Target-URI": answer.url,
        "WARC-Payload-Digest": f"sha256:{digest}",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    named = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"WARC/1.1\r\n{named}\r\n".encode() + block + _END_OF_HEAD
