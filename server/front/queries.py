"""/sparql without a thread: the queries that most clients send most of the time.

What is not a plain query (no query at all, a conditional request, a browser that wants a page, a request
that is wrong) is left to the web application, which has the same answers.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from kg.errors import RequestError, SitrepError
from server.cache import Kept, Recording
from server.compression import SMALLEST, Packer, gzipped, is_compressible
from server.endpoint import ATTEMPTS, Endpoint
from server.explain import problem
from server.front import lines
from server.front.asked import PATH, Asked, read_request
from server.front.exchange import Exchange, Taken
from server.front.readers import Begun, Readers
from server.front.requests import Request
from server.gate import RETRY_SECONDS, Gate, Visit
from server.lent import QUICK_SECONDS, Ready
from server.messages import Chunk, Job
from server.pool import Answer, AnswerBrokenError, CheckpointGoneError
from server.protocol import query_key
from server.versions import Version

_GRACE_SECONDS = 2.0  # beyond the limit of a query, for the last pieces of its answer
_QUICK = 65536  # bytes that are compressed in less than a millisecond


@dataclass(frozen=True, slots=True)
class _Sought:
    """A query on the newest data; `known` is its answer, where it is at hand."""

    version: Version
    job: Job
    etag: str | None
    known: Kept | None


@dataclass(slots=True)
class _Case:
    """A query that has passed the gate; `begun` is what came of `sought`, if it was asked already."""

    asked: Asked
    visit: Visit
    exchange: Exchange
    sought: _Sought | None = None
    begun: Begun | None = None


class Queries:
    """Answers plain queries; in the event loop, where nothing takes long."""

    def __init__(self, endpoint: Endpoint, gate: Gate, readers: Readers, threads: ThreadPoolExecutor) -> None:
        self._endpoint = endpoint
        self._gate = gate
        self._readers = readers
        self._threads = threads

    async def answer(self, request: Request) -> bool:
        """Answer the request; False, and nothing sent, where that is left to the application."""
        asked = read_request(request)
        if asked is None:
            return False
        visit = self._gate.enter(asked.method, PATH, request.client)
        if visit is None:
            return False
        await self._finish(_Case(asked, visit, request))
        return True

    def take(self, asked: Asked, taken: Taken) -> bool:
        """Answer a query, without a task if all goes well; False, and nothing done, if it cannot be taken."""
        try:
            sought = self._sought(asked)
        except SitrepError:
            return False
        visit = self._gate.enter(asked.method, PATH, taken.client)
        if visit is None:
            return False
        case = _Case(asked, visit, taken, sought)
        if sought.known is None:
            then = partial(self._begun, case, sought, taken)
            if taken.begun is not None and (lease := taken.begun.taken(sought.version)) is not None:
                self._readers.expect(lease, then)
            else:
                self._readers.ask(sought.job, taken.left, then)
        elif _is_quick(sought.known.whole, asked):
            self._end(case, sought.known, sought.etag, taken)
        else:
            taken.run(self._finish(case))
        return True

    def _begun(self, case: _Case, sought: _Sought, taken: Taken, begun: Begun) -> None:
        """A reader has replied, well with a short answer; what else may be needs a task."""
        if isinstance(begun, tuple):
            lease, reply = begun
            if isinstance(reply, Chunk) and reply.last and _is_quick(reply.body, case.asked):
                answer = self._readers.taken(lease, reply)
                if case.asked.repeatable:
                    self._endpoint.cache.recording(answer, sought.version, sought.job)
                self._end(case, answer, sought.etag, taken)
                return
        case.begun = begun
        taken.run(self._finish(case))

    def _end(self, case: _Case, answer: Answer | Kept, etag: str | None, taken: Taken) -> None:
        """Send a short answer, and be done."""
        try:
            seconds = self._timed(case.visit)
            body, gzip = answer.whole or b"", _is_packed(answer, case.asked)
            body = gzipped(body) if gzip else body
            head = self._send(case, answer.media_type, etag, body, gzip=gzip)
            taken.quick = seconds < QUICK_SECONDS
            if isinstance(answer, Kept):
                taken.known = Ready(head + b"\r\n", body)
        finally:
            self._leave(case.visit)
            taken.end()

    async def _finish(self, case: _Case) -> None:
        """Answer, whatever that takes."""
        try:
            await self._answer(case)
        except AnswerBrokenError:
            await case.exchange.cut()
        finally:
            self._leave(case.visit)

    def _leave(self, visit: Visit) -> None:
        self._endpoint.metrics.request("sparql.query", visit.status)
        self._gate.leave(visit)

    def _timed(self, visit: Visit) -> float:
        visit.query_seconds = time.monotonic() - visit.started
        self._endpoint.metrics.query(visit.query_seconds)
        return visit.query_seconds

    async def _answer(self, case: _Case) -> None:
        try:
            answer, recording, etag = await self._evaluated(case)
        except RequestError as error:
            _refuse(error.status, str(error), case)
        except SitrepError as error:
            _refuse(503, str(error), case)
        else:
            gzip = _is_packed(answer, case.asked)
            if isinstance(answer, Answer) and answer.whole is None:
                await self._send_pieces(case, answer, recording, etag, gzip=gzip)
            else:
                body = answer.whole or b""
                if gzip:
                    loop = asyncio.get_running_loop()
                    body = await loop.run_in_executor(self._threads, gzipped, body)
                self._send(case, answer.media_type, etag, body, gzip=gzip)

    def _sought(self, asked: Asked) -> _Sought:
        """RequestError where the query is too long, StoreError where the store is gone."""
        endpoint, query = self._endpoint, asked.query
        version = endpoint.newest()
        job = endpoint.job(version, query.text, asked.formats, asked.url, dataset=query.dataset)
        if not asked.repeatable:
            return _Sought(version, job, None, None)
        etag = endpoint.etag(query.text, *query_key(query, asked.formats), asked.url, version=version)
        return _Sought(version, job, etag, endpoint.cache.get(version, job))

    async def _evaluated(self, case: _Case) -> tuple[Answer | Kept, Recording | None, str | None]:
        """The answer, how it is kept, and its tag."""
        sought, begun = case.sought, case.begun
        try:
            for _ in range(ATTEMPTS):  # the newest checkpoint may be replaced before it is opened
                sought = sought or self._sought(case.asked)
                if sought.known is not None:
                    return sought.known, None, sought.etag
                try:
                    answer = await self._readers.answer(sought.job, case.exchange.left, begun)
                except CheckpointGoneError:
                    sought = begun = None
                    continue
                if not case.asked.repeatable:
                    return answer, None, sought.etag
                recording = self._endpoint.cache.recording(answer, sought.version, sought.job)
                return answer, recording, sought.etag
            raise RequestError(503, "the store cannot be opened; try again")
        finally:
            self._timed(case.visit)

    def _send(self, case: _Case, media_type: str, etag: str | None, body: bytes, *, gzip: bool) -> bytes:
        """Send a whole answer, and give the lines of its head."""
        case.visit.status, case.visit.sent = 200, len(body)
        limit = self._limit(media_type, case.asked)
        head = lines.whole(media_type, limit, etag, len(body), gzip=gzip)
        case.exchange.answer(200, head, body)
        return head

    def _limit(self, media_type: str, asked: Asked) -> int | None:
        return self._endpoint.settings.max_rows if media_type == asked.formats.solutions else None

    async def _send_pieces(
        self, case: _Case, answer: Answer, recording: Recording | None, etag: str | None, *, gzip: bool
    ) -> None:
        visit, exchange = case.visit, case.exchange
        head = lines.fields(answer.media_type, self._limit(answer.media_type, case.asked), etag, gzip=gzip)
        visit.status = 200
        fields = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in head.items()]
        await exchange.send({"type": "http.response.start", "status": 200, "headers": fields})
        try:
            async with (
                asyncio.timeout(self._endpoint.settings.timeout + _GRACE_SECONDS),
                aclosing(self._packed(answer, recording, Packer() if gzip else None)) as pieces,
            ):
                async for piece in pieces:
                    if exchange.left():
                        return await exchange.cut()
                    visit.sent += len(piece)
                    await exchange.send({"type": "http.response.body", "body": piece, "more_body": True})
            await exchange.send({"type": "http.response.body", "body": b""})
        except TimeoutError:  # its client does not take it; the reader was stopped, and is to be replaced
            await exchange.cut()
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


def _is_packed(answer: Answer | Kept, asked: Asked) -> bool:
    """Whether the answer is compressed."""
    if not asked.gzip or not is_compressible(answer.media_type):
        return False
    return answer.whole is None or len(answer.whole) >= SMALLEST


def _is_quick(body: bytes, asked: Asked) -> bool:
    """Whether the loop itself may make a whole answer ready to be sent."""
    return not asked.gzip or len(body) <= _QUICK


def _refuse(status: int, message: str, case: _Case) -> None:
    body = json.dumps(problem(status, message), ensure_ascii=False).encode() + b"\n"
    head = dict(lines.PROBLEM)
    if status in (429, 503):
        head["Retry-After"] = str(RETRY_SECONDS)
    if case.asked.gzip and len(body) >= SMALLEST:
        head["Content-Encoding"] = "gzip"
        body = gzipped(body)
    head["Content-Length"] = str(len(body))
    case.visit.status, case.visit.sent = status, len(body)
    case.exchange.answer(status, lines.written(head), body)
