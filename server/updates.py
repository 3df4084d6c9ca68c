"""The way to the writer process: one write at a time, each with a time limit."""

from __future__ import annotations

import threading
from pathlib import Path

from kg.errors import RequestError
from server.messages import Done, Failed, Write
from server.worker import Worker, WorkerEndedError


class Updates:
    """Hands writes to a writer process, which is started by the first one; safe to use from many threads."""

    def __init__(self, *, store: Path, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._turn = threading.Lock()
        self._worker: Worker | None = None

    def apply(self, write: Write) -> Done:
        """Apply a write and publish it; RequestError where it fails, and then nothing of it is stored."""
        if not self._turn.acquire(timeout=self._seconds):
            raise RequestError(503, "another update is still at work; try again later")
        try:
            reply = self._reply(write)
        finally:
            self._turn.release()
        if isinstance(reply, Failed):
            raise RequestError(reply.status, reply.message)
        return reply

    def close(self) -> None:
        """End the writer process; an unfinished write is not stored."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.end()
            self._worker = None

    def _reply(self, write: Write) -> Done | Failed:
        if self._worker is None:  # it waits for the store's lock less long than we wait for it
            self._worker = Worker("server.writer", str(self._store), self._seconds / 2)
        try:
            self._worker.send(write)
            if self._worker.has_answer(self._seconds):
                reply: Done | Failed = self._worker.receive()
                return reply
        except WorkerEndedError:
            self.close()
            return Failed(400, "the update could not be carried out: it is nested too deeply or too large")
        self.close()
        return Failed(503, f"the update was stopped: it took longer than {self._seconds:g} s")
