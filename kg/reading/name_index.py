"""The gazetteer's names, found in a Doc whatever their accents, hyphens and, but for acronyms, capitals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from kg.gazetteer import Alias, Entry, Gazetteer, Similar, folded_words, written_words
from kg.linking import Decision

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


class NameIndex:
    """Finds the names of the gazetteer; it holds nothing of its own."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    def find(self, doc: Doc) -> Iterator[tuple[int, int, list[Alias]]]:
        """Longest matches from left to right: first token, token behind the last, what they may mean."""
        folded = [folded_words(t.text) for t in doc]
        start = 0
        while start < len(folded):
            match = self._match(doc, folded, start) if folded[start] else None
            if match is None:
                start += 1
            else:
                yield start, *match
                start = match[0]

    def similar(self, name: str) -> tuple[Similar, ...]:
        """The entries that have the name in another spelling, likest first."""
        return self._gazetteer.similar(name)

    def _match(self, doc: Doc, folded: list[tuple[str, ...]], start: int) -> tuple[int, list[Alias]] | None:
        """A name may end behind any token, within none: "F-16" is one token of two words."""
        longest = self._gazetteer.longest(folded[start][0])
        words: tuple[str, ...] = ()
        written: tuple[str, ...] = ()
        best = None
        for i in range(start, len(folded)):
            if len(words) + len(folded[i]) > longest or doc[i].is_space:
                break
            if not folded[i]:
                continue  # a hyphen
            words += folded[i]
            written += written_words(doc[i].text)
            meant = [a for a in self._gazetteer.named(words) if a.fits(written)]
            if meant:
                best = (i + 1, meant)
        return best
