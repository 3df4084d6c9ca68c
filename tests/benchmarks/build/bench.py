# ruff: noqa: T201 (it is for people to read)
"""What a build costs by stage, beside the bare language model: `make bench-build [OPTIONS="--reports 200"]`.

Prints time, share and peak memory of the stages for each number of generated reports, then for each bar
whether it is met: exit status 1 where one is missed. Each measurement is a process of its own, with one
thread for linear algebra. Ratios are by the clock, so keep the machine quiet; where processor time tells
something else it stands beside them. `linking` is part of reading and counted apart from it. Clustering and
store go on while more is read, so the stages together take longer than the build.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import reports

WHOLE, WORKERS, MEMORY, AGAIN, GROWTH = 2.2, 1.6, 1.2, 0.03, 1.1  # the bars
STAGES = ("loading", "ingest", "reading", "linking", "mapping", "validation", "clustering", "store")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
_REST = "other, less what was done at the same time"
LOOK_SECONDS = 0.1
_FIRST = 5  # reports that are read into a grown store before those that are timed


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measurement printed, and the most memory (MiB) of its process and of those it started."""

    figures: dict[str, Any]
    memory: float
    others: float

    @property
    def clock(self) -> float:
        """Seconds."""
        return float(self.figures["clock"])


def measured(*arguments: object) -> Measured:
    """Run a measurement. Raises CalledProcessError where it fails."""
    command = [sys.executable, str(Path(__file__).with_name("measure.py")), *map(str, arguments)]
    environment = os.environ | dict.fromkeys(THREADS, "1")
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        peaks: dict[int, int] = {}
        watcher = threading.Thread(target=_watch, args=(process, peaks), daemon=True)
        watcher.start()
        output, _ = process.communicate()
        watcher.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    own = peaks.pop(process.pid, 0)
    return Measured(json.loads(output.splitlines()[-1]), own / 2**20, sum(peaks.values()) / 2**20)


def _watch(process: subprocess.Popen[str], peaks: dict[int, int]) -> None:
    """Note the peak memory of each process until the first ends."""
    while process.poll() is None:
        try:
            first = psutil.Process(process.pid)
            for one in (first, *first.children(recursive=True)):
                peaks[one.pid] = max(peaks.get(one.pid, 0), one.memory_info().rss)
        except psutil.NoSuchProcess:
            pass
        time.sleep(LOOK_SECONDS)


class Bench:
    """Measures, prints, and keeps whether all bars were met."""

    def __init__(self, folder: Path, *, texts: int) -> None:
        self._folder = folder
        self._texts = reports.write(folder / "texts.jsonl", number=texts)
        self._memory: dict[int, float] = {}
        self.met = True

    def texts(self, number: int, *, first: int = 0) -> Path:
        """A file of so many of the texts."""
        path = self._folder / f"texts-{first}-{number}.jsonl"
        with self._texts.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8") as file:
            file.writelines(line for at, line in enumerate(lines) if first <= at < first + number)
        return path

    def builds(self, numbers: list[int]) -> None:
        """Each number of reports: the stages of a build by one process, by two, and once more."""
        for number in numbers:
            texts, store = self.texts(number), self._folder / f"store-{number}"
            floor = measured("floor", texts)
            one = measured("build", texts, store, 1)
            self._table(number, floor, one, measured("export", store))
            self._memory[number] = one.memory
            used = one.figures["used"] / floor.figures["used"]
            note = f"by processor time {used:.2f}"
            self._verdict(f"{number} reports: build : floor", one.clock / floor.clock, WHOLE, note=note)
            again = measured("build", texts, store, 1)
            self._verdict(f"{number} reports: second build : first", again.clock / one.clock, AGAIN)
            two = measured("build", texts, self._folder / "store-two", 2)
            note = f"{two.clock:.1f} s; parent {two.memory:.0f} MiB, workers {two.others:.0f} MiB"
            self._verdict(
                f"{number} reports: one process : two workers",
                one.clock / two.clock,
                WORKERS,
                least=True,
                note=note,
            )
            for name in (store, self._folder / "store-two"):
                shutil.rmtree(name)
        if len(numbers) > 1:
            fewest, most = numbers[0], numbers[-1]
            grown = self._memory[most] / self._memory[fewest]
            self._verdict(f"peak memory of {most} reports : of {fewest}", grown, MEMORY)

    def growth(self, sizes: list[int], *, added: int, events: int) -> None:
        """The cost of reading reports into stores of these sizes."""
        first, texts = self.texts(_FIRST), self.texts(added, first=_FIRST)
        costs: list[float] = []
        for size in sizes:
            store = self._folder / f"grown-{size}"
            made = measured("grow", store, size, events).figures
            measured("build", first, store, 1)  # so that ontology and entities are there, as in any store
            build = measured("build", texts, store, 1)
            costs.append(1000 * build.clock / added)
            stages = build.figures["stages"]
            print(
                f"{size} reports in the store, {made['quads']} quads: {costs[-1]:.1f} ms for each of {added} "
                f"more; clustering {1000 * stages['clustering'] / added:.1f}, "
                f"store {1000 * stages['store'] / added:.1f}; peak {build.memory:.0f} MiB",
                flush=True,
            )
            shutil.rmtree(store)
        for size, cost in zip(sizes[1:], costs[1:], strict=True):
            self._verdict(f"a report with {size} in the store : with {sizes[0]}", cost / costs[0], GROWTH)

    def _table(self, number: int, floor: Measured, one: Measured, export: Measured) -> None:
        stages = one.figures["stages"]
        stages[_REST] = one.clock - sum(stages.values())
        print(f"\n{number} reports, floor {floor.clock:.1f} s, {1000 * floor.clock / number:.1f} ms a report")
        print("| stage | s | ms a report | share | of the floor |\n| --- | --- | --- | --- | --- |")
        rows = [(name, stages[name]) for name in (*STAGES, _REST)]
        for name, seconds in (*rows, ("whole build", one.clock), ("(export)", export.clock)):
            share = f"{seconds / one.clock:.1%}"
            each, ratio = 1000 * seconds / number, seconds / floor.clock
            print(f"| {name} | {seconds:.2f} | {each:.2f} | {share} | {ratio:.2f} |")
        print(
            f"peak memory: build {one.memory:.0f} MiB, export {export.memory:.0f}, floor {floor.memory:.0f}\n"
        )

    def _verdict(self, what: str, value: float, bar: float, *, least: bool = False, note: str = "") -> None:
        met = value >= bar if least else value <= bar
        self.met = self.met and met
        sign, more = ("≥" if least else "≤"), (f" ({note})" if note else "")
        print(f"{'met   ' if met else 'MISSED'} {what} {value:.3f} {sign} {bar}{more}", flush=True)


def main() -> int:
    """Measure what is asked for; exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reports", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument(
        "--grown", type=int, nargs="*", default=[1000, 10_000, 100_000], help="sizes of stores"
    )
    parser.add_argument("--added", type=int, default=500, help="reports that are read into each of those")
    parser.add_argument("--events", type=int, default=10, help="events of a report in those")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder if left out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        needed = [*options.reports, options.added + _FIRST if options.grown else 0]
        bench = Bench(Path(folder), texts=max(needed))
        bench.builds(sorted(options.reports))
        if options.grown:
            bench.growth(sorted(options.grown), added=options.added, events=options.events)
    return int(not bench.met)


if __name__ == "__main__":
    sys.exit(main())
