"""Feeds on disk: each entry is a report, as far as the feed has its text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.facts import Report
from kg.ingest import IngestOptions, Rejected, Skipped
from kg.ingest.markup import text_of
from kg.ingest.metadata import identifier_of_url

Read = Callable[..., list[Report | Rejected | Skipped]]
EAST = dt.timezone(dt.timedelta(hours=3))
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Example Wire</title><link>https://example.org/</link><language>en-gb</language>
{items}
</channel></rss>
"""
ITEM = """<item><title>A raid in Gao</title><link>https://example.org/gao</link>
<guid isPermaLink="false">tag:1</guid><pubDate>Wed, 26 Jan 2022 01:30:00 +0300</pubDate>
<description>Ten people &lt;b&gt;died&lt;/b&gt;.</description>
<content:encoded><![CDATA[<p>Ten people died in Gao&rsquo;s market.</p><script>x()</script>
<p>The army<br/>denied it.<br/><br/>So did the mayor.</p>]]></content:encoded></item>"""
ATOM = """<?xml version="1.0"?>
<!-- made by a program -->
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Example Wire</title>
<entry><id>tag:example.org,2022:1</id><title type="html">A &lt;i&gt;raid&lt;/i&gt;</title>
<updated>2022-01-26T10:00:00Z</updated><summary>Ten people died.</summary></entry></feed>"""


def one(items: str, folder: Path, read: Read, *, options: IngestOptions | None = None) -> Report | Rejected:
    (folder / "a.rss").write_text(RSS.format(items=items))
    [item] = read(folder / "a.rss", options=options or IngestOptions())
    assert not isinstance(item, Skipped)
    return item


def test_rss_entry(tmp_path: Path, read: Read) -> None:
    assert one(ITEM, tmp_path, read) == Report(
        identifier=identifier_of_url("https://example.org/gao"),
        text="Ten people died in Gao’s market.\n\nThe army denied it.\n\nSo did the mayor.",
        title="A raid in Gao",
        issued=dt.datetime(2022, 1, 26, 1, 30, tzinfo=EAST),
        publisher="Example Wire",
        source="https://example.org/gao",
        language="en-gb",
    )


@pytest.mark.parametrize("name", ["a.atom", "a.xml", "a.rss"])
def test_atom_entry_without_a_link(name: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / name).write_text(ATOM)
    assert read(tmp_path) == [
        Report(
            identifier=identifier_of_url("tag:example.org,2022:1"),
            text="Ten people died.",
            title="A raid",
            issued=dt.datetime(2022, 1, 26, 10, tzinfo=dt.UTC),
            publisher="Example Wire",
            source="tag:example.org,2022:1",
            language="en",
        )
    ]


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("", dt.date(2020, 1, 1)),
        ("<pubDate>yesterday</pubDate>", dt.date(2020, 1, 1)),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", dt.date(2020, 1, 1)),
        ("<pubDate>2022-01-26</pubDate>", dt.date(2022, 1, 26)),
        ("<pubDate>Wed, 26 Jan 2022 10:00:00 GMT</pubDate>", dt.datetime(2022, 1, 26, 10, tzinfo=dt.UTC)),
        ('<date xmlns="http://purl.org/dc/elements/1.1/">2022-01-26T10:00:00+03:00</date>',
         dt.datetime(2022, 1, 26, 10, tzinfo=EAST)),
    ],
)  # fmt: skip
def test_date(written: str, date: dt.date, tmp_path: Path, read: Read) -> None:
    item = f"<item><link>https://example.org/a</link><description>A raid.</description>{written}</item>"
    report = one(item, tmp_path, read, options=IngestOptions(date=dt.date(2020, 1, 1)))
    assert isinstance(report, Report)
    assert report.issued == date


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("<item><link>https://example.org/a</link><title>A raid</title></item>",
         "the entry has no text; fetch its page (kg fetch)"),
        ("<item><description>A raid.</description></item>", "the entry has neither link nor id"),
        ("", "it has no entries"),
    ],
)  # fmt: skip
def test_entry_that_cannot_be_read(item: str, reason: str, tmp_path: Path, read: Read) -> None:
    rejected = one(item, tmp_path, read)
    assert rejected == Rejected(f"{tmp_path / 'a.rss'}{':1' if item else ''}", reason)


def test_last_entry_of_a_feed_that_is_cut_off_is_left_out(tmp_path: Path, read: Read) -> None:
    text = RSS.format(items=ITEM + ITEM.replace("gao", "kidal"))
    (tmp_path / "a.rss").write_text(text[: text.index("So did the mayor", text.index("kidal"))])
    report, rejected = read(tmp_path / "a.rss")
    assert isinstance(report, Report)
    assert rejected == Rejected(
        str(tmp_path / "a.rss"), "it is cut off; the entries that are whole were read"
    )


def test_other_xml_is_skipped_in_a_folder_and_rejected_by_name(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.xml").write_text("<?xml version='1.0'?><settings><rssi>1</rssi></settings>")
    (tmp_path / "b.atom").write_text(ATOM)
    assert [type(item) for item in read(tmp_path)] == [Skipped, Report]
    reason = "it is not a feed (RSS or Atom)"
    assert read(tmp_path / "a.xml") == [Rejected(str(tmp_path / "a.xml"), reason)]


@pytest.mark.parametrize("data", [b"", b"\x7fELF\0\0", b"https://example.org/feed.rss", b"<rss"])
def test_what_is_no_feed(data: bytes, tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.rss").write_bytes(data)
    [rejected] = read(tmp_path / "a.rss")
    assert isinstance(rejected, Rejected)


def test_entities_neither_swell_nor_open_files(tmp_path: Path, read: Read) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden words")
    swelling = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE rss [<!ENTITY e0 "boom">{swelling}<!ENTITY f SYSTEM "{secret.as_uri()}">]>'
    text = RSS.format(items=ITEM.replace("Ten people", "&e9;&f; Ten people"))
    (tmp_path / "a.rss").write_text(text.replace("?>", f"?>{doctype}", 1))
    outcome = read(tmp_path / "a.rss")
    assert len(str(outcome)) < 3000
    assert "hidden" not in str(outcome)
    assert "in Gao’s market" in str(outcome)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_encoding_is_that_of_the_declaration(encoding: str, tmp_path: Path, read: Read) -> None:
    text = RSS.format(items=ITEM).replace("utf-8", encoding, 1).replace("&rsquo;", "’")
    (tmp_path / "a.xml").write_bytes(text.encode(encoding))
    [report] = read(tmp_path)
    assert isinstance(report, Report)
    assert report.text.startswith("Ten people died in Gao’s market.")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("A raid", "A raid"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("<ul><li>One</li><li>Two <b>and</b> three</li></ul>", "One\n\nTwo and three"),
        ("One<br>two<br><br>three", "One two\n\nthree"),
        ("<style>p {}</style>A<script>x</script> raid", "A raid"),
        ("<p>unclosed <b>tags<p>next", "unclosed tags\n\nnext"),
        ("</script>A <!-- hidden --> raid", "A raid"),
    ],
)
def test_text_of_markup(markup: str, text: str) -> None:
    assert text_of(markup) == text
