"""Kill -9 at any moment of updates and builds, with a server running: what was acknowledged is there, whole.

SITREP_KILLS says how many kills (`make test-long`: 50).
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kg.store import Store

KILLS = int(os.environ.get("SITREP_KILLS", "5"))
REPORTS, TRIPLES = 3, 60
BASE = "http://e/id/"
BUILD = """
import sys
from pathlib import Path
from kg import iri
from kg.store import Store

store = Store.open(Path(sys.argv[1]))
for turn in range(10_000):
    with store.writing() as batch:
        for report in range(int(sys.argv[2])):
            value = f'<http://e/turn> "{sys.argv[4]}-{turn}" .\\n'
            triples = "".join(f"<http://e/{n}> {value}" for n in range(int(sys.argv[3])))
            batch.put_triples(iri.report(store.base_iri, str(report)), triples.encode())
    print(f"{sys.argv[4]}-{turn}", flush=True)
"""
WHOLE = """SELECT ?g (COUNT(*) AS ?n) (COUNT(DISTINCT ?turn) AS ?turns) (MIN(?turn) AS ?one)
{ GRAPH ?g { ?s <http://e/turn> ?turn } } GROUP BY ?g"""


@dataclass
class Work:
    """What two writers and a reader have seen."""

    acknowledged: set[int] = field(default_factory=set)
    built: list[str] = field(default_factory=list)
    torn: list[object] = field(default_factory=list)
    reads: int = 0
    ending: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    Store.create_or_open(tmp_path / "store", base_iri=BASE)
    return tmp_path / "store"


def update(site, work: Work, first: int) -> None:
    """Insert two triples at a time, and note which were acknowledged."""
    number = first
    while not work.ending.is_set():
        text = f"INSERT DATA {{ <http://e/u{number}> <http://e/a> {number} ; <http://e/b> {number} }}"
        with suppress(OSError, http.client.HTTPException):
            if site.update(text).status == 204:
                work.acknowledged.add(number)
        number += 1


def read(site, work: Work) -> None:
    """Note every answer that has less than whole reports, or half an update."""
    while not work.ending.is_set():
        with suppress(OSError, http.client.HTTPException):
            answer = site.query(WHOLE)
            if answer.status == 200:
                note(work, rows(answer.body))
            answer = site.query("SELECT ?s { ?s <http://e/a> ?n MINUS { ?s <http://e/b> ?n } }")
            if answer.status == 200:
                work.torn += rows(answer.body)
                work.reads += 1


def rows(body: bytes) -> list[dict[str, str]]:
    found = json.loads(body)["results"]["bindings"]
    return [{name: cell["value"] for name, cell in row.items()} for row in found]


def note(work: Work, graphs: list[dict[str, str]]) -> None:
    graphs = [row for row in graphs if "g" in row]
    if graphs and len(graphs) != REPORTS:
        work.torn.append(graphs)
    if len({row["one"] for row in graphs}) > 1:  # a batch shows all at once
        work.torn.append(graphs)
    work.torn += [row for row in graphs if (row["n"], row["turns"]) != (str(TRIPLES), "1")]


def child(process: int, module: str) -> int | None:
    """A child of the process that runs the module."""
    found = subprocess.run(
        ["pgrep", "-P", str(process), "-f", module], capture_output=True, text=True, check=False
    )
    return int(found.stdout.split()[0]) if found.stdout.split() else None


@pytest.fixture
def running() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()


@pytest.mark.parametrize("seed", range(KILLS))
def test_nothing_acknowledged_is_lost_and_nothing_is_torn(
    start: Callable, store: Path, running: list[subprocess.Popen[bytes]], seed: int
) -> None:
    moments = random.Random(seed)  # noqa: S311 - moments to strike, no secrets
    victim = ("server", "writer", "build")[seed % 3]
    work, settings = Work(), {"workers": 1, "timeout": 20.0, "allow_update": True, "token": "a-long-secret"}
    site = start(store, **settings)
    arguments = [str(store), str(REPORTS), str(TRIPLES), str(seed)]
    build = subprocess.Popen([sys.executable, "-c", BUILD, *arguments], stdout=subprocess.PIPE)
    running.append(build)
    assert build.stdout is not None
    work.built.append(build.stdout.readline().decode().strip())
    threads = [
        threading.Thread(target=update, args=(site, work, 0), daemon=True),
        threading.Thread(target=read, args=(site, work), daemon=True),
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 60
    while not work.acknowledged or not work.reads:
        assert time.monotonic() < until, "nothing was written, or nothing read"
        time.sleep(0.02)
    time.sleep(moments.uniform(0.0, 0.8))
    if victim == "server":
        site.process.kill()
        site.process.wait(timeout=10)
    elif victim == "writer":
        if (writer := child(site.process.pid, "server.writer")) is not None:
            os.kill(writer, signal.SIGKILL)
    else:
        build.kill()
    time.sleep(0.5)
    work.ending.set()
    build.kill()
    work.built += build.stdout.read().decode().split()
    for thread in threads:
        thread.join()
    if victim == "server":
        site = start(store, **settings)
    check(site, work)
    assert site.update("INSERT DATA { <http://e/last> <http://e/a> 1 ; <http://e/b> 1 }").status == 204
    check(site, work)


def check(site, work: Work) -> None:
    """The store has all that was acknowledged, and only whole reports."""
    assert not work.torn
    graphs = rows(site.query(WHOLE).body)
    note(work, graphs)
    assert not work.torn
    found = rows(site.query("SELECT ?n { ?s <http://e/a> ?n ; <http://e/b> ?n }").body)
    assert work.acknowledged <= {int(row["n"]) for row in found}
    turns = {int(row["one"].partition("-")[2]) for row in graphs}
    assert len(turns) == 1
    assert turns.pop() >= int(work.built[-1].partition("-")[2])
