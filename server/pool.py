"""The pool of reader processes.

`workers` readers answer queries; while all are busy, one more, the short one, takes the next query but
gives it only a second: a query that needs longer waits for one of the others. So endless queries cannot keep
short ones from being answered. A thread watches over time limits and clients that have left.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from signal import Signals

from kg.errors import RequestError
from server.messages import Chunk, Failed, Gone, Job, LookedUp, Lookup, Reply, Table
from server.worker import Worker, WorkerEndedError

SHORT_SECONDS = 1.0  # longer than 99 % of queries that people type, shorter than their patience
_WATCH_SECONDS = 0.1

_log = logging.getLogger(__name__)


class CheckpointGoneError(Exception):
    """The job's checkpoint was removed before a reader had opened it; ask again with the newest one."""


class AnswerBrokenError(ConnectionAbortedError):
    """A long answer ended before its end; the connection must be cut so that the client notices."""


class TooLongError(Exception):
    """The reader for short queries was ended at work on a longer one, which another reader must take."""


@dataclass(slots=True, eq=False)
class Lease:
    """A reader at work on one query."""

    worker: Worker
    short: bool
    deadline: float
    left: Callable[[], bool]  # whether the client has gone
    reason: str | None = field(default=None)  # why it was killed: time or left
    home: Callable[[Worker | None], None] | None = None  # takes it back, in any thread; None: it has ended


class Answer(Iterator[bytes]):
    """A serialised answer, piece by piece. Close it: an unfinished one keeps a reader busy."""

    def __init__(self, pool: Pool, lease: Lease, first: Chunk) -> None:
        self.media_type = first.media_type
        self.whole = first.body if first.last else None  # the answer, where it is short
        self.worker = lease.worker
        self._pool = pool
        self._lease = lease
        self._pending: Chunk | None = first
        self._open = not first.last

    def __next__(self) -> bytes:
        if self._pending is not None:
            return self.first()
        if not self._open:
            raise StopIteration
        try:
            reply = self.worker.receive()
        except WorkerEndedError:
            raise self.broken() from None
        return self.taken(reply)

    @property
    def is_open(self) -> bool:
        """Whether the reader has more to send."""
        return self._open

    def first(self) -> bytes:
        """The piece that came first, to be taken once."""
        if self._pending is None:
            raise ValueError("the first piece has been taken")
        piece, self._pending = self._pending, None
        return piece.body

    def taken(self, reply: object) -> bytes:
        """The piece in a reply of the reader; AnswerBrokenError where it has none."""
        if not isinstance(reply, Chunk) or reply.last:
            self._open = False
            self._pool.release(self._lease)
        if not isinstance(reply, Chunk):
            raise AnswerBrokenError(str(reply))
        return reply.body

    def broken(self) -> AnswerBrokenError:
        """The reader has ended: replaces it."""
        self._open = False
        return AnswerBrokenError(str(self._pool.ended(self._lease)))

    def close(self) -> None:
        """Give up the rest."""
        if self._open:
            self._lease.reason = "left"
            self.worker.kill()
            self.broken()


class Pool:
    """Reader processes that answer jobs; safe to use from many threads.

    `seconds` limits a query from its start to the end of its answer, and the wait for a reader; `memory` is
    bytes of working memory of one reader.
    """

    def __init__(self, *, workers: int, seconds: float, memory: int) -> None:
        self.seconds = seconds
        self._memory = memory
        lock = threading.RLock()
        self._changed = threading.Condition(lock)  # a reader is free for any query
        self._regular = threading.Condition(lock)  # one is free that is not the short one
        self._idle = [self._start() for _ in range(workers)]
        self._short: Worker | None = self._start()
        self._busy: set[Lease] = set()
        self._closed = threading.Event()
        self.on_free: Callable[[], None] | None = None  # told of a free reader, in any thread; must be quick
        self.replaced = 0  # readers that were killed or crashed
        self.stopped = 0  # queries that took too long
        self._watchdog = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._watchdog.start()

    @property
    def busy(self) -> int:
        """How many readers are at work."""
        return len(self._busy)

    def serialised(self, job: Job, *, left: Callable[[], bool]) -> Answer:
        """The answer to a job that asks for `Formats`; RequestError where it is refused or fails."""
        lease, reply = self._ask(job, left)
        if not isinstance(reply, Chunk):
            raise ValueError(f"unexpected reply {reply!r}")
        return Answer(self, lease, reply)

    def table(self, job: Job, *, left: Callable[[], bool]) -> Table:
        """The answer to a job that asks for `Rows`; RequestError where it is refused or fails."""
        _lease, reply = self._ask(job, left)
        if not isinstance(reply, Table):
            raise ValueError(f"unexpected reply {reply!r}")
        return reply

    def looked_up(self, lookup: Lookup, *, left: Callable[[], bool]) -> object:
        """The answer to a lookup; RequestError where it is refused or fails."""
        _lease, reply = self._ask(lookup, left)
        if not isinstance(reply, LookedUp):
            raise ValueError(f"unexpected reply {reply!r}")
        return reply.answer

    def close(self) -> None:
        """End all readers."""
        self._closed.set()
        self._watchdog.join()
        with self._changed:
            workers = [*self._idle, *(lease.worker for lease in self._busy)]
            workers += [self._short] if self._short is not None else []
            self._idle, self._short = [], None
            self._changed.notify_all()
            self._regular.notify_all()
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.end()

    def _ask(self, job: Job | Lookup, left: Callable[[], bool]) -> tuple[Lease, Chunk | Table | LookedUp]:
        """The first reply to a job, and the reader at work on it if the reply is not its last."""
        allow_short = True
        while True:
            lease = self.take(left, allow_short=allow_short)
            try:
                lease.worker.send(job)
                reply = lease.worker.receive()
            except WorkerEndedError:
                try:
                    raise self.ended(lease) from None
                except TooLongError:
                    allow_short = False
                    continue
            return lease, self.replied(lease, reply)

    def replied(self, lease: Lease, reply: Reply) -> Chunk | Table | LookedUp:
        """The first reply to a job; its reader is free again unless more is to come.

        RequestError where the job failed, CheckpointGoneError where it must be asked again.
        """
        if lease.short:  # it has begun to answer in time: let it end
            lease.deadline += self.seconds
        if not isinstance(reply, Chunk) or reply.last:
            self.release(lease)
        match reply:
            case Gone():
                raise CheckpointGoneError
            case Failed():
                raise RequestError(reply.status, reply.message)
        return reply

    def take_now(self, left: Callable[[], bool], *, allow_short: bool = True) -> Lease | None:
        """A reader that is free at this moment, None where there is none; as `take` else."""
        with self._changed:
            if not self._idle and not (allow_short and self._short):
                return None
            return self._leased(left)

    def take(self, left: Callable[[], bool], *, allow_short: bool = True) -> Lease:
        """A reader, once there is one; RequestError 503 where there is none in time.

        `release` it, or say that it has `ended`.
        """
        give_up = time.monotonic() + self.seconds
        with self._changed:
            free = self._changed if allow_short else self._regular
            while not self._idle and not (allow_short and self._short):
                over = left() or self._closed.is_set()
                if over or not free.wait(timeout=max(0.0, give_up - time.monotonic())):
                    self._wake()  # it may be us who was woken
                    raise RequestError(503, "all readers are busy with longer queries; try again later")
            return self._leased(left)

    def _leased(self, left: Callable[[], bool]) -> Lease:
        """One of those that are free, of which there is one."""
        short, seconds = not self._idle, self.seconds
        if short:
            assert self._short is not None  # noqa: S101 (who calls this has seen it)
            worker, self._short = self._short, None
            seconds = min(SHORT_SECONDS, seconds)
        else:
            worker = self._idle.pop()
        lease = Lease(worker, short, time.monotonic() + seconds, left)
        self._busy.add(lease)
        return lease

    def adopt(self, lease: Lease) -> None:
        """Watch over a reader from elsewhere that is at work; it goes back to its `home`."""
        with self._changed:
            self._busy.add(lease)

    def release(self, lease: Lease) -> None:
        """The lease's reader has answered: it takes another job, unless it was killed at the last moment."""
        with self._changed:
            self._busy.discard(lease)
            killed = lease.reason is not None
        if killed:
            self.ended(lease)
        elif lease.home is not None:
            lease.home(lease.worker)
        else:
            self._back(lease.worker, lease.short)

    def ended(self, lease: Lease) -> RequestError | TooLongError:
        """Replace a reader that has ended, and say why it ended: TooLongError asks for another reader."""
        with self._changed:
            self._busy.discard(lease)
        signal = lease.worker.end()
        self.stopped += lease.reason == "time" and not lease.short
        _log.warning("reader ended: %s", lease.reason or signal)
        if not self._closed.is_set():
            self.replaced += 1
            if lease.home is not None:
                lease.home(None)
            else:
                self._back(self._start(), lease.short)
        if lease.short and lease.reason == "time":
            return TooLongError()
        return self._explained(lease.reason, signal)

    def _back(self, worker: Worker, short: bool) -> None:
        with self._changed:
            if short:
                self._short = worker
            else:
                self._idle.append(worker)
            self._wake()

    def _wake(self) -> None:
        """Tell one who waits, not all: hundreds may wait, and one takes the reader."""
        if self._idle:
            self._regular.notify()
        if self._idle or self._short is not None:
            self._changed.notify()
            if self.on_free is not None:
                self.on_free()

    def _explained(self, reason: str | None, signal: Signals | None) -> RequestError:
        if reason == "time" or signal is Signals.SIGXCPU:
            return RequestError(503, f"the query was stopped: it took longer than {self.seconds:g} s")
        if reason == "left":
            return RequestError(503, "the query was stopped: the client has gone")
        if signal in (Signals.SIGSEGV, Signals.SIGBUS):  # the engine recurses over a query's structure
            return RequestError(400, "the query is nested too deeply")
        if signal is Signals.SIGABRT:  # memory was refused
            return RequestError(400, f"the query needs more memory than the {self._memory >> 20} MiB granted")
        return RequestError(500, "the reader of this query ended unexpectedly; try again")

    def start(self, module: str) -> Worker:
        """A reader that is not of the pool, with the memory of one."""
        return Worker(module, self._memory)

    def _start(self) -> Worker:
        return self.start("server.reader")

    def _watch(self) -> None:
        """Kill readers whose time is up or whose client has gone."""
        while not self._closed.wait(_WATCH_SECONDS):
            now = time.monotonic()
            with self._changed:  # so that no reader that was released meanwhile is killed
                for lease in self._busy:
                    if lease.reason is None and (now > lease.deadline or lease.left()):
                        lease.reason = "time" if now > lease.deadline else "left"
                        lease.worker.kill()
