"""What was read of reports, kept from one update to the next."""

from __future__ import annotations

from collections.abc import Iterable

from kg.clustering.model import Signature

MOST = 2000  # reports; of a dozen events each they take about 60 MB


class Memory:
    """Events of the reports that were looked at last, so that the updates of a build read each once.

    For one database, as long as all that is written to its reports is named to the updates that are given
    the memory. Not for use by several threads at once.
    """

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._signatures: dict[str, tuple[Signature, ...]] = {}  # what was asked for last comes last

    def get(self, report: str) -> tuple[Signature, ...] | None:
        """The events of a report, with places as they were then; None if they are not known."""
        found = self._signatures.pop(report, None)
        if found is not None:
            self._signatures[report] = found
        return found

    def keep(self, report: str, signatures: tuple[Signature, ...]) -> None:
        """Remember the events of a report, and forget what was not asked for longest if they are too many."""
        self.forget([report])
        self._signatures[report] = signatures
        while len(self._signatures) > self._most:
            del self._signatures[next(iter(self._signatures))]

    def forget(self, reports: Iterable[str]) -> None:
        """Reports that were written again or removed."""
        for report in reports:
            self._signatures.pop(report, None)
