"""A watched folder: what is in it is built, then what comes, once it is whole."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest

from kg.errors import InputError, ModelError
from kg.pipeline import BuildOptions, LoadReader, Summary, watch
from kg.pipeline.versions import read_with
from kg.pipeline.watching import KeptReader, Settling
from kg.store import Store
from kg.vocab import NIF

FIGHT = "Islamic State fought Reds."
SETTLE = 0.8  # seconds; much longer than the pauses of who writes, also on a busy machine


class Watch:
    """A watch in a thread of its own; its builds are handed out one by one."""

    def __init__(self, folder: Path, options: BuildOptions, load: LoadReader) -> None:
        self.stop = threading.Event()
        self._builds: queue.Queue[Summary | Exception] = queue.Queue()
        self._watch = partial(watch, folder, options=options, settle=SETTLE, stop=self.stop, load_reader=load)
        self._thread = threading.Thread(target=self._collect)
        self._thread.start()

    def _collect(self) -> None:
        try:
            for summary in self._watch():
                self._builds.put(summary)
        except ModelError as error:
            self._builds.put(error)

    def build(self, seconds: float = 20.0) -> Summary:
        found = self._builds.get(timeout=seconds)
        assert isinstance(found, Summary), found
        return found

    def is_quiet(self, seconds: float = 2 * SETTLE) -> bool:
        try:
            self._builds.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def end(self) -> None:
        self.stop.set()
        self._thread.join(timeout=20)
        assert not self._thread.is_alive()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


@pytest.fixture
def start(
    tmp_path: Path, folder: Path, stand_in: ModuleType, ontology: Path
) -> Iterator[Callable[..., Watch]]:
    started: list[Watch] = []

    def run(**options: object) -> Watch:
        chosen = BuildOptions(store=tmp_path / "store", ontology=ontology, **options)  # type: ignore[arg-type]
        started.append(Watch(folder, chosen, stand_in.load))
        return started[-1]

    yield run
    for one in started:
        one.end()


def write(path: Path, text: str = FIGHT, *, age: float = 0.0) -> None:
    path.write_text(text)
    os.utime(path, (time.time() - age,) * 2)


def identifiers(tmp_path: Path) -> set[str]:
    return set(Store.open(tmp_path / "store").identifiers())


def test_what_is_there_is_built_then_what_comes_and_what_changes(
    tmp_path: Path, folder: Path, start: Callable[..., Watch]
) -> None:
    write(folder / "a.txt", age=60)
    write(folder / "notes.doc", age=60)
    watching = start()
    assert watching.build().new == 1
    write(folder / "b.txt")
    write(tmp_path / "c.txt", age=3600)
    os.rename(tmp_path / "c.txt", folder / "c.txt")  # an old file that is moved here
    summary = watching.build()
    if summary.new == 1:  # the second was seen a moment later
        assert watching.build().new == 1
    write(folder / "a.txt", FIGHT.replace("Reds", "Blues"))
    assert watching.build().changed == 1
    (folder / "b.txt").unlink()
    assert watching.is_quiet()
    assert identifiers(tmp_path) == {"a", "b", "c"}


def test_file_is_read_once_it_is_whole(tmp_path: Path, folder: Path, start: Callable[..., Watch]) -> None:
    watching = start(keep_text=True)
    with (folder / "a.txt").open("w") as file:
        for _ in range(12):
            file.write(f"{FIGHT}\n")
            file.flush()
            time.sleep(SETTLE / 8)
    assert watching.build().relations == 1
    assert watching.is_quiet()
    database = Store.open(tmp_path / "store").reading()
    [quad] = database.quads_for_pattern(None, ox.NamedNode(NIF.isString), None, None)
    assert getattr(quad.object, "value", None) == f"{FIGHT}\n" * 12


def test_folder_that_is_moved_in_hidden_files_and_broken_ones(
    tmp_path: Path, folder: Path, start: Callable[..., Watch]
) -> None:
    watching = start()
    (tmp_path / "new" / ".git").mkdir(parents=True)
    write(tmp_path / "new" / "a.txt")
    write(tmp_path / "new" / ".git" / "b.txt")
    (tmp_path / "new" / "broken.jsonl").write_text("{")
    os.rename(tmp_path / "new", folder / "new")
    write(folder / ".c.txt.part")
    summary = watching.build()
    assert (summary.new, len(summary.rejected)) == (1, 1)
    write(folder / "d.txt")
    assert watching.build().new == 1
    assert identifiers(tmp_path) == {"a", "d"}


def test_pruned_folder_and_store_agree(tmp_path: Path, folder: Path, start: Callable[..., Watch]) -> None:
    for name in "ab":
        write(folder / f"{name}.txt", age=60)
    watching = start(prune=True)
    assert watching.build().new == 2
    (folder / "a.txt").unlink()
    assert watching.build().removed == 1
    assert identifiers(tmp_path) == {"b"}


def test_what_cannot_begin_ends(tmp_path: Path, folder: Path, stand_in: ModuleType, ontology: Path) -> None:
    write(folder / "a.txt", age=60)
    options = BuildOptions(store=tmp_path / "store", ontology=ontology)
    with pytest.raises(ModelError):
        list(watch(folder, options=options, settle=0, stop=threading.Event(),
                   load_reader=stand_in.load_missing_model))  # fmt: skip


def test_folder_that_is_gone_ends(tmp_path: Path, folder: Path, stand_in: ModuleType, ontology: Path) -> None:
    write(folder / "a.txt", age=60)
    options = BuildOptions(store=tmp_path / "store", ontology=ontology)
    stop = threading.Event()
    builds = watch(folder, options=options, settle=0, stop=stop, load_reader=stand_in.load)
    assert next(builds).new == 1
    folder.rename(tmp_path / "elsewhere")
    folder.mkdir()
    emergency = threading.Timer(20, stop.set)
    emergency.start()
    with pytest.raises(InputError, match="the folder is gone, or another one is in its place"):
        list(builds)
    emergency.cancel()


def test_settling_waits_for_quiet(tmp_path: Path) -> None:
    settling, path, gone = Settling(2.0), tmp_path / "a.txt", tmp_path / "gone.txt"
    path.write_text("a")
    settling.note({path, gone}, 10.0)
    assert settling.settled(11.0) == []
    assert list(settling.waiting) == [path]
    path.write_text("ab")
    assert settling.settled(12.5) == []  # the size has changed
    assert settling.settled(14.0) == []
    assert settling.settled(14.5) == [path]
    assert settling.waiting == {}


def test_reader_is_kept_until_its_files_change(tmp_path: Path, ontology: Path, stand_in: ModuleType) -> None:
    shutil.copytree(ontology, tmp_path / "ontology")
    keep = KeptReader(stand_in.load)
    first = keep(model="m", ontology=tmp_path / "ontology")
    assert keep(model="m", ontology=tmp_path / "ontology") is first
    with (tmp_path / "ontology" / "shapes.ttl").open("a") as file:
        file.write("\n")
    assert keep(model="m", ontology=tmp_path / "ontology") is not first


def test_what_is_watched_counts_as_built(tmp_path: Path, folder: Path, ontology: Path) -> None:
    means = read_with(ontology=ontology, model="m")
    assert read_with(ontology=ontology, model="m", load_reader=KeptReader()) == means


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_command_ends_cleanly(number: signal.Signals, tmp_path: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "kg", "watch", str(folder), "--store", str(tmp_path / "store")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline() == f"watching {folder}; Ctrl-C ends\n"
    process.send_signal(number)
    _, messages = process.communicate(timeout=30)
    assert (process.returncode, messages) == (0, "stopped; what was finished is in the store\n")


def test_store_in_the_folder_is_refused(folder: Path) -> None:
    command = [sys.executable, "-m", "kg", "watch", str(folder), "--store", str(folder / "store")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "lies in the folder: put it elsewhere by --store" in done.stderr
