"""Sends requests, again where that may help; every failure is one line."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from kg import __version__
from kg.errors import ServiceError
from kg.publishing.protocols import Request

_AGAIN = frozenset({408, 425, 429, 502, 503, 504})
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds before each further attempt
_LONGEST_PAUSE = 60.0  # that a Retry-After is followed for
_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 300.0  # stores take their time over large graphs
_EXCERPT = 200  # characters of a refusal that are shown
_REASONS = {
    401: "it wants to know who we are: set KG_PUBLISH_TOKEN, or KG_PUBLISH_USER and KG_PUBLISH_PASSWORD",
    403: "it does not let us write: look at the rights of the user or token",
    404: "nothing is there: look at the address, and at --protocol",
    405: "it takes no such requests: look at the address, and at --protocol",
    413: "the request is too large for it: set a smaller --batch",
    415: "it takes no such format: look at the address, and at --protocol",
    501: "it takes no such requests: look at the address, and at --protocol",
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What shows a server that we may write: a bearer token, or user and password."""

    token: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def headers(self) -> dict[str, str]:
        """The header for it, none where there is nothing to show."""
        if self.token is not None:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user is not None:
            pair = base64.b64encode(f"{self.user}:{self.password or ''}".encode()).decode("ascii")
            return {"Authorization": f"Basic {pair}"}
        return {}


class Client:
    """A connection to one server."""

    def __init__(self, credentials: Credentials, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._headers = credentials.headers() | {
            "User-Agent": f"Sitrep/{__version__} urllib3/{version('urllib3')}"
        }
        self._pause = pause
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_ANSWER_SECONDS), maxsize=1, retries=False
        )
        self._answered = False  # an address where nobody has answered may be wrong: it is not asked again

    def send(self, request: Request) -> None:
        """Send a request. Raises ServiceError where the server can't be reached or does not do it."""
        for pause in (*_PAUSES, None):
            reason, wait, again = self._attempt(request)
            if reason is None:
                return
            if pause is None or not again:
                raise ServiceError(_address(request.url), reason)
            self._pause(min(wait if wait is not None else pause, _LONGEST_PAUSE))

    def lacks(self, request: Request) -> bool:
        """Whether a graph that is asked for is not there, as far as the answer says so; asked once."""
        headers = self._headers | {"Accept": "application/sparql-results+json, */*;q=0.1"}
        try:
            answer = self._pool.request(request.method, request.url, headers=headers, redirect=False)
        except HTTPError:
            return False  # what is sent next tells why
        if request.method == "HEAD":
            return answer.status == 404
        try:
            said = answer.json() if answer.status == 200 else None
        except ValueError:
            return False
        return isinstance(said, dict) and said.get("boolean") is False

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def _attempt(self, request: Request) -> tuple[str | None, float | None, bool]:
        """Why it failed, None if it did not; how long to wait; whether to try again at all."""
        kind = {"Content-Type": request.content_type} if request.content_type is not None else {}
        try:
            answer = self._pool.request(
                request.method,
                request.url,
                body=request.body,
                headers=self._headers | kind,
                redirect=False,
                preload_content=False,
            )
            text = answer.read(4 * _EXCERPT, decode_content=True).decode("utf-8", errors="replace")
            answer.drain_conn()
        except HTTPError as error:
            return _reason(error), None, self._helps(error)
        self._answered = True
        if answer.status < 300 or (answer.status == 404 and request.method == "DELETE"):
            return None, None, False
        return _refusal(answer, text), _seconds(answer), answer.status in _AGAIN

    def _helps(self, error: HTTPError) -> bool:
        """Whether to try again after an error; a busy server may cut the very first connection, too."""
        return isinstance(error, ProtocolError) or (self._answered and not isinstance(error, SSLError))


def _seconds(answer: urllib3.BaseHTTPResponse) -> float | None:
    after = answer.headers.get("Retry-After", "")
    return float(after) if after.isdecimal() else None


def _refusal(answer: urllib3.BaseHTTPResponse, text: str) -> str:
    if 300 <= answer.status < 400:
        return f"it points elsewhere ({answer.status}): give {answer.headers.get('Location', 'that address')}"
    said = " ".join(text.split())[:_EXCERPT]
    known = _REASONS.get(answer.status)
    if known is not None:
        return f"answers {answer.status}: {known}"
    return f"answers {answer.status}{f': {said}' if said else ''}"


def _reason(error: HTTPError) -> str:
    match error:
        case NameResolutionError():
            return "no such host is known"
        case NewConnectionError():
            return "it takes no connections: is the server running?"
        case ConnectTimeoutError():
            return f"no connection within {_CONNECT_SECONDS:g} s"
        case ReadTimeoutError():
            return f"no answer within {_ANSWER_SECONDS:g} s: set a smaller --batch"
        case SSLError():
            return f"no secure connection: {error}"
        case ProtocolError():
            return "it cut the connection: see what it says; perhaps it needs a smaller --batch"
        case _:
            return str(error)


def _address(url: str) -> str:
    """The address without the name of a graph."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
