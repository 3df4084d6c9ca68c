"""The gate that every request passes: so many at a time, each counted and logged, none as the server ends."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kg.errors import ServerError
from server.explain import problem
from server.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CLIENT_LEFT = (
    "sitrep.client_left"  # in the environment (WSGI): a function that tells whether the client has gone
)
RETRY_SECONDS = 5  # what those are told who come at a bad time; most queries are over by then

_FREE = ("/health", "/metrics", "/static/")  # answered however busy the server is


@dataclass(slots=True)
class Visit:
    """A request on its way through."""

    method: str
    path: str
    client: str | None
    free: bool
    started: float
    status: int = 500
    sent: int = 0
    query_seconds: float | None = None  # None: those of the thread that answers


class Gate:
    """Wraps an application (WSGI); safe to use from many threads.

    At most `most` requests are inside at a time, more are answered with 429. `log` takes a line of JSON for
    each request: never its query string, body or headers, which may hold what is not for logs.
    """

    def __init__(self, app: WSGIApplication, *, most: int, metrics: Metrics, log: TextIO | None) -> None:
        self._app = app
        self._most = most
        self._metrics = metrics
        self._log = log
        self._lock = threading.Lock()
        self._inside = 0
        self.closing = False
        self.lent = 0  # connections at which requests are answered that do not come through here
        self.on_full: Callable[[], None] | None = None  # called, in any thread, when these should

    @property
    def is_empty(self) -> bool:
        """Whether no request is inside."""
        return self._inside == 0 and self.lent == 0

    @property
    def has_room(self) -> bool:
        """Whether one more connection may be lent."""
        return not self.closing and self._inside + self.lent + 1 < self._most

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the request in, or refuse it."""
        path = str(environ.get("PATH_INFO", ""))
        client = environ.get("REMOTE_ADDR")
        visit = Visit(
            str(environ.get("REQUEST_METHOD", "")), path, client, path.startswith(_FREE), time.monotonic()
        )
        self._metrics.begin()
        if not self._enter(visit):
            return self._refused(visit, start_response)

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> object:
            visit.status = int(status[:3])
            return start_response(status, headers, exc_info)  # type: ignore[arg-type]

        try:
            return _Body(self._app(environ, start), visit, self.leave)  # type: ignore[arg-type]
        except BaseException:
            self.leave(visit)
            raise

    def enter(self, method: str, path: str, client: str | None) -> Visit | None:
        """Let a request in that is not for the application, to be followed by `leave`; None: no room."""
        visit = Visit(method, path, client, False, time.monotonic())
        return visit if self._enter(visit) else None

    def leave(self, visit: Visit) -> None:
        """The request has been answered, or given up."""
        if not visit.free:
            with self._lock:
                self._inside -= 1
        self._finish(visit, time.monotonic() - visit.started, datetime.now(UTC))

    def count(self, visit: Visit, seconds: float, ended: float) -> None:
        """A request has been answered elsewhere; `ended` is seconds since 1970."""
        self._finish(visit, seconds, datetime.fromtimestamp(ended, UTC))

    def _enter(self, visit: Visit) -> bool:
        """Count the request in, if it may come in."""
        if visit.free:
            return True
        with self._lock:
            if self.closing or self._inside >= self._most:
                return False
            self._inside += 1
            full = self.lent and self._inside + self.lent >= self._most
        if full and self.on_full is not None:
            self.on_full()
        return True

    def _refused(self, visit: Visit, start_response: StartResponse) -> Iterable[bytes]:
        status, phrase = (503, "Service Unavailable") if self.closing else (429, "Too Many Requests")
        reason = (
            "the server is ending; ask another one, or try again soon"
            if self.closing
            else f"the server is at work on {self._most} requests already; try again soon"
        )
        body = json.dumps(problem(status, reason)).encode() + b"\n"
        headers = {
            "Content-Type": "application/problem+json",
            "Content-Length": str(len(body)),
            "Access-Control-Allow-Origin": "*",
            "Retry-After": str(RETRY_SECONDS),
        }
        start_response(f"{status} {phrase}", list(headers.items()))
        visit.status, visit.sent = status, len(body)
        self._metrics.request("none", status)
        self._finish(visit, time.monotonic() - visit.started, datetime.now(UTC))
        return [b"" if visit.method == "HEAD" else body]

    def _finish(self, visit: Visit, seconds: float, ended: datetime) -> None:
        self._metrics.answered(seconds)
        if self._log is None:
            return
        queries = self._metrics.query_seconds() if visit.query_seconds is None else visit.query_seconds
        entry = {
            "time": ended.isoformat(timespec="milliseconds"),
            "client": visit.client,
            "method": visit.method,
            "path": visit.path,
            "status": visit.status,
            "bytes": visit.sent,
            "seconds": round(seconds, 6),
            "query_seconds": round(queries, 6),
        }
        line = json.dumps(entry)
        with self._lock:
            self._log.write(f"{line}\n")
            self._log.flush()


def open_log(path: Path | None) -> TextIO | None:
    """The access log, which lines are added to; ServerError where it cannot be written."""
    if path is None or path == Path("-"):
        return None if path is None else sys.stderr
    try:
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise ServerError(f"{path}: cannot write the access log: {error.strerror or error}") from error


class _Body(Iterator[bytes]):
    """The body of an answer, which says when it has been sent or given up."""

    def __init__(self, body: Iterable[bytes], visit: Visit, leave: Callable[[Visit], None]) -> None:
        self._body = body
        self._pieces = iter(body)
        self._visit = visit
        self._leave = leave
        self._open = True

    def __next__(self) -> bytes:
        piece = next(self._pieces)
        self._visit.sent += len(piece)
        return piece

    def close(self) -> None:
        """The server calls this once, whatever happened."""
        if not self._open:
            return
        self._open = False
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._leave(self._visit)
