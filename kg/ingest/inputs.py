"""Which inputs there are, and which reader reads them."""

from __future__ import annotations

import gzip
import os
import re
import stat
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from kg.errors import InputError
from kg.facts import Report
from kg.ingest.feed import BEGINS_WITHIN as FEED_BEGINS_WITHIN
from kg.ingest.feed import is_feed, read_feed
from kg.ingest.kinds import COLLECTIONS, SUFFIXES, Kind, kind_of
from kg.ingest.metadata import is_name
from kg.ingest.page import read_page
from kg.ingest.pdf import read_pdf
from kg.ingest.plain import read_plain
from kg.ingest.records import read_records
from kg.ingest.values import MAXIMUM_BYTES, IngestOptions, ReadSource, Rejected, Skipped, Source
from kg.ingest.warc import read_warc

STANDARD_INPUT = "-"
# Standard input has no suffix; its first line tells.
_BEGINS_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html)\b", re.IGNORECASE
)
_BEGINS_FEED = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:rss|feed|rdf:RDF)\b")
_XML = (b"<?xml", b"\xef\xbb\xbf<?xml")
_MARKS = {b"%PDF-": read_pdf, b"WARC/": read_warc}
_BEGINS_RECORD = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"')


def usage_problem(inputs: Sequence[str], *, options: IngestOptions) -> str | None:
    """What is wrong with inputs and options as a whole, for the command line to refuse; None if nothing."""
    if inputs.count(STANDARD_INPUT) > 1:
        return "standard input (-) can be read only once"
    if options.identifier is None:
        return None
    if not is_name(options.identifier):
        return "--id is empty or has characters that may not stand in an identifier"
    kind = kind_of(Path(inputs[0])) if inputs else None
    if len(inputs) != 1 or os.path.isdir(inputs[0]) or (kind is not None and kind.is_collection):
        return "--id names one report: it goes with a single file of one, or with standard input (-)"
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


def _read_standard_input(options: IngestOptions) -> Iterator[Report | Rejected | Skipped]:
    if sys.stdin is None:  # closed by whoever started us
        yield Rejected("stdin", "standard input is closed")
        return
    stream = sys.stdin.buffer
    try:
        beginning = stream.readline(MAXIMUM_BYTES + 1)
        if beginning.startswith(_XML):  # what it is stands further down
            beginning += stream.read(MAXIMUM_BYTES + 1 - len(beginning))
        source = Source(stream, name="stdin", identifier="stdin", beginning=beginning)
        reader = _reader_by(beginning)
        if reader in COLLECTIONS and options.identifier is not None:
            raise InputError("stdin", "--id names one report; records bring their own id")
        yield from reader(source, options)
    except InputError as error:
        yield Rejected(error.name, error.reason)
    except OSError as error:
        yield Rejected("stdin", _reason(error))


def _reader_by(beginning: bytes) -> ReadSource:
    if _BEGINS_RECORD.match(beginning):
        return read_records
    if _BEGINS_PAGE.match(beginning):
        return read_page
    if _BEGINS_FEED.match(beginning) or (beginning.startswith(_XML) and is_feed(beginning)):
        return read_feed
    return next((reader for mark, reader in _MARKS.items() if beginning.startswith(mark)), read_plain)


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
        yield Rejected(_shown(folder), f"the folder has no file of a kind that is read: {SUFFIXES}")


def _walk(folder: Path) -> Iterator[Path | Rejected | Skipped]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Rejected(_shown(folder), _reason(error))
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            yield from _walk(path)
        else:
            yield path if is_input(path) else Skipped(_shown(path))


def is_input(path: Path) -> bool:
    """Whether an entry of a folder is a file that is read, not one that is skipped."""
    hidden = path.name.startswith(".")
    return not hidden and kind_of(path) is not None and not os.path.isdir(path) and not _is_other_xml(path)


def _is_other_xml(path: Path) -> bool:
    """Whether a file is XML but no feed; one that cannot be opened is for its reader to tell of."""
    kind = kind_of(path)
    if kind is None or kind.suffix != ".xml" or not path.is_file():
        return False
    try:
        with _opened(path, kind) as stream:
            return not is_feed(stream.read(FEED_BEGINS_WITHIN))
    except (EOFError, OSError, zlib.error):
        return False


def _read_file(path: Path, options: IngestOptions) -> Iterator[Report | Rejected | Skipped]:
    name, kind = _shown(path), kind_of(path)
    own = None if kind is None or kind.is_collection else options.identifier or kind.stem
    try:
        kind = _checked(path, name=name, options=options)
        with _opened(path, kind) as stream:
            yield from kind.read(Source(stream, name=name, identifier=kind.stem), options)
    except InputError as error:
        yield Rejected(error.name, error.reason, own)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        kept = "; the reports before that were read" if own is None else ""
        yield Rejected(name, f"its compression is broken or cut off{kept}", own)
    except OSError as error:
        yield Rejected(name, _reason(error), own)


def _opened(path: Path, kind: Kind) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if kind.compressed else path.open("rb")


def _checked(path: Path, *, name: str, options: IngestOptions) -> Kind:
    """The file's kind, once it is sure that there is a file to open."""
    if path.is_symlink() and not os.path.lexists(os.path.realpath(path)):
        raise InputError(name, "it is a link to a file that does not exist")
    try:
        mode = path.stat().st_mode
    except ValueError as error:  # a zero byte in the name
        raise InputError(name, "no such file") from error
    kind = kind_of(path)
    if kind is None:
        raise InputError(name, f"its kind of file is not known by the suffix; give a file of {SUFFIXES}")
    if not stat.S_ISREG(mode):  # reading a pipe or device might never end
        raise InputError(name, "it is not a regular file; use - to read from a pipe")
    if kind.is_collection:
        if options.identifier is not None:
            raise InputError(name, "--id names one report; records bring their own id")
    elif options.identifier is None and not is_name(kind.stem):
        raise InputError(
            name, "its name has characters that may not stand in an identifier; rename it or give --id"
        )
    return kind


def _reason(error: OSError) -> str:
    reason = error.strerror or str(error)
    return reason[:1].lower() + reason[1:]


def _shown(path: Path) -> str:
    """The path on one line: what cannot be printed in a file name is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(path))
