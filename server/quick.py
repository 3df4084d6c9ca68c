"""A quick reader: a process that answers plain queries at the connections of clients that it was lent.

So a query goes no way through the web process and back. A request is left in the connection until its answer
is ready; whatever is not one more plain query with a short answer is given back with it, and the web process
takes it from there as if it had just come. A query that takes longer goes on as in any reader, and all
other connections are given back at once, by a thread of its own, so that none waits for it.
"""

from __future__ import annotations

import mmap
import os
import select
import socket
import threading
import time
from array import array
from dataclasses import dataclass
from email.utils import formatdate

from server import headers
from server.compression import SMALLEST, gzipped, is_compressible
from server.confine import Confinement
from server.front import lines
from server.front.asked import Asked, Wishes, read_alike, read_block
from server.lent import (
    LARGEST_KEPT,
    NUMBER,
    PAGE,
    QUICK_SECONDS,
    RECORD,
    Back,
    Begin,
    Lend,
    Opened,
    Ready,
    Recall,
    Shut,
    Terms,
    receive,
)
from server.messages import Chunk, Dataset, Formats, Reply
from server.pipe import packed
from server.protocol import query_key
from server.reader import Reader, limit, look

_ALONE_SECONDS = 0.05  # of one for which nobody waits, before the web process looks after it
_IDLE_SECONDS = 0.05  # after which a connection is given back
_LOOK_SECONDS = 0.004  # between looks at a query
_LARGEST = 1 << 14  # bytes of a request
_KEPT_BYTES = 8 * 2**20  # of answers that are kept
_TOGETHER_SECONDS = 0.0005  # that an answer waits at most for others, which are sent with it
_MARKS = 1 << 13  # of requests; only an answer that is wanted again is kept, for to fill memory takes time
_OK = b"HTTP/1.1 200 OK\r\n"


def main(descriptor: int, memory: int) -> None:
    """Answer at lent connections until the web process has closed its end of `descriptor`."""
    limit(memory)
    quick = Quick(socket.socket(fileno=descriptor), Confinement())
    try:
        quick.run()
    except (EOFError, BrokenPipeError, ConnectionResetError):  # the web process is gone
        return


@dataclass(slots=True, eq=False)
class _Held:
    """A connection; `asked`: queries that are not known are to be asked; `used`: when it was last."""

    number: int
    socket: socket.socket
    block: bytes
    wishes: Wishes
    asked: bool
    used: float


class Quick:
    """The state of the process."""

    def __init__(self, channel: socket.socket, confinement: Confinement) -> None:
        self._channel = channel
        self._reader = Reader(self._deliver, confinement)
        self._lock = threading.Lock()  # of the connections, of what is at work, and of what is sent
        self._epoll = select.epoll()
        self._epoll.register(channel.fileno(), select.EPOLLIN)
        self._asking = select.poll()
        self._asking.register(channel.fileno(), select.POLLIN)
        self._held: dict[int, _Held] = {}  # by descriptor
        self._holding = threading.Event()
        self._work: tuple[int, float] | None = None  # the connection whose query runs, and since when
        self._terms: Terms | None = None
        self._newest: Terms | None = None  # found to be the newest after the requests of this turn had come
        self._kept: dict[bytes, Ready] = {}
        self._kept_bytes = 0
        self._marks = array("q", bytes(8 * _MARKS))  # of requests that were asked
        self._second, self._first = 0, b""
        self._swept = 0.0
        self._unsent: list[tuple[_Held, int, Ready, float]] = []  # what `_send` is to have

    def run(self) -> None:
        """Answer until EOFError or BrokenPipeError."""
        begin, (self._records, shared) = receive(self._channel)
        if not isinstance(begin, Begin):
            raise ValueError(f"unexpected message {begin!r}")
        self._page = mmap.mmap(shared, PAGE)
        os.close(shared)
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        own = self._channel.fileno()
        while True:
            events = self._events()
            self._newest = None
            for descriptor, _event in events:
                if descriptor == own:
                    self._command()
                elif (held := self._held.get(descriptor)) is not None:
                    self._serve(held)
            self._send_all()

    def _events(self) -> list[tuple[int, int]]:
        if not self._held:
            return self._epoll.poll()
        now = time.monotonic()
        if now - self._swept > _IDLE_SECONDS:
            self._swept = now
            for held in tuple(self._held.values()):
                if now - held.used > _IDLE_SECONDS:
                    self._give_back(held)
        return look(self._epoll.poll) or self._epoll.poll(_IDLE_SECONDS)

    def _command(self) -> None:
        message, descriptors = receive(self._channel)
        match message:
            case Lend():
                self._hold(message, socket.socket(fileno=descriptors[0]))
            case Terms():
                self._open(message)
            case Recall():
                with self._lock:
                    self._shut(Shut())

    def _open(self, terms: Terms) -> None:
        job = terms.job("ASK {}", Formats("text/csv", None), Dataset(), "http://localhost/")
        is_open = isinstance(self._reader.answer(job), Chunk)
        with self._lock:
            self._kept, self._kept_bytes = {}, 0
            self._second = 0
            self._terms = terms if is_open else None
            self._say(Opened() if is_open else Shut())

    def _hold(self, lend: Lend, connection: socket.socket) -> None:
        wishes = read_block(lend.block)
        if self._terms is None or wishes is None:  # it was lent before the web process knew
            connection.close()
            return
        for data, ready in lend.known:
            self._keep(data, ready)
        held = _Held(lend.number, connection, lend.block, wishes, lend.asked, time.monotonic())
        self._newest = None  # it may have the descriptor of one that is gone, and get a request in this turn
        with self._lock:
            self._held[connection.fileno()] = held
            self._epoll.register(connection.fileno(), select.EPOLLIN)
            self._holding.set()

    def _serve(self, held: _Held) -> None:
        """Answer the request that has come on a connection, or give it back."""
        started = time.monotonic()
        try:
            data = held.socket.recv(_LARGEST, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        terms = self._terms
        if terms is None or (terms is not self._newest and not _is_newest(terms)):
            with self._lock:
                self._shut(Shut())
            return
        self._newest = terms
        ready = self._kept.get(data)
        if ready is None:
            asked = read_alike(data, held.block, held.wishes) if held.asked else None
            if asked is None:
                self._give_back(held)
                return
            reply = self._reply(asked, held, terms, started)
            if reply is None:
                return
            ready = _ready(asked, reply, terms)
            if asked.repeatable and self._is_asked_again(data):
                self._keep(data, ready)
        self._unsent.append((held, len(data), ready, started))
        if time.monotonic() - self._unsent[0][3] > _TOGETHER_SECONDS:
            self._send_all()

    def _send_all(self) -> None:
        """Send the answers that are ready: clients that are woken together keep the processor shorter."""
        unsent, self._unsent = self._unsent, []
        for each in unsent:
            self._send(*each)

    def _reply(self, asked: Asked, held: _Held, terms: Terms, started: float) -> Chunk | None:
        """A short answer; None where the web process has what came of the query."""
        job = terms.job(asked.query.text, asked.formats, asked.query.dataset, asked.url)
        self._work = held.number, started
        reply = self._reader.answer(job)
        with self._lock:
            work, self._work = self._work, None
            if work is not None and isinstance(reply, Chunk):
                return reply
            if work is not None:
                self._shut(Shut(*work))
            self._say(reply)
        return None

    def _deliver(self, piece: Chunk) -> None:
        """A piece of an answer that is not short."""
        with self._lock:
            if self._work is not None:
                self._shut(Shut(*self._work))
            self._say(piece)

    def _send(self, held: _Held, size: int, ready: Ready, started: float) -> None:
        """Take a request of `size` bytes off the connection and answer it."""
        now = time.time()
        if int(now) != self._second:
            assert self._terms is not None  # noqa: S101 (else there is no answer)
            self._second = int(now)
            date = formatdate(self._second, usegmt=True).encode("ascii")
            self._first = b"%bdate: %b\r\n%b" % (_OK, date, self._terms.usual)
        NUMBER.pack_into(self._page, 0, held.number)
        held.used = time.monotonic()
        try:
            held.socket.recv(size)
            sent = held.socket.sendmsg((self._first, *ready))
        except BlockingIOError:
            sent = 0
        except OSError:  # the client has gone, which the web process will see
            sent = len(self._first) + len(ready.head) + len(ready.body)
        NUMBER.pack_into(self._page, 0, 0)
        seconds = held.used - started
        os.write(self._records, RECORD.pack(held.number, len(ready.body), seconds, seconds, now))
        if sent < len(self._first) + len(ready.head) + len(ready.body):
            self._give_back(held, b"".join((self._first, *ready))[sent:])

    def _keep(self, data: bytes, ready: Ready) -> None:
        """Remember an answer, and forget the oldest ones."""
        size = len(data) + len(ready.head) + len(ready.body)
        if len(ready.body) > LARGEST_KEPT or data in self._kept:
            return
        self._kept[data] = ready
        self._kept_bytes += size
        while self._kept_bytes > _KEPT_BYTES:
            oldest = next(iter(self._kept))
            gone = self._kept.pop(oldest)
            self._kept_bytes -= len(oldest) + len(gone.head) + len(gone.body)

    def _is_asked_again(self, data: bytes) -> bool:
        """Whether a request was asked before, as far as is remembered."""
        mark = hash(data)
        place = mark % _MARKS
        before, self._marks[place] = self._marks[place], mark
        return before == mark

    def _give_back(self, held: _Held, rest: bytes = b"") -> None:
        with self._lock:
            if self._held.get(held.socket.fileno()) is held:
                self._drop(held)
                self._say(Back(held.number, rest))

    def _shut(self, said: Shut) -> None:
        """Give all back; with the lock."""
        self._work = self._terms = None
        self._unsent = []  # the requests are still there
        for held in tuple(self._held.values()):
            self._drop(held)
        self._say(said)

    def _drop(self, held: _Held) -> None:
        del self._held[held.socket.fileno()]
        self._epoll.unregister(held.socket.fileno())
        held.socket.close()
        if not self._held:
            self._holding.clear()

    def _say(self, message: Opened | Back | Shut | Reply) -> None:
        self._channel.sendall(packed(message))

    def _watch(self) -> None:
        """Look whether a query takes longer."""
        while True:
            self._holding.wait()
            time.sleep(_LOOK_SECONDS)
            work = self._work
            if work is None:
                continue
            seconds = time.monotonic() - work[1]
            if seconds > _ALONE_SECONDS or (seconds > QUICK_SECONDS and self._is_awaited()):
                with self._lock:
                    if self._work is work:
                        self._shut(Shut(*work))

    def _is_awaited(self) -> bool:
        """Whether somebody beside the client whose query runs may wait for it."""
        return len(self._held) > 1 or bool(self._asking.poll(0))


def _is_newest(terms: Terms) -> bool:
    try:
        found = os.stat(terms.current)
    except OSError:
        return False
    return (found.st_ino, found.st_mtime_ns) == terms.stamp


def _ready(asked: Asked, reply: Chunk, terms: Terms) -> Ready:
    """The answer as the web process would give it."""
    body, media_type = reply.body, reply.media_type
    gzip = asked.gzip and is_compressible(media_type) and len(body) >= SMALLEST
    if gzip:
        body = gzipped(body)
    row_limit = terms.most_rows if media_type == asked.formats.solutions else None
    tag = None
    if asked.repeatable:
        key = (*query_key(asked.query, asked.formats), asked.url)
        tag = headers.etag(terms.version, terms.made, asked.query.text, key)
    return Ready(lines.whole(media_type, row_limit, tag, len(body), gzip=gzip) + b"\r\n", body)
