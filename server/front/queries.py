"""/sparql without a thread: the queries that most clients send most of the time.

What is not a plain query (no query at all, a conditional request, a browser that wants a page, a request
that is wrong) is left to the web application, which has the same answers.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeAlias

from kg.errors import RequestError, SitrepError
from server import headers
from server.cache import Kept, Recording
from server.compression import SMALLEST, Packer, gzipped, is_compressible
from server.endpoint import ATTEMPTS, Client, Endpoint
from server.explain import problem
from server.front.readers import Readers
from server.front.requests import Request, Send
from server.gate import RETRY_SECONDS, Gate, Visit
from server.messages import Formats
from server.negotiation import formats, wants_gzip, wants_html
from server.pool import Answer, AnswerBrokenError, CheckpointGoneError
from server.protocol import QueryRequest, is_repeatable, query_key, read_query

PATH = "/sparql"
# that the application takes as it is: capitals, IDN and port 80 it writes otherwise
_PLAIN_HOST = re.compile(
    r"(?!.*xn--)(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?!80$)[1-9][0-9]{0,3}|:[1-5][0-9]{4})?"
)
_NOT_PLAIN = ("if-none-match", "content-encoding", "expect", "range")
_LARGEST = 1 << 18  # bytes of a request; to take a larger one apart would keep all others waiting
_GRACE_SECONDS = 2.0  # beyond the limit of a query, for the last pieces of its answer
_QUICK = 65536  # bytes that are compressed in less than a millisecond

_Head: TypeAlias = dict[str, str]

_ALWAYS = headers.SAFETY | headers.CORS
_NEGOTIATED = _ALWAYS | headers.NEGOTIATED | {"Vary": "Accept, Accept-Encoding"}
_PROBLEM = _ALWAYS | {"Content-Type": "application/problem+json", "Vary": "Accept-Encoding"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A plain query and how its answer is wanted."""

    query: QueryRequest
    formats: Formats
    client: Client
    gzip: bool
    repeatable: bool


class Queries:
    """Answers plain queries; in the event loop, where nothing takes long."""

    def __init__(self, endpoint: Endpoint, gate: Gate, readers: Readers, threads: ThreadPoolExecutor) -> None:
        self._endpoint = endpoint
        self._gate = gate
        self._readers = readers
        self._threads = threads
        self._row_limit = str(endpoint.settings.max_rows)

    async def answer(self, request: Request, send: Send) -> bool:
        """Answer the request; False, and nothing sent, where that is left to the application."""
        asked = _read(request)
        if asked is None:
            return False
        address = request.scope.get("client")
        visit = self._gate.enter(request.scope["method"], PATH, address[0] if address else None)
        if visit is None:
            return False
        try:
            await self._answer(asked, visit, request, send)
        except AnswerBrokenError:
            await request.cut()
        finally:
            self._endpoint.metrics.request("sparql.query", visit.status)
            self._gate.leave(visit)
        return True

    async def _answer(self, asked: _Asked, visit: Visit, request: Request, send: Send) -> None:
        try:
            answer, recording, etag = await self._evaluated(asked, visit)
        except RequestError as error:
            _refuse(error.status, str(error), asked, visit, request)
        except SitrepError as error:
            _refuse(503, str(error), asked, visit, request)
        else:
            head = _NEGOTIATED | {"Content-Type": headers.content_type(answer.media_type)}
            if etag is not None:
                head["ETag"] = f'W/"{etag}"'
            if answer.media_type == asked.formats.solutions:
                head["Sitrep-Row-Limit"] = self._row_limit
            gzip = asked.gzip and is_compressible(answer.media_type)
            if answer.whole is not None:
                body = await self._packed_whole(answer.whole, head) if gzip else answer.whole
                _send(200, body, head, visit, request)
            elif isinstance(answer, Answer):
                packer = Packer() if gzip else None
                await self._send_pieces(answer, recording, head, packer, visit, request, send)

    async def _evaluated(
        self, asked: _Asked, visit: Visit
    ) -> tuple[Answer | Kept, Recording | None, str | None]:
        """The answer, how it is kept, and its tag."""
        started = time.monotonic()
        endpoint, query = self._endpoint, asked.query
        try:
            for _ in range(ATTEMPTS):  # the newest checkpoint may be replaced before it is opened
                etag = (  # before the version: the tag of newer data must not be that of an older answer
                    endpoint.etag(*query_key(query, asked.formats), asked.client.url)
                    if asked.repeatable
                    else None
                )
                version = endpoint.newest()
                job = endpoint.job(version, query.text, asked.formats, asked.client, dataset=query.dataset)
                known = endpoint.cache.get(version, job) if asked.repeatable else None
                if known is not None:
                    return known, None, etag
                try:
                    answer = await self._readers.answer(job, asked.client.left)
                except CheckpointGoneError:
                    continue
                recording = endpoint.cache.recording(answer, version, job) if asked.repeatable else None
                return answer, recording, etag
            raise RequestError(503, "the store cannot be opened; try again")
        finally:
            visit.query_seconds = time.monotonic() - started
            endpoint.metrics.query(visit.query_seconds)

    async def _packed_whole(self, body: bytes, head: _Head) -> bytes:
        if len(body) < SMALLEST:
            return body
        head["Content-Encoding"] = "gzip"
        if len(body) <= _QUICK:
            return gzipped(body)
        return await asyncio.get_running_loop().run_in_executor(self._threads, gzipped, body)

    async def _send_pieces(
        self,
        answer: Answer,
        recording: Recording | None,
        head: _Head,
        packer: Packer | None,
        visit: Visit,
        request: Request,
        send: Send,
    ) -> None:
        if packer is not None:
            head["Content-Encoding"] = "gzip"
        visit.status = 200
        fields = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in head.items()]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        try:
            async with (
                asyncio.timeout(self._endpoint.settings.timeout + _GRACE_SECONDS),
                aclosing(self._packed(answer, recording, packer)) as pieces,
            ):
                async for piece in pieces:
                    if request.left():
                        return await request.cut()
                    visit.sent += len(piece)
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:  # its client does not take it; the reader was stopped, and is to be replaced
            await request.cut()
        finally:
            await self._readers.close(answer)

    async def _packed(
        self, answer: Answer, recording: Recording | None, packer: Packer | None
    ) -> AsyncGenerator[bytes, None]:
        """The pieces of a long answer as they are sent."""
        loop = asyncio.get_running_loop()
        async for piece in self._readers.pieces(answer):
            if recording is not None:
                recording.add(piece)
            if packer is None:
                yield piece
            elif packed := await loop.run_in_executor(self._threads, packer.packed, piece):
                yield packed
        if recording is not None:
            recording.keep()
        if packer is not None:
            yield packer.rest()


def _read(request: Request) -> _Asked | None:
    """The query of a plain request, None for any other."""
    fields, method = request.headers, request.scope["method"]
    host, accept = fields.get("host", ""), fields.get("accept")
    if (
        request.is_old
        or method not in ("GET", "POST")
        or request.size > _LARGEST
        or not _PLAIN_HOST.fullmatch(host)
    ):
        return None
    if any(name in fields for name in _NOT_PLAIN) or wants_html(accept, None, default=False):
        return None
    try:
        query = read_query(
            method, request.scope["query_string"], fields.get("content-type"), request.content()
        )
        if query is None:
            return None
        wanted = formats(accept, query.format)
    except RequestError:
        return None
    url = f"{request.scope['scheme']}://{host}{PATH}"
    return _Asked(
        query,
        wanted,
        Client(url, request.left),
        wants_gzip(fields.get("accept-encoding")),
        is_repeatable(query.text),
    )


def _refuse(status: int, message: str, asked: _Asked, visit: Visit, request: Request) -> None:
    body = json.dumps(problem(status, message), ensure_ascii=False).encode() + b"\n"
    head = dict(_PROBLEM)
    if status in (429, 503):
        head["Retry-After"] = str(RETRY_SECONDS)
    if asked.gzip and len(body) >= SMALLEST:
        head["Content-Encoding"] = "gzip"
        body = gzipped(body)
    _send(status, body, head, visit, request)


def _send(status: int, body: bytes, head: _Head, visit: Visit, request: Request) -> None:
    """Send a short answer."""
    visit.status, visit.sent = status, len(body)
    lines = [f"{name}: {value}\r\n" for name, value in head.items()]
    lines.append(f"Content-Length: {len(body)}\r\n")
    request.answer(status, "".join(lines).encode("ascii"), body)
