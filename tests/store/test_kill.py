"""A writer is killed at arbitrary moments; the store stays whole."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.named import Database
from kg.store import Store, newest_checkpoint

BASE = "http://example.org/id/"
REPORTS = 3
KILLS = int(os.environ.get("SITREP_KILLS", "8"))  # `make test-long`: 50

WRITER = """
import sys
from pathlib import Path
from kg import iri
from kg.store import Store

store = Store.open(Path(sys.argv[1]))
for turn in range(10_000):
    with store.writing() as batch:
        for report in range(int(sys.argv[2])):
            numbers = range(int(sys.argv[3]))
            triples = "".join(f'<a:{n}> <a:turn> "{sys.argv[4]}-{turn}" .\\n' for n in numbers)
            batch.put_triples(iri.report(store.base_iri, str(report)), triples.encode())
    print(turn, flush=True)
"""


def turns(database: Database) -> dict[str, list[str]]:
    """For each report's graph, the turn that each of its triples is of."""
    found: dict[str, list[str]] = {}
    for quad in database:
        assert isinstance(quad.graph_name, ox.NamedNode)
        assert isinstance(quad.object, ox.Literal)
        found.setdefault(quad.graph_name.value, []).append(quad.object.value)
    return found


@pytest.mark.parametrize("number", [200, 1500], ids=["small", "compacting"])  # triples of each report
def test_killed_writers_leave_whole_reports(tmp_path: Path, number: int) -> None:
    store = Store.create_or_open(tmp_path / "store", base_iri=BASE)
    delays = random.Random(7)  # noqa: S311 - moments to strike, no secrets
    for kill in range(KILLS // 2):
        arguments = [str(store.path), str(REPORTS), str(number), str(kill)]
        writer = subprocess.Popen([sys.executable, "-c", WRITER, *arguments], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"0\n"
        time.sleep(delays.uniform(0.0, 0.4))
        writer.kill()
        writer.wait(timeout=10)
        writer.stdout.close()
        assert newest_checkpoint(store.path).is_dir()
        by_report = turns(store.reading())
        assert all(len(values) == number and len(set(values)) == 1 for values in by_report.values())
        assert len({values[0] for values in by_report.values()}) <= 1  # a batch is all or nothing
        with store.writing(timeout=5) as batch:
            assert turns(batch.database) == by_report
    assert int(store.version()) > KILLS  # the writers did write
