"""A connection of a client: what uvicorn does with it, and limits that it lacks."""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from server.explain import problem
from server.front.asked import BEGINNING, block, read_bytes
from server.front.exchange import Taken
from server.front.lending import Lent
from server.front.requests import ABORT, ANSWER, LEFT, ROOM
from server.lent import LARGEST_KEPT

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

    from server.front.asgi import Front

HEAD_BYTES = 64 * 1024  # of a request's first line and headers: of the longest query in a URL
CONNECTIONS = 1000
IDLE_SECONDS = 20.0  # without a byte, of a connection that has no request at work
_IN_A_ROW = 3  # quick queries, after which a connection is lent
RECEIVING_SECONDS = 60.0  # for a whole request: 10 MB at 170 kB/s


@lru_cache(maxsize=1)
def _written(fields: tuple[tuple[bytes, bytes], ...]) -> bytes:
    return b"".join(b"%b: %b\r\n" % field for field in fields)


class _RefusedError(Exception):
    """The request is not taken; raised within the parser, which ends by it."""


class Connection(HttpToolsProtocol):
    """Refuses what is too large with a problem, and is closed when its client is too slow.

    The server calls `check` about once a second.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._heard = self.loop.time()  # when a byte came in last
        self._receiving: float | None = None  # since when a request comes in
        self._serving: float | None = None  # since when one is answered
        self._at_work: RequestResponseCycle | None = None  # while others may have come already
        self._in_head = True
        self._head_bytes = 0  # since the last piece of a body, or the end of a head
        self._refusal: tuple[int, str] | None = None
        self._taken: Taken | None = None  # a request that has not gone through the parser
        self._held = b""  # what came after it
        self._last = False  # the server ends, and takes no more requests
        self._is_lent = False
        self._begun: Lent | None = None  # a reader that is at work on the request that comes next
        self._block = b""  # of the plain queries that came last
        self._quick = self._known = 0  # how many of them were so, one after the other
        self._asked = b""  # the last one

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            self._refuse(503, f"the server has {CONNECTIONS} connections already; try again soon")

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone; uvicorn tells so only to the request that came last."""
        super().connection_lost(exc)
        self._drop_begun()
        if self._at_work is not None:
            self._at_work.disconnected = True
            self._at_work.message_event.set()

    def data_received(self, data: bytes) -> None:
        """Take what has come in."""
        self._heard = self.loop.time()
        if self._taken is not None:
            self._held += data
            if len(self._held) > HEAD_BYTES:
                self.flow.pause_reading()  # no sooner, for who does not read does not see a client leave
            return
        if data.startswith(BEGINNING) and self._is_between and self._take(data):
            return
        self._quick = 0
        self._drop_begun()
        if self._receiving is None:
            self._receiving = self._heard
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431, f"the head of a request may have {HEAD_BYTES} bytes")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head = True
        self._lines = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._count(len(name) + len(value) + 4)
        if self._in_head:  # not a trailer, which would pass for a header that a proxy has looked at
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there; its answer may begin."""
        self._in_head, self._head_bytes = False, 0
        super().on_headers_complete()
        extensions: dict[str, Any] = {
            LEFT: self.transport.is_closing,
            ABORT: self.transport.abort,
            ANSWER: partial(self._answer, self.cycle),
            ROOM: self.flow.drain,
        }
        self.scope["extensions"] = extensions

    def on_body(self, body: bytes) -> None:
        """A piece of the body; what comes without one counts as head: extensions of chunks, trailers."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there."""
        super().on_message_complete()
        self._in_head, self._head_bytes, self._receiving = True, 0, None
        if self._serving is None:
            self._serving = self._heard

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._at_work = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """The answer has been handed to the system."""
        super().on_response_complete()
        self._heard = self.loop.time()
        self._serving = None if self.cycle.response_complete else self._heard  # the next one is here already

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, or one that was refused while it came in."""
        self._refuse(*(self._refusal or (400, msg)))

    def _answer(self, cycle: RequestResponseCycle, status: int, head: bytes, body: bytes) -> None:
        """Answer the request that is at work: at once, and in one write.

        Two messages to uvicorn, each header of which it looks at, would take as long as all else here.
        """
        if cycle.disconnected:
            return
        cycle.response_started = cycle.response_complete = True
        ending = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((STATUS_LINE[status], self._usual(), head, ending, body)))
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()

    def check(self, now: float, longest: float) -> None:
        """Close the connection if its client takes too long; an answer may take `longest` seconds."""
        if self._is_lent:
            return
        if self.transport.is_closing():
            if now - self._heard > longest:  # it does not take its answer, for which closing waits
                self.transport.abort()
        elif self._receiving is not None:
            if now - self._receiving > RECEIVING_SECONDS or now - self._heard > IDLE_SECONDS:
                self._refuse(408, "the request took too long to come in")
        elif self._serving is not None:
            if now - self._serving > longest:
                self.transport.abort()
        elif now - self._heard > (longest if self.transport.get_write_buffer_size() else IDLE_SECONDS):
            self.transport.close()

    @property
    def _is_between(self) -> bool:
        """Whether no request is at work or has begun to come in, and the answers before have been taken."""
        return (
            self._receiving is None
            and (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
        )

    def _take(self, data: bytes) -> bool:
        """Have the request answered without uvicorn, which takes as long for it as all else here."""
        asked = read_bytes(data)
        if asked is None:
            return False
        self._unset_keepalive_if_required()
        self._serving = self._heard
        self._taken = Taken(
            self.transport,
            self.flow,
            self.address,
            usual=self._usual(),
            ended=self._free,
            tasks=self.tasks,
            begun=self._begun,
        )
        if block(data) != self._block:
            self._block, self._quick, self._known = block(data), 0, 0
        self._asked = data
        if not cast("Front", self.app).take(asked, self._taken):
            self._taken = self._serving = None
            return False
        self._drop_begun()
        return True

    def _free(self, whole: bool) -> None:
        """The request that was taken is done with."""
        taken, self._taken, self._serving = self._taken, None, None
        self._heard = self.loop.time()
        if not whole:
            self.transport.abort()
        elif self._last:
            self.transport.close()
        if self._held and not self.transport.is_closing():
            self.flow.resume_reading()
            held, self._held = self._held, b""
            self.data_received(held)
        elif taken is not None:
            self._consider(taken)

    def _consider(self, taken: Taken) -> None:
        """Lend the connection if one quick query comes after the other, and nothing else."""
        self._quick = self._quick + 1 if taken.quick else 0
        self._known = self._known + 1 if taken.known is not None else 0
        if self._quick < _IN_A_ROW or self._begun is not None or not self._is_between:
            return
        if self.transport.get_write_buffer_size():
            return
        if taken.known is not None and len(taken.known.body) > LARGEST_KEPT:
            return  # a reader would not keep it
        known = () if taken.known is None else ((self._asked, taken.known),)
        asked = self._known < _IN_A_ROW  # else heavy ones may be among them, whose answers are known here
        lending = cast("Front", self.app).lending
        if lending is not None and lending.lend(self, self._block, asked=asked, known=known):
            self._is_lent = True
            self.flow.pause_reading()

    @property
    def address(self) -> str | None:
        """Of the client."""
        return self.client[0] if self.client else None

    @property
    def descriptor(self) -> int:
        """Of the socket."""
        return int(self.transport.get_extra_info("socket").fileno())

    def left(self) -> bool:
        """Whether the client has gone."""
        return self.transport.is_closing()

    def given_back(self, rest: bytes, begun: Lent | None) -> None:
        """Go on with a connection that was lent."""
        self._is_lent = False
        self._begun = begun
        if begun is not None or rest:
            self._quick = self._known = 0
        self._heard = self.loop.time()
        if self.transport.is_closing():
            self._drop_begun()
            return
        if rest:
            self.transport.write(rest)
        if self._last:
            self._drop_begun()
            self.transport.close()
            return
        self.flow.resume_reading()

    def cut(self) -> None:
        """End the connection at once."""
        self.transport.abort()

    def _drop_begun(self) -> None:
        begun, self._begun = self._begun, None
        if begun is not None:
            begun.drop()

    def shutdown(self) -> None:
        """The server ends."""
        self._last = True
        if self._taken is None and not self._is_lent:
            super().shutdown()

    def _usual(self) -> bytes:
        """Lines of the head that every answer has; they change every second."""
        return _written(tuple(self.server_state.default_headers))

    def _count(self, size: int) -> None:
        self._lines += size
        if self._lines > HEAD_BYTES:
            self._refusal = (431, f"the head of a request may have {HEAD_BYTES} bytes")
            raise _RefusedError

    def _refuse(self, status: int, message: str) -> None:
        """Say why, and end the connection; where that would stand in another answer's place, it is cut."""
        pending = self.cycle is not None and not self.cycle.response_complete
        if pending and (self._in_head or self.cycle.response_started):
            self.transport.abort()
            return
        body = json.dumps(problem(status, message)).encode() + b"\n"
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/problem+json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()
