"""The way to the writer process: one write at a time, each with a time limit."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

from kg.errors import RequestError
from server.fetching import Fetcher
from server.loads import Load, split_at_loads
from server.messages import Document, Done, Failed, Update, Write
from server.settings import MAXIMUM_LOAD
from server.touched import touched_graphs
from server.worker import Worker, WorkerEndedError

MAXIMUM_LOADS = 10  # documents of one update


class Updates:
    """Hands writes to a writer process, which is started by the first one; safe to use from many threads.

    `seconds` limits one write, `memory` is bytes of working memory of the writer.
    """

    def __init__(self, *, store: Path, seconds: float, memory: int, fetcher: Fetcher) -> None:
        self._store = store
        self._seconds = seconds
        self._memory = memory
        self._fetcher = fetcher
        self._turn = threading.Lock()
        self._worker: Worker | None = None

    def apply(self, write: Write) -> Done:
        """Apply a write and publish it; RequestError where it fails, and then nothing of it is stored."""
        if isinstance(write, Update):
            write = replace(write, documents=self._documents(write))
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

    def _documents(self, update: Update) -> tuple[Document | None, ...]:
        """What the update loads, fetched before it takes its turn."""
        pieces = split_at_loads(update.text, update.base_iri)
        loads = [piece for piece in pieces if isinstance(piece, Load)]
        if len(loads) > MAXIMUM_LOADS:
            raise RequestError(413, f"the update has {len(loads)} LOADs; {MAXIMUM_LOADS} are the most")
        deadline, left = time.monotonic() + self._seconds, MAXIMUM_LOAD
        documents: list[Document | None] = []
        for load in loads:
            try:
                document = self._fetcher.fetch(load.source, deadline=deadline, limit=left)
            except RequestError:
                if not load.silent:
                    raise
                documents.append(None)
            else:
                left -= len(document.body)
                documents.append(document)
        return tuple(documents)

    def _reply(self, write: Write) -> Done | Failed:
        if self._worker is None:  # it waits for the store's lock less long than we wait for it
            self._worker = Worker("server.writer", str(self._store), self._seconds / 2, self._memory)
        try:
            self._worker.send(write)
            if self._worker.has_answer(self._seconds):
                reply: Done | Failed = self._worker.receive()
                return reply
        except WorkerEndedError:
            self.close()
            return Failed(400, "the update could not be carried out: it is nested too deeply or too large")
        self.close()
        return Failed(503, f"the update was stopped: it took longer than {self._seconds:g} s{_advice(write)}")


def _advice(write: Write) -> str:
    """What to do about an update that took long since all graphs were compared with what they were before."""
    if not isinstance(write, Update) or touched_graphs(write.text) is not None:
        return ""
    return "; it leaves open which graphs it changes, so all may have been compared: write their names in it"
