"""Who may write on pages: sessions, the tokens of their forms, where requests come from. Pure; no clock.

A session is `EXPIRES.NONCE.MAC`: it expires by itself, and its MAC has a key made from the writers' token.
So several web processes know each other's sessions, nothing is kept on the server, and a new token ends all.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

SESSION_SECONDS = 8 * 60 * 60  # a working day
MOST_FAILURES = 5  # wrong tokens that an address may show in `FAILURE_SECONDS`
FAILURE_SECONDS = 60.0
_MOST_ADDRESSES = 10_000  # of which wrong tokens are remembered
_LOCAL = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Place:
    """How a request came: the scheme and host that its client used, and what it says of its page.

    `origin` and `fetch_site` are the headers Origin and Sec-Fetch-Site, which pages cannot set.
    """

    scheme: str
    host: str  # with the port
    origin: str | None = None
    fetch_site: str | None = None


def session_key(token: str) -> bytes:
    """The key of sessions, from the writers' token."""
    return hmac.digest(token.encode(), b"sitrep: sessions of pages", hashlib.sha256)


def new_session(key: bytes, *, now: float, nonce: str) -> str:
    """A session that begins `now` (seconds of the epoch); `nonce` is random, of letters and digits."""
    content = f"{int(now) + SESSION_SECONDS}.{nonce}"
    return f"{content}.{_mac(key, 'session', content)}"


def is_session(session: str, key: bytes, *, now: float) -> bool:
    """Whether the session was made with the key and has not expired."""
    content, _, mac = session.rpartition(".")
    if not hmac.compare_digest(mac.encode(), _mac(key, "session", content).encode()):
        return False
    return now < int(content.partition(".")[0])  # it was us who wrote the number


def form_token(session: str, key: bytes) -> str:
    """What a form of this session carries, so that no other page can send it."""
    return _mac(key, "form", session)


def is_form_token(shown: str, session: str, key: bytes) -> bool:
    """Whether a form carries the token of its session."""
    return hmac.compare_digest(shown.encode(), form_token(session, key).encode())


def is_private(place: Place) -> bool:
    """Whether nobody on the way can read what is sent: over HTTPS, or on this machine.

    The host is what the client believes to talk to, so a name elsewhere that leads here is not this machine.
    """
    return place.scheme == "https" or _hostname(place.host) in _LOCAL


def foreign(place: Place) -> str | None:
    """Why a form was not sent from a page of ours; None where it was.

    Browsers say where a form comes from by at least one of the two headers. Origin is `null` where the page
    asked not to be named, as ours do; then Sec-Fetch-Site tells.
    """
    own = f"{place.scheme}://{place.host}".lower()
    if place.fetch_site not in (None, "same-origin"):
        return "the form was sent from another site"
    if place.origin not in (None, "null"):
        return None if place.origin == own else f"the form was sent from {place.origin[:200]}, not from {own}"
    return None if place.fetch_site else "the request does not say which page it comes from (Origin)"


class Failures:
    """Counts wrong tokens by address, those of the last minute; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: dict[str, list[float]] = {}

    def may_try(self, address: str, *, now: float) -> bool:
        """Whether the address has shown few enough wrong tokens."""
        with self._lock:
            return len(self._recent(address, now)) < MOST_FAILURES

    def add(self, address: str, *, now: float) -> None:
        """Remember a wrong token; where there are many addresses, the one of longest ago is forgotten."""
        with self._lock:
            times = [*self._recent(address, now), now]
            self._times.pop(address, None)
            if len(self._times) >= _MOST_ADDRESSES:
                del self._times[next(iter(self._times))]
            self._times[address] = times

    def _recent(self, address: str, now: float) -> list[float]:
        return [time for time in self._times.get(address, ()) if now - time < FAILURE_SECONDS]


def _mac(key: bytes, what: str, content: str) -> str:
    return hmac.new(key, f"{what}:{content}".encode(), hashlib.sha256).hexdigest()


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:  # a bracket that does not close
        return None
