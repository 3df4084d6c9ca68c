"""Starts the server, and ends it."""

from __future__ import annotations

import errno
import gc
import logging
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from kg.errors import ServerError, SitrepError
from server.app import create_app
from server.endpoint import Endpoint
from server.front.asgi import FIELDS, Front
from server.front.connection import CONNECTIONS, IDLE_SECONDS, Connection
from server.gate import Gate
from server.reading import Readings
from server.settings import ServerSettings

_AFTER_TIMEOUT = 2.0  # seconds beyond the limit of a query that an answer may take to reach its client
_LAST_SECONDS = 0.1  # for the last answer to be sent
_COLLECT = (20_000, 20, 50)  # allocations between looks for garbage in circles, of which requests make little
_TICKS = 10  # of uvicorn's in a second


def serve(settings: ServerSettings) -> None:
    """Serve the store until the process is interrupted or terminated.

    SIGTERM lets the requests that are inside end and refuses new ones; a second one, or SIGINT, ends at once.
    Raises StoreError without a store, ServerError where the port is taken or the settings cannot be.
    """
    listening = _listen(settings.host, settings.port)
    try:
        app = create_app(settings)
    except SitrepError:
        listening.close()
        raise
    endpoint: Endpoint = app.extensions["sitrep"]
    readings: Readings = app.extensions["sitrep-readings"]
    front = Front(app)
    try:
        server = _Server(_config(front), front, app.extensions["sitrep-gate"], settings.timeout)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{host}:{listening.getsockname()[1]}/"
        print(f"Sitrep serves {settings.store} on {address}", file=sys.stderr, flush=True)  # noqa: T201
        gc.collect()
        gc.freeze()  # what is there now stays: it need not be looked at again
        gc.set_threshold(*_COLLECT)
        server.run([listening])
    finally:
        readings.close()
        endpoint.close()
        front.close()


def _config(front: Front) -> uvicorn.Config:
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # of what clients do wrong only they are told
    return uvicorn.Config(
        front,
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        headers=[(name.decode(), value.decode()) for name, value in FIELDS],
        timeout_keep_alive=int(IDLE_SECONDS),
        backlog=CONNECTIONS,
    )


class _Server(uvicorn.Server):
    """Looks after slow clients, and ends when asked to: at the latest some time after a query's limit."""

    def __init__(self, config: uvicorn.Config, front: Front, gate: Gate, timeout: float) -> None:
        super().__init__(config)
        self._front = front
        self._gate = gate
        self._longest = 3 * timeout + _AFTER_TIMEOUT  # seconds of an answer
        self._ending = timeout + _AFTER_TIMEOUT
        self._deadline: float | None = None  # of the end, once it has begun

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second; True ends the server."""
        now = time.monotonic()
        if counter % _TICKS == 0:
            for connection in list(self.server_state.connections):
                if isinstance(connection, Connection):
                    connection.check(connection.loop.time(), self._longest)
        if self._gate.closing and self._front.lending is not None:
            self._front.lending.recall()
        if self._deadline is not None and self._gate.is_empty:
            self._deadline = min(self._deadline, now + _LAST_SECONDS)
        if self._deadline is not None and now >= self._deadline:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """The end: requests still inside are cut off, which is no mistake of theirs."""
        for name in ("uvicorn", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """SIGTERM or SIGINT has come."""
        self.force_exit = True  # when it comes to that: what is inside has been waited for
        if sig == signal.SIGTERM and not self._gate.closing:
            self._gate.closing = True
            self._deadline = time.monotonic() + self._ending
        else:
            self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but the process ends by returning, with status 0."""
        before = {name: signal.signal(name, self.handle_exit) for name in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that accepts connections from now on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=CONNECTIONS)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServerError(f"port {port} of {host} is taken: choose another one with --port") from error
        raise ServerError(f"cannot serve on {host}, port {port}: {error.strerror or error}") from error
    except OverflowError as error:
        raise ServerError(f"port {port} is not between 0 and 65535") from error
