"""What was read of reports, kept from one update to the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from kg.clustering.copies import Telling
from kg.clustering.model import Signature

MOST = 2000  # reports, of some weeks; of a dozen events and twenty sentences each they take about 50 MB

_T = TypeVar("_T")


class Kept(Generic[_T]):
    """Something of each of the reports that were asked for last, so many of them at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[str, _T] = {}  # what was asked for last comes last

    def get(self, report: str) -> _T | None:
        """What is known of a report; None if nothing is."""
        if report in self._found:
            self._found[report] = self._found.pop(report)
        return self._found.get(report)

    def keep(self, report: str, found: _T) -> _T:
        """Remember something of a report, and forget what was not asked for longest; returns it."""
        self._found.pop(report, None)
        self._found[report] = found
        while len(self._found) > self._most:
            del self._found[next(iter(self._found))]
        return found

    def forget(self, report: str) -> None:
        """Know nothing of a report any more."""
        self._found.pop(report, None)


class Memory:
    """What the reports that were looked at last say, so that the updates of a build read each once.

    For one database, as long as all that is written to its reports is named to the updates that are given
    the memory: where somebody else wrote between two of them, a new one is needed. Not for use by
    several threads at once.
    """

    def __init__(self, *, most: int = MOST) -> None:
        self.events: Kept[tuple[Signature, ...]] = Kept(most)  # with places as they lay then
        self.tellings: Kept[Telling] = Kept(most)

    def forget(self, reports: Iterable[str]) -> None:
        """Reports that were written again or removed."""
        for report in reports:
            self.events.forget(report)
            self.tellings.forget(report)
