"""Tables with named columns: what a row brings, and that a bad row costs that row only."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.facts import Report
from kg.ingest import IngestOptions, Rejected, Skipped
from kg.ingest.table import read_table
from kg.ingest.values import Source

Read = Callable[..., list[Report | Rejected | Skipped]]
UTC = dt.UTC


def test_all_columns_in_any_order_and_case(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.csv").write_text(
        "Text,ID,notes,title,DATE,url,publisher,language\r\n"
        '"One, ""two""\r\nthree",gao-1,x, A  raid ,2019-03-05T10:00:00Z,https://example.org/a,Wire,en\r\n',
        newline="",
    )
    assert read(tmp_path / "a.csv") == [
        Report(
            identifier="gao-1",
            text='One, "two"\nthree',
            title="A raid",
            issued=dt.datetime(2019, 3, 5, 10, tzinfo=UTC),
            source="https://example.org/a",
            publisher="Wire",
            language="en",
        )
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", "id,body\n1,Déby’s raid.\n".encode()),
        ("a.csv", "\ufeffid;body\n1;Déby’s raid.\n".encode()),
        ("a.csv", "id|body\n1|Déby’s raid.\n".encode("cp1252")),
        ("a.tsv", "id\tbody\n1\tDéby’s raid.\n".encode()),
        ("a.tsv", "id\tbody\n1\tDéby’s raid.\n".encode("utf-16")),
        ("a.csv", "\n1,Déby’s raid.\n\n\n".encode().replace(b"\n1", b"id,body\n1")),
    ],
)
def test_delimiter_and_encoding_are_told_and_columns_mapped(
    name: str, data: bytes, tmp_path: Path, read: Read
) -> None:
    (tmp_path / name).write_bytes(data)
    options = IngestOptions(columns=(("text", "body"),))
    assert read(tmp_path / name, options=options) == [Report(identifier="1", text="Déby’s raid.")]


def test_one_column_may_serve_twice_and_the_date_falls_back(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.csv").write_text("link,text,date\nhttps://example.org/a,A raid.,\n")
    options = IngestOptions(date=dt.date(2022, 1, 26), columns=(("id", "link"), ("url", "link")))
    url = "https://example.org/a"
    assert read(tmp_path / "a.csv", options=options) == [
        Report(identifier=url, text="A raid.", issued=dt.date(2022, 1, 26), source=url)
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            "2",
            "the row has 1 cells, the row of names 3; a cell with a delimiter or line end in it must stand",
        ),
        ("2,A raid, and more.,2022-01-26", "the row has 4 cells, the row of names 3"),
        ("2,A raid.,26.1.2022", "date (column 'published') '26.1.2022' is not a date such as 2022-01-26"),
        ('2,"A raid" he said.,', "the row is malformed: ',' expected after '\"'"),
        (",A raid.,", "id '' is empty or has characters"),
        ("2, ,2022-01-26", "it is empty"),
        ("2,A \0 raid.,", "it is binary"),
        ("2," + "a" * 1_000_001 + ",", "it has 1,000,001 characters of text, more than 1,000,000; split it"),
    ],
    ids=range(8),
)
def test_bad_row_costs_that_row_only(row: str, reason: str, tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'id,text,published\n1,"One.\nTwo.",\n{row}\n3,Three.,2022-01-26\n')
    first, bad, last = read(path, options=IngestOptions(columns=(("date", "published"),)))
    assert isinstance(bad, Rejected)
    assert (bad.name, bad.reason[: len(reason)]) == (f"{path}:4", reason)
    assert first == Report(identifier="1", text="One.\nTwo.")
    assert last == Report(identifier="3", text="Three.", issued=dt.date(2022, 1, 26))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "its first line is empty; it must name the columns"),
        (b"id,text\n", "it has no rows below the names of the columns"),
        (b"id,body\n1,x\n", "it has no column 'text', but id, body; name it by --columns text=NAME"),
        (b"text\nx\n", "it has no column 'id', but text; name it by --columns id=NAME"),
        (b"id,text,Text\n1,x,y\n", None),
        (b"id,TEXT,Text\n1,x,y\n", "it has 2 columns 'text'; give them different names"),
        (b"\x7fELF\x02\x01\n\0\0\0\rIHDR", "it is binary"),
        (
            b'id,text\n1,"' + b"a\n" * 11_000_000,
            "the row that goes on in line 10000000 is longer than 20,000",
        ),
    ],
    ids=range(8),
)
def test_what_is_no_table_of_reports(data: bytes, reason: str | None, tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    [outcome] = read(tmp_path / "a.csv")
    if reason is None:
        assert outcome == Report(identifier="1", text="x")
    else:
        assert isinstance(outcome, Rejected)
        assert outcome.reason.startswith(reason)


def test_cell_longer_than_the_usual_limit_is_read_and_the_limit_stays(tmp_path: Path, read: Read) -> None:
    before = csv.field_size_limit()
    (tmp_path / "a.csv").write_text(f"id,text\n1,{'a ' * 200_000}\n")
    [report] = read(tmp_path / "a.csv")
    assert isinstance(report, Report)
    assert len(report.text) == 400_000
    assert csv.field_size_limit() == before


TEXT = st.text(
    alphabet=st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t"), min_size=1
).filter(lambda text: bool(text.strip()))


@settings(deadline=None)
@given(texts=st.lists(TEXT, min_size=1, max_size=5), delimiter=st.sampled_from(",;\t|"))
def test_what_a_program_writes_is_read_back(texts: list[str], delimiter: str) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerows([("id", "text"), *enumerate(texts)])
    source = Source(io.BytesIO(written.getvalue().encode()), name="a.csv", identifier="a")
    outcome = list(read_table(source, IngestOptions()))
    assert [item.text for item in outcome if isinstance(item, Report)] == texts
    assert len(outcome) == len(texts)


def test_rows_come_one_by_one() -> None:
    def rows() -> io.BytesIO:
        return io.BytesIO(b"id,text\n" + b"1,A raid.\n" * 100_000)

    stream = rows()
    reports = read_table(Source(stream, name="a.csv", identifier="a"), IngestOptions())
    next(reports)
    assert stream.tell() < 100
