"""Things in order, some at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_T = TypeVar("_T")


def batches(
    items: Iterable[_T], *, size: int, weigh: Callable[[_T], int], most: float = math.inf
) -> Iterator[list[_T]]:
    """As many of the items at a time as weigh `size` together, or one that weighs more; `most` at most."""
    held: list[_T] = []
    total = 0
    for item in items:
        weight = weigh(item)
        if held and total + weight > size:
            yield held
            held, total = [], 0
        held.append(item)
        total += weight
        if len(held) >= most:
            yield held
            held, total = [], 0
    if held:
        yield held
