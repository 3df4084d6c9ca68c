"""JSON Lines: what a record brings, and that a bad line costs that line only."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.facts import Report
from kg.ingest import IngestOptions, Rejected, Skipped, parse_date
from kg.ingest.records import read_records
from kg.ingest.values import Source

Read = Callable[..., list[Report | Rejected | Skipped]]
UTC = dt.UTC
EAST = dt.timezone(dt.timedelta(hours=3))
UNREADABLE = "not JSON that can be read: a number is too long or the nesting too deep"
UNFIT = "is empty or has characters that may not stand in an identifier"


def test_all_fields(tmp_path: Path, read: Read) -> None:
    record = {
        "id": "gao-1",
        "text": "\ufeffOne\r\ntwo ",
        "title": " A raid\n in Gao ",
        "date": "2019-03-05T10:00:00Z",
        "url": "https://example.org/gao?a=b#c",
        "publisher": "Example Wire",
        "language": "en-GB",
        "other": 1,
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(record))
    assert read(tmp_path / "a.jsonl") == [
        Report(
            identifier="gao-1",
            text="\ufeffOne\r\ntwo ",
            title="A raid in Gao",
            issued=dt.datetime(2019, 3, 5, 10, tzinfo=UTC),
            publisher="Example Wire",
            source="https://example.org/gao?a=b#c",
            language="en-GB",
        )
    ]


def test_absent_null_and_blank_fields_are_none_and_the_date_falls_back(tmp_path: Path, read: Read) -> None:
    record = {"id": 7, "text": "A raid.", "title": None, "date": "", "url": " ", "publisher": None}
    (tmp_path / "a.jsonl").write_text(json.dumps(record))
    day = dt.date(2022, 1, 26)
    assert read(tmp_path / "a.jsonl", options=IngestOptions(date=day)) == [
        Report(identifier="7", text="A raid.", issued=day)
    ]


@settings(deadline=None)
@given(
    text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), escape=st.booleans()
)
def test_text_comes_back_as_it_was_written(
    text: str, escape: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.jsonl"
    text = "A raid.\u2028\x85" + text
    path.write_text(json.dumps({"id": "a", "text": text}, ensure_ascii=escape), encoding="utf-8")
    with path.open("rb") as stream:
        [report] = read_records(Source(stream, "round.jsonl", "round"), IngestOptions())
    assert isinstance(report, Report)
    assert report.text == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(encoding: str, tmp_path: Path, read: Read) -> None:
    lines = [json.dumps({"id": n, "text": f"{n}: “No”, he said."}, ensure_ascii=False) for n in range(2)]
    (tmp_path / "a.jsonl").write_text("\r\n".join(lines), encoding=encoding, newline="")
    reports = [item for item in read(tmp_path / "a.jsonl") if isinstance(item, Report)]
    assert [report.text for report in reports] == ["0: “No”, he said.", "1: “No”, he said."]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "a", "text": "b"', "not JSON: Expecting ',' delimiter at column 24"),
        ("A raid.", "not JSON: Expecting value at column 1"),
        ("[" * 100_000, UNREADABLE),
        ('{"id": ' + "1" * 5000 + "}", UNREADABLE),
        ("[1]", "a record must be a JSON object, not a list"),
        ("null", "a record must be a JSON object, not null"),
        ('{"text": "A raid."}', "the record has no id"),
        ('{"id": null, "text": "A raid."}', "the record has no id"),
        ('{"id": true, "text": "A raid."}', "id is a boolean, not a string or a number"),
        ('{"id": ["a"], "text": "A raid."}', "id is a list, not a string or a number"),
        ('{"id": NaN, "text": "A raid."}', "id is a number, not a string or a number"),
        ('{"id": " ", "text": "A raid."}', f"id '' {UNFIT}"),
        (r'{"id": "a\u0000", "text": "A raid."}', rf"id 'a\x00' {UNFIT}"),
        ('{"id": "a"}', "the record has no text"),
        ('{"id": "a", "text": ["A raid."]}', "text is a list, not a string"),
        ('{"id": "a", "text": " "}', "it is empty"),
        (r'{"id": "a", "text": "A raid\u0000"}', "it is binary"),
        (r'{"id": "a", "text": "A raid \ud83d"}',
         "half a surrogate pair (U+D83D) at character 7 of the text"),
        ('{"id": "a", "text": "' + "a" * 1_000_001 + '"}',
         "it has 1,000,001 characters of text, more than 1,000,000; split it"),
        ('{"id": "a", "text": "' + "a" * 20_000_000 + '"}',
         "the line is longer than 20,000,000 bytes; split the text"),
        ('{"id": "a", "text": "A raid.", "date": "January 2022"}',
         "date 'January 2022' is not a date such as 2022-01-26 or 2022-01-26T18:30:00Z"),
        ('{"id": "a", "text": "A raid.", "date": 1643000000}', "date is a number, not a string"),
        ('{"id": "a", "text": "A raid.", "publisher": {"name": "x"}}',
         "publisher is an object, not a string"),
        (r'{"id": "a", "text": "A raid.", "title": "x\ud83d"}',
         r"title 'x\ud83d' has control characters or half a surrogate pair"),
        ('{"id": "a", "text": "A raid.", "url": "example.org/a"}',
         "url 'example.org/a' is not an absolute URL such as https://example.org/report"),
        ('{"id": "a", "text": "A raid.", "language": "in English"}',
         "language 'in English' is not a language tag such as en or pt-BR"),
    ],
    ids=range(26),
)  # fmt: skip
def test_bad_line_costs_that_line_only(line: str, reason: str, tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"id": 1, "text": "One."}}\n\n{line}\n{{"id": 2, "text": "Two."}}\n')
    first, bad, second = read(path)
    assert bad == Rejected(f"{path}:3", reason)
    assert [first, second] == [Report(identifier="1", text="One."), Report(identifier="2", text="Two.")]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2022-01-26", dt.date(2022, 1, 26)),
        ("2022-01-26T18:30", dt.datetime(2022, 1, 26, 18, 30)),
        ("2022-01-26 18:30:05.25", dt.datetime(2022, 1, 26, 18, 30, 5, 250_000)),
        ("2022-01-26T18:30:00Z", dt.datetime(2022, 1, 26, 18, 30, tzinfo=UTC)),
        ("2022-01-26T18:30:00+0300", dt.datetime(2022, 1, 26, 18, 30, tzinfo=EAST)),
    ],
)  # fmt: skip
def test_date_is_read(text: str, date: dt.date) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022",
        "2022-01",
        "20220126",
        "2022-02-30",
        "2022-01-26T25:00",
        "26.01.2022",
        "2022-W04-3",
        "٢٠٢٢-٠١-٢٦",
    ],
)
def test_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date such as 2022-01-26"):
        parse_date(text)


@pytest.mark.parametrize(
    "url",
    [
        "a",
        "http://",
        "http:///a",
        "http://exa mple.org",
        "http://[::1",
        "https://example.org/%zz",
        "https://a.org/<b>",
        "//a.org",
    ],
)
def test_url_is_refused(url: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": 1, "text": "One.", "url": url}))
    [rejected] = read(tmp_path / "a.jsonl")
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith(f"url {url!r} is not an absolute URL")
