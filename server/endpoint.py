"""The state of a running server: the store's newest checkpoint, its readers and writer, counters."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kg.errors import RequestError, ServerError
from kg.store import Store
from server import headers
from server.cache import Cache, Given
from server.fetching import Fetcher
from server.lent import Terms
from server.messages import Dataset, Done, Formats, Job, Lookup, Rows, Table, Write
from server.metrics import Metrics
from server.pool import CheckpointGoneError, Pool
from server.protocol import bearer_token, is_repeatable
from server.settings import MAXIMUM_QUERY, ServerSettings
from server.updates import Updates
from server.versions import Version, Versions

ATTEMPTS = 5  # each needs two writes to finish between a look at the newest checkpoint and its opening
_WHOLE_STORE = Dataset()

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: the URL asked, which relative IRIs are resolved against, and whether the client has left."""

    url: str
    left: Callable[[], bool]


class Endpoint:
    """What all views share. StoreError where there is no store, ServerError for settings that cannot be."""

    def __init__(self, settings: ServerSettings) -> None:
        if settings.allow_update and not settings.token:
            raise ServerError("updates need a token that writers must show: set KG_TOKEN or --token")
        if settings.workers < 1 or settings.timeout <= 0:
            raise ServerError("--workers must be at least 1 and --timeout more than 0 seconds")
        if min(settings.max_requests, settings.max_rows, settings.max_bytes) < 1:
            raise ServerError("--max-requests, --max-rows and --max-bytes must be at least 1")
        fetcher = Fetcher(settings.load_from)
        self.settings = settings
        self.base_iri = Store.open(settings.store).base_iri
        self._versions = Versions(settings.store)
        self._versions.newest()
        self.cache = Cache()
        self.metrics = Metrics()
        self.pool = Pool(workers=settings.workers, seconds=settings.timeout, memory=settings.memory)
        self._updates = Updates(
            store=settings.store, seconds=settings.timeout, memory=2 * settings.memory, fetcher=fetcher
        )

    def close(self) -> None:
        """End all processes."""
        self.pool.close()
        self._updates.close()

    def newest(self) -> Version:
        """The newest state of the store."""
        return self._versions.newest()

    def terms(self, usual: bytes) -> Terms | None:
        """How others may answer queries on the newest data; None where that is not known for the moment."""
        found = self._versions.stamped()
        if found is None:
            return None
        current, stamp, version = found
        settings = self.settings
        return Terms(
            current,
            stamp,
            version.folder,
            version.name,
            version.made,
            settings.union_default_graph,
            settings.timeout,
            settings.max_rows,
            settings.max_bytes,
            usual,
        )

    def checkpoint(self) -> Path:
        """Folder of the newest state of the store; its name is the data version."""
        return self.newest().checkpoint

    def etag(self, text: str, *parts: object, version: Version | None = None) -> str:
        """A tag for the answer that the data gives to a request (`headers.etag`); None: the newest."""
        version = self.newest() if version is None else version
        return headers.etag(version.name, version.made, text, parts)

    def query(
        self,
        text: str,
        formats: Formats,
        client: Client,
        *,
        dataset: Dataset = _WHOLE_STORE,
        union: bool | None = None,
        existing: str | None = None,
    ) -> Given:
        """The serialised answer to a query; `dataset`, `union` (None: as set) and `existing` as in `Job`."""
        repeatable = is_repeatable(text)

        def ask(version: Version) -> Given:
            job = self.job(
                version, text, formats, client.url, union=union, dataset=dataset, existing=existing
            )
            known = self.cache.get(version, job) if repeatable else None
            if known is not None:
                return known
            answer = self.pool.serialised(job, left=client.left)
            return self.cache.recorded(answer, version, job) if repeatable else answer

        return self._newest(ask)

    def table(self, text: str, client: Client, *, limit: int, union: bool | None = None) -> Table:
        """At most `limit` rows of the answer to a query."""

        def ask(version: Version) -> Table:
            job = self.job(version, text, Rows(limit), client.url, union=union)
            return self.pool.table(job, left=client.left)

        return self._newest(ask)

    def look_up(self, question: object, client: Client) -> object:
        """The answer to a question to the search index."""

        def ask(version: Version) -> object:
            lookup = Lookup(version.folder, self.settings.timeout, question)
            return self.pool.looked_up(lookup, left=client.left)

        return self._newest(ask)

    def write(self, write: Write) -> Done:
        """Apply a write that `authorise` has let through."""
        return self._updates.apply(write)

    def authorise(self, authorization: str | None) -> None:
        """RequestError where updates are off (403) or the header does not show the token (401)."""
        token = self.settings.token
        if not self.settings.allow_update or token is None:
            raise RequestError(403, "this endpoint is read-only")
        shown = bearer_token(authorization) or ""
        if not hmac.compare_digest(shown.encode(), token.encode()):
            raise RequestError(
                401, "updates need the header Authorization: Bearer TOKEN with the right token"
            )

    def job(
        self,
        version: Version,
        text: str,
        answer: Formats | Rows,
        url: str,
        *,
        dataset: Dataset = _WHOLE_STORE,
        union: bool | None = None,
        existing: str | None = None,
    ) -> Job:
        """The work that a query makes on a version of the data; RequestError 413 where it is too long.

        `url` is the address asked.
        """
        if len(text) > MAXIMUM_QUERY:
            raise RequestError(413, f"the query has {len(text)} characters; {MAXIMUM_QUERY} are the most")
        return Job(
            checkpoint=version.folder,
            text=text,
            answer=answer,
            union=self.settings.union_default_graph if union is None else union,
            seconds=self.settings.timeout,
            dataset=dataset,
            base_iri=url,
            existing=existing,
            most_rows=self.settings.max_rows,
            most_bytes=self.settings.max_bytes,
        )

    def _newest(self, ask: Callable[[Version], _T]) -> _T:
        """The answer from the newest checkpoint, which may be replaced before it is opened."""
        started = time.monotonic()
        try:
            for _ in range(ATTEMPTS):
                try:
                    return ask(self._versions.newest())
                except CheckpointGoneError:
                    continue
            raise RequestError(503, "the store cannot be opened; try again")
        finally:
            self.metrics.query(time.monotonic() - started)
