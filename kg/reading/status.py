"""Status: whether an event happened, may have, was tried, is planned, or did not happen.

Needs events with governors; sets `DraftEvent.status`, and drops events that stand under a condition.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from kg.facts import Status
from kg.reading import grammar
from kg.reading.state import Draft, DraftEvent, lemma

_DEPTH = 4  # governors looked at above the event
_CONDITIONS = frozenset({"if", "unless", "whether"})
_ORDER = (Status.DENIED, Status.ATTEMPTED, Status.PLANNED, Status.POSSIBLE)


def assess_status(draft: Draft) -> None:
    """Sets the status of each event."""
    judge = _Judge(draft)
    for event in draft.events:
        event.status = judge.status(event)
    draft.events = [e for e in draft.events if not judge.conditional(e)]


class _Judge:
    def __init__(self, draft: Draft) -> None:
        self.doc = draft.doc
        self.cues = draft.lexicon.cues.status
        self.tree = draft.lexicon.tree
        self.speech = {e.root for e in draft.events if draft.is_a(e.kind, "SpeechEvent")}

    def status(self, event: DraftEvent) -> Status:
        """The strongest doubt that words around the event cast on it."""
        found = {*self._around(event), *self._above(event)}
        return next((s for s in _ORDER if s in found), Status.REPORTED)

    def _feared(self, event: DraftEvent) -> bool:
        """Whether a state is only believed: "are feared dead"."""
        root = self.doc[event.root]
        return root.dep_ in ("oprd", "acomp", "ccomp", "xcomp") and lemma(root.head) in self.cues["possible"]

    def _verbs(self, event: DraftEvent) -> list[Token]:
        root = self.doc[event.root]
        if not event.is_noun:
            return [root] if root.pos_ != "ADJ" else [root, root.head]
        return [self.doc[i] for i in event.governors if self.doc[i].pos_ in ("VERB", "AUX")]

    def _around(self, event: DraftEvent) -> Iterator[Status]:
        """What stands beside the event's own words."""
        for verb in self._verbs(event):
            yield from self._beside_verb(verb)
        root = self.doc[event.root]
        if self._feared(event):
            yield Status.POSSIBLE
        for child in root.children:
            word = child.lower_
            if (
                event.is_noun
                and child.dep_ in ("det", "neg", "preconj")
                and word in self.cues["denied_words"]
            ):
                yield Status.DENIED
            if child.dep_ in ("amod", "advmod", "compound", "nmod"):
                yield from self._word(word)
                if event.is_noun and lemma(child) in ("attempt", "bid"):
                    yield Status.ATTEMPTED
        if event.is_noun and root.dep_ == "compound" and lemma(root.head) in self.cues["attempted"]:
            yield Status.ATTEMPTED
        for verb in self._verbs(event):
            done_to = [] if grammar.is_passive(verb) else grammar.objects(verb)[:1]
            for subject in (*grammar.subjects(verb), *done_to):
                none = subject.lower_ in self.cues["nobody"]
                if none or (subject.lower_ == "one" and any(c.lower_ == "no" for c in subject.children)):
                    yield Status.DENIED  # "no one was killed"
        for role in ("target", "agent", "speaker"):
            for mention in event.fillers.get(role, ()):
                head = self.doc[mention.root]
                if any(c.lower_ == "no" and c.dep_ == "det" for c in head.children) and head.dep_ in (
                    "nsubj",
                    "nsubjpass",
                    "dobj",
                ):
                    yield Status.DENIED

    def _beside_verb(self, verb: Token) -> Iterator[Status]:
        for child in verb.children:
            word = child.lower_
            if child.dep_ == "neg" or (
                child.dep_ in ("preconj", "cc", "det") and word in self.cues["denied_words"]
            ):
                yield Status.DENIED
            elif child.dep_ == "aux" and word in self.cues["possible_modals"]:
                yield Status.POSSIBLE
            elif child.dep_ == "aux" and word in self.cues["planned_modals"]:
                yield Status.PLANNED
            elif child.dep_ in ("advmod", "acomp"):
                yield from self._word(word)
        if (
            verb.dep_ == "conj"
            and verb.head.pos_ == "VERB"
            and not any(c.dep_ in ("nsubj", "nsubjpass", "aux") for c in verb.children)
        ):
            yield from (s for s in self._beside_verb(verb.head) if s is not Status.DENIED)

    def _word(self, word: str) -> Iterator[Status]:
        for name, status in (
            ("possible_words", Status.POSSIBLE),
            ("attempted_words", Status.ATTEMPTED),
            ("planned_words", Status.PLANNED),
        ):
            if word in self.cues[name]:
                yield status

    def _above(self, event: DraftEvent) -> Iterator[Status]:
        """What governs the event: "tried to", "may have", "threatened to", "denied"."""
        starts = self._verbs(event) or [self.doc[event.root]]
        for token in starts:
            yield from self._climb(token)
        if event.is_noun:
            yield from self._noun_governor(self.doc[event.root])

    def _noun_governor(self, noun: Token) -> Iterator[Status]:
        if (
            noun.dep_ == "pobj"
            and noun.head.lower_ in ("of", "to", "about")
            and noun.head.head.pos_ == "NOUN"
        ) and any(c.lower_ == "no" and c.dep_ == "det" for c in noun.head.head.children):
            yield Status.DENIED  # "no evidence of damage"
        if any(c.lower_ in ("nor", "any") for c in noun.children) and any(
            t.lower_ in ("nor", "no", "neither") for t in noun.sent[: max(noun.i - noun.sent.start, 0)]
        ):
            yield Status.DENIED
        governed = grammar.governing_verb(noun)
        if governed is None:
            return
        verb, how = governed
        word = lemma(verb)
        negative = any(c.dep_ == "neg" for c in verb.children)
        if how == "nsubjpass" and negative and word in self.cues["observed"]:
            yield Status.DENIED
        asked = how == "pobj" and noun.head.lower_ == "for" and word in self.cues["planned"]
        if asked:
            yield Status.PLANNED  # "asked for support"
        if how == "dobj" or (how == "nsubjpass"):
            if word in self.cues["denied"]:
                yield Status.DENIED
            elif word in (
                "plan",
                "threaten",
                "order",
                "propose",
                "prepare",
                "demand",
                "seek",
                "urge",
                "promise",
            ):
                yield Status.PLANNED
            elif word in self.cues["attempted"]:
                yield Status.ATTEMPTED
            elif word in ("fear", "suspect"):
                yield Status.POSSIBLE

    def _climb(self, token: Token) -> Iterator[Status]:
        for _ in range(_DEPTH):
            how, head = token.dep_, token.head
            while how == "conj" and head.i != token.i:
                token, how, head = head, head.dep_, head.head
            if head.i == token.i:
                return
            word = lemma(head)
            if how == "pcomp" and head.lower_ in self.cues["denied_words"]:
                yield Status.DENIED  # "without killing anyone"
            if how in ("xcomp", "acl", "pcomp", "advcl", "prep", "ccomp"):
                yield from self._governor(token, how, head, word)
            if how not in ("xcomp", "acl", "pcomp", "prep", "ccomp", "pobj"):
                return
            if how == "ccomp" and word not in self.cues["possible"] | self.cues["denied"]:
                return
            if how in ("xcomp", "pcomp", "acl") and head.pos_ == "VERB":
                yield from self._beside_verb(head)
            token = head

    def _governor(self, token: Token, how: str, head: Token, word: str) -> Iterator[Status]:
        infinitive = any(c.lower_ == "to" and c.dep_ == "aux" for c in token.children)
        negative = any(c.dep_ == "neg" for c in head.children)
        if how == "ccomp":
            if word in self.cues["denied"] and token.i not in self.speech:
                yield Status.DENIED
            elif word in self.cues["possible"]:
                yield Status.DENIED if negative else Status.POSSIBLE
            elif word in ("predict", "expect", "fear", "warn", "threaten", "hope") and not any(
                c.dep_ == "aux" and c.lower_ in ("had", "has", "have") for c in token.children
            ):
                yield Status.PLANNED if word != "fear" else Status.POSSIBLE
            return
        if how == "advcl":
            if infinitive and not any(c.dep_ == "mark" for c in token.children):
                yield Status.PLANNED
            return
        if word in self.cues["denied"]:
            yield Status.DENIED
        elif word in self.cues["possible"]:
            yield Status.POSSIBLE
        elif word in self.cues["attempted"]:
            yield Status.ATTEMPTED
        elif infinitive and word in self.cues["planned"]:
            yield Status.PLANNED
        elif (
            head.pos_ == "ADJ"
            and infinitive
            and word in ("likely", "unlikely", "able", "ready", "due", "set", "poised")
        ):
            yield Status.POSSIBLE if word in ("likely", "unlikely") else Status.PLANNED
        elif infinitive and head.pos_ in ("NOUN", "PROPN"):
            yield Status.PLANNED

    def conditional(self, event: DraftEvent) -> bool:
        """Whether the event stands in an if-clause and so is only imagined."""
        token = self.doc[event.root]
        for _ in range(_DEPTH):
            if (
                any(c.dep_ == "mark" and c.lower_ in _CONDITIONS for c in token.children)
                and token.dep_ == "advcl"
            ):
                return True
            if token.head.i == token.i:
                return False
            token = token.head
        return False
