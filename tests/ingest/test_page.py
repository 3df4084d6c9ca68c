"""Web pages: the text of the article, and what the page itself says of it, nothing guessed."""

from __future__ import annotations

import datetime as dt
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.facts import Report
from kg.ingest import IngestOptions, Rejected, Skipped

Read = Callable[..., list[Report | Rejected | Skipped]]
ARTICLE = """<article><h1>Ten killed in Gao on 3 March 2019</h1>
<p>Ten people were killed in Gao on 3 March 2019, the army said. It blamed militants, who did not comment.</p>
<p>The town’s mayor denied this. On <time datetime="2019-03-01">Friday</time> he said that there were no dead,
and that nobody had been in the town at that time of the day.</p></article>"""


def page(head: str = "", *, before: str = "", after: str = "", attributes: str = "") -> str:
    return (
        f"<!DOCTYPE html><html {attributes}><head><meta charset='utf-8'>"
        f"<title>Ten killed on 3 March 2019</title>{head}</head>"
        f"<body><nav><a href='/'>Home</a></nav>{before}{ARTICLE}{after}</body></html>"
    )


def one(outcome: list[Report | Rejected | Skipped]) -> Report:
    [report] = outcome
    assert isinstance(report, Report)
    return report


def test_article_and_metadata(tmp_path: Path, read: Read) -> None:
    head = """<link rel="canonical" href="https://news.example.org/gao">
    <meta property="og:title" content="Ten killed"><meta property="og:site_name" content="Example Wire">
    <meta name="date" content="2019-03-05">"""
    (tmp_path / "gao.html").write_text(page(head, attributes='lang="en-GB"'))
    assert one(read(tmp_path / "gao.html")) == Report(
        identifier="gao",
        text="Ten killed in Gao on 3 March 2019\n\n"
        "Ten people were killed in Gao on 3 March 2019, the army said. "
        "It blamed militants, who did not comment.\n\n"
        "The town’s mayor denied this. On Friday he said that "
        "there were no dead, and that nobody had been in the town at that time of the day.",
        title="Ten killed",
        issued=dt.date(2019, 3, 5),
        publisher="Example Wire",
        source="https://news.example.org/gao",
        language="en-GB",
    )


LINKED = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2019-03-05"}</script>'


@pytest.mark.parametrize(
    "html",
    [
        page('<meta property="article:published_time" content="2019-03-05T10:00:00Z">'),
        page('<meta name="DC.date.issued" content="2019-03-05">'),
        page('<link rel="canonical" href="https://news.example.org/2019/03/05/gao.html">'),
        page(LINKED),
        page(before=LINKED),
        page(before='<time datetime="2019-03-05">Tuesday</time>'),
        page(before='<p class="byline">By A. Writer, 5 March 2019</p>'),
        page(before='<div><span class="published-date">March 5, 2019</span></div>'),
    ],
)
def test_date_of_publication_that_the_page_gives(html: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.html").write_text(html)
    assert one(read(tmp_path / "a.html", options=IngestOptions(date=dt.date(2022, 1, 26)))).issued == dt.date(
        2019, 3, 5
    )


@pytest.mark.parametrize(
    "html",
    [
        page(),
        page('<meta property="article:modified_time" content="2021-03-05T10:00:00Z">'),
        page(before='<img src="/2018/02/03/a.jpg">'),
        page(after='<div class="copyright">© 2017 Example, updated 2018-01-01</div>'),
    ],
)
def test_date_is_not_guessed(html: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.html").write_text(html)
    assert one(read(tmp_path / "a.html")).issued is None
    day = dt.date(2022, 1, 26)
    assert one(read(tmp_path / "a.html", options=IngestOptions(date=day))).issued == day


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_encodings(encoding: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.htm").write_bytes(page().encode(encoding))
    assert "The town’s mayor" in one(read(tmp_path / "a.htm")).text


def test_piece_of_a_page(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.html").write_text("<p>There was a raid in Gao on Monday.</p>")
    assert one(read(tmp_path / "a.html")).text == "There was a raid in Gao on Monday."


@pytest.mark.parametrize("character", ["&#1;", "&#x1F;", "&#0011;", "\x0c", "\x1b"])
def test_stray_control_character_costs_only_itself(character: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.html").write_text(
        f"<p>A {character}raid in <time>Gao</time>{character} on day &#12345;.</p>" + " " * 200
    )
    assert one(read(tmp_path / "a.html")).text == "A raid in Gao on day \u3039."


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<html><frameset></frameset></html>", "no text was found in the page"),
        ("<div>" * 5000 + "A raid.", "no text was found in the page"),
        ("<p>A <time>late</time> raid&#xfffe; in Gao.</p>", "the page is broken: All strings must be XML"),
    ],
    ids=["frames", "deep", "no character"],
)
def test_page_that_cannot_be_read(html: str, reason: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.html").write_text(html)
    [rejected] = read(tmp_path / "a.html")
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith(reason)


def test_libraries_say_nothing(
    tmp_path: Path, read: Read, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_text("<html></html>")
    with caplog.at_level(logging.DEBUG):
        read(tmp_path / "a.html")
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


def test_libraries_are_loaded_only_for_what_needs_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A raid.")
    code = (
        "import sys; from kg.ingest import *; "
        "assert len(list(read_inputs([sys.argv[1]], options=IngestOptions()))) == 1; "
        "print([m for m in ('trafilatura', 'charset_normalizer', 'rdflib', 'spacy') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.txt")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
