"""Why a fact was read: the words and the rule that it came from, in one line for people.

Reads the draft and changes nothing.
"""

from __future__ import annotations

from spacy.tokens import Token

from kg.reading.state import Draft, DraftEvent, Mention

_STEPS = 4  # of a grammatical path that are told


def why_event(draft: Draft, event: DraftEvent) -> str:
    """Trigger words, their class, and for each filler the grammatical path from the trigger to it."""
    words = " … ".join(draft.text(*span) for span in event.words)
    sort = "noun" if event.is_noun else "word" if event.trigger.adjectives else "verb"
    parts = [f'{sort} "{_one_line(words)}" tells of {event.trigger.event}']
    if event.kind != event.trigger.event:
        parts.append(f"narrowed to {event.kind}")
    for role, mentions in event.fillers.items():
        parts.extend(f'{role} "{_one_line(m.name)}" by {_path(draft, event, m)}' for m in mentions)
    return "; ".join(parts)


def _path(draft: Draft, event: DraftEvent, mention: Mention) -> str:
    """The grammatical path up from the mention to one of the event's words, or that it is not in reach."""
    heads = {event.root, *event.governors, *(i for start, end in event.words for i in range(start, end))}
    token: Token = draft.doc[mention.root]
    steps = [token.dep_]
    while token.head.i not in heads and token.head.i != token.i and len(steps) < _STEPS:
        token = token.head
        steps.append(token.dep_ if token.pos_ != "ADP" else f'"{token.lower_}"')
    return " < ".join(steps) if token.head.i in heads else "the words around it"


def _one_line(text: str) -> str:
    return " ".join(text.split())
