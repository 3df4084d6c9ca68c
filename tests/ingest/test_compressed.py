"""Compressed files are read as what they hold; broken ones cost what is broken."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.facts import Report
from kg.ingest import IngestOptions, Rejected, Skipped

Read = Callable[..., list[Report | Rejected | Skipped]]
RECORDS = "".join(
    json.dumps({"id": n, "text": f"Raid {n * 7919 % 1000} in Gao."}) + "\n" for n in range(4000)
)
PAGE = "<!DOCTYPE html><html><body><p>There was a raid in Gao on Monday.</p></body></html>"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("gao.1.TXT.GZ", "A raid.\r\n", [Report(identifier="gao.1", text="A raid.\n")]),
        ("a.html.gz", PAGE, [Report(identifier="a", text="There was a raid in Gao on Monday.")]),
        ("a.csv.gz", "id,text\n1,A raid.\n", [Report(identifier="1", text="A raid.")]),
        ("a.jsonl.gz", '{"id": 1, "text": "A raid."}', [Report(identifier="1", text="A raid.")]),
    ],
)
def test_what_is_compressed_is_read_by_its_inner_suffix(
    name: str, text: str, expected: list[Report], tmp_path: Path, read: Read
) -> None:
    (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    assert read(tmp_path / name) == expected


def test_files_put_one_after_the_other_are_one(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"A raid. ") + gzip.compress(b"Another."))
    assert read(tmp_path / "a.txt.gz") == [Report(identifier="a", text="A raid. Another.")]


def test_records_before_the_cut_are_kept(tmp_path: Path, read: Read) -> None:
    data = gzip.compress(RECORDS.encode())
    (tmp_path / "a.jsonl.gz").write_bytes(data[: len(data) // 2])
    *reports, last = read(tmp_path / "a.jsonl.gz")
    whole = RECORDS.splitlines()[: len(reports)]
    assert 1000 < len(reports) < 3000
    assert [r.text for r in reports if isinstance(r, Report)] == [json.loads(line)["text"] for line in whole]
    reason = "its compression is broken or cut off; the reports before that were read"
    assert last == Rejected(str(tmp_path / "a.jsonl.gz"), reason)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(b"A raid.")[:-4], "its compression is broken or cut off"),
        (b"A raid.", "its compression is broken or cut off"),
        (gzip.compress(b"A raid in Gao, a raid in Kidal.")[:14] + b"\xff" * 20,
         "its compression is broken or cut off"),
        (gzip.compress(b""), "it is empty"),
        (b"", "it is empty"),
        (gzip.compress(b"a " * 40_000_000), "it is larger than 20,000,000 bytes; split it"),
    ],
    ids=["cut", "not compressed", "damaged", "empty inside", "empty", "bomb"],
)  # fmt: skip
def test_broken_text_is_one_clear_line(data: bytes, reason: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.txt.gz").write_bytes(data)
    assert read(tmp_path / "a.txt.gz") == [Rejected(str(tmp_path / "a.txt.gz"), reason)]


def test_record_that_swells_costs_itself(tmp_path: Path, read: Read) -> None:
    bomb = b'{"id": 2, "text": "' + b"a" * 30_000_000 + b'"}\n'
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": 1, "text": "One."}\n' + bomb + b'{"id": 3, "text": "Three."}\n'))
    first, bad, last = read(path)
    assert bad == Rejected(f"{path}:2", "the line is longer than 20,000,000 bytes; split the text")
    assert [first, last] == [Report(identifier="1", text="One."), Report(identifier="3", text="Three.")]


def test_other_archives_are_skipped_in_a_folder(tmp_path: Path, read: Read) -> None:
    for name in ("a.tar.gz", "b.gz"):
        (tmp_path / name).write_bytes(gzip.compress(b"x"))
    (tmp_path / "c.txt").write_text("A raid.")
    assert [type(item) for item in read(tmp_path)] == [Skipped, Skipped, Report]


def test_identifier_does_not_go_with_records(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(RECORDS.encode()))
    [rejected] = read(tmp_path / "a.jsonl.gz", options=IngestOptions(identifier="x"))
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith("--id names one report")
