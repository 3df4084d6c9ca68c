"""Starts the server."""

from __future__ import annotations

import errno
import logging
import signal
import socket
import sys
from types import FrameType

from waitress.server import create_server

from kg.errors import ServerError, SitrepError
from server.app import create_app
from server.endpoint import Endpoint
from server.settings import MAXIMUM_BODY, ServerSettings

_THREADS = 32  # more than readers: they wait, and answer what needs no reader
_CONNECTIONS = 1000


def serve(settings: ServerSettings) -> None:
    """Serve the store until the process is interrupted or terminated.

    Raises StoreError without a store, ServerError where the port is taken or the settings cannot be.
    """
    listening = _listen(settings.host, settings.port)
    try:
        app = create_app(settings)
    except SitrepError:
        listening.close()
        raise
    endpoint: Endpoint = app.extensions["sitrep"]
    try:
        server = create_server(
            app,
            sockets=[listening],
            threads=_THREADS,
            connection_limit=_CONNECTIONS,
            max_request_body_size=MAXIMUM_BODY,
            channel_request_lookahead=1,  # so that a client that leaves is noticed
            ident="Sitrep",
        )
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{host}:{listening.getsockname()[1]}/"
        print(f"Sitrep serves {settings.store} on {address}", file=sys.stderr, flush=True)  # noqa: T201
        signal.signal(signal.SIGTERM, _terminate)
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # else a line a request under load
        server.run()
    finally:
        endpoint.close()


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


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
