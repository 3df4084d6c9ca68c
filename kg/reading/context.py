"""What an event takes over from the words around it: its place, and the act that did the harm.

Needs events with roles; adds places and `caused_by`.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice

from spacy.tokens import Token

from kg.reading import grammar
from kg.reading.parsing import paragraph_starts
from kg.reading.state import Draft, DraftEvent, Form, Mention, lemma, sentence_starts

_ACTS = ("ConflictEvent", "CoercionEvent", "HarmEvent", "MovementEvent", "CivicEvent")
_CARRIED = ("ConflictEvent", "HarmEvent", "CoercionEvent")
_WHEN = frozenset({"when", "after", "as"})
_UP = 5  # words that a relative clause may stand behind its noun
_BEFORE_CAUSE = frozenset({"in", "by", "during", "from", "after", "following", "of", "with"})


def find_causes(draft: Draft) -> None:
    """Links a harm to the act that did it: "the attack killed 12", "died in the bombing"."""
    acts = {i: e for e in draft.events if draft.is_a(e.kind, "ConflictEvent", "Execution") for i in (e.root,)}
    for event in draft.events:
        if not draft.is_a(event.kind, "HarmEvent"):
            continue
        for token in _causes(draft.doc[event.root], is_noun=event.is_noun):
            act = acts.get(token.i)
            if act is not None and act is not event:
                event.caused_by.append(act)
                _inherit(event, act)


def _causes(root: Token, *, is_noun: bool) -> list[Token]:
    found = [t for p, t in grammar.prepositions(root) if p in _BEFORE_CAUSE]
    for verb in grammar.row(root):
        found += [
            c for c in verb.children if c.dep_ == "advcl" and any(m.lower_ in _WHEN for m in c.children)
        ]
        which = (c for c in verb.subtree if c.lower_ == "which")
        inside = verb.dep_ == "relcl" and any(c.head.lower_ == "in" for c in which)
        if inside:
            found += islice(verb.ancestors, _UP)  # "an ambush of a convoy near Bama, in which"
        if verb.dep_ == "advcl" and verb.tag_ == "VBG":
            found.append(verb.head)  # "a shell landed in the camp, killing seven"
    if not is_noun:
        found += [t for t in grammar.subjects(root) if not grammar.is_passive(root)] + grammar.agents(root)
        if root.pos_ == "ADJ":
            found += grammar.subjects(root.head) + [
                t for p, t in grammar.prepositions(root.head) if p in _BEFORE_CAUSE
            ]
    return found


def _inherit(harm: DraftEvent, act: DraftEvent) -> None:
    if harm.when is None or act.when is None:  # "died in an attack on Monday"
        dated = harm if harm.when is not None else act
        harm.when = act.when = dated.when
        harm.time_words = act.time_words = dated.time_words
    if "agent" not in harm.fillers and "target" in harm.fillers:
        for mention in act.fillers.get("agent", ()):
            if all(mention.entity != m.entity for m in harm.fillers["target"]):
                harm.add("agent", mention)
    elif "agent" not in act.fillers and act.is_noun:
        for mention in harm.fillers.get("agent", ()):  # "an ambush in which the rebels killed eight"
            act.add("agent", mention)
    if "place" not in harm.fillers:
        for mention in act.fillers.get("place", ()):
            harm.add("place", mention)


def place_events(draft: Draft) -> None:
    """Gives an event without a place the one that its sentence states, else the sentence before."""
    breaks = paragraph_starts(draft.report.text)
    last: list[Mention] = []
    events = draft.by_sentence()
    places = _places(draft)
    for sentence in draft.doc.sents:
        if sentence.start_char in breaks:
            last = []
        stated = places[sentence.start]
        here = [e for e in events[sentence.start] if draft.is_a(e.kind, *_ACTS)]
        for event in here:
            if not {"place", "origin", "destination"} & set(event.fillers):
                near = _nearest(draft, event, stated) or (last if draft.is_a(event.kind, *_CARRIED) else [])
                for mention in near[:1]:
                    if all(mention.entity != m.entity for ms in event.fillers.values() for m in ms):
                        event.add("place", mention)
        placed = [m for e in here for r in ("place", "destination") for m in e.fillers.get(r, ())]
        # a sentence that tells of no act but names a place has gone elsewhere
        last = placed[:1] or (stated[:1] if here else []) or ([] if stated else last)


def _places(draft: Draft) -> dict[int, list[Mention]]:
    """Named places that stand behind a preposition of place, by the first token of their sentence."""
    prepositions = draft.lexicon.prepositions["place"]
    first = sentence_starts(draft.doc)
    speech = {e.root for e in draft.events if draft.is_a(e.kind, "SpeechEvent") and e.trigger.clause}
    found: dict[int, list[Mention]] = defaultdict(list)
    for mention in draft.mentions:
        if mention.form is not Form.NAME or mention.entity < 0:
            continue
        root = draft.doc[mention.root]
        if (
            root.dep_ == "pobj"
            and root.head.lower_ in prepositions
            and draft.is_a(draft.class_of(mention), "Place", "Facility")
        ) and not (lemma(root.head.head) in draft.lexicon.cues.elsewhere or _is_of_speech(root, speech)):
            found[first[mention.start]].append(mention)
    return found


def _is_of_speech(place: Token, speech: set[int]) -> bool:
    """Whether the place is where something was said: "told our correspondent in Maiduguri"."""
    above = place.head.head
    return above.i in speech or (above.dep_ in ("nsubj", "dobj", "dative") and above.head.i in speech)


def _nearest(draft: Draft, event: DraftEvent, places: list[Mention]) -> list[Mention]:
    """The places, towns and the like before facilities, then by the words between."""
    return sorted(places, key=lambda m: (draft.is_a(draft.class_of(m), "Facility"), abs(m.root - event.root)))
