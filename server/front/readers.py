"""The pool of readers for those who may not wait in a thread: the event loop."""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias, TypeVar, cast

from kg.errors import RequestError
from server.messages import Chunk, Job, Reply
from server.pool import Answer, Lease, Pool, TooLongError
from server.worker import Worker, WorkerEndedError

_LONG = 32768  # characters of a query; a longer one may fill the pipe to its reader

_Value = TypeVar("_Value")

# What came of a job: a reader with its first reply, None where it has ended; or why no reader was free.
Begun: TypeAlias = tuple[Lease, Reply | None] | RequestError


class Readers:
    """Asks the readers of a pool; to be used in one event loop.

    What would make the loop wait (a reader's end and the start of another) is done in `threads`.
    """

    def __init__(self, pool: Pool, loop: asyncio.AbstractEventLoop, threads: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._loop = loop
        self._threads = threads
        self._own = threading.get_ident()
        self._waiting: deque[_Turn] = deque()
        self._serving = False  # for that time `_waiting` lacks those who are passed over
        self._selector = selectors.DefaultSelector()
        loop.add_reader(self._selector.fileno(), self._arrived)
        pool.on_free = self._told

    def ask(
        self,
        job: Job,
        left: Callable[[], bool],
        then: Callable[[Begun], None],
        *,
        allow_short: bool = True,
    ) -> None:
        """Have `then` called once a reader has replied to the job for the first time.

        `answer` makes of that what it is.
        """
        send = partial(self._send, job, then)
        lease = self._pool.take_now(left, allow_short=allow_short) if not self._waiting else None
        if lease is not None:
            send(lease)
        else:
            self._wait(_Turn(send, left, allow_short))

    def expect(self, lease: Lease, then: Callable[[Begun], None]) -> None:
        """As `ask`, for a job that the reader of `lease` is at work on."""
        self.watch(lease.worker, partial(self._replied, lease, then))

    async def answer(self, job: Job, left: Callable[[], bool], begun: Begun | None = None) -> Answer:
        """The serialised answer to a job; errors as those of `Pool.serialised`.

        `begun` is what came of the job, if it was asked already.
        """
        allow_short = True
        while True:
            if begun is None:
                begun = await self._begun(job, left, allow_short)
            if isinstance(begun, RequestError):
                raise begun
            lease, reply = begun
            if reply is not None:
                return self.taken(lease, reply)
            error = await self._loop.run_in_executor(self._threads, self._pool.ended, lease)
            if not isinstance(error, TooLongError):
                raise error from None
            begun, allow_short = None, False

    def taken(self, lease: Lease, reply: Reply) -> Answer:
        """The answer that begins with `reply`; errors as those of `Pool.replied`."""
        first = self._pool.replied(lease, reply)
        if not isinstance(first, Chunk):
            raise ValueError(f"unexpected reply {first!r}")
        return Answer(self._pool, lease, first)

    async def pieces(self, answer: Answer) -> AsyncIterator[bytes]:
        """The pieces of a long answer; AnswerBrokenError as from the answer itself."""
        yield answer.first()
        while answer.is_open:
            ready: asyncio.Future[None] = self._loop.create_future()
            self.watch(answer.worker, partial(_resolve, ready, None))
            await ready
            try:
                reply = answer.worker.receive()
            except WorkerEndedError:
                raise await self._loop.run_in_executor(self._threads, answer.broken) from None
            yield answer.taken(reply)

    async def close(self, answer: Answer) -> None:
        """Give up the rest of an answer."""
        if answer.is_open:
            await self._loop.run_in_executor(self._threads, answer.close)

    async def _begun(self, job: Job, left: Callable[[], bool], allow_short: bool) -> Begun:
        first: asyncio.Future[Begun] = self._loop.create_future()
        self.ask(job, left, partial(_resolve, first), allow_short=allow_short)
        return await first

    def _send(self, job: Job, then: Callable[[Begun], None], lease: Lease | RequestError) -> None:
        if isinstance(lease, RequestError):
            then(lease)
        elif len(job.text) > _LONG:
            sending = self._loop.run_in_executor(self._threads, lease.worker.send, job)
            sending.add_done_callback(partial(self._sent, lease, then))
        else:
            try:
                lease.worker.send(job)
            except WorkerEndedError:
                then((lease, None))
            else:
                self.watch(lease.worker, partial(self._replied, lease, then))

    def _sent(self, lease: Lease, then: Callable[[Begun], None], sending: asyncio.Future[None]) -> None:
        if sending.cancelled() or sending.exception() is not None:
            then((lease, None))
        else:
            self.watch(lease.worker, partial(self._replied, lease, then))

    def _replied(self, lease: Lease, then: Callable[[Begun], None]) -> None:
        try:
            reply = cast(Reply, lease.worker.receive())
        except WorkerEndedError:
            then((lease, None))
        else:
            then((lease, reply))

    def watch(self, worker: Worker, then: Callable[[], None]) -> None:
        """Have `then` called when the reader says something, or ends.

        The loop could watch each reader itself, but takes several calls of the system for every change of
        what it watches, and leaves descriptors in a state in which no thread can wait for a whole message.
        """
        self._selector.register(worker.descriptor, selectors.EVENT_READ, then)

    def _arrived(self) -> None:
        for key, _events in self._selector.select(0):
            self._selector.unregister(key.fd)
            key.data()

    def _wait(self, turn: _Turn) -> None:
        """Give the turn a reader once one is free."""
        self._waiting.append(turn)
        turn.timer = self._loop.call_later(self._pool.seconds, turn.expire)
        self._serve()  # one may be free since, or be the short one that those before this one may not have

    def _told(self) -> None:
        """A reader is free; in any thread."""
        if not self._waiting and not self._serving:
            return
        if threading.get_ident() == self._own:
            self._loop.call_soon(self._serve)
        else:
            self._loop.call_soon_threadsafe(self._serve)

    def _serve(self) -> None:
        """Give readers that are free to those who wait longest."""
        self._serving, passed = True, []
        while self._waiting:
            turn = self._waiting.popleft()
            if turn.is_over:
                continue
            if turn.left():
                turn.give(RequestError(503, "the client has gone"))
                continue
            lease = self._pool.take_now(turn.left, allow_short=turn.allow_short)
            if lease is not None:
                turn.give(lease)
                continue
            passed.append(turn)
            if turn.allow_short:  # nothing is free; else the short one may be, which this one may not have
                break
        self._waiting.extendleft(reversed(passed))
        self._serving = False


class _Turn:
    """One who waits for a reader."""

    def __init__(
        self, then: Callable[[Lease | RequestError], None], left: Callable[[], bool], allow_short: bool
    ) -> None:
        self._then = then
        self.left = left
        self.allow_short = allow_short
        self.timer: asyncio.TimerHandle | None = None
        self.is_over = False

    def give(self, lease: Lease | RequestError) -> None:
        """What was waited for."""
        self.is_over = True
        if self.timer is not None:
            self.timer.cancel()
        self._then(lease)

    def expire(self) -> None:
        """It has waited long enough."""
        self.give(RequestError(503, "all readers are busy with longer queries; try again later"))


def _resolve(future: asyncio.Future[_Value], value: _Value) -> None:
    if not future.done():
        future.set_result(value)
