"""Several mentions of one event in a report are one event.

Needs events with roles, status, sources and times; replaces `draft.events`.
A later mention joins an earlier event of the same kind where it takes it up ("the attack") or tells the
same with nothing that contradicts: roles, day, status and counts.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from functools import partial

from kg.facts import Status
from kg.reading.state import Draft, DraftEvent, Mention

_TELLING = ("agent", "target", "participant", "speaker")
_FAR = 8  # sentences over which "the attack" is taken up
_MANY = 300  # events of one kind that a later one is compared with
_NEVER = ("SpeechEvent",)


def merge_events(draft: Draft) -> None:
    """Joins events that are one."""
    sentence = {i: n for n, s in enumerate(draft.doc.sents) for i in range(s.start, s.end)}
    by_kind: dict[str, deque[DraftEvent]] = defaultdict(partial(deque, maxlen=_MANY))  # the newest first
    merged: list[DraftEvent] = []
    into: dict[int, DraftEvent] = {}
    for event in sorted(draft.events, key=lambda e: e.root):
        alike = (
            []
            if draft.is_a(event.kind, *_NEVER)
            else [*by_kind[event.kind], *_narrower(draft, event, by_kind)]
        )
        known = next((e for e in alike if _same(draft, e, event, sentence)), None)
        if known is None:
            merged.append(event)
            by_kind[event.kind].appendleft(event)
        else:
            _absorb(known, event)
            into[id(event)] = known
    for event in merged:
        event.about = _distinct([into.get(id(e), e) for e in event.about], event)
        event.caused_by = _distinct([into.get(id(e), e) for e in event.caused_by], event)
    draft.events = merged


def _narrower(
    draft: Draft, event: DraftEvent, by_kind: Mapping[str, Iterable[DraftEvent]]
) -> list[DraftEvent]:
    """Earlier events of kinds below the event's, the newest first, where the event may take them up."""
    if not event.is_noun:
        return []
    below = [kind for kind in by_kind if kind != event.kind and draft.is_a(kind, event.kind)]
    return sorted((e for kind in below for e in by_kind[kind]), key=lambda e: -e.root)


def _distinct(events: list[DraftEvent], own: DraftEvent) -> list[DraftEvent]:
    found: list[DraftEvent] = []
    for event in events:
        if event is not own and all(event is not e for e in found):
            found.append(event)
    return found


def _same(draft: Draft, known: DraftEvent, event: DraftEvent, sentence: dict[int, int]) -> bool:
    if draft.is_a(event.kind, *_NEVER) or draft.is_a(known.kind, *_NEVER):
        return False
    anaphoric = _is_anaphoric(draft, event)
    taken_up = event.is_noun and (anaphoric or draft.doc[event.root].dep_ == "appos")
    if not (known.kind == event.kind or (taken_up and draft.is_a(known.kind, event.kind))):
        return False
    real = known.status in (Status.REPORTED, Status.POSSIBLE, Status.ATTEMPTED)
    if known.status is not event.status and not (anaphoric and real):
        return False
    if event.when and known.when and not _same_time(event.when.begin, known.when.begin):
        return False
    if (_counted(event) or (_counted(known) and not anaphoric)) and not _same_people(known, event):
        return False
    if not _agree(known, event):
        return False
    if _means_of(draft, known, event) or _resumes(draft, known, event, sentence):
        return True
    if anaphoric and not _tells(event):
        return sentence[event.root] - sentence[known.root] <= _FAR
    return _share(known, event)


def _same_time(one: str, other: str) -> bool:
    """Whether two ISO 8601 times can be one: "2021-08" and "2021-08-29"."""
    return one.startswith(other) or other.startswith(one)


def _tells(event: DraftEvent) -> bool:
    """Whether the mention itself says who did it or to whom."""
    return any(event.fillers.get(role) for role in _TELLING)


def _means_of(draft: Draft, known: DraftEvent, event: DraftEvent) -> bool:
    """Whether the noun only says how the verb before it was done: "seized power in a coup"."""
    token = draft.doc[event.root]
    if not event.is_noun or token.dep_ != "pobj":
        return False
    return token.head.head.i in (known.root, *known.governors)


def _resumes(draft: Draft, known: DraftEvent, event: DraftEvent, sentence: dict[int, int]) -> bool:
    """Whether the noun takes up its own sentence: "a bombing killed five, another attack blamed on them"."""
    root = draft.doc[event.root]
    return event.is_noun and root.dep_ == "appos" and sentence[event.root] == sentence[known.root]


def _is_anaphoric(draft: Draft, event: DraftEvent) -> bool:
    root = draft.doc[event.root]
    return event.is_noun and any(
        c.lower_ in ("the", "this", "that", "these") and c.dep_ == "det" for c in root.lefts
    )


def _counted(event: DraftEvent) -> bool:
    return any(m.amount is not None for r in _TELLING for m in event.fillers.get(r, ()))


def _same_people(known: DraftEvent, event: DraftEvent) -> bool:
    """Counted events are one only where the same people are counted."""
    return bool(_entities(event.fillers.get("target", [])) & _entities(known.fillers.get("target", [])))


def _entities(mentions: list[Mention]) -> set[int]:
    return {m.entity for m in mentions}


def _agree(known: DraftEvent, event: DraftEvent) -> bool:
    """No role that both fill is filled by quite different entities."""
    counted = _counted(known) and _same_people(known, event)
    for role in ("agent", "target", "origin", "destination", *(() if counted else ("place",))):
        own, other = _entities(event.fillers.get(role, [])), _entities(known.fillers.get(role, []))
        if own and other and own.isdisjoint(other):
            return False
    return True


def _share(known: DraftEvent, event: DraftEvent) -> bool:
    """The two name a common target, or agent and place."""
    same = {
        role: bool(_entities(event.fillers.get(role, [])) & _entities(known.fillers.get(role, [])))
        for role in (*_TELLING, "place")
    }
    return same["target"] or (same["agent"] and same["place"])


def _absorb(known: DraftEvent, event: DraftEvent) -> None:
    known.words.extend(event.words)
    for role, mentions in event.fillers.items():
        present = {m.entity for ms in known.fillers.values() for m in ms}
        for mention in mentions:
            if mention.entity not in present:
                known.add(role, mention)
    if known.when is None or (event.when is not None and len(event.when.begin) > len(known.when.begin)):
        known.when, known.time_words = event.when, event.time_words
    if not known.sources:  # the report said it in its own voice before
        return
    for source in event.sources:
        if source.entity not in _entities(known.sources):
            known.sources.append(source)
