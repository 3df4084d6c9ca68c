"""The reader of plain text: the text as it stands is the report."""

from __future__ import annotations

from collections.abc import Iterator

from kg.facts import Report
from kg.ingest.encoding import decode
from kg.ingest.text import check_text, read_bytes, unify_line_ends
from kg.ingest.values import IngestOptions, Source


def read_plain(source: Source, options: IngestOptions) -> Iterator[Report]:
    """The one report of a `.txt` file; raises InputError."""
    text = unify_line_ends(decode(read_bytes(source), name=source.name))
    check_text(text, name=source.name)
    yield Report(identifier=options.identifier or source.identifier, text=text, issued=options.date)
