"""Event triggers: the verbs, nouns and adjectives of the lexicon in a Doc.

Needs the parse; sets `draft.events` with their kinds, words and governors, without roles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from spacy.tokens import Doc, Token

from kg.lexicon import Lexicon, Trigger
from kg.reading.state import Draft, DraftEvent, lemma

_REACH = 7  # tokens behind a verb in which the other words of its phrase stand
_PARTS = frozenset(
    {
        "prt",
        "dobj",
        "prep",
        "advmod",
        "acomp",
        "oprd",
        "attr",
        "xcomp",
        "nsubjpass",
        "pobj",
        "agent",
        "amod",
        "ccomp",
        "npadvmod",
        "dep",
        "compound",
    }
)
_CLAUSAL = frozenset(
    {"ROOT", "conj", "relcl", "advcl", "ccomp", "xcomp", "acl", "pcomp", "parataxis", "csubj", "appos", "dep"}
)


class TriggerIndex:
    """The lexicon's triggers by the lemma that they hang on."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.verbs: dict[str, list[tuple[tuple[str, ...], Trigger]]] = defaultdict(list)
        self.nouns: dict[str, list[tuple[tuple[str, ...], Trigger]]] = defaultdict(list)
        self.adjectives: dict[str, list[tuple[tuple[str, ...], Trigger]]] = defaultdict(list)
        for trigger in lexicon.triggers:
            for words in trigger.verbs:
                self.verbs[words[0]].append((words, trigger))
            for words in trigger.nouns:
                self.nouns[words[-1]].append((words, trigger))
            for word in trigger.adjectives:
                self.adjectives[word].append(((word,), trigger))
        for table in (self.verbs, self.nouns):
            for row in table.values():
                row.sort(key=lambda pair: -len(pair[0]))  # the longest phrase is the most exact


def find_triggers(draft: Draft, index: TriggerIndex) -> None:
    """Sets one event for each trigger; words of a longer trigger start no other."""
    taken: set[int] = set()
    for token in draft.doc:
        if token.i in taken or token.i in draft.silent or _is_no_event(draft, token):
            continue
        for event in _events_at(draft, token, index):
            draft.events.append(event)
            taken.update(i for start, end in event.words for i in range(start, end))


def _is_no_event(draft: Draft, token: Token) -> bool:
    """Whether the words around make it something else: "heart attack", "on strike"."""
    if token.dep_ == "amod" and token.tag_ in ("VBN", "VBD", "JJ") and token.i < token.head.i:
        return True  # "wounded soldiers", "rebel-held Aleppo", "an estimated 300": a state, told by the way
    if any(c.dep_ == "dobj" and c.lower_ == "what" for c in token.children) and token.dep_ == "ccomp":
        return True  # "what he described as"
    if token.i == 0 or token.pos_ != "NOUN":
        return False
    before = draft.doc[token.i - 1].lower_
    words = draft.lexicon.cues.no_event
    return before in words["before"] or f"{before} {token.lower_}" in words["behind"]


def _events_at(draft: Draft, token: Token, index: TriggerIndex) -> Iterator[DraftEvent]:
    """The readings of one token; several where the same words have several triggers with conditions."""
    if token.pos_ in ("VERB", "AUX") or (token.tag_ in ("VBN", "VBG") and token.pos_ == "ADJ"):
        yield from _verb_events(token, index)
    elif token.pos_ in ("NOUN", "PROPN") and lemma(token) not in index.adjectives:
        in_name = draft.at.get(token.i)
        if (
            in_name is not None
            and in_name.form.value == "name"
            and in_name.start <= token.i < in_name.end
            and token.i != in_name.root
        ):
            return
        yield from _noun_events(token.doc, token, index)
    elif token.pos_ in ("ADJ", "NOUN", "PROPN") and lemma(token) in index.adjectives:
        _words, trigger = index.adjectives[lemma(token)][0]
        among = token.dep_ == "pobj" and token.head.lower_ == "among"
        if among or token.dep_ in ("acomp", "oprd", "ccomp", "xcomp", "ROOT", "conj"):
            yield DraftEvent(trigger, trigger.event, token.i, [(token.i, token.i + 1)], is_noun=False)


def _verb_events(token: Token, index: TriggerIndex) -> Iterator[DraftEvent]:
    best = 0
    phrasal = any(c.dep_ == "prt" for c in token.children)
    for words, trigger in index.verbs.get(lemma(token), ()):
        if len(words) < best or (phrasal and len(words) == 1):
            return  # "held out" holds nobody
        parts = _phrase_parts(token, words[1:])
        if parts is None:
            continue
        best = len(words)
        end = max([token.i, *(p.i for p in parts if p.i - token.i < _REACH)]) + 1
        yield DraftEvent(
            trigger, trigger.event, token.i, [(token.i, end)], is_noun=False, governors=[p.i for p in parts]
        )


def _phrase_parts(verb: Token, words: tuple[str, ...]) -> list[Token] | None:
    """The tokens under the verb that complete its phrase, or None where one is missing."""
    parts: list[Token] = []
    near = [c for c in verb.children if c.dep_ in _PARTS]
    pool = near + [g for c in near for g in c.children if g.dep_ in _PARTS]
    for word in words:
        part = next(
            (t for t in pool if (lemma(t) == word or t.lower_ == word) and abs(t.i - verb.i) <= _REACH), None
        )
        if part is None:
            return None
        parts.append(part)
    return parts


def _noun_events(doc: Doc, token: Token, index: TriggerIndex) -> Iterator[DraftEvent]:
    if token.dep_ == "compound" and lemma(token.head) in index.nouns:
        return
    for words, trigger in index.nouns.get(lemma(token), ()):
        start = token.i - len(words) + 1
        if start < token.sent.start:
            continue
        before = [t.lower_ for t in doc[start : token.i]]
        if before == list(words[:-1]):
            yield DraftEvent(trigger, trigger.event, token.i, [(start, token.i + 1)], is_noun=True)
            return


def matches_phrase(token: Token, phrases: frozenset[tuple[str, ...]]) -> list[Token] | None:
    """The further tokens of the phrase of `phrases` that the verb forms, or None; [] for a single word."""
    for words in sorted((p for p in phrases if p[0] == lemma(token)), key=len, reverse=True):
        parts = _phrase_parts(token, words[1:])
        if parts is not None:
            return parts
    return None
