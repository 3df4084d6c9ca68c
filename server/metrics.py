"""Counters of the running server, in the Prometheus text format 0.0.4."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

BUCKETS = (0.01, 0.1, 1.0, 10.0)  # seconds


class Metrics:
    """What has been asked so far; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._within: Counter[float] = Counter()
        self._queries = 0
        self._seconds = 0.0

    def request(self, endpoint: str, status: int) -> None:
        """Count an answered request."""
        with self._lock:
            self._requests[endpoint, status] += 1

    def query(self, seconds: float) -> None:
        """Count a query that took `seconds` to its first bytes."""
        with self._lock:
            self._queries += 1
            self._seconds += seconds
            self._within.update(bound for bound in BUCKETS if seconds <= bound)

    def text(self, *, busy: int, replaced: int) -> str:
        """All counters, and how many readers are `busy` and have been `replaced`."""
        with self._lock:
            return "\n".join(self._lines(busy, replaced)) + "\n"

    def _lines(self, busy: int, replaced: int) -> Iterator[str]:
        yield "# TYPE sitrep_requests_total counter"
        for (endpoint, status), count in sorted(self._requests.items()):
            yield f'sitrep_requests_total{{endpoint="{endpoint}",status="{status}"}} {count}'
        yield "# TYPE sitrep_query_seconds histogram"
        for bound in BUCKETS:
            yield f'sitrep_query_seconds_bucket{{le="{bound:g}"}} {self._within[bound]}'
        yield f'sitrep_query_seconds_bucket{{le="+Inf"}} {self._queries}'
        yield f"sitrep_query_seconds_sum {self._seconds:.6f}"
        yield f"sitrep_query_seconds_count {self._queries}"
        yield "# TYPE sitrep_readers_busy gauge"
        yield f"sitrep_readers_busy {busy}"
        yield "# TYPE sitrep_readers_replaced_total counter"
        yield f"sitrep_readers_replaced_total {replaced}"
