"""Counters of the running server, in the Prometheus text format 0.0.4."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds


@dataclass(frozen=True, slots=True)
class Gauges:
    """What is so at this moment: readers at work, readers replaced and queries stopped for time so far, bytes
    of the newest checkpoint, and its number."""

    busy: int
    replaced: int
    stopped: int
    store_bytes: int
    data_version: int


class _Histogram:
    """How many seconds things took."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BUCKETS) + 1)  # above the bound before, up to this one; the last: above all
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(BUCKETS, seconds)] += 1
        self._sum += seconds

    def lines(self, name: str) -> Iterator[str]:
        yield f"# TYPE {name} histogram"
        for bound, within in zip((*BUCKETS, "+Inf"), accumulate(self._counts), strict=True):
            yield f'{name}_bucket{{le="{bound}"}} {within}'
        yield f"{name}_sum {self._sum:.6f}"
        yield f"{name}_count {sum(self._counts)}"


class Metrics:
    """What has been asked so far; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._latency = _Histogram()
        self._queries = _Histogram()
        self._thread = threading.local()

    def begin(self) -> None:
        """A request begins in this thread."""
        self._thread.seconds = 0.0

    def query_seconds(self) -> float:
        """Seconds that the queries of this thread's request took to their first bytes."""
        return float(getattr(self._thread, "seconds", 0.0))

    def request(self, endpoint: str, status: int) -> None:
        """Count an answered request."""
        with self._lock:
            self._requests[endpoint, status] += 1

    def answered(self, seconds: float) -> None:
        """Count the time from a request's arrival to the end of its answer."""
        with self._lock:
            self._latency.add(seconds)

    def query(self, seconds: float) -> None:
        """Count a query that took `seconds` to its first bytes."""
        self._thread.seconds = self.query_seconds() + seconds
        with self._lock:
            self._queries.add(seconds)

    def text(self, gauges: Gauges) -> str:
        """All counters."""
        with self._lock:
            return "\n".join(self._lines(gauges)) + "\n"

    def _lines(self, gauges: Gauges) -> Iterator[str]:
        yield "# TYPE sitrep_requests_total counter"
        for (endpoint, status), count in sorted(self._requests.items()):
            yield f'sitrep_requests_total{{endpoint="{endpoint}",status="{status}"}} {count}'
        yield from self._latency.lines("sitrep_request_seconds")
        yield from self._queries.lines("sitrep_query_seconds")
        rejected = sum(count for (_, status), count in self._requests.items() if status == 429)
        for name, kind, value in (
            ("requests_rejected_total", "counter", rejected),
            ("queries_timed_out_total", "counter", gauges.stopped),
            ("readers_replaced_total", "counter", gauges.replaced),
            ("readers_busy", "gauge", gauges.busy),
            ("store_bytes", "gauge", gauges.store_bytes),
            ("data_version", "gauge", gauges.data_version),
        ):
            yield f"# TYPE sitrep_{name} {kind}"
            yield f"sitrep_{name} {value}"
