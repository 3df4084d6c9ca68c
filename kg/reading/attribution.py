"""Attribution: who says so.

Needs events with roles; sets `DraftEvent.sources`, and `about` of speech events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from spacy.tokens import Span, Token

from kg.reading import grammar
from kg.reading.state import Draft, DraftEvent, Mention, lemma

_QUOTES = frozenset({'"', "“", "”", "``", "''"})
_INSIDE = (
    "ccomp",
    "xcomp",
    "pcomp",
    "dobj",
    "parataxis",
    "nsubj",
    "nsubjpass",
    "pobj",
    "attr",
    "oprd",
    "prep",
)
_ACTORS = ("Actor", "Country")


def attribute(draft: Draft) -> None:
    """Sets who the text names as source of each event."""
    finder = _Sources(draft)
    for event in draft.events:
        finder.assign(event)
    finder.quotations()
    _denials(draft)


class _Sources:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.doc = draft.doc
        self.speech = {
            i: e
            for e in draft.events
            if draft.is_a(e.kind, "SpeechEvent") and e.trigger.clause and not e.is_noun
            for i in [e.root]
        }
        self.at: dict[int, list[DraftEvent]] = defaultdict(list)  # events by their root
        for event in draft.events:
            self.at[event.root].append(event)
        self.prefixed = dict(self._prefixed())

    def assign(self, event: DraftEvent) -> None:
        """The innermost speaker whose clause holds the event, or who stands behind "according to"."""
        token = self.doc[event.root]
        near = self._according(event) or self._inserted(event) or self._trailing(event)
        if near:
            event.sources = near
        for verb in self._speech_verbs(token):
            said = self.speech.get(verb.i)
            speakers = said.fillers.get("speaker", []) if said is not None else self._subjects(verb)
            if said is event:
                continue
            if said is not None and event not in said.about:
                said.about.append(event)
            if speakers and not event.sources:
                event.sources = list(speakers)
        self._spoken_of(event)
        if not event.sources and not self.draft.is_a(event.kind, "SpeechEvent"):
            sentence = token.sent.start
            event.sources = list(self.prefixed.get(sentence, ()))

    def _spoken_of(self, event: DraftEvent) -> None:
        """Sets `about` of a speech event whose object is the event: "condemned the attack"."""
        governed = grammar.governing_verb(self.doc[event.root]) if event.is_noun else None
        if governed is None:
            return
        for said in self.at[governed[0].i]:
            speech = said is not event and self.draft.is_a(said.kind, "SpeechEvent")
            if speech and event not in said.about:
                said.about.append(event)

    def _inserted(self, event: DraftEvent) -> list[Mention]:
        """ "The rebels, the army said, attacked the town"."""
        for i in (event.root, *event.governors):
            for child in self.doc[i].children:
                if child.dep_ in ("parataxis", "ccomp") and child.i in self.speech and child.i != event.root:
                    said = self.speech[child.i]
                    inside = any(c.dep_ in ("ccomp", "xcomp", "dobj", "mark") for c in child.children)
                    if said is not event and not inside:
                        return list(said.fillers.get("speaker", ()))
        return []

    def _trailing(self, event: DraftEvent) -> list[Mention]:
        """ "Gunmen stormed the town, a witness told reporters", where the parser joins the two as equals."""
        for i in (event.root, *event.governors):
            for verb in grammar.row(self.doc[i]):
                for child in verb.rights:
                    joined = any(c.dep_ == "cc" and c.i < child.i for c in verb.rights)
                    own = any(c.dep_ == "nsubj" for c in child.children)
                    if child.dep_ == "conj" and child.i in self.speech and own and not joined:
                        said = self.speech[child.i]
                        return [] if said is event else list(said.fillers.get("speaker", ()))
        return []

    def _according(self, event: DraftEvent) -> list[Mention]:
        """A source that hangs on the event's own verb: "said that, according to witnesses, drones hit"."""
        own = {event.root, *event.governors}
        token = next((c for i in sorted(own) for c in self.doc[i].children if c.lower_ == "according"), None)
        return [] if token is None else self._behind(token)

    def _behind(self, according: Token) -> list[Mention]:
        fillers = [t for _, t in grammar.prepositions(according)] or [
            t
            for c in according.children
            if c.lower_ == "to"
            for g in c.children
            if g.dep_ == "pobj"
            for t in grammar.with_conjuncts(g)
        ]
        found = [self.draft.at[t.i] for t in fillers if t.i in self.draft.at]
        return [m for m in found if m.entity >= 0]

    def _speech_verbs(self, token: Token) -> Iterator[Token]:
        """Verbs of saying above the token, innermost first."""
        while token.head.i != token.i:
            child, token = token, token.head
            is_speech = token.i in self.speech or (
                token.pos_ == "VERB" and lemma(token) in self.draft.lexicon.cues.source_verbs
            )
            if not is_speech:
                continue
            if child.dep_ in ("ccomp", "parataxis") or (
                token.i in self.speech and child.dep_ in ("dobj", "xcomp", "nsubjpass", "oprd", "prep")
            ):
                yield token

    def _subjects(self, verb: Token) -> list[Mention]:
        tokens = grammar.agents(verb) if grammar.is_passive(verb) else grammar.subjects(verb)
        found = [self.draft.at[t.i] for t in tokens if t.i in self.draft.at]
        return [m for m in found if m.entity >= 0 and self.draft.is_a(self.draft.class_of(m), *_ACTORS)]

    def _prefixed(self) -> Iterator[tuple[int, list[Mention]]]:
        """Sentences with "according to X", by their first token."""
        for token in self.doc:
            if token.lower_ != "according":
                continue
            found = self._behind(token)
            if found:
                yield token.sent.start, found

    def quotations(self) -> None:
        """A quotation that runs on over sentences has the speaker that the text named before."""
        quoted = self._quoted()
        events = self.draft.by_sentence()
        speaker: list[Mention] = []
        for sentence in self.doc.sents:
            said = self._said_in(sentence)
            speaker = said or speaker
            for event in events[sentence.start]:
                if event.root in quoted and not event.sources:
                    event.sources = list(speaker)

    def _quoted(self) -> set[int]:
        """Tokens inside quotation marks; a mark left open ends with its paragraph."""
        inside = False
        found = set()
        for token in self.doc:
            if token.text in _QUOTES:
                inside = not inside if token.text == '"' else token.text in ("“", "``")
            elif "\n\n" in token.text and token.text.isspace():
                inside = False
            elif inside:
                found.add(token.i)
        return found

    def _said_in(self, sentence: Span) -> list[Mention]:
        for token in sentence:
            event = self.speech.get(token.i)
            if event is not None and event.fillers.get("speaker"):
                return event.fillers["speaker"]
        return []


def _denials(draft: Draft) -> None:
    """A denial of "this" is about what was claimed last."""
    spoken: list[DraftEvent] = []
    for event in sorted(draft.events, key=lambda e: e.root):
        if event.kind == "Denial" and not event.about and spoken:
            event.about = [spoken[-1]]
        if event.kind in ("Accusation", "Claim", "Statement"):
            spoken.append(event)
