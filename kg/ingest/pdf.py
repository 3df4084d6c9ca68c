"""The reader of PDF: the text of its pages, joined to paragraphs."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from kg.errors import InputError
from kg.facts import Report
from kg.ingest.metadata import is_name
from kg.ingest.pdf_text import paragraphs
from kg.ingest.text import check_text, read_bytes
from kg.ingest.values import IngestOptions, Source
from kg.settings import MAXIMUM_CHARACTERS

MOST_BYTES = 100_000_000  # pictures are most of them
_SECONDS = 60  # of processor time; 500 pages of text take 10
_ENCRYPTED = 3  # exit status of pdf_pages.py
_BEGINS = re.compile(rb"%PDF-\d")
_WITHIN = 1024  # bytes, in which a PDF must say that it is one (PDF 1.7, implementation note 13)
# What programs put there by themselves.
_NO_TITLE = re.compile(
    r"(?:microsoft \w+ - .*|untitled.*|document ?\d*|slide \d+"
    r"|.*\.(?:docx?|rtf|odt|pdf|indd|pptx?|xlsx?|html?))",
    re.IGNORECASE,
)


def read_pdf(source: Source, options: IngestOptions) -> Iterator[Report]:
    """The one report of a `.pdf` file; raises InputError.

    A PDF says when it was made, which is not when the report was published: the date is that of the options.
    """
    data = read_bytes(source, most=MOST_BYTES)
    if not data:
        raise InputError(source.name, "it is empty")
    if not _BEGINS.search(data[:_WITHIN]):
        raise InputError(source.name, "it is not a PDF")
    title, pages = _pages(data, name=source.name, seconds=_SECONDS)
    text = paragraphs(pages)
    if not text:
        raise InputError(
            source.name, "it has no text, only pictures of it; recognise the text first (such as by ocrmypdf)"
        )
    check_text(text, name=source.name)
    yield Report(
        identifier=options.identifier or source.identifier,
        text=text,
        title=_title(title),
        issued=options.date,
        source=source.url,
    )


def _pages(data: bytes, *, name: str, seconds: int) -> tuple[object, list[str]]:
    """The title in the document's metadata, and the text of each page."""
    program = Path(__file__).with_name("pdf_pages.py")
    command = [sys.executable, "-P", str(program), str(seconds), str(MAXIMUM_CHARACTERS)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=4 * seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise InputError(name, _too_long(seconds)) from error
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise InputError(name, _too_long(seconds))
    if done.returncode == _ENCRYPTED:
        raise InputError(name, "it is encrypted; save a copy without a password")
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise InputError(name, f"the PDF is broken ({last[:200]}); print it to a new one")
    found = json.loads(done.stdout)
    return found["title"], found["pages"]


def _too_long(seconds: int) -> str:
    return f"its text was not found in {seconds} seconds; print it to a new PDF, or give its text"


def _title(found: object) -> str | None:
    title = " ".join(found.split()) if isinstance(found, str) else ""
    return title if is_name(title) and not _NO_TITLE.fullmatch(title) else None
