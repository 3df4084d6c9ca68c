"""Which URL is asked for when: one request at a time a host, with a pause between two."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from kg.errors import InputError, ServiceError
from kg.fetching.connection import DEFAULT_AGENT, Answer, Limits, canonical, get
from kg.fetching.pages import Pages
from kg.fetching.robots import Robots, read_robots
from kg.ingest.feed import is_feed, parse_feed
from kg.ingest.pdf import MOST_BYTES
from kg.ingest.responses import Response, parse_response, unpacked
from kg.ingest.warc import PAGES

_ACCEPT = (
    "text/html, application/xhtml+xml, application/pdf, application/rss+xml, application/atom+xml, "
    "application/xml;q=0.9, */*;q=0.1"
)
_FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/xml",
    "text/xml",
)
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_MOST_TRIES = 3
_LATER = (429, 503)  # statuses of a server that wants to be asked later
_PAUSE = 30.0  # seconds before it is, if it does not say
_LONGEST_PAUSE = 600.0  # who wants a longer one is asked another day
_MOST_OF_FEED = 20_000_000  # bytes, unpacked
_SECONDS = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Where pages go, and how politely they are asked for; `delay` is in seconds."""

    into: Path = Path("kg-pages")
    delay: float = 5.0
    agent: str = DEFAULT_AGENT
    limits: Limits = field(default_factory=Limits)


class What(Enum):
    """What became of a URL."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    FEED = "feed"  # its entries follow


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a URL: where its page lies, or why it could not be fetched."""

    url: str
    what: What
    path: Path | None = None
    reason: str = ""


def fetch(urls: Sequence[str], *, options: FetchOptions) -> Iterator[Outcome]:
    """Fetch pages, and the pages that feeds name, into the folder; each URL is asked for once.

    Nothing raises but errors of writing into the folder: what cannot be fetched is an Outcome.
    """
    visits = _Visits(options)
    for url in urls:
        yield from visits.add(url)
    while visits.waiting():
        yield from visits.next()


@dataclass(frozen=True, slots=True)
class _Visit:
    url: str
    asked: str  # the URL that led here
    of_feed: bool = False
    redirects: int = 0
    tries: int = 0


@dataclass(slots=True)
class _Host:
    """A host with what is to be asked of it, and from when on it may be."""

    ready: float = 0.0  # of the monotonic clock
    visits: deque[_Visit] = field(default_factory=deque)


class _Visits:
    def __init__(self, options: FetchOptions) -> None:
        self._options = options
        self._pages = Pages(options.into)
        self._hosts: dict[str, _Host] = {}
        self._robots: dict[str, Robots] = {}
        self._known: set[str] = set()

    def add(self, url: str, *, of_feed: bool = False) -> Iterator[Outcome]:
        """Plan a visit, if none of the URL has been planned."""
        try:
            found = canonical(url)
        except ServiceError as error:
            yield Outcome(error.address, What.FAILED, reason=error.reason)
            return
        if found not in self._known:
            self._known.add(found)
            self._plan(_Visit(found, url, of_feed))

    def waiting(self) -> bool:
        """Whether a visit is planned."""
        return any(host.visits for host in self._hosts.values())

    def next(self) -> Iterator[Outcome]:
        """Make the visit that may be made first; wait until it may."""
        host = min((h for h in self._hosts.values() if h.visits), key=lambda h: h.ready)
        time.sleep(max(0.0, host.ready - time.monotonic()))
        visit = host.visits.popleft()
        try:
            yield from self._make(visit, host)
        except ServiceError as error:
            yield Outcome(visit.asked, What.FAILED, reason=_of(visit, error.reason))
        except InputError as error:
            yield Outcome(visit.asked, What.FAILED, reason=_of(visit, error.reason))

    def _plan(self, visit: _Visit, *, first: bool = False) -> None:
        host = self._hosts.setdefault(urlsplit(visit.url).hostname or "", _Host())
        (host.visits.appendleft if first else host.visits.append)(visit)

    def _make(self, visit: _Visit, host: _Host) -> Iterator[Outcome]:
        robots = self._robots_of(visit.url)
        if robots.problem is not None:
            raise ServiceError(visit.url, f"nothing is asked of this host: {robots.problem}")
        if not robots.permits(visit.url, self._options.agent):
            raise ServiceError(visit.url, "its robots.txt forbids it")
        pause = max(self._options.delay, robots.delay(self._options.agent))
        if pause > _LONGEST_PAUSE:
            raise ServiceError(visit.url, f"its robots.txt asks for {pause:g} seconds between two requests")
        stored = self._pages.stored(visit.url)
        try:
            answer = get(visit.url, headers=self._headers(stored), limits=self._options.limits)
        finally:
            host.ready = time.monotonic() + pause
        yield from self._take(visit, host, answer, stored)

    def _take(self, visit: _Visit, host: _Host, answer: Answer, stored: Response | None) -> Iterator[Outcome]:
        if answer.status in _REDIRECTS:
            self._follow(visit, answer)
        elif answer.status in _LATER:
            self._postpone(visit, host, answer)
        elif answer.status == 304 and stored is not None:
            feed = self._pages.path(visit.url, feed=True)
            if not feed.is_file():
                yield Outcome(visit.asked, What.UNCHANGED, self._pages.path(visit.url))
            else:
                yield from self._visit_entries(visit, stored, only_new=True)
        elif answer.status == 200:
            yield from self._keep(visit, answer, stored)
        else:
            raise ServiceError(visit.url, f"answered with status {answer.status}")

    def _follow(self, visit: _Visit, answer: Answer) -> None:
        place = answer.header("Location")
        if place is None:
            raise ServiceError(visit.url, "redirects to nowhere")
        if visit.redirects == _MOST_REDIRECTS:
            raise ServiceError(visit.url, f"redirects more than {_MOST_REDIRECTS} times")
        url = canonical(place, base=visit.url)
        self._plan(replace(visit, url=url, redirects=visit.redirects + 1), first=True)

    def _postpone(self, visit: _Visit, host: _Host, answer: Answer) -> None:
        pause = _retry_after(answer.header("Retry-After"))
        if visit.tries + 1 == _MOST_TRIES:
            raise ServiceError(visit.url, f"answered with status {answer.status} {_MOST_TRIES} times")
        if pause > _LONGEST_PAUSE:
            raise ServiceError(visit.url, f"wants to be asked again after {pause:.0f} seconds")
        host.ready = max(host.ready, time.monotonic() + pause)
        self._plan(replace(visit, tries=visit.tries + 1), first=True)

    def _keep(self, visit: _Visit, answer: Answer, stored: Response | None) -> Iterator[Outcome]:
        response = _response(answer)
        if response.media_type in PAGES:
            unpacked(response, name=visit.url, most=MOST_BYTES)  # what cannot be is not kept
            path = self._pages.path(visit.url)
            if stored is not None and stored.body == answer.body:
                yield Outcome(visit.asked, What.UNCHANGED, path)
                return
            self._pages.put(answer)
            yield Outcome(visit.asked, What.CHANGED if stored is not None else What.NEW, path)
        elif response.media_type in _FEED_TYPES and not visit.of_feed:
            yield from self._visit_entries(visit, response)
            self._pages.put(answer, feed=True)
        else:
            raise ServiceError(
                visit.url, f"is {response.media_type or 'of no media type'}, not a page, PDF or feed"
            )

    def _visit_entries(
        self, visit: _Visit, response: Response, *, only_new: bool = False
    ) -> Iterator[Outcome]:
        data = unpacked(response, name=visit.url, most=_MOST_OF_FEED)
        if not is_feed(data):
            raise ServiceError(visit.url, "is XML, but no feed")
        feed = parse_feed(data, name=visit.url)
        yield Outcome(visit.asked, What.FEED)
        for entry in feed.entries:
            link = dict.get(entry, "link")
            if isinstance(link, str) and link.strip():
                yield from self._add_entry(link.strip(), visit, only_new=only_new)

    def _add_entry(self, link: str, visit: _Visit, *, only_new: bool) -> Iterator[Outcome]:
        try:
            url = canonical(link, base=visit.url)
        except ServiceError as error:
            yield Outcome(error.address, What.FAILED, reason=error.reason)
            return
        if not (only_new and self._pages.path(url).is_file()):
            yield from self.add(url, of_feed=True)

    def _robots_of(self, url: str) -> Robots:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._fetch_robots(f"{origin}/robots.txt")
        return self._robots[origin]

    def _fetch_robots(self, url: str) -> Robots:
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                answer = get(url, headers={"User-Agent": self._options.agent}, limits=self._options.limits)
                place = answer.header("Location")
                if answer.status not in _REDIRECTS or place is None:
                    if answer.status != 200:
                        return read_robots(answer.status, b"")
                    data = unpacked(_response(answer), name=url, most=_MOST_OF_FEED)
                    return read_robots(answer.status, data)
                url = canonical(place, base=url)
        except (ServiceError, InputError) as error:
            return Robots(problem=f"its robots.txt {error.reason}")
        return Robots()  # RFC 9309, 2.3.1.2: as if there were none

    def _headers(self, stored: Response | None) -> dict[str, str]:
        headers = {"User-Agent": self._options.agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"}
        if stored is not None:
            marks = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
            found = {ours: stored.headers.get(theirs) for ours, theirs in marks.items()}
            headers |= {name: value for name, value in found.items() if value}
        return headers


def _of(visit: _Visit, reason: str) -> str:
    return reason if visit.redirects == 0 else f"leads to {visit.url}: {reason}"


def _response(answer: Answer) -> Response:
    lines = [f"HTTP/1.1 {answer.status} x", *(f"{name}: {value}" for name, value in answer.headers), "", ""]
    return parse_response("\r\n".join(lines).encode("latin-1", "replace") + answer.body, name=answer.url)


def _retry_after(written: str | None) -> float:
    """Seconds to wait (RFC 9110, 10.2.3)."""
    if written is None:
        return _PAUSE
    if _SECONDS.fullmatch(written.strip()):
        return float(written)
    with suppress(ValueError):
        until = parsedate_to_datetime(written)
        return max(0.0, (until - dt.datetime.now(until.tzinfo)).total_seconds())
    return _PAUSE
