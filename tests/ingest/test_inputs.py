"""Files, folders and standard input: what is read, in which order, and what is said of the rest."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fpdf import FPDF

from kg.facts import Report
from kg.ingest import IngestOptions, Rejected, Skipped, usage_problem
from kg.ingest.kinds import SUFFIXES
from kg.ingest.metadata import identifier_of_url

Read = Callable[..., list[Report | Rejected | Skipped]]
UNKNOWN_SUFFIX = f"its kind of file is not known by the suffix; give a file of {SUFFIXES}"
UNFIT_NAME = "its name has characters that may not stand in an identifier; rename it or give --id"
DAY = dt.date(2022, 1, 26)


def test_text_is_read_as_it_stands_with_line_ends_unified(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "gao.raid.TXT"
    path.write_bytes(b"\xef\xbb\xbfOne \r\n\r\ntwo\rthree\n")
    assert read(path) == [Report(identifier="gao.raid", text="One \n\ntwo\nthree\n")]


def test_options_give_date_and_identifier(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.txt"
    path.write_text("A raid.")
    [report] = read(path, options=IngestOptions(date=DAY, identifier="raid-1"))
    assert report == Report(identifier="raid-1", text="A raid.", issued=DAY)


def test_folder_is_read_in_order_of_paths(tmp_path: Path, read: Read) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "inside.txt").write_text("x")
    for name in ("z.txt", "a.txt", "b/2.txt", "b/1.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    for name in ("notes.doc", ".hidden.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "b")
    (tmp_path / "loop.txt").symlink_to(tmp_path)
    outcome = read(tmp_path)
    reports = [item.text for item in outcome if isinstance(item, Report)]
    assert reports == ["a.txt", "b/1.txt", "b/2.txt", "b.txt", "z.txt"]
    skipped = [Path(item.name).name for item in outcome if isinstance(item, Skipped)]
    assert skipped == [".git", ".hidden.txt", "link", "loop.txt", "notes.doc"]
    assert len(outcome) == 10


def _no_such(folder: Path) -> Path:
    return folder / "missing.txt"


def _dangling(folder: Path) -> Path:
    (folder / "link.txt").symlink_to(folder / "nowhere")
    return folder / "link.txt"


def _circle(folder: Path) -> Path:
    (folder / "circle.txt").symlink_to(folder / "circle.txt")
    return folder / "circle.txt"


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.txt")
    return folder / "pipe.txt"


def _empty_folder(folder: Path) -> Path:
    (folder / "folder").mkdir()
    return folder / "folder"


def _file(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_no_such, "no such file or directory"),
        (_dangling, "it is a link to a file that does not exist"),
        (_circle, "too many levels of symbolic links"),
        (_pipe, "it is not a regular file; use - to read from a pipe"),
        (_empty_folder, f"the folder has no file of a kind that is read: {SUFFIXES}"),
        (lambda folder: folder / "zero\0byte.txt", "no such file"),
        (_file("a.doc", b"x"), UNKNOWN_SUFFIX),
        (_file("a", b"x"), UNKNOWN_SUFFIX),
        (_file("a\nb.txt", b"x"), UNFIT_NAME),
        (_file("a.txt", b""), "it is empty"),
        (_file("a.txt", b"\xef\xbb\xbf \r\n\t"), "it is empty"),
        (_file("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "it is binary"),
        (_file("a.txt", b"\x01\x02\x03\x04 text \x05\x06"), "it is binary"),
        (_file("a.txt", b"a" * 1_000_001),
         "it has 1,000,001 characters of text, more than 1,000,000; split it"),
        (_file("a.txt", b"a" * 20_000_001), "it is larger than 20,000,000 bytes; split it"),
        (_file("a.html", b""), "it is empty"),
        (_file("a.html", b"<html><body></body></html>"), "no text was found in the page"),
        (_file("a.jsonl", b""), "it is empty"),
        (_file("a.jsonl", b"\n \n"), "it is empty"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_clear_line_and_the_others_go_on(
    make: Callable[[Path], Path], reason: str, tmp_path: Path, read: Read
) -> None:
    path = make(tmp_path)
    good = tmp_path / "good.txt"
    good.write_text("A raid.")
    first, second = read(path, good)
    shown = str(path).replace("\n", "\\n").replace("\0", "\\x00")
    assert first == Rejected(shown, reason)
    assert isinstance(second, Report)


def test_name_that_is_no_text_can_be_overruled(tmp_path: Path, read: Read) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"gao\xff.txt")
    with open(path, "wb") as stream:
        stream.write(b"A raid.")
    name = os.fsdecode(path)
    [refused] = read(name)
    assert isinstance(refused, Rejected)
    assert refused.name.endswith(r"gao\udcff.txt")
    [report] = read(name, options=IngestOptions(identifier="gao"))
    assert report == Report(identifier="gao", text="A raid.")


def test_longest_text_is_read(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.txt").write_text("é" * 1_000_000)
    [report] = read(tmp_path / "a.txt")
    assert isinstance(report, Report)


def test_stray_control_character_is_kept(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.txt").write_text("A raid.\x07 " * 10 + "A raid. " * 200)
    [report] = read(tmp_path / "a.txt")
    assert isinstance(report, Report)
    assert report.text.count("\x07") == 10


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """A folder with a file and a folder that we have no right to read, also where the tests run as root."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "a.txt").write_text("A raid.")
        (folder / "b.txt").write_text("A raid.")
        (folder / "c").mkdir()
        (folder / "a.txt").chmod(0)
        (folder / "c").chmod(0)
        if user == 0:
            os.seteuid(65534)
        yield folder
        os.seteuid(user)
        (folder / "c").chmod(0o755)


def test_no_permission(forbidden: Path, read: Read) -> None:
    file, report, folder = read(forbidden)
    assert file == Rejected(str(forbidden / "a.txt"), "permission denied")
    assert report == Report(identifier="b", text="A raid.")
    assert folder == Rejected(str(forbidden / "c"), "permission denied")


RECORD = json.dumps({"id": "r1", "text": "A raid."}).encode()
PAGE = b"<!DOCTYPE html><html><body><p>There was a raid in Gao on Monday.</p></body></html>"


@pytest.mark.parametrize(
    ("data", "identifier", "expected"),
    [
        (b"A raid.\r\nTwo.", None, Report(identifier="stdin", text="A raid.\nTwo.")),
        (b"A raid.", "raid-1", Report(identifier="raid-1", text="A raid.")),
        ("“A raid”, it said.".encode("utf-16"), None, Report(identifier="stdin", text="“A raid”, it said.")),
        (PAGE, None, Report(identifier="stdin", text="There was a raid in Gao on Monday.")),
        (RECORD + b"\n", None, Report(identifier="r1", text="A raid.")),
        (RECORD, "x", Rejected("stdin", "--id names one report; records bring their own id")),
        (b"", None, Rejected("stdin", "it is empty")),
    ],
)
def test_standard_input(
    data: bytes, identifier: str | None, expected: object, monkeypatch: pytest.MonkeyPatch, read: Read
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert read("-", options=IngestOptions(identifier=identifier)) == [expected]


def test_closed_standard_input(monkeypatch: pytest.MonkeyPatch, read: Read) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert read("-") == [Rejected("stdin", "standard input is closed")]


def test_records_stream_from_standard_input(monkeypatch: pytest.MonkeyPatch, read: Read) -> None:
    lines = [json.dumps({"id": n, "text": "A raid."}) for n in range(3)]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))
    assert [item.identifier for item in read("-") if isinstance(item, Report)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("inputs", "identifier", "problem"),
    [
        (["-"], "x", None),
        (["a.txt"], "x", None),
        (["a.html"], "x", None),
        (["a.txt", "b.jsonl", "."], None, None),
        (["a.jsonl"], "x", "--id names one report"),
        (["a.txt", "b.txt"], "x", "--id names one report"),
        (["."], "x", "--id names one report"),
        (["a.txt"], " ", "--id is empty"),
        (["a.txt"], "x\ny", "--id is empty or has characters"),
        (["-", "a.txt", "-"], None, "standard input (-) can be read only once"),
    ],
)
def test_usage(inputs: list[str], identifier: str | None, problem: str | None) -> None:
    found = usage_problem(inputs, options=IngestOptions(identifier=identifier))
    assert found is None if problem is None else found is not None and found.startswith(problem)


@pytest.mark.parametrize(
    ("name", "content", "identifier"),
    [
        ("a.txt", b"", "a"),
        ("a.pdf.gz", b"", "a"),
        ("a.jsonl", b'{"id": "r1"}', "r1"),
        ("a.jsonl", b'{"id": "r1", "text": 1}', "r1"),
        ("a.jsonl", b"{", None),
        ("a.csv", b"id,text\nr1,\n", "r1"),
        ("a.csv", b"id,text\nr1\n", None),
        ("a.rss", b"<rss><channel><item><guid>x</guid></item></channel></rss>", identifier_of_url("x")),
        ("a.warc", b"", None),
    ],
)
def test_what_is_rejected_says_which_report_it_would_be_if_that_is_known(
    name: str, content: bytes, identifier: str | None, tmp_path: Path, read: Read
) -> None:
    (tmp_path / name).write_bytes(content)
    [rejected] = read(tmp_path / name)
    assert isinstance(rejected, Rejected)
    assert rejected.identifier == identifier


def _pdf() -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("times")
    pdf.cell(text="A raid.")
    return bytes(pdf.output())


BLOCK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE
WARC = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/a\r\n"
    b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (len(BLOCK), BLOCK)
)
FEED = b"<rss><channel><item><guid>x</guid><description>A raid.</description></item></channel></rss>"
XHTML = b'<?xml version="1.0"?>\n<!DOCTYPE html>\n' + PAGE.partition(b">")[2]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (_pdf(), "A raid."),
        (WARC, "There was a raid in Gao on Monday."),
        (FEED, "A raid."),
        (b'<?xml version="1.0"?>\n<!-- made by hand -->\n' + FEED, "A raid."),
        (XHTML, "There was a raid in Gao on Monday."),
    ],
    ids=["pdf", "warc", "feed", "feed with declaration", "xhtml"],
)
def test_standard_input_is_told_by_its_beginning(
    data: bytes, text: str, monkeypatch: pytest.MonkeyPatch, read: Read
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    [report] = read("-")
    assert isinstance(report, Report)
    assert report.text == text
