"""What a worker of a Dask cluster does with a report; `cluster.py` sends it there."""

from __future__ import annotations

import faulthandler
import pickle
import threading
from dataclasses import dataclass, replace
from functools import lru_cache

from kg import settings
from kg.errors import SitrepError
from kg.pipeline.report import ReportOptions, ReportReader
from kg.pipeline.versions import differing, read_with
from kg.pipeline.worker import Outcome
from kg.pipeline.workers import PATIENCE

_TURN = threading.Lock()  # a reader reads one report at a time, whatever the threads of its worker


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker makes its reader of."""

    options: ReportOptions
    shipped: bool  # whether the ontology is the one that ships; a worker has a copy of its own, elsewhere
    read_with: str  # as of kg.pipeline.versions: what the worker must read with, too


def setup_of(options: ReportOptions) -> bytes:
    """What workers need to know of these options, pickled once for all reports."""
    shipped = options.ontology == settings.ontology_directory()
    return pickle.dumps(Setup(options, shipped, options.read_with or _read_with(options)))


def work(setup: bytes, report: bytes) -> Outcome:
    """Read a pickled Report; raises SitrepError where model or data cannot be loaded, or are not the same.

    A report that takes longer than any should ends the worker, and so is as one that it dies of.
    """
    with _TURN:
        try:
            reader = _reader(setup)
        except SitrepError as error:
            raise SitrepError(f"{_place()}: {error}") from error  # whose arguments survive pickling
        faulthandler.dump_traceback_later(PATIENCE, exit=True)
        try:
            return reader.read(pickle.loads(report))  # noqa: S301
        finally:
            faulthandler.cancel_dump_traceback_later()


@lru_cache(maxsize=1)
def _reader(setup: bytes) -> ReportReader:
    """The worker's own reader, loaded with its first report."""
    found: Setup = pickle.loads(setup)  # noqa: S301
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
