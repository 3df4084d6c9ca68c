"""Web archives: which records are reports, and what broken ones cost."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from fpdf import FPDF
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kg.facts import Report
from kg.ingest import Rejected, Skipped
from kg.ingest.metadata import identifier_of_url

Read = Callable[..., list[Report | Rejected | Skipped]]
URL = "https://example.org/news/gao"
TEXT = "Ten people were killed in Gao, the army’s spokesman said. It blamed militants."


def page(text: str = TEXT, *, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body><p>{text}</p></body></html>".encode()


class Archive:
    """Writes records one by one."""

    def __init__(self, *, compressed: bool = False) -> None:
        self.stream = io.BytesIO()
        self.writer = WARCWriter(self.stream, gzip=compressed)

    def add(
        self,
        url: str,
        body: bytes,
        *fields: tuple[str, str],
        status: str = "200 OK",
        kind: str = "response",
        media_type: str = "text/html; charset=utf-8",
    ) -> Archive:
        headers = StatusAndHeaders(status, [("Content-Type", media_type), *fields], protocol="HTTP/1.1")
        record = self.writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            length=len(body),
            http_headers=headers,
            warc_headers_dict={"WARC-Date": "2024-05-05T10:00:00Z"},
        )
        return self.write(record)

    def write(self, record: ArcWarcRecord) -> Archive:
        self.writer.write_record(record)
        record.raw_stream.close()
        return self

    def put(self, path: Path) -> Path:
        path.write_bytes(self.stream.getvalue())
        return path


@pytest.mark.parametrize("compressed", [False, True])
def test_page_is_a_report_by_its_url_with_the_date_that_it_gives(
    compressed: bool, tmp_path: Path, read: Read
) -> None:
    head = '<meta property="article:published_time" content="2022-01-26"><title>A raid</title>'
    archive = (
        Archive(compressed=compressed).add(URL, page(head=head)).add(f"{URL}?page=2#top", page("A raid."))
    )
    path = archive.put(tmp_path / ("a.warc.gz" if compressed else "a.warc"))
    assert read(path) == [
        Report(
            identifier="example.org-news-gao-7153d47da38ff47a",
            text=TEXT,
            title="A raid",
            issued=dt.date(2022, 1, 26),
            source=URL,
        ),
        Report(identifier=identifier_of_url(f"{URL}?page=2"), text="A raid.", source=f"{URL}?page=2#top"),
    ]  # the second has no date: when it was fetched is not when it was published


def test_what_is_no_page_is_skipped_and_counted(tmp_path: Path, read: Read) -> None:
    archive = Archive()
    archive.write(archive.writer.create_warcinfo_record("a.warc", {"software": "test"}))
    archive.add(URL, b"", kind="request", media_type="text/html")
    archive.add(URL, page())
    archive.add(URL, page("The same address again."))
    archive.add(f"{URL}/a", b"", kind="revisit")
    archive.add(f"{URL}/b", page(), status="404 Not Found")
    archive.add(f"{URL}/c.png", b"\x89PNG\r\n", media_type="image/png")
    archive.add("dns:example.org", b"1.2.3.4", kind="resource", media_type="text/dns")
    outcome = read(archive.put(tmp_path / "a.warc"))
    assert [type(item) for item in outcome] == [Report, *[Skipped] * 5]
    assert outcome[2].name == f"{tmp_path / 'a.warc'}: {URL}/a"  # type: ignore[union-attr]


def test_body_is_unpacked_and_the_header_tells_the_encoding(tmp_path: Path, read: Read) -> None:
    legacy = page().decode().encode("cp1252")
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (legacy[:40], legacy[40:], b""))
    archive = Archive()
    archive.add(f"{URL}/1", gzip.compress(page()), ("Content-Encoding", "gzip"))
    archive.add(f"{URL}/2", zlib.compress(page()), ("Content-Encoding", "deflate"))
    archive.add(f"{URL}/3", zlib.compress(page(), wbits=-15), ("Content-Encoding", "deflate"))
    archive.add(f"{URL}/4", page(), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))  # are not
    latin = "text/html; charset=iso-8859-1"
    archive.add(f"{URL}/5", chunked, ("Transfer-Encoding", "chunked"), media_type=latin)
    outcome = read(archive.put(tmp_path / "a.warc"))
    assert [item.text for item in outcome if isinstance(item, Report)] == [TEXT] * 5


def test_pdf_is_read_as_one(tmp_path: Path, read: Read) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("times")
    pdf.cell(text="A raid in Gao.")
    archive = Archive().add(f"{URL}.pdf", bytes(pdf.output()), media_type="application/pdf")
    [report] = read(archive.put(tmp_path / "a.warc"))
    assert report == Report(
        identifier=identifier_of_url(f"{URL}.pdf"), text="A raid in Gao.", source=f"{URL}.pdf"
    )


@pytest.mark.parametrize(
    ("body", "fields", "reason"),
    [
        (b"<html></html>", (), "no text was found in the page"),
        (b"\x1f\x8b\x08broken", (("Content-Encoding", "gzip"),), "it is not the gzip that its header says"),
        (b"x", (("Content-Encoding", "br"),), "it is packed as 'br', which cannot be unpacked"),
        (gzip.compress(b"<p>a</p>" * 3_000_000), (("Content-Encoding", "gzip"),), "it is larger than"),
    ],
    ids=["no text", "broken", "unknown", "bomb"],
)
def test_page_that_cannot_be_read_costs_itself(
    body: bytes, fields: tuple[tuple[str, str], ...], reason: str, tmp_path: Path, read: Read
) -> None:
    path = Archive().add(f"{URL}/bad", body, *fields).add(URL, page()).put(tmp_path / "a.warc")
    bad, good = read(path)
    assert isinstance(bad, Rejected)
    assert (bad.name, bad.reason[: len(reason)]) == (f"{path}: {URL}/bad", reason)
    assert isinstance(good, Report)


@pytest.mark.parametrize(
    ("change", "whole", "name", "reason"),
    [
        (lambda _: b"", 0, "a.warc", "it is empty"),
        (lambda _: b"A raid.", 0, "a.warc", "it is not a WARC file"),
        (lambda _: b"\x7fELF" + b"\0" * 100, 0, "a.warc", "it is not a WARC file"),
        (lambda data: data[:-100], 1, f"a.warc: {URL}/2", "the file ends within it"),
        (
            lambda data: data.replace(b"Content-Length: ", b"Content-Lenght: "),
            0,
            "a.warc",
            "record 1 does not",
        ),
        (lambda data: data[:-220], 1, "a.warc", "record 2 does not say how long it is"),
        (
            lambda data: data + b"\r\n\r\nnonsense\r\n" * 3,
            2,
            "a.warc",
            "it is broken after record 2; what came",
        ),
        (lambda data: data.replace(b"HTTP/1.1 200", b"GOPHER 200", 1), 0, f"a.warc: {URL}", "it is no HTTP"),
    ],
    ids=range(8),
)
def test_broken_archive_is_read_as_far_as_it_goes(
    change: Callable[[bytes], bytes],
    whole: int,
    name: str,
    reason: str,
    tmp_path: Path,
    read: Read,
    capfd: pytest.CaptureFixture[str],
) -> None:
    data = Archive().add(URL, page()).add(f"{URL}/2", page()).stream.getvalue()
    (tmp_path / "a.warc").write_bytes(change(data))
    outcome = read(tmp_path / "a.warc")
    [rejected] = [item for item in outcome if isinstance(item, Rejected)]
    assert rejected.name == str(tmp_path / name) if ":" not in name else rejected.name.endswith(name)
    assert rejected.reason.startswith(reason)
    assert sum(isinstance(item, Report) for item in outcome[: outcome.index(rejected)]) == whole
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("begins", "reason"),
    [(b"", "it is not a WARC file"), (b"WARC/1.1\r\nX: ", "record 1 does not say how long it is")],
)
def test_line_without_end_is_left_at_once(begins: bytes, reason: str, tmp_path: Path, read: Read) -> None:
    """In a compressed file it may have any length: one of 300 MB took more than eight minutes."""
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(begins + bytes(100_000_000), 1))
    began = time.monotonic()
    [rejected] = read(path)
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith(reason)
    assert time.monotonic() - began < 10


def test_cut_compression_is_told(tmp_path: Path, read: Read) -> None:
    data = Archive(compressed=True).add(URL, page()).add(f"{URL}/2", page()).stream.getvalue()
    (tmp_path / "a.warc.gz").write_bytes(data[:-30])
    *_, last = read(tmp_path / "a.warc.gz")
    reason = "its compression is cut off; what came before was read"
    assert last == Rejected(str(tmp_path / "a.warc.gz"), reason)


def test_urls_that_are_alike_have_different_identifiers() -> None:
    long = f"https://example.org/{'a' * 200}"
    urls = [
        "https://a.org/b",
        "http://a.org/b",
        "https://a.org/b/",
        "https://a.org/b?c",
        "https://a.org/B",
        long,
    ]
    urls += [f"{long}b", "https://a.org/../../etc/passwd", "https://a.org/é", "https://a.org/%C3%A9"]
    found = [identifier_of_url(url) for url in urls]
    assert len(set(found)) == len(urls)
    assert all(len(name) <= 80 and "/" not in name and not name.startswith(".") for name in found)
    assert identifier_of_url("https://a.org/b#c") == identifier_of_url("https://a.org/b")
