"""What a build did, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kg.facts import Report
from kg.ingest import Rejected
from kg.pipeline.report import ReadReport
from kg.pipeline.seconds import Seconds
from kg.pipeline.unchanged import Why


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of one build. `entities` are distinct ones; `links` those of them with an owl:sameAs.

    Entities, events and so on are those of the reports that were read.
    """

    reports: int  # that were read: new, changed and again
    new: int
    changed: int
    again: int  # though the input is the same
    unchanged: int  # and so not read
    removed: int
    rejected: tuple[Rejected, ...]
    skipped: int
    entities: int
    events: tuple[tuple[str, int], ...]  # kind and number, the most frequent first
    relations: int
    links: int
    rejects: int  # results of validation that kept something out of the store
    warnings: int
    seconds: Seconds
    total_seconds: float  # by the clock


class Tally:
    """Adds up a summary while reports go by."""

    def __init__(self) -> None:
        self.seconds = Seconds()
        self._skipped = self._relations = self._rejects = self._warnings = 0
        self._unchanged = self._removed = 0
        self._why: dict[str, Why] = {}  # of reports that are on their way
        self._read: Counter[Why] = Counter()
        self._rejected: list[Rejected] = []
        self._named: set[str] = set()
        self._unnamed = 0
        self._events: Counter[str] = Counter()

    def skip(self) -> None:
        """Count an entry of a folder that is not for reading."""
        self._skipped += 1

    def reject(self, rejected: Rejected) -> None:
        """Count an input that could not be read."""
        self._rejected.append(rejected)

    def expect(self, report: Report, why: Why | None) -> None:
        """Count a report that is left as it is (None), or remember why it is read."""
        if why is None:
            self._unchanged += 1
        else:
            self._why[report.identifier] = why

    def fail(self, rejected: Rejected) -> None:
        """Count a report that was expected and could not be read."""
        self._why.pop(rejected.name, None)
        self.reject(rejected)

    def remove(self, number: int) -> None:
        """Count reports that left the store."""
        self._removed += number

    def add(self, report: ReadReport) -> None:
        """Count a report that was expected and is in the store now."""
        self._read[self._why.pop(report.identifier)] += 1
        self._relations += report.relations
        self._rejects += len(report.rejects)
        self._warnings += len(report.warnings)
        self._named |= report.named
        self._unnamed += report.unnamed
        self._events.update(dict(report.events))
        self.seconds += report.seconds

    def summary(self, *, linked: set[str], total_seconds: float) -> Summary:
        """The summary; `linked` are the entities of the store that have an owl:sameAs."""
        return Summary(
            reports=self._read.total(),
            new=self._read[Why.NEW],
            changed=self._read[Why.CHANGED],
            again=self._read[Why.AGAIN],
            unchanged=self._unchanged,
            removed=self._removed,
            rejected=tuple(self._rejected),
            skipped=self._skipped,
            entities=len(self._named) + self._unnamed,
            events=tuple(sorted(self._events.items(), key=lambda item: (-item[1], item[0]))),
            relations=self._relations,
            links=len(self._named & linked),
            rejects=self._rejects,
            warnings=self._warnings,
            seconds=self.seconds,
            total_seconds=total_seconds,
        )
