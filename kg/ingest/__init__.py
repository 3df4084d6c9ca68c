"""Inputs become reports: files by suffix, folders of them, standard input.

    read_inputs (inputs.py) ── suffix table ──┬─ plain.py    .txt
                               (kinds.py)     ├─ page.py     .html, .htm
                                              ├─ records.py  .jsonl
                                              ├─ table.py    .csv, .tsv
                                              ├─ pdf.py      .pdf
                                              ├─ warc.py     .warc
                                              └─ feed.py     .rss, .atom, .xml

Every reader takes bytes, unpacked where a suffix .gz says so, and hands out `Report`s; what cannot be read
becomes a `Rejected` with one clear reason, and the other inputs go on. To add a reader, write one such
function and give its suffix to the table in `kinds.py`.
"""

from kg.ingest.inputs import is_input, read_inputs, usage_problem
from kg.ingest.metadata import parse_date
from kg.ingest.values import FIELDS, Columns, IngestOptions, Rejected, Skipped

__all__ = [
    "FIELDS",
    "Columns",
    "IngestOptions",
    "Rejected",
    "Skipped",
    "is_input",
    "parse_date",
    "read_inputs",
    "usage_problem",
]
