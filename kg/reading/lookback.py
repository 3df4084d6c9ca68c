"""Indexes over a report's mentions, so that coreference looks at the few that may matter.

A report of a hundred thousand mentions must not take the square of that: `REACH` and `ALIKE` bound what is
looked at, far above what ordinary reports have.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from kg.reading.state import Draft, Form, Mention, lemma

REACH = 1000  # mentions that a noun looks back on
ALIKE = 100  # names that share a word with another and are compared with it


class Lookback:
    """The mentions in text order, by their head nouns and sentences."""

    def __init__(self, draft: Draft) -> None:
        self.mentions = draft.mentions
        self.sentence = {i: n for n, s in enumerate(draft.doc.sents) for i in range(s.start, s.end)}
        self._at = {id(m): n for n, m in enumerate(draft.mentions)}
        self._nouns = [lemma(draft.doc[m.root]) for m in draft.mentions]
        self._by_noun: dict[str, list[int]] = defaultdict(list)
        for number, noun in enumerate(self._nouns):
            self._by_noun[noun].append(number)
        armed = [m for m in self.named("ArmedGroup") if draft.is_a(m.class_name, "ArmedGroup")]
        self._armed_from = min((m.end for m in armed), default=None)

    def named(self, class_name: str) -> list[Mention]:
        """The names of the class."""
        return [m for m in self.mentions if m.form is Form.NAME and m.class_name == class_name]

    def any_armed(self, mention: Mention) -> bool:
        """Whether an armed group is named before the mention."""
        return self._armed_from is not None and self._armed_from <= mention.start

    def before(self, mention: Mention, noun: str) -> Iterator[Mention]:
        """The mentions before, nearest first: those with the same noun, then the others."""
        here = self._at[id(mention)]
        same = self._by_noun[noun]
        last = bisect_left(same, here)
        numbers = [same[n] for n in range(last - 1, max(last - 1 - REACH, -1), -1)]
        numbers += [n for n in range(here - 1, max(here - 1 - REACH, -1), -1) if self._nouns[n] != noun]
        return (self.mentions[n] for n in numbers if self.mentions[n].end <= mention.start)

    def with_noun(self, noun: str, stop: int) -> Iterator[Mention]:
        """The mentions with the noun that end before token `stop`, in text order."""
        for number in self._by_noun[noun]:
            mention = self.mentions[number]
            if mention.start >= stop:
                return
            if mention.end <= stop:
                yield mention

    def near(self, mention: Mention, sentences: int) -> list[Mention]:
        """The mentions before, of this sentence and so many before it, in text order."""
        here = self.sentence[mention.root]
        found = []
        for number in range(self._at[id(mention)] - 1, -1, -1):
            other = self.mentions[number]
            if here - self.sentence[other.start] > sentences:
                break
            if other.end <= mention.start:
                found.append(other)
        return found[::-1]


class NameTable:
    """Numbers of clusters by what their names are made of."""

    def __init__(self) -> None:
        self._by_entry: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)

    def add(self, number: int, known: str | None, names: Iterable[str]) -> None:
        """Notes a name of cluster `number`: its gazetteer entry and the words of its keys."""
        if known is not None:
            self._by_entry[known].append(number)
        for word in dict.fromkeys(w for name in names for w in name.split() or [""]):
            self._by_word[word].append(number)

    def like(self, known: str | None, names: Iterable[str]) -> list[int]:
        """Clusters that may have the name, the first one first: with the entry or a first or last word."""
        found = set(self._by_entry.get(known, ()) if known is not None else ())
        for words in (name.split() or [""] for name in names):
            for word in {words[0], words[-1]}:
                found.update(islice(self._by_word.get(word, ()), ALIKE))
        return sorted(found)


def firsts(names: list[Mention]) -> list[Mention]:
    """The first mention of each entity."""
    found: dict[int, Mention] = {}
    for mention in names:
        found.setdefault(mention.entity, mention)
    return list(found.values())


def is_fuller(mention: Mention, head: Mention) -> bool:
    """Whether the mention names its entity better than the head so far."""
    if (mention.known is None) != (head.known is None):
        return mention.known is not None
    return mention.known is None and mention.class_name == "Person" and len(mention.name) > len(head.name)
