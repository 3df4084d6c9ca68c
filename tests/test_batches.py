"""Things in order, some at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from kg.batches import batches


@pytest.mark.parametrize(
    ("items", "most", "expected"),
    [
        ([], math.inf, []),
        ([9], math.inf, [[9]]),  # one that weighs more goes by itself
        ([2, 3, 1, 4, 9, 1], math.inf, [[2, 3], [1, 4], [9], [1]]),
        ([1, 1, 1, 1, 1], 2, [[1, 1], [1, 1], [1]]),
        ([0, 0, 0], math.inf, [[0, 0, 0]]),
    ],
)
def test_batches(items: list[int], most: float, expected: list[list[int]]) -> None:
    assert list(batches(items, size=5, weigh=lambda item: item, most=most)) == expected


def test_a_full_batch_waits_for_no_more() -> None:
    def endless() -> Iterator[int]:
        yield from (1, 1)
        pytest.fail("one too many was asked for")

    assert next(batches(endless(), size=5, weigh=lambda item: item, most=2)) == [1, 1]
