"""The same work for every report, spread over a Dask cluster: other machines, or processes of this one."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import pickle
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from time import monotonic, sleep
from typing import TYPE_CHECKING

from kg import settings
from kg.errors import ServiceError, SitrepError
from kg.facts import Report
from kg.ingest import Rejected
from kg.pipeline.report import ReportOptions, ReportReader
from kg.pipeline.versions import differing, read_with
from kg.pipeline.workers import PATIENCE, Outcome

if TYPE_CHECKING:
    from distributed import Client, Future

LOCAL = "local"  # the address that stands for a cluster of our own, on this machine

_AHEAD = 12  # reports per worker that are handed out or wait to be collected: work for the time of a commit
_CONNECT_SECONDS = 5.0
_LOOK_SECONDS = 2.0  # how often the number of workers is looked up: some join, some leave
_PAUSE_SECONDS = 0.2
_LOUD = ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application", "asyncio")
_LOCAL_SETTINGS = {
    "distributed.nanny.pre-spawn-environ.DASK_LOGGING__DISTRIBUTED": "critical",
    # A worker is ended when it fills its share of the memory. Before that it would be paused, for ever:
    # what fills it is the model, which is neither moved to disk nor let go.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    # Ctrl-C is for the process that builds.
    "distributed.worker.preload": ["import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"],
}
_TURN = threading.Lock()  # in a worker: its reader reads one report at a time, whatever the threads


def read_on_cluster(
    reports: Iterable[Report], *, options: ReportOptions, address: str, workers: int, patience: float = 30.0
) -> Generator[Outcome, None, None]:
    """What became of each report, in the order of the reports; a report that workers die of is rejected.

    `address` is that of a Dask scheduler, or "local" for a cluster of so many `workers` on this machine.
    Raises the errors of loading model or data; ServiceError where the scheduler cannot be reached, goes away,
    or has no worker for `patience` seconds.
    """
    remaining = iter(reports)
    for first in remaining:  # without a report to read, no cluster is asked for anything
        with _connected(address, workers) as client:
            yield from _Spread(client, options, address, patience).outcomes(chain([first], remaining))


@contextmanager
def _connected(address: str, workers: int) -> Iterator[Client]:
    """A connection to the scheduler, while Dask's own messages are kept quiet: its errors become ours."""
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise SitrepError('--dask needs more than is installed here: pip install "sitrep[dask]"') from error
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        if address == LOCAL:
            stack.enter_context(dask.config.set(_LOCAL_SETTINGS))
            address = stack.enter_context(
                LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    worker_dashboard_address="127.0.0.1:0",
                )
            ).scheduler_address
        try:
            with ThreadPoolExecutor(1) as thread:  # a notebook's own thread has an event loop that runs
                thread.submit(asyncio.run, _greet(address)).result()
            client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            reason = " ".join(str(error).split()) or "no answer"
            raise ServiceError(address, f"no Dask scheduler can be reached there ({reason})") from error
        yield stack.enter_context(client)


async def _greet(address: str) -> None:
    """Shake hands with a scheduler: a Client would wait for ever where somebody listens and says nothing."""
    from distributed import Security
    from distributed.comm import connect

    greeting = connect(address, timeout=_CONNECT_SECONDS, **Security().get_connection_args("client"))
    (await asyncio.wait_for(greeting, _CONNECT_SECONDS)).abort()


@contextmanager
def _quiet() -> Iterator[None]:
    levels = {name: logging.getLogger(name).level for name in _LOUD}
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


class _Spread:
    """Hands reports out and collects what became of them."""

    def __init__(self, client: Client, options: ReportOptions, address: str, patience: float) -> None:
        self._client = client
        self._address = address
        self._patience = patience
        self._setup = pickle.dumps(_Setup.of(options))
        self._waiting: deque[tuple[Report, Future[Outcome]]] = deque()
        self._workers = 0
        self._looked = monotonic()
        self._missing = self._looked  # since when there has been no worker, while there is none

    def outcomes(self, reports: Iterable[Report]) -> Generator[Outcome, None, None]:
        """What became of each report, in their order; few are on their way at any time."""
        self._look()
        while not self._workers:
            sleep(_PAUSE_SECONDS)
            self._look()
        for report in reports:
            self._waiting.append((report, self._submit(report)))
            if monotonic() - self._looked > _LOOK_SECONDS:
                self._look()
            while len(self._waiting) >= max(self._workers, 1) * _AHEAD:
                yield self._collect()
        while self._waiting:
            yield self._collect()

    def _look(self) -> None:
        """See how many workers there are; raises ServiceError where there have been none for long."""
        self._looked, before = monotonic(), self._workers
        self._workers = len(self._client.scheduler_info()["workers"])
        if self._workers or before:
            self._missing = self._looked
        elif self._looked - self._missing > self._patience:
            raise ServiceError(self._address, "this Dask scheduler has no workers; start some: dask worker")

    def _submit(self, report: Report) -> Future[Outcome]:
        return self._client.submit(_work, self._setup, pickle.dumps(report), pure=False)

    def _collect(self) -> Outcome:
        """What became of the report that waits longest."""
        from distributed import KilledWorker

        report, future = self._waiting[0]
        try:
            outcome = self._result(future)
        except KilledWorker:
            outcome = self._read_alone(report)
        self._waiting.popleft()
        return outcome

    def _read_alone(self, report: Report) -> Outcome:
        """Read a report with no other on its way, because workers may have died of one beside it."""
        from distributed import KilledWorker

        for _, other in list(self._waiting)[1:]:
            with suppress(KilledWorker):
                self._result(other)
        try:
            return self._result(self._submit(report))
        except KilledWorker:
            name = report.identifier
            return Rejected(name, "it cannot be read: worker processes died of it, again and again", name)

    def _result(self, future: Future[Outcome]) -> Outcome:
        while True:
            try:
                outcome: Outcome = future.result(timeout=_LOOK_SECONDS)
            except TimeoutError:
                self._look()
            except CancelledError as error:
                reason = "the Dask scheduler is gone; what was stored before stays"
                raise ServiceError(self._address, reason) from error
            except (ImportError, AttributeError, TypeError, RuntimeError) as error:
                reason = (
                    "the cluster cannot run Sitrep's code; install the same Sitrep for scheduler and workers"
                )
                raise ServiceError(self._address, f"{reason} ({error})") from error
            else:
                return outcome


@dataclass(frozen=True, slots=True)
class _Setup:
    """What a worker makes its reader of."""

    options: ReportOptions
    shipped: bool  # whether the ontology is the one that ships; a worker has its own copy of that, elsewhere
    read_with: str  # what a worker's reports must be read with, too

    @classmethod
    def of(cls, options: ReportOptions) -> _Setup:
        return cls(
            options,
            options.ontology == settings.ontology_directory(),
            options.read_with or _read_with(options),
        )


def _work(setup: bytes, report: bytes) -> Outcome:
    """In a worker: read one report. The bytes are those of a _Setup and of a Report."""
    with _TURN:
        try:
            reader = _reader(setup)
        except SitrepError as error:
            raise SitrepError(f"{_place()}: {error}") from error  # whose arguments survive pickling
        faulthandler.dump_traceback_later(
            PATIENCE, exit=True
        )  # a report that it hangs in is as one it dies of
        try:
            return reader.read(pickle.loads(report))  # noqa: S301
        finally:
            faulthandler.cancel_dump_traceback_later()


@lru_cache(maxsize=1)
def _reader(setup: bytes) -> ReportReader:
    """The worker's own reader, loaded with its first report."""
    found: _Setup = pickle.loads(setup)  # noqa: S301
    options = found.options
    if found.shipped:
        options = replace(options, ontology=settings.ontology_directory())
    reader = ReportReader(options)
    others = differing(found.read_with, _read_with(options))
    if others:
        raise SitrepError(f"another state of {', '.join(others)} than where the build runs; install the same")
    return reader


def _read_with(options: ReportOptions) -> str:
    return read_with(ontology=options.ontology, model=options.model, load_reader=options.load_reader)


def _place() -> str:
    from distributed import get_worker

    return f"the Dask worker {get_worker().address}"
