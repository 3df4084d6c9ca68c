"""From pairs that are alike to clusters: the surest pairs first, and nobody joins who fits not all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from kg.clustering.likeness import Likeness, fit, is_edge
from kg.clustering.model import Signature


@dataclass(frozen=True, slots=True)
class Cluster:
    """Events that are one, the earliest first, and the weakest likeness that was needed to join them."""

    members: tuple[Signature, ...]
    weakest: Likeness


def merge(signatures: Iterable[Signature]) -> list[Cluster]:
    """The clusters among the events, each of two or more reports; the order of the events does not matter."""
    events = sorted(signatures, key=lambda signature: signature.order)
    edges = [
        (likeness, i, j)
        for i, j in _neighbours(events)
        if (likeness := is_edge(events[i], events[j])) is not None
    ]
    edges.sort(key=lambda edge: (-edge[0].points, edge[1], edge[2]))
    groups = _Groups(events, fit)
    for likeness, i, j in edges:
        groups.join(i, j, likeness)
    return [cluster for cluster in groups.clusters() if len({m.report for m in cluster.members}) > 1]


def _neighbours(events: Sequence[Signature]) -> set[tuple[int, int]]:
    """The pairs of events that are in one block, so that far fewer are compared than there are."""
    blocks: dict[object, list[int]] = {}
    for index, event in enumerate(events):
        for block in event.blocks:
            blocks.setdefault(block, []).append(index)
    return {pair for block in blocks.values() for pair in combinations(block, 2)}


class _Groups:
    """Events in groups, at first each alone."""

    def __init__(self, events: Sequence[Signature], fits: Callable[[Signature, Signature], bool]) -> None:
        self._events = events
        self._fits = fits
        self._group = {index: [index] for index in range(len(events))}
        self._weakest: dict[int, Likeness] = {}  # by the first event of the group

    def join(self, first: int, second: int, likeness: Likeness) -> None:
        """Make one group of two, if each event of the one fits each of the other."""
        one, other = self._group[first], self._group[second]
        if one is other or not all(self._fits(self._events[i], self._events[j]) for i in one for j in other):
            return
        joined = sorted(one + other)
        for index in joined:
            self._group[index] = joined
        self._weakest[joined[0]] = likeness  # edges come with falling points, so the last is the weakest

    def clusters(self) -> list[Cluster]:
        """The groups of more than one event."""
        firsts = [index for index, group in self._group.items() if group[0] == index and len(group) > 1]
        return [
            Cluster(tuple(self._events[i] for i in self._group[first]), self._weakest[first])
            for first in sorted(firsts)
        ]
