"""Lends the connections of clients that ask one plain query after another to quick readers (`server.quick`).

They are processes of their own beside the pool, started when they are first wanted. One whose query takes
longer becomes a reader of the pool until it has answered.
"""

from __future__ import annotations

import asyncio
import mmap
import os
import socket
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol

from kg.errors import SitrepError
from server.endpoint import Endpoint
from server.front.asked import PATH
from server.front.readers import Begun, Readers
from server.gate import Gate, Visit
from server.lent import (
    NUMBER,
    PAGE,
    RECORD,
    Back,
    Begin,
    BrokenError,
    Lend,
    Opened,
    Ready,
    Recall,
    Shut,
    Terms,
    send,
)
from server.messages import Chunk
from server.pool import Lease
from server.versions import Version
from server.worker import Worker, WorkerEndedError

_MOST = 64  # connections of a reader
_DRAIN_SECONDS = 0.1  # between looks at the records of readers
_RECORDS_BYTES = 1 << 20  # that a pipe may hold: of 40,000 answers


class Borrowed(Protocol):
    """A connection that may be lent."""

    @property
    def address(self) -> str | None:
        """Of its client."""

    @property
    def descriptor(self) -> int:
        """Of its socket."""

    def left(self) -> bool:
        """Whether its client has gone."""

    def given_back(self, rest: bytes, begun: Lent | None) -> None:
        """Go on with it; `rest` is to be sent first, `begun` is at work on the request that comes."""

    def cut(self) -> None:
        """End it: part of an answer may have been sent."""


class Lent:
    """A quick reader that is at work on a query which takes longer."""

    def __init__(self, lease: Lease, terms: Terms, drop: Callable[[Lease], None]) -> None:
        self._lease: Lease | None = lease
        self._terms = terms
        self._drop = drop

    def taken(self, version: Version) -> Lease | None:
        """The reader, if it answers from this version of the data."""
        if (self._terms.version, self._terms.made) != (version.name, version.made):
            return None
        lease, self._lease = self._lease, None
        return lease

    def drop(self) -> None:
        """Let the reader go, unless it was taken."""
        lease, self._lease = self._lease, None
        if lease is not None:
            self._drop(lease)


class _Quick:
    """A quick reader; BrokenError where its process has ended."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.channel = socket.socket(fileno=os.dup(worker.descriptor))
        self.held: dict[int, Borrowed] = {}
        self.terms: Terms | None = None  # that it was told last
        self.is_open = False  # and has agreed on
        self.records, theirs = os.pipe()
        os.set_blocking(self.records, False)
        shared = os.memfd_create("sitrep")
        try:
            os.ftruncate(shared, PAGE)
            self.page = mmap.mmap(shared, PAGE)
            send(self.channel, Begin(), (theirs, shared))
        except BrokenError:
            self.close()
            raise
        finally:
            os.close(theirs)
            os.close(shared)

    def close(self) -> None:
        """Free what belongs to it beside its process."""
        self.channel.close()
        self.page.close()
        os.close(self.records)


class Lending:
    """To be used in one event loop, but for `close`; `usual` are lines of every head beside its date."""

    def __init__(
        self,
        endpoint: Endpoint,
        gate: Gate,
        readers: Readers,
        threads: ThreadPoolExecutor,
        *,
        usual: bytes,
        most: int,
    ) -> None:
        self._endpoint = endpoint
        self._gate = gate
        self._readers = readers
        self._threads = threads
        self._usual = usual
        self._most = most if sys.platform == "linux" else 0
        self._loop = asyncio.get_running_loop()
        self._all: list[_Quick] = []
        self._starting = False
        self._number = 0
        self._draining: asyncio.TimerHandle | None = None
        self._closed = False
        gate.on_full = lambda: self._soon(self.recall)

    def lend(
        self, connection: Borrowed, block: bytes, *, asked: bool, known: Sequence[tuple[bytes, Ready]]
    ) -> bool:
        """Lend a connection as `Lend` says; False where there is nobody who takes it now."""
        quick = self._place() if self._gate.has_room else None
        if quick is None:
            return False
        self._number = self._number % 0xFFFFFFFF + 1
        lend = Lend(self._number, block, asked, tuple(known))
        if not self._said(quick, lend, (connection.descriptor,)):
            return False
        quick.held[self._number] = connection
        self._gate.lent += 1
        if self._draining is None:
            self._draining = self._loop.call_later(_DRAIN_SECONDS, self._drain_all)
        return True

    def recall(self) -> None:
        """Have all connections given back soon."""
        for quick in self._all:
            if quick.held and quick.is_open:
                quick.is_open = False
                self._said(quick, Recall())

    def close(self) -> None:
        """End all readers; the loop has ended."""
        self._closed = True
        for quick in self._all:
            quick.worker.kill()
        for quick in self._all:
            quick.worker.end()
            quick.close()

    def _place(self) -> _Quick | None:
        """The reader with the fewest connections; others are made ready where they are wanted."""
        try:
            terms = self._endpoint.terms(self._usual)
        except SitrepError:
            return None
        if terms is None:
            return None
        is_open = [quick for quick in self._all if quick.is_open and quick.terms == terms]
        best = min(is_open, key=lambda quick: len(quick.held), default=None)
        if best is None or best.held:
            self._make_ready(terms)
        return best if best is not None and len(best.held) < _MOST else None

    def _make_ready(self, terms: Terms) -> None:
        """One more reader for the newest data."""
        for quick in self._all:
            if quick.terms is None or (quick.is_open and not quick.held and quick.terms != terms):
                quick.terms, quick.is_open = terms, False
                self._said(quick, terms)
                return
        if len(self._all) < self._most and not self._starting:
            self._starting = True
            starting = self._loop.run_in_executor(self._threads, self._endpoint.pool.start, "server.quick")
            starting.add_done_callback(self._started)

    def _started(self, starting: asyncio.Future[Worker]) -> None:
        self._starting = False
        if starting.cancelled() or starting.exception() is not None:
            return
        worker = starting.result()
        try:
            quick = _Quick(worker)
        except BrokenError:
            self._bury(worker, lambda _worker: None)
            return
        self._all.append(quick)
        self._listen(quick)

    def _listen(self, quick: _Quick) -> None:
        self._readers.watch(quick.worker, partial(self._heard, quick))

    def _said(self, quick: _Quick, message: object, descriptors: Sequence[int] = ()) -> bool:
        try:
            send(quick.channel, message, descriptors)
        except BrokenError:  # it has ended, or takes nothing; its end is heard
            quick.worker.kill()
            return False
        return True

    def _heard(self, quick: _Quick) -> None:
        try:
            message = quick.worker.receive()
        except WorkerEndedError:
            self._ended(quick)
            return
        self._drain(quick)
        match message:
            case Opened():
                quick.is_open = True
            case Back():
                self._give_back(quick, message.number, message.rest)
            case Shut():
                self._shut(quick, message)
                if message.number is not None:
                    return
        self._listen(quick)

    def _shut(self, quick: _Quick, shut: Shut) -> None:
        terms, quick.terms, quick.is_open = quick.terms, None, False
        begun = None
        if shut.number is not None and terms is not None:
            connection = quick.held[shut.number]
            deadline = shut.started + self._endpoint.pool.seconds
            lease = Lease(quick.worker, False, deadline, connection.left)
            lease.home = lambda worker: self._soon(partial(self._home, quick, worker))
            self._endpoint.pool.adopt(lease)
            begun = Lent(lease, terms, self._drop)
            quick.terms = terms  # so that it is not told others
        for number in tuple(quick.held):
            self._give_back(quick, number, begun=begun if number == shut.number else None)

    def _soon(self, work: Callable[[], None]) -> None:
        """Have it done in the loop; from any thread."""
        self._loop.call_soon_threadsafe(work)

    def _home(self, quick: _Quick, worker: Worker | None) -> None:
        """A reader comes back from the pool, or has ended there."""
        if worker is None:
            self._all.remove(quick)
            quick.close()
            return
        quick.terms = None
        self._listen(quick)

    def _drop(self, lease: Lease) -> None:
        """Nobody wants the answer of a reader, which may end it: to replace a reader takes longer."""
        self._readers.expect(lease, partial(self._dropped, lease))

    def _dropped(self, lease: Lease, begun: Begun) -> None:
        reply = begun[1] if isinstance(begun, tuple) else None
        if isinstance(reply, Chunk) and not reply.last:
            lease.reason = "left"
            lease.worker.kill()
            reply = None
        if reply is None:
            self._loop.run_in_executor(self._threads, self._endpoint.pool.ended, lease)
        else:
            self._endpoint.pool.release(lease)

    def _ended(self, quick: _Quick) -> None:
        """A reader has ended that was not in the pool."""
        self._drain(quick)
        cut = quick.held.get(NUMBER.unpack(quick.page)[0])
        for number, connection in tuple(quick.held.items()):
            self._give_back(quick, number)
            if connection is cut:
                connection.cut()
        self._bury(quick.worker, lambda worker: self._soon(partial(self._home, quick, worker)))

    def _bury(self, worker: Worker, home: Callable[[Worker | None], None]) -> None:
        """Count a reader that has ended, and tell its home once it is gone."""
        lease = Lease(worker, False, time.monotonic(), lambda: False, home=home)
        self._loop.run_in_executor(self._threads, self._endpoint.pool.ended, lease)

    def _give_back(self, quick: _Quick, number: int, rest: bytes = b"", begun: Lent | None = None) -> None:
        connection = quick.held.pop(number, None)
        if connection is not None:
            self._gate.lent -= 1
            connection.given_back(rest, begun)

    def _drain_all(self) -> None:
        for quick in self._all:
            self._drain(quick)
        held = any(quick.held for quick in self._all)
        self._draining = self._loop.call_later(_DRAIN_SECONDS, self._drain_all) if held else None

    def _drain(self, quick: _Quick) -> None:
        """Count what a reader has answered."""
        try:
            records = os.read(quick.records, _RECORDS_BYTES)
        except BlockingIOError:
            return
        metrics = self._endpoint.metrics
        for number, size, seconds, queried, ended in RECORD.iter_unpack(records):
            connection = quick.held.get(number)
            client = connection.address if connection is not None else None
            visit = Visit("GET", PATH, client, True, 0.0, 200, size, queried)
            metrics.request("sparql.query", 200)
            metrics.query(queried)
            self._gate.count(visit, seconds, ended)
