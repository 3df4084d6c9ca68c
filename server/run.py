"""Starts the server, and ends it."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import threading
import time
from functools import partial
from types import FrameType

from waitress.server import create_server

from kg.errors import ServerError, SitrepError
from server.app import create_app
from server.channel import Channel
from server.endpoint import Endpoint
from server.gate import Gate
from server.settings import MAXIMUM_BODY, ServerSettings

_SPARE_THREADS = 16  # for what passes the gate freely, and for those that it refuses
_CONNECTIONS = 1000
_IDLE_SECONDS = 20  # a connection that sends or takes nothing is closed then
_HEADERS = 64 * 1024  # bytes of a request's first line and headers: of the longest query in a URL
_AFTER_TIMEOUT = 2.0  # seconds beyond the limit of a query that an answer may take to reach its client
_POLL_SECONDS = 0.05


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
    gate: Gate = app.extensions["sitrep-gate"]
    try:
        server = create_server(
            app,
            sockets=[listening],
            threads=settings.max_requests + _SPARE_THREADS,
            connection_limit=_CONNECTIONS,
            asyncore_use_poll=True,  # select() fails once a thousand connections are open
            channel_timeout=_IDLE_SECONDS,
            cleanup_interval=5,
            max_request_body_size=MAXIMUM_BODY,
            max_request_header_size=_HEADERS,
            channel_request_lookahead=1,  # so that a client that leaves is noticed
            ident="Sitrep",
        )
        server.channel_class = partial(Channel, longest=3 * settings.timeout + _AFTER_TIMEOUT)  # type: ignore[union-attr]
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{host}:{listening.getsockname()[1]}/"
        print(f"Sitrep serves {settings.store} on {address}", file=sys.stderr, flush=True)  # noqa: T201
        signal.signal(signal.SIGTERM, _Ending(gate, settings.timeout + _AFTER_TIMEOUT).begin)
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # else a line a request under load
        server.run()
    finally:
        endpoint.close()


class _Ending:
    """The end of a server that was asked to terminate: at the latest after `seconds`."""

    def __init__(self, gate: Gate, seconds: float) -> None:
        self._gate = gate
        self._seconds = seconds

    def begin(self, _signal: int, _frame: FrameType | None) -> None:
        """Refuse new requests from now on, and end once those inside are answered."""
        if self._gate.closing:
            raise SystemExit(0)
        self._gate.closing = True
        threading.Thread(target=self._wait, name="ending", daemon=True).start()

    def _wait(self) -> None:
        deadline = time.monotonic() + self._seconds
        while not self._gate.is_empty and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        time.sleep(_POLL_SECONDS)  # for the last answer to be sent
        os.kill(os.getpid(), signal.SIGTERM)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that accepts connections from now on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_CONNECTIONS)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServerError(f"port {port} of {host} is taken: choose another one with --port") from error
        raise ServerError(f"cannot serve on {host}, port {port}: {error.strerror or error}") from error
    except OverflowError as error:
        raise ServerError(f"port {port} is not between 0 and 65535") from error
