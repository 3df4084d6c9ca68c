"""The same work for every report, spread over a Dask cluster: other machines, or processes of this one."""

from __future__ import annotations

import asyncio
import logging
import pickle
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from time import monotonic, sleep
from typing import TYPE_CHECKING

from kg.errors import ServiceError, SitrepError
from kg.facts import Report
from kg.ingest import Rejected
from kg.pipeline.cluster_worker import setup_of, work
from kg.pipeline.report import ReportOptions
from kg.pipeline.worker import Outcome
from kg.pipeline.workers import AHEAD

if TYPE_CHECKING:
    from distributed import Client, Future

_LOG = logging.getLogger(__name__)

LOCAL = "local"  # the address that stands for a cluster of our own, on this machine

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
    # The scheduler is in the process that writes the store, so it is slow to answer now and then: workers get
    # all that is handed out at once, and nobody samples what they do.
    "distributed.scheduler.worker-saturation": "inf",
    "distributed.worker.profile.enabled": False,
    # Ctrl-C is for the process that builds.
    "distributed.worker.preload": ["import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"],
}


def read_on_cluster(
    reports: Iterable[Report], *, options: ReportOptions, address: str, workers: int, grace: float = 30.0
) -> Generator[Outcome, None, None]:
    """What became of each report, in the order of the reports; a report that workers die of is rejected.

    `address` is that of a Dask scheduler, or "local" for a cluster of so many `workers` on this machine.
    Raises the errors of loading model or data; ServiceError where the scheduler cannot be reached, goes away,
    or has no worker for `grace` seconds.
    """
    remaining = iter(reports)
    for first in remaining:  # without a report to read, no cluster is asked for anything
        with _connected(address, workers) as client:
            yield from _Spread(client, options, address, grace).outcomes(chain([first], remaining))


@contextmanager
def _connected(address: str, workers: int) -> Iterator[Client]:
    """A connection to the scheduler, while Dask's own messages are kept quiet: its errors become ours."""
    try:
        from distributed import Client
    except ImportError as error:
        raise SitrepError('--dask needs more than is installed here: pip install "sitrep[dask]"') from error
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        if address == LOCAL:
            address = stack.enter_context(_started(workers))
        try:
            with ThreadPoolExecutor(1) as thread:  # a notebook's own thread has an event loop that runs
                thread.submit(asyncio.run, _greet(address)).result()
            client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            reason = " ".join(str(error).split()) or "no answer"
            raise ServiceError(address, f"no Dask scheduler can be reached there ({reason})") from error
        yield stack.enter_context(client)


@contextmanager
def _started(workers: int) -> Iterator[str]:
    """The address of a cluster on this machine, which nobody on another one reaches."""
    import dask
    from distributed import LocalCluster

    with dask.config.set(_LOCAL_SETTINGS):
        try:
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                worker_dashboard_address="127.0.0.1:0",
            )
        except (OSError, RuntimeError) as error:
            raise SitrepError(f"no Dask cluster can be started on this machine: {error}") from error
        with cluster:
            yield cluster.scheduler_address


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

    def __init__(self, client: Client, options: ReportOptions, address: str, grace: float) -> None:
        self._client = client
        self._address = address
        self._grace = grace
        self._setup = setup_of(options)
        self._waiting: deque[tuple[Report, Future[Outcome]]] = deque()
        self._workers = 0
        self._looked = self._missing = monotonic()  # when last; since when there has been none

    def outcomes(self, reports: Iterable[Report]) -> Iterator[Outcome]:
        """What became of each report, in their order; few are on their way at any time."""
        from distributed.client import ClosedClientError

        try:
            self._wait_for_workers()
            for report in reports:
                self._waiting.append((report, self._submit(report)))
                if monotonic() - self._looked > _LOOK_SECONDS:
                    self._look()
                while len(self._waiting) >= max(self._workers, 1) * AHEAD:
                    yield self._collect()
            while self._waiting:
                yield self._collect()
        except (CancelledError, ClosedClientError) as error:
            reason = (
                "the Dask scheduler is gone; what was stored stays, and the next build goes on from there"
            )
            raise ServiceError(self._address, reason) from error

    def _wait_for_workers(self) -> None:
        self._look()
        while not self._workers:
            sleep(_PAUSE_SECONDS)
            self._look()
        if max(worker["nthreads"] for worker in self._client.scheduler_info()["workers"].values()) > 1:
            _LOG.warning(
                "%s: a worker reads one report at a time: use dask worker --nthreads 1", self._address
            )

    def _look(self) -> None:
        """See how many workers there are; raises ServiceError where there have been none for long."""
        self._looked, before = monotonic(), self._workers
        self._workers = len(self._client.scheduler_info().get("workers", ()))
        if self._workers or before:
            self._missing = self._looked
        elif self._looked - self._missing > self._grace:
            raise ServiceError(self._address, "this Dask scheduler has no workers; start some: dask worker")

    def _submit(self, report: Report) -> Future[Outcome]:
        return self._client.submit(work, self._setup, pickle.dumps(report), pure=False)

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
            except (ImportError, AttributeError, TypeError, RuntimeError) as error:
                reason = "the cluster cannot run Sitrep; install the same for scheduler and workers"
                dask_says = "".join(str(error).splitlines()[:1])
                raise ServiceError(self._address, f"{reason} ({dask_says})") from error
            else:
                return outcome
