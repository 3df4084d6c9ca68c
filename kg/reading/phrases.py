"""Noun phrases in the parse: their kind by the head noun, where their core starts, how many they are.

Pure functions over tokens, the lexicon's nouns and the amounts found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spacy.tokens import Token

from kg.facts import Amount
from kg.lexicon import Kinds
from kg.reading.amounts import AmountMention
from kg.reading.state import lemma

LEFT = frozenset(
    {"det", "amod", "compound", "nummod", "nmod", "poss", "quantmod", "predet", "npadvmod", "advmod", "punct"}
)
_DEFINITE = frozenset({"the", "this", "that", "these", "those", "its", "their", "his", "her", "both"})
_QUANTITIES = frozenset({"how", "many", "several", "some", "few", "more", "most", "all", "any", "other"})
_SKIPPED = frozenset({"'s", "’s", "the", "a", "an", '"', "“", ",", "(", "'", "-", "–", "—", "•", "*", "·"})


@dataclass(frozen=True, slots=True)
class NounKind:
    """What a head noun says: a class, or people of one of the lists; `start` is the noun's first token."""

    class_name: str
    people: str | None
    start: int


def kind_of_noun(head: Token, kinds: Kinds) -> NounKind | None:
    """The kind by the longest known noun that ends at `head`, None where there is none."""
    best: NounKind | None = None
    for form in dict.fromkeys((lemma(head), head.lower_, singular(head))):
        if form not in kinds.heads:
            continue
        words = [form]
        start = head.i
        while len(words) <= kinds.longest:
            found = _known(" ".join(words), start, kinds)
            if found is not None and (best is None or found.start < best.start):
                best = found
            start -= 1
            if start >= 0 and head.doc[start].text == "-":
                start -= 1
            if start < 0 or head.doc[start + 1].is_sent_start:
                break
            words.insert(0, head.doc[start].lower_)
    return best


def singular(head: Token) -> str:
    """The singular of a plural that the tagger took for a name since it begins the sentence: "Rebels"."""
    word = head.lower_
    if not head.text[:1].isupper():
        return word
    if word.endswith("men"):
        return f"{word[:-3]}man"
    return word[:-2] if word.endswith(("shes", "ches", "sses")) else word.removesuffix("s")


def _known(noun: str, start: int, kinds: Kinds) -> NounKind | None:
    if noun in kinds.classes:
        return NounKind(kinds.classes[noun], None, start)
    if noun in kinds.people:
        return NounKind("Group", kinds.people[noun], start)
    return None


def left_edge(head: Token) -> int:
    """First token of the phrase, its article included."""
    start = min((c.left_edge.i for c in head.lefts if c.dep_ in LEFT), default=head.i)
    return int(max(start, head.sent.start))


def core_start(head: Token, amounts: Mapping[int, AmountMention]) -> int:
    """First token of the phrase behind article, possessor and amount."""
    start = left_edge(head)
    for child in head.lefts:
        if child.dep_ in ("det", "poss", "predet", "nummod") or child.i in amounts:
            start = max(start, child.right_edge.i + 1)
    while start < head.i and (start in amounts or _says_nothing(head.doc[start])):
        start += 1
    return min(start, head.i)


def _says_nothing(token: Token) -> bool:
    """Whether the word before a noun says nothing of what it stands for: "how many", "then"."""
    adverb = token.pos_ == "ADV" and (token.i + 1 == len(token.doc) or token.nbor().text != "-")
    return token.lower_ in _SKIPPED or token.lower_ in _QUANTITIES or adverb


def amount_of(head: Token, start: int, amounts: Mapping[int, AmountMention]) -> Amount | None:
    """The amount before the phrase that starts at `start`, or the one whose "of" it stands behind."""
    for child in head.lefts:
        for i in (child.i, child.right_edge.i):
            if i in amounts and i <= start:
                return amounts[i].amount
    if start > head.sent.start and start - 1 in amounts:
        return amounts[start - 1].amount
    if head.dep_ == "pobj" and head.head.lower_ == "of" and head.head.head.i in amounts:
        return amounts[head.head.head.i].amount
    return None


def counted_names(head: Token, start: int, amounts: Mapping[int, AmountMention]) -> tuple[str, ...]:
    """What to call those counted before the noun: "at least nine people", "nine people", "people"."""
    doc, found = head.doc, amounts.get(start - 1)
    starts = (start,) if found is None or found.stop != start else (found.start, found.stop - 1, start)
    return tuple(dict.fromkeys(str(doc[i : head.i + 1].text) for i in starts))


def is_plural(head: Token, kinds: Kinds) -> bool:
    """Whether the noun stands for several."""
    if lemma(head) in kinds.crowds or head.lower_ in kinds.crowds:
        return True
    return head.tag_ in ("NNS", "NNPS") or (singular(head) != head.lower_ and singular(head) in kinds.people)


def is_definite(head: Token) -> bool:
    """Whether an article or possessor says that the reader knows which."""
    return any(c.lower_ in _DEFINITE or c.dep_ == "poss" for c in head.lefts)


def behind_of(token: Token) -> Token | None:
    """What stands behind the token's "of"."""
    return next((c for p in token.rights if p.lower_ == "of" for c in p.rights if c.dep_ == "pobj"), None)
