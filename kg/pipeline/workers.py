"""The same work for every report, in this process or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache

from kg.errors import SitrepError
from kg.facts import Report
from kg.ingest import Rejected
from kg.pipeline.report import ReadReport, ReportOptions, ReportReader

Outcome = ReadReport | Rejected

_AHEAD = 4  # reports per worker that are handed out or wait to be collected: enough to keep all busy


def read_reports(
    reports: Iterable[Report], *, options: ReportOptions, workers: int
) -> Generator[Outcome, None, None]:
    """What became of each report, in the order of the reports, whatever the number of workers.

    Raises the errors of loading model or data, and SitrepError where a worker process dies.
    """
    if workers == 1:
        reader = ReportReader(options)
        return (reader.read(report) for report in reports)
    return _spread(reports, options, workers)


def _spread(
    reports: Iterable[Report], options: ReportOptions, workers: int
) -> Generator[Outcome, None, None]:
    executor = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin_worker)
    waiting: deque[tuple[str, Future[Outcome]]] = deque()
    try:
        for report in reports:
            waiting.append((report.identifier, executor.submit(_work, options, report)))
            if len(waiting) >= workers * _AHEAD:
                yield waiting[0][1].result()
                waiting.popleft()
        while waiting:
            yield waiting[0][1].result()
            waiting.popleft()
    except BrokenProcessPool as error:
        names = ", ".join(identifier for identifier, _ in list(waiting)[:workers])
        raise SitrepError(
            f"a worker process died while these reports were read: {names}; if memory ran out, use fewer "
            "--workers. What was stored before stays"
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _begin_worker() -> None:
    """Leave Ctrl-C to the main process, and end when it ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@lru_cache(maxsize=1)
def _reader(options: ReportOptions) -> ReportReader:
    """The worker's own reader, loaded with its first report."""
    return ReportReader(options)


def _work(options: ReportOptions, report: Report) -> Outcome:
    try:
        reader = _reader(options)
    except SitrepError as error:
        raise SitrepError(str(error)) from error  # the base class, because its arguments survive pickling
    return reader.read(report)
