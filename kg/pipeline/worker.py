"""A process that reads the reports that come through a pipe; `workers.py` is at its other end."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue

from kg.errors import SitrepError
from kg.facts import Report
from kg.ingest import Rejected
from kg.pipeline.report import ReadReport, ReportOptions, ReportReader

Outcome = ReadReport | Rejected

TOGETHER = 8  # reports that are read together: with more of them the model takes longer for each again
CHARACTERS = 16_000  # of them, which bounds the memory that they take


@dataclass(frozen=True, slots=True)
class Work:
    """A report to read; `singly`: with no other, so that it is known of which one a worker dies."""

    report: Report
    singly: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """Model and data are loaded."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Model or data cannot be loaded."""

    reason: str


Message = Ready | Failed | Outcome


def work(options: ReportOptions, connection: Connection) -> None:
    """Read reports in the order in which they come, until the other end goes away, however it does.

    Those that have come are read together.

    Ctrl-C is left to that end. Threads receive and send, so that neither end ever waits for the other to
    take something: the other one is busy with the store for long.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    waiting: SimpleQueue[Work] = SimpleQueue()
    outcomes: SimpleQueue[Outcome] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, waiting), daemon=True).start()
    try:
        reader = ReportReader(options)
    except SitrepError as error:
        connection.send(Failed(str(error)))
        return
    gc.freeze()  # what is loaded stays: looking for garbage in it takes 2 % of the time
    connection.send(Ready())
    threading.Thread(target=_send, args=(connection, outcomes), daemon=True).start()
    for taken in _groups(waiting):
        reports = [each.report for each in taken]
        singly = any(each.singly for each in taken)
        for outcome in map(reader.read, reports) if singly else reader.read_together(reports):
            outcomes.put(outcome)


def _groups(waiting: SimpleQueue[Work]) -> Iterator[list[Work]]:
    """What there is to do at the time, one report at least, and no more than are read together."""
    following: Work | None = None
    while True:
        taken, following = [following or waiting.get()], None
        characters = len(taken[0].report.text)
        while len(taken) < TOGETHER and not waiting.empty():
            following = waiting.get()
            characters += len(following.report.text)
            if characters > CHARACTERS:
                break
            taken.append(following)
            following = None
        yield taken


def _receive(connection: Connection, waiting: SimpleQueue[Work]) -> None:
    try:
        while True:
            waiting.put(connection.recv())
    except (EOFError, OSError):
        os._exit(1)


def _send(connection: Connection, outcomes: SimpleQueue[Outcome]) -> None:
    try:
        while True:
            connection.send(outcomes.get())
    except OSError:
        os._exit(1)
