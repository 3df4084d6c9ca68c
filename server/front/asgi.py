"""What uvicorn calls (ASGI): queries are answered here, all else by the web application."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from server.endpoint import Endpoint
from server.front.asked import PATH, Asked
from server.front.bridge import Bridge
from server.front.exchange import Taken
from server.front.lending import Lending
from server.front.queries import Queries
from server.front.readers import Readers
from server.front.requests import ABORT, ROOM, ClientLeftError, Receive, Send, read_request
from server.gate import Gate

_SPARE_THREADS = 16  # for what passes the gate freely, and for those that it refuses


# Of every answer, beside its date
FIELDS = ((b"server", b"Sitrep"),)


class Front:
    """The server's application, over the one that `create_app` has made."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._usual = b"".join(b"%b: %b\r\n" % field for field in FIELDS)
        self._endpoint: Endpoint = app.extensions["sitrep"]
        self._gate: Gate = app.extensions["sitrep-gate"]
        threads = self._endpoint.settings.max_requests + _SPARE_THREADS
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._parts: tuple[Queries, Bridge] | None = None
        self.lending: Lending | None = None

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            await self._answer(scope, receive, send)
        except asyncio.CancelledError:  # the server ends, and has waited long enough
            scope["extensions"][ABORT]()
            await asyncio.sleep(0)  # until uvicorn knows

    async def _answer(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        queries, bridge = self._parts or self._begin()
        await scope["extensions"][ROOM]()  # else answers to requests that come at once would pile up
        try:
            request = await read_request(scope, receive, send)
        except ClientLeftError:
            return
        try:
            if scope["path"] != PATH or not await queries.answer(request):
                await bridge.answer(request)
        finally:
            if request.body is not None:
                request.body.close()

    def take(self, asked: Asked, exchange: Taken) -> bool:
        """Answer a plain query; False, and nothing done, where that is left to a request."""
        queries, _bridge = self._parts or self._begin()
        return queries.take(asked, exchange)

    def _begin(self) -> tuple[Queries, Bridge]:
        """What needs the loop that runs."""
        loop = asyncio.get_running_loop()
        readers = Readers(self._endpoint.pool, loop, self._threads)
        queries = Queries(self._endpoint, self._gate, readers, self._threads)
        settings = self._endpoint.settings
        most = min(settings.workers, os.cpu_count() or 1)
        self.lending = Lending(
            self._endpoint, self._gate, readers, self._threads, usual=self._usual, most=most
        )
        self._parts = queries, Bridge(self._app, loop, self._threads)
        return self._parts

    def close(self) -> None:
        """Wait for no thread."""
        if self.lending is not None:
            self.lending.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
