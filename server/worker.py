"""A child process of the server, and the pipe to it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from multiprocessing import Pipe
from typing import Any

from server.pipe import receive, send

_ENVIRONMENT = {
    "RUST_BACKTRACE": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=500",  # small pieces that are kept for the next query
}


class WorkerEndedError(Exception):
    """The process ended before it answered."""


class Worker:
    """A process that runs `module.main(descriptor, *arguments)` and answers what is sent to it.

    It is a fresh interpreter, not a fork: the web process has threads, and its modules are not wanted there.
    """

    def __init__(self, module: str, *arguments: object) -> None:
        ours, theirs = Pipe()
        values = ", ".join(repr(value) for value in (theirs.fileno(), *arguments))
        self._connection = ours
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and modules)
            [sys.executable, "-P", "-c", f"from {module} import main; main({values})"],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # a crash writes a page of stack there; the web process logs one line
            env={**os.environ, **_ENVIRONMENT, "PYTHONPATH": _path()},
        )
        theirs.close()
        self._poll = select.poll()
        self._poll.register(ours.fileno(), select.POLLIN)

    def send(self, message: object) -> None:
        """Hand a message over; WorkerEndedError if the process is gone."""
        try:
            send(self._connection, message)
        except OSError as error:
            raise WorkerEndedError from error

    def receive(self) -> Any:
        """The next message from the process; WorkerEndedError if it ends instead."""
        try:
            return receive(self._connection)
        except (EOFError, OSError) as error:
            raise WorkerEndedError from error

    @property
    def descriptor(self) -> int:
        """Where messages of the process come in."""
        return self._connection.fileno()

    def answers_soon(self, seconds: float) -> bool:
        """Whether the process answers within `seconds`, in which this one stays awake.

        To be woken takes longer than most queries; whoever else wants the processor gets it meanwhile.
        """
        end = time.perf_counter() + seconds
        while not self._poll.poll(0):
            if time.perf_counter() > end:
                return False
            os.sched_yield()
        return True

    def has_answer(self, seconds: float) -> bool:
        """Whether the process answers, or ends, within `seconds`."""
        return self._connection.poll(seconds)

    def kill(self) -> None:
        """End the process now, whatever it does; `receive` in another thread then raises."""
        self._process.kill()

    def end(self) -> signal.Signals | None:
        """Make sure that the process is gone, free what it held, and say which signal ended it."""
        try:
            self._process.wait(timeout=1)  # one that crashes may still be on its way out
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._connection.close()
        status = self._process.returncode
        return signal.Signals(-status) if status < 0 else None


def _path() -> str:
    """Where this process finds its modules, so that a child finds the same, installed or not."""
    return os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
