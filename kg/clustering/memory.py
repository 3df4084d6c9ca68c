"""The events that were read of reports, kept from one update to the next."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from typing import cast

from kg.clustering.model import Signature

MOST = 2000  # reports, of some weeks; of a dozen events each they take 6 MB


class Memory:
    """The events of the reports that were looked at last, so that the updates of a build read each once.

    For one database, as long as all that is written to its reports is named to the updates that are given
    the memory: where somebody else wrote between two of them, a new one is needed. Not for use by
    several threads at once.
    """

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[str, bytes] = {}  # pickled; what was asked for last comes last

    def get(self, report: str) -> tuple[Signature, ...] | None:
        """The events of a report, with places as they lay then; None if nothing is known of it."""
        if report not in self._kept:
            return None
        found = self._kept[report] = self._kept.pop(report)
        return cast("tuple[Signature, ...]", pickle.loads(found))  # noqa: S301 (was pickled here)

    def keep(self, report: str, events: tuple[Signature, ...]) -> tuple[Signature, ...]:
        """Remember the events of a report, and forget what was not asked for longest; returns them."""
        self._kept.pop(report, None)
        self._kept[report] = pickle.dumps(events, pickle.HIGHEST_PROTOCOL)
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
        return events

    def forget(self, reports: Iterable[str]) -> None:
        """Know nothing any more of reports that were written again or removed."""
        for report in reports:
            self._kept.pop(report, None)
