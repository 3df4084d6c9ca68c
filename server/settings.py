"""What `kg serve` can be told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MAXIMUM_BODY = 10 * 1024 * 1024  # bytes of a request; larger data goes in by `kg load`
MAXIMUM_QUERY = 1024 * 1024  # characters of a query
MAXIMUM_LOAD = 50 * 1024 * 1024  # bytes of all documents that an update loads; they are held in memory


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the store is and how it is served.

    `workers` reader processes answer queries; one more takes over for short queries while they are busy.
    `timeout` is seconds of one query or update, `memory` bytes of working memory of one reader process.
    `token` is what writers must show; updates are refused without `allow_update`. `load_from` are the hosts
    that LOAD may fetch from (`server.fetching.read_host`). At most `max_requests` requests are at work or
    wait at a time; an answer has at most `max_rows` rows and `max_bytes` bytes. `access_log` takes a line of
    JSON for each request; `-` is standard error.
    """

    store: Path
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 4
    timeout: float = 30.0
    union_default_graph: bool = True
    allow_update: bool = False
    token: str | None = None
    load_from: tuple[str, ...] = ()
    memory: int = 1024**3  # sorts two million rows; an idle reader has 85 MB
    max_requests: int = 200
    max_rows: int = 1_000_000
    max_bytes: int = 1024**3
    access_log: Path | None = None
