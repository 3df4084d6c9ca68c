"""A request and the way of its answer, past uvicorn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from server.front.lending import Lent
from server.front.requests import Message, Request
from server.lent import Ready


class Taken:
    """A request of HTTP/1.1 that was taken before uvicorn saw it, on a connection that is kept.

    `usual` are lines of the head that every answer has. `ended` is called at the end, and told whether the
    request has an answer. `tasks` are those that the server waits for when it ends. `begun` is a reader that
    is at work on the request already.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        flow: FlowControl,
        client: str | None,
        *,
        usual: bytes,
        ended: Callable[[bool], None],
        tasks: set[asyncio.Task[None]],
        begun: Lent | None = None,
    ) -> None:
        self.client = client
        self.left = transport.is_closing
        self._transport = transport
        self._flow = flow
        self._usual = usual
        self._ended = ended
        self._tasks = tasks
        self._whole = False
        self.begun = begun
        self.quick = False  # it was answered by a reader or from what is known, wholly and at once
        self.known: Ready | None = None  # its answer, if that was known

    def answer(self, status: int, head: bytes, body: bytes) -> None:
        """Answer at once, in one write."""
        self._whole = True
        if not self.left():
            self._transport.write(b"".join((STATUS_LINE[status], self._usual, head, b"\r\n", body)))

    async def send(self, message: Message) -> None:
        """Take the messages (ASGI) of an answer whose length is not known before its end."""
        if self.left():
            return
        if message["type"] == "http.response.start":
            fields = b"".join(b"%b: %b\r\n" % field for field in message["headers"])
            head = (
                STATUS_LINE[message["status"]],
                self._usual,
                fields,
                b"transfer-encoding: chunked\r\n\r\n",
            )
            self._transport.write(b"".join(head))
            return
        if body := message["body"]:
            self._transport.write(b"%x\r\n%b\r\n" % (len(body), body))
            await self._flow.drain()
        if not message.get("more_body"):
            self._whole = True
            self._transport.write(b"0\r\n\r\n")

    async def cut(self) -> None:
        """End the connection, so that nobody takes a part of an answer for the whole."""
        self._transport.abort()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Have the request answered by `work`, which may take its time."""
        task = asyncio.get_running_loop().create_task(self._finished(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def end(self) -> None:
        """The request is done with."""
        self._ended(self._whole)

    async def _finished(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except asyncio.CancelledError:  # the server ends, and has waited long enough
            self._whole = False
        finally:
            self.end()


Exchange: TypeAlias = Request | Taken
