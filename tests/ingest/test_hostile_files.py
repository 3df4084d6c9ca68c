"""Files that are damaged at random: reading them ends, raises nothing, and makes only reports that can be."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.facts import Report
from kg.ingest import IngestOptions, Rejected, Skipped
from kg.ingest.metadata import is_name, is_url

Read = Callable[..., list[Report | Rejected | Skipped]]
PAGE = (
    "<!DOCTYPE html><html lang=en><head><title>A raid</title></head><body><p>A raid in Gao, the army said. "
    "Déby’s men came at dawn.</p></body></html>"
).encode()
BLOCK = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"%x\r\n%s\r\n0\r\n\r\n"
    % (
        len(PAGE),
        PAGE,
    )
)
RECORD = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/%d\r\n"
    b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
)
SEEDS = {
    "a.csv": 'id,text,date,url\n1,"A raid,\n""here"".",2022-01-26,https://example.org/a\n2,Déby,,\n'.encode(),
    "a.tsv": "id\ttext\n1\tA raid in N’Djamena.\n2\tAnother.\n".encode("utf-16"),
    "a.jsonl": '{"id": 1, "text": "A raid."}\n{"id": "b", "text": "Déby", "date": "2022-01-26"}\n'.encode(),
    "a.rss": (
        b"<?xml version='1.0'?><rss version='2.0'><channel><title>W</title><item>"
        b"<link>https://example.org/a</link><pubDate>Wed, 26 Jan 2022 10:00:00 GMT</pubDate>"
        b"<description>&lt;p&gt;A raid.&lt;/p&gt;</description></item></channel></rss>"
    ),
    "a.warc": b"".join(RECORD % (n, len(BLOCK), BLOCK) for n in range(2)),
    "a.html": PAGE,
    "a.txt": "A raid in N’Djamena, it said.".encode(),
}
TIMES = 15


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The data with some bytes changed, cut out or repeated."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(found) + 1)
        length = chance.randrange(1, 30)
        new = chance.choice(
            [b"", chance.randbytes(length), b"\0" * length, b'"', b"\xff", bytes(found[:length])]
        )
        found[at : at + chance.choice([0, length])] = new
    return bytes(found)


def variants(name: str) -> Iterator[bytes]:
    chance = random.Random(name)  # noqa: S311
    for _ in range(TIMES):
        yield damaged(SEEDS[name], chance)
        yield SEEDS[name][: chance.randrange(len(SEEDS[name]))]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", SEEDS)
def test_damaged_file_is_told_or_read(name: str, packed: bool, tmp_path: Path, read: Read) -> None:
    path = tmp_path / (f"{name}.gz" if packed else name)
    chance = random.Random(f"{name} gz")  # noqa: S311
    for data in variants(name):
        path.write_bytes(damaged(gzip.compress(data), chance) if packed else data)
        outcome = read(path)
        assert outcome
        for item in outcome:
            if isinstance(item, Report):
                assert is_name(item.identifier)
                assert item.text.strip()
                assert item.source is None or is_url(item.source)
                item.text.encode()  # no half surrogate pair
            elif isinstance(item, Rejected):
                assert item.name.startswith(str(path))
                assert item.reason
                assert "\n" not in item.name + item.reason
        assert read(path) == outcome


@pytest.mark.parametrize("name", [n for n in SEEDS if n not in ("a.html", "a.txt")])
def test_seeds_are_whole(name: str, tmp_path: Path, read: Read) -> None:
    (tmp_path / name).write_bytes(SEEDS[name])
    assert {type(item) for item in read(tmp_path / name)} == {Report}


def test_options_reach_every_reader(tmp_path: Path, read: Read) -> None:
    for name, data in SEEDS.items():
        (tmp_path / name).write_bytes(data)
    outcome = read(tmp_path, options=IngestOptions())
    assert all(isinstance(item, Report) for item in outcome)
