"""Which inputs there are, and which reader reads them."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kg.errors import InputError
from kg.facts import Report
from kg.ingest.metadata import is_name
from kg.ingest.page import read_page
from kg.ingest.plain import read_plain
from kg.ingest.records import read_records
from kg.ingest.values import MAXIMUM_BYTES, IngestOptions, ReadSource, Rejected, Skipped, Source

STANDARD_INPUT = "-"
READERS: Mapping[str, ReadSource] = {
    ".htm": read_page,
    ".html": read_page,
    ".jsonl": read_records,
    ".txt": read_plain,
}
_SUFFIXES = ".txt, .html or .jsonl"
# Standard input has no suffix; its first line tells.
_BEGINS_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html)\b", re.IGNORECASE
)
_BEGINS_RECORD = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"')


def usage_problem(inputs: Sequence[str], *, options: IngestOptions) -> str | None:
    """What is wrong with inputs and options as a whole, for the command line to refuse; None if nothing."""
    if inputs.count(STANDARD_INPUT) > 1:
        return "standard input (-) can be read only once"
    if options.identifier is None:
        return None
    if not is_name(options.identifier):
        return "--id is empty or has characters that may not stand in an identifier"
    if len(inputs) != 1 or os.path.isdir(inputs[0]) or _reader(Path(inputs[0])) is read_records:
        return "--id names one report: it goes with a single .txt or .html file or with standard input (-)"
    return None


def read_inputs(inputs: Sequence[str], *, options: IngestOptions) -> Iterator[Report | Rejected | Skipped]:
    """Read files, folders and standard input (`-`), one report at a time.

    In the order given, a folder's entries sorted by path. Nothing raises: what cannot be read is handed
    out as Rejected. Identifiers may repeat; the caller knows which are taken.
    """
    for name in inputs:
        if name == STANDARD_INPUT:
            yield from _read_standard_input(options)
        elif os.path.isdir(name):
            yield from _read_folder(Path(name), options)
        else:
            yield from _read_file(Path(name), options)


def _reader(path: Path) -> ReadSource | None:
    return READERS.get(path.suffix.lower())


def _read_standard_input(options: IngestOptions) -> Iterator[Report | Rejected]:
    if sys.stdin is None:  # closed by whoever started us
        yield Rejected("stdin", "standard input is closed")
        return
    stream = sys.stdin.buffer
    try:
        beginning = stream.readline(MAXIMUM_BYTES + 1)
        source = Source(stream, name="stdin", identifier="stdin", beginning=beginning)
        if _BEGINS_RECORD.match(beginning):
            yield from read_records(source, options)
        elif _BEGINS_PAGE.match(beginning):
            yield from read_page(source, options)
        else:
            yield from read_plain(source, options)
    except InputError as error:
        yield Rejected(error.name, error.reason)
    except OSError as error:
        yield Rejected("stdin", _reason(error))


def _read_folder(folder: Path, options: IngestOptions) -> Iterator[Report | Rejected | Skipped]:
    """Everything in the folder and below; links to folders are not followed, they may lead in a circle."""
    found = False
    for item in _walk(folder):
        if isinstance(item, Rejected | Skipped):
            found = found or isinstance(item, Rejected)
            yield item
        else:
            found = True
            yield from _read_file(item, options)
    if not found:
        yield Rejected(_shown(folder), f"the folder has no {_SUFFIXES} file")


def _walk(folder: Path) -> Iterator[Path | Rejected | Skipped]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Rejected(_shown(folder), _reason(error))
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith("."):
            yield Skipped(_shown(path))
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(path)
        elif _reader(path) is None or os.path.isdir(path):
            yield Skipped(_shown(path))
        else:
            yield path


def _read_file(path: Path, options: IngestOptions) -> Iterator[Report | Rejected]:
    name = _shown(path)
    try:
        reader = _checked(path, name=name, options=options)
        with path.open("rb") as stream:
            yield from reader(Source(stream, name=name, identifier=path.stem), options)
    except InputError as error:
        yield Rejected(error.name, error.reason)
    except OSError as error:
        yield Rejected(name, _reason(error))


def _checked(path: Path, *, name: str, options: IngestOptions) -> ReadSource:
    """The file's reader, once it is sure that there is a file to open."""
    if path.is_symlink() and not os.path.lexists(os.path.realpath(path)):
        raise InputError(name, "it is a link to a file that does not exist")
    try:
        kind = path.stat().st_mode
    except ValueError as error:  # a zero byte in the name
        raise InputError(name, "no such file") from error
    reader = _reader(path)
    if reader is None:
        raise InputError(name, f"its kind of file is not known by the suffix; give a {_SUFFIXES} file")
    if not stat.S_ISREG(kind):  # reading a pipe or device might never end
        raise InputError(name, "it is not a regular file; use - to read from a pipe")
    if reader is not read_records and options.identifier is None and not is_name(path.stem):
        raise InputError(
            name, "its name has characters that may not stand in an identifier; rename it or give --id"
        )
    return reader


def _reason(error: OSError) -> str:
    reason = error.strerror or str(error)
    return reason[:1].lower() + reason[1:]


def _shown(path: Path) -> str:
    """The path on one line: what cannot be printed in a file name is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(path))
