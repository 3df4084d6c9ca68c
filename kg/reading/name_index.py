"""The gazetteer's names, found in a Doc whatever their accents, hyphens and, but for acronyms, capitals."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from kg.gazetteer import Entry, Gazetteer
from kg.linking import Decision

ACRONYM = 5  # an alias in capitals of at most so many letters must stand in capitals: "IS", "AFP"
DASHES = frozenset({"-", "–", "‑"})


@dataclass(frozen=True, slots=True)
class Name:
    """Tokens `start` up to `end` that name a thing, or (`demonym`) say what country it is of."""

    start: int
    end: int
    class_name: str
    known: Entry | None
    certainty: float
    demonym: bool = False
    namesakes: tuple[Entry, ...] = ()  # entries with this name that fit the report, better ones first
    decision: Decision | None = None  # why it is the known thing, or like it


@dataclass(frozen=True, slots=True)
class Alias:
    """A name of an entry; `words` as the gazetteer has them."""

    entry: Entry
    words: tuple[str, ...]
    demonym: bool


def fold(word: str) -> str:
    """Lower case without accents and apostrophes."""
    if word.isascii():
        return word.lower().replace("'", "").replace("`", "")
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’`ʿʾ")


class NameIndex:
    """All names of the gazetteer, by their folded words (hyphens left out)."""

    def __init__(self, gazetteer: Gazetteer, tokenizer: Callable[[str], Doc]) -> None:
        self._aliases: dict[tuple[str, ...], list[Alias]] = {}
        self._first: set[str] = set()  # the first words of all names
        self.longest = 1
        for entry in gazetteer.entries.values():
            for name in (entry.label, *entry.aliases):
                self._add(entry, name, tokenizer, demonym=False)
            for name in entry.demonyms:
                self._add(entry, name, tokenizer, demonym=True)

    def _add(self, entry: Entry, name: str, tokenizer: Callable[[str], Doc], *, demonym: bool) -> None:
        words = tuple(t.text for t in tokenizer(name) if t.text not in DASHES)
        folded = tuple(map(fold, words))
        self._first.update(folded[:1])
        self._aliases.setdefault(folded, []).append(Alias(entry, words, demonym))
        self.longest = max(self.longest, len(words))

    def find(self, doc: Doc) -> Iterator[tuple[int, int, list[Alias]]]:
        """Longest matches from left to right: first token, token behind the last, what they may mean."""
        tokens = [t.text for t in doc]
        folded = [fold(word) for word in tokens]
        start = 0
        while start < len(tokens):
            match = self._match(tokens, folded, start) if folded[start] in self._first else None
            if match is None:
                start += 1
            else:
                yield start, *match
                start = match[0]

    def _match(self, tokens: list[str], folded: list[str], start: int) -> tuple[int, list[Alias]] | None:
        if tokens[start] in DASHES:
            return None
        words: list[str] = []
        written: list[str] = []
        best = None
        for i in range(start, len(tokens)):
            if tokens[i] in DASHES:
                continue
            words.append(folded[i])
            written.append(tokens[i])
            if len(words) > self.longest or tokens[i].isspace():
                break
            meant = [a for a in self._aliases.get(tuple(words), ()) if _same_case(a.words, written)]
            if meant:
                best = (i + 1, meant)
        return best


def _same_case(alias: tuple[str, ...], words: list[str]) -> bool:
    """Whether the text writes it as a name: an acronym in capitals, capitals where the alias has them."""
    name = "".join(alias)
    if name.isupper() and sum(c.isalpha() for c in name) <= ACRONYM:
        return "".join(words) == name
    return all(w[:1].isupper() or not a[:1].isupper() for a, w in zip(alias, words, strict=True))
