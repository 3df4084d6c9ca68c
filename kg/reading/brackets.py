"""Acronyms in brackets behind a name: "the Rapid Support Forces (RSF)".

The small model stumbles over them, and takes the clause behind for another; so they are kept from it, and
hang on the name before them as its apposition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LONGEST = 4  # tokens between the brackets: "Kani PDF", "PYD-YPG"
_PAIRS = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Bracketed:
    """Tokens `start` up to `stop`, the brackets among them."""

    start: int
    stop: int


def bracketed_acronyms(words: Sequence[str]) -> Iterator[Bracketed]:
    """The brackets behind a name or noun that hold only an acronym, or a note's number."""
    start = 1
    while start < len(words):
        closing = _PAIRS.get(words[start])
        if closing is None or not words[start - 1][-1:].isalpha():
            start += 1
            continue
        inside = []
        for word in words[start + 1 : start + 2 + _LONGEST]:
            if word == closing:
                break
            inside.append(word)
        stop = start + len(inside) + 2
        whole = stop <= len(words) and words[stop - 1] == closing
        if whole and inside and (_is_acronym(inside, words[start - 1]) or _is_note(inside, closing)):
            yield Bracketed(start, stop)
            start = stop
        else:
            start += 1


def _is_acronym(inside: Sequence[str], before: str) -> bool:
    """Whether the last word is in capitals and those before it have one: "RSF", "Kani PDF"."""
    last = inside[-1]
    named = before[:1].isupper() or before[:1].islower()
    return (
        named
        and sum(c.isupper() for c in last) >= 2
        and all(word[:1].isupper() or word in "-–/" for word in inside)
    )


def _is_note(inside: Sequence[str], closing: str) -> bool:
    """A reference as encyclopedias have it: "[3]"."""
    return closing == "]" and len(inside) == 1 and inside[0].isdigit()
