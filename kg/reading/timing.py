"""Dates of events: each time expression belongs to the event that it hangs on.

Needs events with governors; sets `DraftEvent.when` and `time_words`.
"""

from __future__ import annotations

import datetime as dt

from spacy.tokens import Span, Token

from kg.facts import When
from kg.reading.state import Draft, DraftEvent
from kg.reading.times import TimeExpression, TimeLexicon, find_times

_DAY = len("2022-01-20")


def date_events(draft: Draft, lexicon: TimeLexicon) -> None:
    """Gives each event the time that its sentence states for it, if any."""
    issued = draft.report.issued
    day = issued.date() if isinstance(issued, dt.datetime) else issued
    last: When | None = None
    for sentence in draft.doc.sents:
        if not sentence.text.strip():
            continue
        told = sentence.start_char + sum(len(t.text_with_ws) for t in sentence if t.i in draft.silent)
        found = find_times(sentence.text, issued=day, verb_is_future=_is_future(sentence), lexicon=lexicon)
        times = [t for t in found if t.begin + sentence.start_char >= told]
        named = next((t.when for t in times if t.when is not None and len(t.when.begin) == _DAY), last)
        times = [*times, *_same_day(sentence.text, named, draft.lexicon.cues.same_day)]
        last = named
        _attach(draft, sentence, times)
    _inherit(draft)


def _same_day(text: str, day: When | None, words: tuple[str, ...]) -> list[TimeExpression]:
    """ "that day": the day named last."""
    found = [(text.lower().find(w), w) for w in words]
    return [
        TimeExpression(begin, begin + len(w), When(day.begin, None, text[begin : begin + len(w)]))
        for begin, w in found
        if begin >= 0 and day is not None
    ]


def _attach(draft: Draft, sentence: Span, times: list[TimeExpression]) -> None:
    here = [
        e for e in draft.events if any(sentence.start <= i < sentence.end for i in (e.root, *e.governors))
    ]
    for time in times if here else ():
        event = _owner(sentence, time, here)
        for owner in [] if event is None else [event, *_sharing(event, here)]:
            _set(owner, sentence, time)


def _inherit(draft: Draft) -> None:
    """A participle shares the time of the clause that it hangs on: "joined the battle, firing artillery"."""
    dated = {i: e for e in draft.events if e.when is not None for i in (e.root, *e.governors)}
    for event in draft.events:
        root = draft.doc[event.root]
        if event.when is None and root.dep_ == "advcl" and root.tag_ == "VBG" and root.head.i in dated:
            event.when, event.time_words = dated[root.head.i].when, dated[root.head.i].time_words


def _is_future(sentence: Span) -> bool:
    return sentence.root.tag_ == "VB" and any(
        c.lower_ in ("will", "shall", "'ll") for c in sentence.root.children
    )


def _set(event: DraftEvent, sentence: Span, time: TimeExpression) -> None:
    if event.when is not None:
        return
    event.when = time.when
    event.time_words = sentence.text[time.begin : time.end]


def _owner(sentence: Span, time: TimeExpression, events: list[DraftEvent]) -> DraftEvent | None:
    """The event that the time's words hang on, going up the parse from them."""
    token: Token = sentence.char_span(time.begin, time.end, alignment_mode="expand").root
    owners = {i: e for e in reversed(events) for i in (*e.governors, e.root)}
    # a speech verb owns a time only where nothing that is told in its clause stands nearer
    while token.i not in owners:
        if token.head.i == token.i:
            return _only(events)
        token = token.head
    return owners[token.i]


def _only(events: list[DraftEvent]) -> DraftEvent | None:
    """The sentence's one event, where it has no other."""
    return events[0] if len(events) == 1 else None


def _sharing(event: DraftEvent, events: list[DraftEvent]) -> list[DraftEvent]:
    """Events told by the same verb or noun, as act and harm: they happen at one time."""
    roots = {event.root, *event.governors}
    return [e for e in events if e is not event and roots & {e.root, *e.governors}]
