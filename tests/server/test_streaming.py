"""A long answer takes no memory: not of the reader that makes it, not of the web process that hands it on."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

ROWS = 10**6
DIGITS = " ".join(map(str, range(10)))
QUERY = "SELECT * {" + "".join(f" VALUES ?v{place} {{ {DIGITS} }}" for place in range(6)) + " }"
ALLOWED = 64  # MiB more than before; the answer has 330

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")


def peaks(site) -> dict[int, int]:
    """The most memory that the server's processes have had, in MiB, by process."""
    tasks = Path(f"/proc/{site.process.pid}/task").glob("*/children")
    children = [int(pid) for task in tasks for pid in task.read_text().split()]
    assert children
    return {pid: peak(pid) for pid in (site.process.pid, *children)}


def peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:"))


def pieces(site, encoding: str) -> Iterator[bytes]:
    connection = site.connect(timeout=120)
    connection.request("GET", f"/sparql?query={quote(QUERY)}", headers={"Accept-Encoding": encoding})
    response = connection.getresponse()
    assert response.status == 200
    assert response.headers.get("Content-Encoding", "identity") == encoding
    unpack = zlib.decompressobj(31) if encoding == "gzip" else None
    while piece := response.read(2**16):
        yield unpack.decompress(piece) if unpack else piece
    connection.close()


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_million_rows(start, small_store, encoding: str) -> None:
    site = start(small_store, workers=1, timeout=120.0)
    site.query("ASK {}")
    before = peaks(site)
    rows, tail = 0, b""
    for piece in pieces(site, encoding):
        text = tail + piece
        rows += text.count(b'"v0":')
        tail = text[-4:]
    assert rows == ROWS
    after = peaks(site)
    assert set(after) == set(before)
    assert all(after[pid] - before[pid] < ALLOWED for pid in before), (before, after)
