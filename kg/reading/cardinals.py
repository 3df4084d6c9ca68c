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
        found: Cardinal | None = None
        group = self._below_thousand(pieces, start, and_too, bare=True)
        limit = 10**12
        while group is not None:
            total = found.value if found else 0
            scale = self._multiplier(pieces, group.stop)
            if not 1000 <= scale < limit:
                return Cardinal(total + group.value, group.stop, group.scale)
            found, limit = Cardinal(total + group.value * scale, group.stop + 1, scale), scale
            group = self._below_thousand(pieces, found.stop, and_too, bare=False)
            if group is None and and_too and pieces[found.stop : found.stop + 1] == ["and"]:
                small = self._below_hundred(pieces, found.stop + 1)
                group = small if small and self._multiplier(pieces, small.stop) == 0 else None
        return found

    def _below_thousand(
        self, pieces: Sequence[str], here: int, and_too: bool, *, bare: bool
    ) -> Cardinal | None:
        """A number before "thousand" or "million"; a `bare` "hundred" or "thousand" may go without "a"."""
        if pieces[here : here + 1] == ["a"] and self._multiplier(pieces, here + 1):
            number: Cardinal | None = Cardinal(1, here + 1)
        elif bare and 0 < self._multiplier(pieces, here) <= 1000:
            number = Cardinal(1, here)
        else:
            number = self._below_hundred(pieces, here)
        scale = self._multiplier(pieces, number.stop) if number else 0
        if number is None or not 0 < scale < 1000:
            return number
        number = Cardinal(number.value * scale, number.stop + 1, scale)
        joined = scale == 100 and and_too and pieces[number.stop : number.stop + 1] == ["and"]
        rest = self._below_hundred(pieces, number.stop + joined) if scale == 100 else None
        if rest is None or 0 < self._multiplier(pieces, rest.stop) < 1000:  # "one hundred and two hundred"
            return number
        return Cardinal(number.value + rest.value, rest.stop)

    def _multiplier(self, pieces: Sequence[str], here: int) -> int:
        return self.multipliers.get(pieces[here], 0) if here < len(pieces) else 0

    def _below_hundred(self, pieces: Sequence[str], here: int) -> Cardinal | None:
        """A number word below a hundred: "seven", "twenty-seven", "twenty seven"."""
        if here >= len(pieces) or (value := self.numbers.get(pieces[here])) is None:
            return None
        unit = here + 2 if pieces[here + 1 : here + 2] == ["-"] else here + 1
        if value >= 20 and unit < len(pieces) and 0 < self.numbers.get(pieces[unit], 0) < 10:
            return Cardinal(value + self.numbers[pieces[unit]], unit + 1)
        return Cardinal(value, here + 1)


def _times(figures: str, scale: int) -> int:
    """The product, without a float's error: "1.2" times a million."""
    whole, _, part = figures.replace(",", "").partition(".")
    return int(whole) * scale + (int(part) * scale // 10 ** len(part) if part else 0)
