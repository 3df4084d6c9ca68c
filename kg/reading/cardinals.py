"""Cardinal numbers in English words and figures, read from lower-case pieces of text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_FIGURES = re.compile(r"\d{1,3}(?:,\d{3})+|0|[1-9]\d*")
_DECIMAL = re.compile(r"\d+\.\d{1,2}")
_ABBREVIATED = re.compile(r"(\d+(?:\.\d{1,2})?)(k|m|mn|bn)")
_ABBREVIATIONS = {"k": 1_000, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000}
_GROUP = re.compile(r"\d{3}")


@dataclass(frozen=True, slots=True)
class Cardinal:
    """A number read up to piece `stop`; `scale` is the multiplier word that ended it, 1 for none."""

    value: int
    stop: int
    scale: int = 1
    abbreviated: bool = False  # "2m": a length as well as millions


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The words that numbers are made of."""

    numbers: Mapping[str, int]
    multipliers: Mapping[str, int]

    def read(self, pieces: Sequence[str], start: int, *, and_too: bool = True) -> Cardinal | None:
        """The longest cardinal that begins at `start`, if one does.

        `and_too` takes "one hundred and fifty" as one number; leave it out after "between".
        """
        if start >= len(pieces):
            return None
        return self._figures(pieces, start) or self._words(pieces, start, and_too)

    def _figures(self, pieces: Sequence[str], start: int) -> Cardinal | None:
        word = pieces[start]
        following = pieces[start + 1] if start + 1 < len(pieces) else ""
        if (short := _ABBREVIATED.fullmatch(word)) is not None:
            return Cardinal(_times(short[1], _ABBREVIATIONS[short[2]]), start + 1, abbreviated=True)
        if _FIGURES.fullmatch(word) is None and _DECIMAL.fullmatch(word) is None:
            return None
        if following in ("m", "mn", "bn", "k"):
            return Cardinal(_times(word, _ABBREVIATIONS[following]), start + 2, abbreviated=True)
        if following in self.multipliers and not (following == "dozen" and "." in word):
            scale = self.multipliers[following]
            return Cardinal(_times(word, scale), start + 2, scale)
        if "." in word:
            return None
        stop = start + 1
        while len(word) <= 3 and word != "0" and stop < len(pieces) and _GROUP.fullmatch(pieces[stop]):
            stop += 1
        return Cardinal(int("".join(pieces[start:stop]).replace(",", "")), stop)

    def _words(self, pieces: Sequence[str], start: int, and_too: bool) -> Cardinal | None:
        """Numbers in words: "two", "twenty-seven", "a hundred", "two thousand one hundred and fifty"."""
        total, current, scale, here = 0, 0, 1, start
        if self.multipliers.get(pieces[start], 0) >= 1_000_000:  # needs a number or "a" before it
            return None
        least_scale = 10**12
        if pieces[start] == "a" and start + 1 < len(pieces) and pieces[start + 1] in self.multipliers:
            current, here = 1, start + 1
        while here < len(pieces):
            after = here
            if here > start and and_too and pieces[here] == "and" and scale >= 100 and current == 0:
                after = here + 1
            small = self._below_hundred(pieces, after) if current == 0 else None
            if small is not None:
                current, here = small
                scale = 1
            elif pieces[here] in self.multipliers and self.multipliers[pieces[here]] < least_scale:
                scale = self.multipliers[pieces[here]]
                if scale == 12 and here > start + 1 and total:
                    break
                total += max(current, 1) * scale
                current, here, least_scale = 0, here + 1, scale
                if pieces[here : here + 1] and self._raises(pieces[here], scale):
                    total, least_scale = (
                        total * self.multipliers[pieces[here]],
                        self.multipliers[pieces[here]],
                    )
                    scale, here = least_scale, here + 1
            else:
                break
            if scale == 1 and not self._goes_on(pieces, here, least_scale):
                break
        return Cardinal(total + current, here, scale) if here > start else None

    def _raises(self, word: str, scale: int) -> bool:
        """Whether the word multiplies what a multiplier made: "two hundred thousand"."""
        return scale == 100 and self.multipliers.get(word, 0) > scale

    def _goes_on(self, pieces: Sequence[str], here: int, least_scale: int) -> bool:
        return here < len(pieces) and 0 < self.multipliers.get(pieces[here], 0) < least_scale

    def _below_hundred(self, pieces: Sequence[str], here: int) -> tuple[int, int] | None:
        """A number word below a hundred and where it ends: "seven", "twenty-seven", "twenty seven"."""
        if here >= len(pieces) or (value := self.numbers.get(pieces[here])) is None:
            return None
        unit = here + 2 if pieces[here + 1 : here + 2] == ["-"] else here + 1
        if value >= 20 and unit < len(pieces) and 0 < self.numbers.get(pieces[unit], 0) < 10:
            return value + self.numbers[pieces[unit]], unit + 1
        return value, here + 1


def _times(figures: str, scale: int) -> int:
    """The product, without a float's error: "1.2" times a million."""
    whole, _, part = figures.replace(",", "").partition(".")
    return int(whole) * scale + (int(part) * scale // 10 ** len(part) if part else 0)
