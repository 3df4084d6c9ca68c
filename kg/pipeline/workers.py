"""The same work for every report, in this process or in several.

What kills its process (it needs too much memory, it makes a library crash) costs neither the build nor the
other reports: those that may have been read together are read again one by one, so that it is known which it
is; that one is tried once more in a process of its own, then it is rejected.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic

from kg.batches import batches
from kg.errors import SitrepError
from kg.facts import Report
from kg.ingest import Rejected
from kg.pipeline.report import ReportOptions, ReportReader
from kg.pipeline.worker import CHARACTERS, TOGETHER, Failed, Message, Ready, Work, work
from kg.pipeline.worker import Outcome as Outcome

PATIENCE = (
    900.0  # seconds for one report; the longest that is taken, a million characters, needs some minutes
)

# Reports per worker that are handed out or wait to be collected: it reads some together, and others must be
# there when it is done with these, also where a commit keeps us from handing out more.
AHEAD = 2 * TOGETHER + 4
_LOADING = 300.0  # seconds for the model and the data, however short the patience with reports
_LOOK_SECONDS = 1.0  # how often to see who takes too long
_BYTES = 64_000  # of texts that a worker has: more might not fit into a pipe that nobody reads


def read_reports(
    reports: Iterable[Report], *, options: ReportOptions, workers: int, patience: float = PATIENCE
) -> Generator[Outcome, None, None]:
    """What became of each report, in the order of the reports, whatever the number of workers.

    Nothing is loaded before there is a report. With several workers a report is rejected that takes more than
    `patience` seconds, or that a worker dies of, twice. Raises the errors of loading model or data, and
    SitrepError where workers die of that.
    """
    if workers == 1:
        return _read_here(reports, options)
    return _spread(reports, _Crew(options, workers, patience))


def _read_here(reports: Iterable[Report], options: ReportOptions) -> Generator[Outcome, None, None]:
    groups = batches(reports, size=CHARACTERS, weigh=lambda report: len(report.text), most=TOGETHER)
    for first in groups:
        reader = ReportReader(options)
        with _loaded_set_apart():
            for group in chain([first], groups):
                yield from reader.read_together(group)


@contextmanager
def _loaded_set_apart() -> Iterator[None]:
    """Look for no garbage in what is loaded before the block, which would take 2 % of the time."""
    if gc.get_freeze_count():  # who calls us has done so already
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _spread(reports: Iterable[Report], crew: _Crew) -> Generator[Outcome, None, None]:
    try:
        yield from crew.outcomes(reports)
    finally:
        crew.dismiss()


@dataclass(frozen=True, slots=True)
class _Task:
    number: int
    report: Report
    singly: bool = False  # whether a worker died that may have read it together with others


@dataclass(eq=False, slots=True)
class _Worker:
    """A process, and the reports that it has, in the order in which it reads them."""

    process: BaseProcess
    connection: Connection
    alone: bool  # whether it is to have one report only, which another worker may have died of
    tasks: deque[_Task] = field(default_factory=deque)
    ready: bool = False
    waited: float = 0.0  # seconds that we waited for its next word
    late: bool = False  # whether that was too long

    def can_take(self, task: _Task) -> bool:
        """Whether it should get one more; with none it is sure to read what it is sent."""
        size = sum(len(each.report.text.encode()) for each in (*self.tasks, task))
        few = len(self.tasks) < AHEAD and size <= _BYTES
        return not self.alone and (few or not self.tasks)

    def give(self, task: _Task) -> None:
        """Hand a report out; one who is dead will be found so."""
        self.tasks.append(task)
        with suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send(Work(task.report, task.singly))

    def end(self) -> None:
        """Stop it, whatever it does: it has nothing to lose."""
        self.process.kill()
        self.process.join()
        self.connection.close()

    def death(self) -> str:
        """How it died."""
        code = self.process.exitcode or 0
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with status {code}"
        hint = ", as when memory runs out" if code == -signal.SIGKILL else ""
        return f"its process ended {how}{hint}"


class _Crew:
    """Hands reports out and collects what became of them."""

    def __init__(self, options: ReportOptions, size: int, patience: float) -> None:
        self._options = options
        self._size = size
        self._patience = patience
        self._workers: list[_Worker] = []
        self._pending: deque[_Task] = deque()
        self._done: dict[int, Outcome] = {}
        self._suspects: set[int] = set()  # numbers of reports that a worker died of
        self._stillborn = 0  # workers in a row that died before they could read

    def outcomes(self, reports: Iterable[Report]) -> Iterator[Outcome]:
        """What became of the reports, in their order."""
        tasks = (_Task(number, report) for number, report in enumerate(reports))
        collected = handed_out = 0
        more = True
        while more or collected < handed_out:
            while more and handed_out - collected < self._size * AHEAD:
                task = next(tasks, None)
                more = task is not None
                if task is not None:
                    handed_out += 1
                    self._pending.append(task)
                    self._hand_out()
            while collected in self._done:
                yield self._done.pop(collected)
                collected += 1
            if collected < handed_out and collected not in self._done:
                self._collect()

    def dismiss(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def _hand_out(self) -> None:
        while self._pending and (worker := self._taker(self._pending[0])) is not None:
            worker.give(self._pending.popleft())

    def _taker(self, task: _Task) -> _Worker | None:
        """Who is to read it: one who is idle, else a new one, else the one with the least to do."""
        alone = task.number in self._suspects
        takers = [worker for worker in self._workers if worker.can_take(task) and not alone]
        best = min(takers, key=lambda worker: len(worker.tasks), default=None)
        if (best is None or best.tasks) and len(self._workers) < self._size:
            best = self._start(alone=alone)
        return best

    def _start(self, *, alone: bool) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(self._options, theirs), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours, alone)
        self._workers.append(worker)
        return worker

    def _collect(self) -> None:
        """Wait for a message, a death, or the end of our patience with one."""
        began, connections = monotonic(), [worker.connection for worker in self._workers]
        spoken = wait(connections, _LOOK_SECONDS)
        waited = min(monotonic() - began, _LOOK_SECONDS)  # no more, should all have been suspended meanwhile
        for worker in list(self._workers):
            if worker.connection in spoken:
                self._listen(worker)
            elif worker.tasks:
                worker.waited += waited
                if worker.waited > (self._patience if worker.ready else max(self._patience, _LOADING)):
                    worker.late = True
                    worker.process.kill()  # its end of the pipe closes, and it is found dead
        self._hand_out()

    def _listen(self, worker: _Worker) -> None:
        try:
            message: Message = worker.connection.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        worker.waited, worker.late = 0.0, False
        if isinstance(message, Failed):
            raise SitrepError(message.reason)
        if isinstance(message, Ready):
            worker.ready, self._stillborn = True, 0
            return
        self._done[worker.tasks.popleft().number] = message
        worker.alone = False

    def _bury(self, worker: _Worker) -> None:
        """Let others do what a dead worker had to do, but for what it died of twice, or took too long for.

        Of which report that was is known where it read one by one, or has finished all others.
        """
        self._workers.remove(worker)
        worker.end()
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn > 1:
                raise SitrepError(
                    "worker processes end before they have loaded the language model; of the last one: "
                    f"{worker.death()}. If memory runs out, use fewer --workers. What was stored stays"
                )
        elif worker.tasks and (worker.tasks[0].singly or len(worker.tasks) == 1):
            first = worker.tasks[0]
            if worker.late or first.number in self._suspects:
                reason = f"takes more than {self._patience:g} s" if worker.late else worker.death()
                name = worker.tasks.popleft().report.identifier
                self._done[first.number] = Rejected(name, f"it cannot be read: {reason}", name)
            else:
                self._suspects.add(first.number)
        tasks = [replace(task, singly=task.singly or worker.ready) for task in worker.tasks]
        self._pending.extendleft(reversed(tasks))
