"""From pairs that are alike to clusters: the surest pairs first, and nobody joins who fits not all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.clustering.likeness import PERFECT, Likeness, fit, is_edge
from kg.clustering.model import Rulings, Signature
from kg.clustering.near import Near

_RULED = Likeness(PERFECT, ("a person says so",))


@dataclass(frozen=True, slots=True)
class Cluster:
    """Events that are one, the earliest first, and the weakest likeness that was needed to join them."""

    members: tuple[Signature, ...]
    weakest: Likeness


def merge(signatures: Iterable[Signature], rulings: Rulings | None = None) -> list[Cluster]:
    """The clusters among the events, each of two or more reports; the order of the events does not matter.

    What a person says is one is joined first, and what fits one of these fits all.
    """
    rulings = rulings or Rulings()
    events = sorted(signatures, key=lambda signature: signature.order)
    at = {event.event: index for index, event in enumerate(events)}
    edges = [
        (likeness, i, j)
        for i, j in _neighbours(events, at)
        if (likeness := is_edge(events[i], events[j])) is not None
    ]
    edges.sort(key=lambda edge: (-edge[0].points, edge[1], edge[2]))
    ruled = sorted(sorted(at[e] for e in pair) for pair in rulings.together if pair <= at.keys())
    groups = _Groups(events, rulings)
    for likeness, i, j in [*((_RULED, i, j) for i, j in ruled), *edges]:
        groups.join(i, j, likeness)
    return [
        cluster
        for cluster in groups.clusters()
        if len({m.report for m in cluster.members}) > 1 and any(m.days for m in cluster.members)
    ]


def _neighbours(events: Sequence[Signature], at: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    """The pairs of events that may be joined directly, which are far fewer than there are pairs."""
    near = Near()
    for event in events:
        near.add(event)
    for i, event in enumerate(events):
        for other in near.around(event):
            if (j := at[other.event]) > i:
                yield i, j


class _Groups:
    """Events in groups, at first each alone."""

    def __init__(self, events: Sequence[Signature], rulings: Rulings) -> None:
        self._events = events
        self._rulings = rulings
        self._group = {index: [index] for index in range(len(events))}
        self._one = {index: [index] for index in range(len(events))}  # what a person says is one
        self._weakest: dict[int, Likeness] = {}  # by the first event of the group

    def join(self, first: int, second: int, likeness: Likeness) -> None:
        """Make one group of two, if each event of the one fits each of the other."""
        one, other = self._group[first], self._group[second]
        if one is other or any(self._parted(i, j) for i in one for j in other):
            return
        if likeness is not _RULED and not all(self._fits(i, j) for i in one for j in other):
            return
        joined = sorted(one + other)
        for index in joined:
            self._group[index] = joined
            if likeness is _RULED:
                self._one[index] = joined
        self._weakest[joined[0]] = likeness  # edges come with falling points, so the last is the weakest

    def _parted(self, first: int, second: int) -> bool:
        separate = self._rulings.separate
        return (
            bool(separate) and frozenset({self._events[first].event, self._events[second].event}) in separate
        )

    def _fits(self, first: int, second: int) -> bool:
        """Whether two events may be one, or an event that a person says is one with one of them."""
        return any(fit(self._events[i], self._events[j]) for i in self._one[first] for j in self._one[second])

    def clusters(self) -> list[Cluster]:
        """The groups of more than one event."""
        firsts = [index for index, group in self._group.items() if group[0] == index and len(group) > 1]
        return [
            Cluster(tuple(self._events[i] for i in self._group[first]), self._weakest[first])
            for first in sorted(firsts)
        ]
