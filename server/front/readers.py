"""The pool of readers for those who may not wait in a thread: the event loop."""

from __future__ import annotations

import asyncio
import selectors
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from kg.errors import RequestError
from server.messages import Chunk, Job, Reply
from server.pool import Answer, Lease, Pool, TooLongError
from server.worker import Worker, WorkerEndedError

_AWAKE_SECONDS = 0.0004  # that the loop waits for an answer while it waits for no other
_LONG = 32768  # characters of a query; a longer one may fill the pipe to its reader


class Readers:
    """Asks the readers of a pool; to be used in one event loop.

    What would make the loop wait (a reader's end and the start of another) is done in `threads`.
    """

    def __init__(self, pool: Pool, loop: asyncio.AbstractEventLoop, threads: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._loop = loop
        self._threads = threads
        self._waiting: deque[tuple[asyncio.Future[Lease], Callable[[], bool], bool]] = deque()
        self._selector = selectors.DefaultSelector()
        loop.add_reader(self._selector.fileno(), self._arrived)
        pool.on_free = self._told

    async def answer(self, job: Job, left: Callable[[], bool]) -> Answer:
        """The serialised answer to a job; errors as those of `Pool.serialised`."""
        allow_short = True
        while True:
            lease = await self._take(left, allow_short)
            try:
                if len(job.text) > _LONG:
                    await self._loop.run_in_executor(self._threads, lease.worker.send, job)
                else:
                    lease.worker.send(job)
                reply = await self._reply(lease.worker)
            except WorkerEndedError:
                error = await self._loop.run_in_executor(self._threads, self._pool.ended, lease)
                if isinstance(error, TooLongError):
                    allow_short = False
                    continue
                raise error from None
            first = self._pool.replied(lease, reply)
            if not isinstance(first, Chunk):
                raise ValueError(f"unexpected reply {first!r}")
            return Answer(self._pool, lease, first)

    async def pieces(self, answer: Answer) -> AsyncIterator[bytes]:
        """The pieces of a long answer; AnswerBrokenError as from the answer itself."""
        yield answer.first()
        while answer.is_open:
            try:
                reply = await self._reply(answer.worker)
            except WorkerEndedError:
                raise await self._loop.run_in_executor(self._threads, answer.broken) from None
            yield answer.taken(reply)

    async def close(self, answer: Answer) -> None:
        """Give up the rest of an answer."""
        if answer.is_open:
            await self._loop.run_in_executor(self._threads, answer.close)

    async def _take(self, left: Callable[[], bool], allow_short: bool) -> Lease:
        lease = self._pool.take_now(left, allow_short=allow_short) if not self._waiting else None
        if lease is not None:
            return lease
        turn: asyncio.Future[Lease] = self._loop.create_future()
        self._waiting.append((turn, left, allow_short))
        self._serve()  # one may be free since, or be the short one that those before this one may not have
        try:
            async with asyncio.timeout(self._pool.seconds):
                return await turn
        except TimeoutError:
            if turn.done() and not turn.cancelled():  # it came at the last moment
                return turn.result()
            raise RequestError(503, "all readers are busy with longer queries; try again later") from None

    async def _reply(self, worker: Worker) -> Reply:
        """The next message of a reader; WorkerEndedError."""
        if not self._selector.get_map() and worker.answers_soon(_AWAKE_SECONDS):
            return cast(Reply, worker.receive())
        ready: asyncio.Future[None] = self._loop.create_future()
        self._selector.register(worker.descriptor, selectors.EVENT_READ, ready)
        await ready
        return cast(Reply, worker.receive())

    def _arrived(self) -> None:
        """Wake those whose readers have sent something.

        The loop could watch each reader itself, but takes several calls of the system for every change of
        what it watches, and leaves descriptors in a state in which no thread can wait for a whole message.
        """
        for key, _events in self._selector.select(0):
            self._selector.unregister(key.fd)
            if not key.data.done():
                key.data.set_result(None)

    def _told(self) -> None:
        """A reader is free; in any thread."""
        if self._waiting:
            self._loop.call_soon_threadsafe(self._serve)

    def _serve(self) -> None:
        """Give readers that are free to those who wait longest."""
        passed = []
        while self._waiting:
            turn, left, allow_short = waiting = self._waiting.popleft()
            if turn.done():
                continue
            if left():
                turn.set_exception(RequestError(503, "the client has gone"))
                continue
            lease = self._pool.take_now(left, allow_short=allow_short)
            if lease is not None:
                turn.set_result(lease)
                continue
            passed.append(waiting)
            if allow_short:  # nothing is free; else the short one may be, which this one may not have
                break
        self._waiting.extendleft(reversed(passed))
