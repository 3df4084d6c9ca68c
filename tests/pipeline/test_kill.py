"""Builds that are killed, interrupted or run out of disk: the next one goes on, and ends with the same bytes.

SITREP_KILLS says how many kills (`make test-long`: 50).
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from kg.export import Format, export
from kg.settings import ontology_directory
from kg.store import Store

KILLS = int(os.environ.get("SITREP_KILLS", "5"))
REPORTS, BATCH = 25, 4
SECONDS = 600.0  # for what takes seconds where nothing else is at work
SCRIPT = """
import json
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from kg.errors import SitrepError
from kg.pipeline import BuildOptions, build, writing
from kg.pipeline.report import load_default_reader
from stand_in_reader import load

if __name__ == "__main__":
    store, inputs, ontology, workers, batch, reader = sys.argv[2:]
    writing._BATCH_REPORTS = int(batch)
    options = BuildOptions(store=Path(store), ontology=Path(ontology), workers=int(workers))
    print("begins", flush=True)
    try:
        made = build([inputs], options=options, load_reader=load_default_reader if reader == "real" else load)
    except SitrepError as error:
        sys.exit(str(error))
    print(json.dumps([made.reports, made.unchanged, [one.name for one in made.rejected]]))
"""


@dataclass
class Builds:
    """Builds of the same inputs in processes of their own."""

    folder: Path
    ontology: Path
    inputs: Path
    reader: str = "stand-in"
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, store: Path, *, workers: int) -> subprocess.Popen[str]:
        """A build that has just begun."""
        (self.folder / "run.py").write_text(SCRIPT)
        parts = Path(__file__).parent / "parts"
        names = (parts, store, self.inputs, self.ontology, workers, BATCH, self.reader)
        process = subprocess.Popen(
            [sys.executable, str(self.folder / "run.py"), *map(str, names)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first == "begins\n", process.communicate()
        return process

    def finish(self, store: Path, *, workers: int) -> tuple[int, int, list[str]]:
        """How many reports were read and were not, and what was rejected."""
        output, messages = self.start(store, workers=workers).communicate(timeout=SECONDS)
        read, unchanged, rejected = json.loads(output or messages)
        return read, unchanged, rejected


@pytest.fixture
def builds(tmp_path: Path, ontology: Path) -> Iterator[Builds]:
    """Of reports of which every fifth has something that validation rejects."""
    texts = [f"Group {n} fought Islamic State. Syria fought Group {n % 7}." for n in range(REPORTS)]
    texts = [text if n % 5 else f"{text} Reds fought nine men." for n, text in enumerate(texts)]
    records = [json.dumps({"id": f"r{number}", "text": text}) for number, text in enumerate(texts)]
    (tmp_path / "reports.jsonl").write_text("\n".join(records))
    made = Builds(tmp_path, ontology, tmp_path / "reports.jsonl")
    yield made
    for process in made.started:
        if process.poll() is None:  # its test has failed
            process.kill()
            process.communicate()


@dataclass(frozen=True)
class Whole:
    """All that is in a store, for comparison."""

    nquads: bytes
    rejects: tuple[tuple[str, bytes], ...]
    reports: dict[str, frozenset[str]]


def whole(path: Path, ontology: Path) -> Whole:
    """What an export gives, the rejects, and the graph of each report."""
    store, output = Store.open(path), io.BytesIO()
    database = store.reading()
    export(database, output, format=Format.NQUADS, ontology=ontology, base_iri=store.base_iri)
    rejects = sorted((file.name, file.read_bytes()) for file in (path / "rejects").glob("*"))
    reports: dict[str, set[str]] = {name: set() for name in store.identifiers()}
    for quad in database:
        name = str(getattr(quad.graph_name, "value", "")).rpartition("/")[2]
        if name in reports:
            reports[name].add(str(quad.triple))
    return Whole(
        output.getvalue(),
        tuple(rejects),
        {name: frozenset(triples) for name, triples in reports.items()},
    )


def check_sound(path: Path, expected: Whole, ontology: Path) -> int:
    """The store can be opened and has only whole reports, with their rejects; how many they are."""
    if not (path / "meta.json").exists():
        return 0
    found = whole(path, ontology)
    assert found.reports.items() <= expected.reports.items()
    due = {name for name, _ in expected.rejects if name.removesuffix(".jsonl") in found.reports}
    assert due <= {name for name, _ in found.rejects}
    return len(found.reports)


def stop(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Send the signal, wait for the end of the build and of its workers."""
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    process.communicate(timeout=SECONDS)
    _, alive = psutil.wait_procs(workers, timeout=SECONDS)
    assert not alive


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_builds_end_as_an_undisturbed_one(builds: Builds, workers: int) -> None:
    began = time.monotonic()
    assert builds.finish(builds.folder / "expected", workers=workers) == (REPORTS, 0, [])
    duration = time.monotonic() - began
    expected = whole(builds.folder / "expected", builds.ontology)
    assert (len(expected.reports), len(expected.rejects)) == (REPORTS, REPORTS // 5)
    moments = random.Random(workers)  # noqa: S311 - moments to strike, no secrets
    store, kills, stood = builds.folder / "store", 0, 0
    while kills < (KILLS + 1) // 2:
        process = builds.start(store, workers=workers)
        try:
            process.wait(moments.uniform(0, duration))
        except subprocess.TimeoutExpired:
            stop(process, moments.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM]))
            now = check_sound(store, expected, builds.ontology)
            assert now >= stood
            kills, stood = kills + 1, now
        else:  # it was too quick: once more from the start
            process.communicate()
            assert whole(store, builds.ontology) == expected
            shutil.rmtree(store)
            stood = 0
    assert builds.finish(store, workers=workers) == (REPORTS - stood, stood, [])
    assert whole(store, builds.ontology) == expected


def test_the_reader_itself_killed_and_gone_on(builds: Builds) -> None:
    """With the language model: a worker is killed, then the build; what was committed is not read again."""
    texts = [f"At least {n + 2} people were killed in an attack on a market in Aleppo." for n in range(16)]
    builds.inputs.write_text("\n".join(json.dumps({"id": f"r{n}", "text": t}) for n, t in enumerate(texts)))
    builds.reader, builds.ontology = "real", ontology_directory()
    assert builds.finish(builds.folder / "expected", workers=1) == (16, 0, [])
    expected = whole(builds.folder / "expected", builds.ontology)
    assert b"#Killing>" in expected.nquads
    store = builds.folder / "store"
    process = builds.start(store, workers=2)
    wait_for(lambda: stored(store) >= BATCH)
    for worker in psutil.Process(process.pid).children():
        worker.kill()
    wait_for(lambda: stored(store) >= 2 * BATCH or process.poll() is not None)
    process.kill()
    process.communicate(timeout=SECONDS)
    stood = check_sound(store, expected, builds.ontology)
    assert stood >= 2 * BATCH
    assert builds.finish(store, workers=2) == (16 - stood, stood, [])
    assert whole(store, builds.ontology) == expected


def stored(path: Path) -> int:
    return len(Store.open(path).identifiers()) if (path / "meta.json").exists() else 0


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_two_builds_at_once_take_turns(builds: Builds) -> None:
    builds.finish(builds.folder / "expected", workers=1)
    store = builds.folder / "store"
    both = [builds.start(store, workers=1) for _ in range(2)]
    for process in both:
        output, messages = process.communicate(timeout=SECONDS)
        assert (process.returncode, messages) == (0, ""), messages
        assert json.loads(output)[2] == []
    assert whole(store, builds.ontology) == whole(builds.folder / "expected", builds.ontology)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Makes `tmp_path/disk` a disk of a size in bytes; again, a larger one with the same files."""
    disk, mounted = tmp_path / "disk", False
    disk.mkdir()

    def resize(size: str) -> None:
        nonlocal mounted
        how = "remount," if mounted else ""
        command = ["mount", "-t", "tmpfs", "-o", f"{how}size={size}", "tmpfs", str(disk)]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        if found.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {found.stderr.strip()}")
        mounted = True

    yield resize
    if mounted:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("size", ["100k", "700k", "1500k"])
def test_a_full_disk_loses_one_batch(builds: Builds, small_disk: Callable[[str], None], size: str) -> None:
    builds.finish(builds.folder / "expected", workers=1)
    expected = whole(builds.folder / "expected", builds.ontology)
    small_disk(size)
    store = builds.folder / "disk" / "store"
    process = builds.start(store, workers=1)
    _, messages = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert messages.count("\n") == 1
    assert "No space left on device" in messages
    stood = check_sound(store, expected, builds.ontology)
    small_disk("100m")
    assert builds.finish(store, workers=1) == (REPORTS - stood, stood, [])
    assert whole(store, builds.ontology) == expected
