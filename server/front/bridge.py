"""The web application (WSGI) behind the event loop: each request in a thread, its answer piece by piece."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from server.front.requests import Request, spool
from server.gate import CLIENT_LEFT

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_LOOK_SECONDS = 1.0
_PIECE = 1 << 16


class Bridge:
    """Hands requests to an application in `threads`."""

    def __init__(
        self, app: WSGIApplication, loop: asyncio.AbstractEventLoop, threads: ThreadPoolExecutor
    ) -> None:
        self._app = app
        self._loop = loop
        self._threads = threads

    async def answer(self, request: Request) -> None:
        """Answer a request; an answer that breaks off is cut so that its client notices."""
        conversation = _Conversation(request, self._loop)
        whole = await self._loop.run_in_executor(self._threads, conversation.run, self._app)
        if not whole:
            await request.cut()


class _Conversation:
    """One request with its answer, in a thread."""

    def __init__(self, request: Request, loop: asyncio.AbstractEventLoop) -> None:
        self._request = request
        self._loop = loop
        self._head: dict[str, Any] | None = None

    def run(self, app: WSGIApplication) -> bool:
        """Have the application answer; False for an answer that is not whole."""
        pieces = app(_environment(self._request), self._start)
        try:
            return self._sent(self._measured(pieces) if self._request.is_old else pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    def _start(
        self, status: str, fields: list[tuple[str, str]], _exc_info: object = None
    ) -> Callable[[bytes], object]:
        head = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]
        if self._request.is_too_large:  # what was not read stands in the way of the next request
            head.append((b"connection", b"close"))
        self._head = {"type": "http.response.start", "status": int(status[:3]), "headers": head}
        return self._write

    def _write(self, piece: bytes) -> None:
        self._hand_over(piece, more=True)

    def _measured(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces, once their length is known and stands in the head."""
        with spool() as body:
            for piece in pieces:
                body.write(piece)
            head = self._head
            if head is not None and head["status"] not in (204, 304) and body.tell():
                fields = [field for field in head["headers"] if field[0] != b"content-length"]
                head["headers"] = [*fields, (b"content-length", str(body.tell()).encode("ascii"))]
            body.seek(0)
            while piece := body.read(_PIECE):
                yield piece

    def _sent(self, pieces: Iterable[bytes]) -> bool:
        pending = b""  # a piece waits for the next, so that a short answer is sent at once
        try:
            for piece in pieces:
                if self._request.left():
                    return False
                if pending:
                    self._hand_over(pending, more=True)
                pending = piece
        except ConnectionAbortedError:  # the answer broke off
            return False
        self._hand_over(pending, more=False)
        return True

    def _hand_over(self, piece: bytes, *, more: bool) -> None:
        """Wait until the client has taken enough of what came before."""
        given = asyncio.run_coroutine_threadsafe(self._given(piece, more=more), self._loop)
        while True:
            try:
                return given.result(timeout=_LOOK_SECONDS)
            except TimeoutError:
                if self._loop.is_closed():
                    raise ConnectionAbortedError("the server has ended") from None

    async def _given(self, piece: bytes, *, more: bool) -> None:
        if self._head is not None:
            head, self._head = self._head, None
            await self._request.send(head)
        await self._request.send({"type": "http.response.body", "body": piece, "more_body": more})


def _environment(request: Request) -> WSGIEnvironment:
    """PEP 3333."""
    scope = request.scope
    raw = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"].decode("latin-1")
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": raw.decode("latin-1") + (f"?{query}" if query else ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": request.body or BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        CLIENT_LEFT: request.left,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        # a name with an underscore could pass for another one, and the body is no longer in chunks
        if "_" not in name and name != "transfer-encoding":
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    if request.size or "transfer-encoding" in request.headers:
        environ["CONTENT_LENGTH"] = str(request.size)
    return environ
