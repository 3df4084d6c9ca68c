"""Which kinds of file are read, and by whom: the table of suffixes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from kg.ingest.feed import read_feed
from kg.ingest.page import read_page
from kg.ingest.pdf import read_pdf
from kg.ingest.plain import read_plain
from kg.ingest.records import read_records
from kg.ingest.table import read_table
from kg.ingest.values import ReadSource
from kg.ingest.warc import read_warc

READERS: Mapping[str, ReadSource] = {
    ".atom": read_feed,
    ".csv": read_table,
    ".htm": read_page,
    ".html": read_page,
    ".jsonl": read_records,
    ".pdf": read_pdf,
    ".rss": read_feed,
    ".tsv": read_table,
    ".txt": read_plain,
    ".warc": read_warc,
    ".xml": read_feed,
}
# Each brings the identifiers of its reports with it; from the others comes one report, called after the file.
COLLECTIONS = frozenset({read_feed, read_records, read_table, read_warc})
SUFFIXES = ".txt, .html, .pdf, .jsonl, .csv, .tsv, .warc, .rss, .atom or .xml (or one of them with .gz)"
_COMPRESSED = ".gz"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a file is read. `stem` is its name without the suffixes that told it."""

    suffix: str
    read: ReadSource
    stem: str
    compressed: bool

    @property
    def is_collection(self) -> bool:
        """Whether reports bring their identifiers."""
        return self.read in COLLECTIONS


def kind_of(path: PurePath) -> Kind | None:
    """The kind of a file by its name; None where that tells none that is read."""
    compressed = path.suffix.lower() == _COMPRESSED
    inner = PurePath(path.stem) if compressed else path
    suffix = inner.suffix.lower()
    reader = READERS.get(suffix)
    return Kind(suffix, reader, inner.stem, compressed) if reader is not None else None
