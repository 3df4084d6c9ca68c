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
    Up to as many, where there are as many processors, answer quick queries at the connections of clients.
    `timeout` is seconds of one query or update, `memory` bytes of working memory of one reader process.
    `token` is what writers must show; updates are refused without `allow_update`. `load_from` are the hosts
    that LOAD may fetch from (`server.fetching.read_host`). At most `max_requests` requests are at work or
    wait at a time; an answer has at most `max_rows` rows and `max_bytes` bytes. `access_log` takes a line of
    JSON for each request; `-` is standard error. Reports that are given on a page are read in
    `read_timeout` seconds and `read_memory` bytes. `trust_proxy`: the server stands behind a proxy whose
    X-Forwarded-Proto and X-Forwarded-For are believed. `tiles` is where maps have their tiles from
    (`server.tiles`), `tiles_credit` whom they name for it.
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
    read_timeout: float = 60.0  # 200,000 characters on a machine of which the reader has one core
    read_memory: int = 2 * 1024**3  # of which 300,000 characters take half
    trust_proxy: bool = False
    tiles: str | None = None
    tiles_credit: str = ""
