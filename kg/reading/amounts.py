"""Amounts of people and things that a sentence states: "at least 77", "dozens", "30 to 40", "no".

Works on the words alone; which noun an amount counts is for the caller to say. What is no amount of
things (money, ages, measures, shares, names with numbers) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from kg.facts import Amount
from kg.lexicon import read_toml
from kg.reading.cardinals import Cardinal, NumberWords

_JOINED = re.compile(r"[\w,.]+(?:[-–][\w,.]+)|[\w,.]+-")
_DASHES = ("-", "–", "—")

Phrases = Mapping[str, tuple[tuple[str, ...], ...]]  # by their first word, the longest first


@dataclass(frozen=True, slots=True)
class AmountMention:
    """Tokens `start` up to and without `stop` state the amount.

    `before_noun` says whether the words after it, an "of" aside, may be the counted noun's.
    """

    start: int
    stop: int
    amount: Amount
    before_noun: bool

    def moved(self, tokens: int, words: str) -> AmountMention:
        """The same amount so many tokens on, with the words as the text has them."""
        amount = replace(self.amount, words=words)
        return replace(self, start=self.start + tokens, stop=self.stop + tokens, amount=amount)


@dataclass(frozen=True, slots=True)
class AmountLexicon:
    """amounts.toml, checked. Phrases are tuples of lower-case words."""

    cardinals: NumberWords
    exact: Mapping[tuple[str, ...], int]
    open: Mapping[tuple[str, ...], int]
    phrases: Mapping[str, Phrases]  # about, least, most; the same with _after; vague, none, exact, open
    words: Mapping[str, frozenset[str]]  # the other lists
    firsts: frozenset[str]  # words of which an amount that begins with no figure has one as its first


class _Found(NamedTuple):
    """An amount up to piece `stop`; one without numbers is something else, to be passed over whole."""

    stop: int
    least: int | None
    most: int | None


def load_amount_lexicon(path: Path) -> AmountLexicon:
    """Read amounts.toml; raises DataError where it is missing or wrong."""
    return read_toml(path, _lexicon)


def _lexicon(data: Mapping[str, Any]) -> AmountLexicon:
    phrases = ("about", "least", "most", "about_after", "least_after", "most_after", "vague", "none")
    words = (
        "not_none", "not_after", "currency", "not_before", "measured", "function_words", "one_after", "street"
    )  # fmt: skip
    exact = {tuple(phrase.split()): int(value) for phrase, value in data["exact"].items()}
    open_ = {tuple(phrase.split()): int(value) for phrase, value in data["open"].items()}
    phrases_of = {
        **{name: _by_first(tuple(p.split()) for p in data["words"][name]) for name in phrases},
        "exact": _by_first(exact),
        "open": _by_first(open_),
    }
    return AmountLexicon(
        cardinals=NumberWords(
            {word: int(value) for word, value in data["numbers"].items()},
            {word: int(value) for word, value in data["multipliers"].items()},
        ),
        exact=exact,
        open=open_,
        phrases=phrases_of,
        words={name: frozenset(data["words"][name]) for name in words},
        firsts=frozenset(
            {"a", "between", "from", *data["numbers"], *data["multipliers"]}.union(*phrases_of.values())
        ),
    )


def _by_first(phrases: Iterable[tuple[str, ...]]) -> Phrases:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in sorted(phrases, key=lambda phrase: (-len(phrase), phrase)):
        found.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(listed) for first, listed in found.items()}


def find_amounts(
    tokens: Sequence[str], *, lexicon: AmountLexicon, excluded: Iterable[tuple[int, int]] = ()
) -> list[AmountMention]:
    """The amounts among a sentence's tokens, in text order, without overlaps.

    `excluded` are ranges of tokens that are something else, such as times. "Several", "many" and the
    like state no number and are left out; `amount.words` has single spaces between the tokens.
    """
    shut = {token for start, stop in excluded for token in range(start, stop)}
    pieces, origin = _pieces(tokens, shut)
    reader = _Reader(pieces, [tokens[token] for token in origin], lexicon)
    mentions: list[AmountMention] = []
    here = 0
    while here < len(pieces):
        found = reader.amount(here)
        if found is None:
            here += 1
            continue
        if found.least is not None or found.most is not None:
            start, stop = origin[here], origin[found.stop - 1] + 1
            amount = Amount(found.least, found.most, " ".join(tokens[start:stop]))
            mentions.append(AmountMention(start, stop, amount, reader.noun_at(found.stop)))
        here = found.stop
    return mentions


def _pieces(tokens: Sequence[str], shut: set[int]) -> tuple[list[str], list[int]]:
    """Lower-case words, those joined by a hyphen taken apart, and the token each comes from."""
    pieces: list[str] = []
    origin: list[int] = []
    for index, token in enumerate(tokens):
        parts = re.split(r"([-–])", token) if _JOINED.fullmatch(token) else [token]
        for part in filter(None, parts):
            pieces.append("\0" if index in shut else part.lower())
            origin.append(index)
    return pieces, origin


class _Reader:
    """The pieces of one sentence, and what amount begins at each."""

    def __init__(self, pieces: list[str], written: list[str], lexicon: AmountLexicon) -> None:
        self.pieces = pieces
        self.written = written
        self.lexicon = lexicon

    def amount(self, here: int) -> _Found | None:
        """What begins at the piece: an amount, something that is none but has a number, or None."""
        word = self.pieces[here]
        if word not in self.lexicon.firsts and not word[:1].isdigit() and self._at(here - 1) != "some":
            return None
        nothing = self._none(here)
        if nothing is not None:
            return nothing
        start, bound = self._modifiers(here)
        number = self._open(start) or self._exact(start) or self._range(start) or self._cardinal(start)
        if number is None:
            return None
        least, most = number.least, number.most
        if least is None and most is None:
            return number
        stop, after = self._following(number.stop)
        bound = after or bound
        if bound == "least" or (bound == "most" and most is None):
            most = None
        if bound == "most":
            least = None
        if self._strong(stop):
            stop += 2
        return _Found(stop, least, most)

    def noun_at(self, here: int) -> bool:
        """Whether a noun that is counted may follow."""
        if self._at(here) == "of":
            return True
        word = self._at(here)
        return word[:1].isalpha() and word not in self.lexicon.words["function_words"]

    def _at(self, here: int) -> str:
        return self.pieces[here] if 0 <= here < len(self.pieces) else ""

    def _phrase(self, here: int, name: str) -> tuple[str, ...] | None:
        """The longest phrase of the list that stands here."""
        for phrase in self.lexicon.phrases[name].get(self._at(here), ()):
            if tuple(self.pieces[here : here + len(phrase)]) == phrase:
                return phrase
        return None

    def _modifiers(self, here: int) -> tuple[int, str]:
        """Where the number after "at least", "about", "up to a further" begins, and what they say of it."""
        bound = ""
        moved = True
        while moved:
            moved = False
            for name in ("least", "most", "about"):
                phrase = self._phrase(here, name)
                if phrase is not None:
                    here, moved = here + len(phrase), True
                    bound = bound or ("" if name == "about" else name)
                    break
        return here, bound

    def _following(self, here: int) -> tuple[int, str]:
        """Where "or more", "or so" after a number ends, and what it says."""
        for name in ("least_after", "most_after", "about_after"):
            phrase = self._phrase(here, name)
            if phrase is not None and not (phrase == ("more",) and self._at(here + 1) == "than"):
                return here + len(phrase), "" if name == "about_after" else name.removesuffix("_after")
        return here, ""

    def _none(self, here: int) -> _Found | None:
        phrase = self._phrase(here, "none")
        if phrase is None or self._phrase(here, "least") or self._phrase(here, "most"):
            return None
        stop = here + len(phrase)
        if not self._counts(here, stop) or (
            phrase == ("no",) and self._at(stop) in self.lexicon.words["not_none"]
        ):
            return None
        if phrase == ("no",) and not self._at(stop)[:1].isalpha():
            return None
        return _Found(stop, None, 0)

    def _open(self, here: int) -> _Found | None:
        """ "dozens", "tens of thousands", "several hundred": a least number only."""
        phrase = self._phrase(here, "open")
        if phrase is not None:
            return (
                _Found(here + len(phrase), self.lexicon.open[phrase], None) if self._priceless(here) else None
            )
        vague = self._phrase(here, "vague")
        if vague is None and self._at(here - 1) == "some":  # taken as "about"
            vague, here = ("some",), here - 1
        multiplier = self._at(here + len(vague)) if vague else ""
        scale = self.lexicon.cardinals.multipliers.get(multiplier)
        if vague is not None and scale is not None and self._counts(here, here + len(vague) + 1):
            return _Found(here + len(vague) + 1, scale, None)
        if vague is not None and (more := self._phrase(here + len(vague), "open")) is not None:
            return _Found(here + len(vague) + len(more), self.lexicon.open[more], None)
        return None

    def _exact(self, here: int) -> _Found | None:
        phrase = self._phrase(here, "exact")
        if phrase is None:
            return None
        if phrase == ("both",) and "and" in self.pieces[here : here + 5]:  # "both soldiers and police"
            return None
        value = self.lexicon.exact[phrase]
        stop = here + len(phrase) - (1 if phrase[-1] == "of" else 0)
        return _Found(stop, value, value) if self._counts(here, here + len(phrase)) else None

    def _range(self, here: int) -> _Found | None:
        """ "30 to 40", "30-40", "between 30 and 40", "two or three"."""
        between = self._at(here) == "between"
        start = here + 1 if between or self._at(here) == "from" else here
        first = self._number(start, and_too=not between)
        if first is None:
            return None
        joint = self._at(first.stop)
        if joint != "and" if between else joint not in ("to", "or", *_DASHES):
            return None
        second_start, _ = self._modifiers(first.stop + 1)
        second = self._number(second_start)
        if second is None:
            return None
        least = first.value
        if first.scale == 1 and second.scale > 1 and least < second.value // second.scale:
            least *= second.scale  # "two to three million"
        if least >= second.value:  # a score, or two numbers of their own
            return _Found(second.stop, None, None) if joint in _DASHES else None
        if not self._counts(here, second.stop) or not self._counts(start, second.stop):
            return _Found(second.stop, None, None)
        return _Found(second.stop, least, second.value)

    def _number(self, here: int, *, and_too: bool = True) -> Cardinal | None:
        return self.lexicon.cardinals.read(self.pieces, here, and_too=and_too)

    def _cardinal(self, here: int) -> _Found | None:
        number = self._number(here)
        if number is None:
            return None
        if not self._counts(here, number.stop) or (
            number.value == 1 and not self._one_thing(here, number.stop)
        ):
            return _Found(number.stop, None, None)
        if number.abbreviated and (
            self._at(number.stop) in self.lexicon.words["measured"] or not self.noun_at(number.stop)
        ):
            return _Found(number.stop, None, None)
        return _Found(number.stop, number.value, number.value)

    def _one_thing(self, start: int, stop: int) -> bool:
        """Whether "one" counts: "one civilian", not "one of them", "the one who"."""
        if self._at(stop) == "more":
            return True
        before, after = self._at(start - 1), self._at(stop)
        words = self.lexicon.words
        return (
            after[:1].isalpha() and after not in words["function_words"] and before not in words["one_after"]
        )

    def _counts(self, start: int, stop: int) -> bool:
        """Whether the number stands where an amount of things may."""
        words = self.lexicon.words
        before, after = self._at(start - 1), self._at(stop)
        if before in words["not_after"] or after in words["not_before"] or not self._priceless(start):
            return False
        if before in ("in", "of") and self._is_share(start):
            return False
        if before == "." and self._at(start - 2) in ("no", "nos", "mk"):
            return False
        if (
            (before == "-" and self._at(start - 2)[:1].isalnum())
            or before == "/"
            or after in ("/", "°", "million")
        ):
            return False
        if after == "-" and self._hyphened(stop):
            return False
        return not self._is_age(start, stop) and not self._is_address(stop)

    def _priceless(self, start: int) -> bool:
        return self._at(start - 1) not in self.lexicon.words["currency"]

    def _hyphened(self, stop: int) -> bool:
        """Whether a hyphen makes the number part of another word: "72-hour", "two-man"."""
        following = self._at(stop + 1)
        return not self._strong(stop) and following != "plus" and not following[:1].isdigit()

    def _strong(self, stop: int) -> bool:
        return self._at(stop) == "-" and self._at(stop + 1) == "strong"

    def _is_share(self, start: int) -> bool:
        """ "one in five", "three out of four"."""
        word = self._at(start - 2)
        return word == "out" or word.isdigit() or word in self.lexicon.cardinals.numbers

    def _is_age(self, start: int, stop: int) -> bool:
        """ "Ali Hassan, 32, said", "she, 32, said"."""
        person = start >= 2 and (
            self.written[start - 2][:1].isupper() or self._at(start - 2) in ("he", "she")
        )
        named = person and self._at(start - 1) == ","
        return (
            named and stop == start + 1 and self._at(stop) in (",", ".", ")") and len(self.pieces[start]) <= 2
        )

    def _is_address(self, stop: int) -> bool:
        """ "48 Kremlin Street"."""
        after = self.pieces[stop : stop + 3]
        place = next((i for i, word in enumerate(after) if word in self.lexicon.words["street"]), 0)
        return place > 0 and all(self.written[stop + i][:1].isupper() for i in range(place + 1))
