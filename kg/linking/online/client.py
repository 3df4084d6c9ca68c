"""Requests to a service, one after the other, as polite as Wikimedia's policies ask.

A request is tried again after 429, a failure of the server, a time-out, a cut connection and an answer that
is not JSON; after a Retry-After (RFC 9110, section 10.2.3: seconds or a date) only when that time has come.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from kg import __version__
from kg.errors import ServiceError

CONTACT = "https://w3id.org/sitrep/"
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_LARGEST_BYTES = 32 * 1024 * 1024
_LONGEST_WAIT = 600.0  # seconds; a service that wants more rest is asked again in another run
_REDIRECTS = 5
_EXCERPT = 100  # characters of a refusal that are shown


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """Seconds, but for `attempts`. `contact` is an address or URL that says who runs this."""

    contact: str = CONTACT
    delay: float = 0.0  # between the end of one request and the next
    timeout: float = 60.0  # for a connection, and for each part of an answer
    attempts: int = 6
    backoff: float = 1.0  # wait after the first failure; twice as long after each further one


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose answer is JSON: GET, or POST of a form or of JSON."""

    url: str
    form: Mapping[str, str] | None = None
    body: Any = None  # posted as JSON
    headers: Mapping[str, str] | None = None


class _AgainError(Exception):
    """The request may be tried again, after `wait` seconds if the service says so."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


Busy = Callable[[Any], str | None]  # why an answer means "not now", else None


class Client:
    """Sends one request at a time. `report` is told of every wait that is longer than a moment."""

    def __init__(
        self,
        options: ClientOptions = ClientOptions(),
        *,
        report: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self.requests = 0  # sent so far, those that were tried again too
        self._options, self._report = options, report
        self._sleep = time.sleep if sleep is None else sleep
        self._pool = urllib3.PoolManager(
            num_pools=4,
            timeout=urllib3.Timeout(connect=options.timeout, read=options.timeout),
            headers={
                "User-Agent": user_agent(options.contact),
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            },
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def json(self, request: Request, *, busy: Busy = lambda _: None) -> Any:
        """The answer to a request. Raises ServiceError when it was refused, or failed every time."""
        where = request.url.partition("?")[0]
        for attempt in range(1, self._options.attempts + 1):
            if self.requests and self._options.delay:
                self._sleep(self._options.delay)
            try:
                return self._once(request, busy)
            except _AgainError as again:
                reason = again.reason
                wait = self._options.backoff * 2 ** (attempt - 1) if again.wait is None else again.wait
                if wait > _LONGEST_WAIT:
                    raise ServiceError(
                        where, f"{reason}, and asks to wait {wait:.0f} s; run the command again then"
                    ) from again
                if attempt < self._options.attempts:
                    self._report(f"{urlsplit(request.url).netloc}: {reason}; again in {wait:.0f} s")
                    self._sleep(wait)
        raise ServiceError(where, f"{reason}, {self._options.attempts} times; run the command again to go on")

    def _once(self, request: Request, busy: Busy) -> Any:
        self.requests += 1
        try:
            response = self._send(request)
            try:
                content = response.read(_LARGEST_BYTES + 1, decode_content=True)
            finally:
                response.release_conn()
        except HTTPError as error:
            raise _AgainError(_reason(error)) from error
        wait = retry_after(response.headers.get("Retry-After"), now=dt.datetime.now(dt.UTC))
        if response.status in _RETRIED:
            raise _AgainError(f"answered {response.status}", wait)
        if response.status != 200:
            words = " ".join(content.decode("utf-8", "replace").split())[:_EXCERPT]
            raise ServiceError(request.url, f"answered {response.status} {words}".rstrip())
        if len(content) > _LARGEST_BYTES:
            raise ServiceError(request.url, f"its answer is larger than {_LARGEST_BYTES} bytes")
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise _AgainError("its answer is not JSON", wait) from error
        reason = busy(answer)
        if reason is not None:
            raise _AgainError(reason, wait)
        return answer

    def _send(self, request: Request) -> urllib3.BaseHTTPResponse:
        body, headers = None, dict(self._pool.headers) | dict(request.headers or {})
        if request.form is not None:
            body = urlencode(request.form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif request.body is not None:
            body = json.dumps(request.body, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        return self._pool.request(
            "GET" if body is None else "POST",
            request.url,
            body=body,
            headers=headers,
            preload_content=False,
            retries=urllib3.Retry(
                total=_REDIRECTS, connect=0, read=0, status=0, other=0, redirect=_REDIRECTS,
                raise_on_status=False, respect_retry_after_header=False,
            ),
        )  # fmt: skip


def user_agent(contact: str) -> str:
    """Name, version and whom to ask, as Wikimedia's User-Agent policy wants it."""
    return f"Sitrep/{__version__} ({' '.join(contact.split())}) urllib3/{version('urllib3')}"


def retry_after(value: str | None, *, now: dt.datetime) -> float | None:
    """Seconds to wait by a Retry-After header, none where there is no header that can be read."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=dt.UTC)
    return max(0.0, (then - now).total_seconds())


def _reason(error: HTTPError) -> str:
    """What went wrong on the way, in a few words."""
    cause = getattr(error, "reason", None) or error
    match cause:
        case urllib3.exceptions.NewConnectionError():
            return "cannot be reached"
        case urllib3.exceptions.TimeoutError():
            return "did not answer in time"
        case urllib3.exceptions.SSLError():
            return f"has no connection that can be trusted ({cause})"
        case _:
            return "broke the connection off"
