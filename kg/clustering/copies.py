"""Which reports are copies: the same wire story from another outlet.

A report is a copy of an earlier one where most of what it says stands there word for word. It is the
later report that is looked at: a paper that prints half of a wire story copies it, one that adds as much
of its own does not. Of several earlier ones it is a copy of the first that is no copy itself, so that no
chains come about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

SHINGLE = 5  # words in a row
COPIED = 0.7  # part of the later report's shingles; the sample reprint has 0.94, other tellings under 0.1
SAME = 0.25  # part of the later report's long sentences; nearly all of a reprint's, and cheap to ask an index
LEAST = 30  # shingles; shorter reports say too little to be told apart
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, with bits all over
TELLING = 8  # words of a sentence that leads to other reports; shorter ones stand in many
COMMON = 200  # a sentence of more reports leads to none: it is what a source puts under all it writes

Leads: TypeAlias = Callable[[str], bool]  # whether a sentence leads to other reports


@dataclass(frozen=True)
class Telling:
    """A report's sentences, and when it was issued: what comes first when several say the same."""

    report: str
    issued: str
    told: frozenset[str]

    @property
    def order(self) -> tuple[str, str, str]:
        """Its place among tellings."""
        return order(self.report, self.issued)

    @cached_property
    def sentences(self) -> frozenset[str]:
        """The long ones."""
        return frozenset(filter(is_long, self.told))

    @cached_property
    def shingles(self) -> NDArray[np.uint64]:
        """Fingerprints of five words in a row, each once: looked at only where reports share a sentence.

        Texts of the words themselves take thirty times the room.
        """
        found = [_fingerprints(sentence.lower().split()) for sentence in self.told]
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.uint64)


def _fingerprints(words: list[str]) -> NDArray[np.uint64]:
    """One of each five words in a row; different ones have the same in one of some 10^19 cases."""
    of_words = np.fromiter(map(_fingerprint, words), np.uint64, len(words))
    rows = np.zeros(max(0, len(words) - SHINGLE + 1), np.uint64)
    for at in range(SHINGLE):
        rows = rows * _FACTOR + of_words[at : at + len(rows)]  # modulo 2^64
    return rows


@lru_cache(maxsize=20_000)
def _fingerprint(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest())


def is_long(sentence: str) -> bool:
    """Whether a sentence is long enough to lead to other reports."""
    return len(sentence.split()) >= TELLING


def order(report: str, issued: str) -> tuple[str, str, str]:
    """By day, then by time, then by IRI; reports without a date last."""
    return issued[:10] or "~", issued, report


def enough_same(shared: int, later: Telling) -> bool:
    """Whether so many leading sentences of an earlier report may make this one a copy of it."""
    return shared > 0 and shared >= SAME * len(later.sentences)


def copies(later: Telling, earlier: Telling, *, leads: Leads = lambda _: True) -> bool:
    """Whether the later of two reports copies the earlier; `leads` as for `originals`."""
    if not enough_same(sum(map(leads, later.sentences & earlier.sentences)), later):
        return False
    enough = COPIED * len(later.shingles)
    if len(later.shingles) < LEAST or len(earlier.shingles) < enough:
        return False
    return np.intersect1d(later.shingles, earlier.shingles, assume_unique=True).size >= enough


def originals(tellings: Iterable[Telling], *, leads: Leads = lambda _: True) -> dict[str, str]:
    """Each copy among the reports with its original; the order of the reports does not matter.

    `leads` says which of the long sentences lead to other reports.
    """
    firsts: list[Telling] = []
    having: dict[str, list[int]] = {}  # by sentence the places of the firsts that have it
    found: dict[str, str] = {}
    for later in sorted(tellings, key=lambda one: one.order):
        leading = [sentence for sentence in later.sentences if leads(sentence)]
        places = sorted({place for sentence in leading for place in having.get(sentence, ())})
        original = next(
            (firsts[place] for place in places if copies(later, firsts[place], leads=leads)), None
        )
        if original is not None:
            found[later.report] = original.report
            continue
        for sentence in leading:
            having.setdefault(sentence, []).append(len(firsts))
        firsts.append(later)
    return found


def closure(
    seeds: Iterable[Telling], like: Callable[[Telling], Iterable[Telling]], *, leads: Leads
) -> list[Telling]:
    """The seeds and all that a chain of copying joins to them; `like` gives those a sentence leads to.

    `leads` as for `originals`.
    """
    found = {seed.report: seed for seed in seeds}
    waiting = list(found.values())
    while waiting:
        one = waiting.pop()
        for other in (telling for telling in like(one) if telling.report not in found):
            earlier, later = sorted((one, other), key=lambda telling: telling.order)
            if copies(later, earlier, leads=leads):
                found[other.report] = other
                waiting.append(other)
    return list(found.values())
