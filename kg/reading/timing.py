"""Dates of events: each time expression belongs to the event that it hangs on.

`read_times` needs the parse only. `date_events` needs `draft.times` and events with governors; sets
`DraftEvent.when` and `time_words`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from spacy.tokens import Doc, Span, Token

from kg.facts import When
from kg.reading import grammar
from kg.reading.state import Draft, DraftEvent, sentence_starts
from kg.reading.times import TimeExpression, TimeLexicon, find_times

_DAY = len("2022-01-20")
_MEASURE = 3  # words of "two days after"
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
_WHILE = frozenset({"when", "as", "while"})
_APART = (
    "since",
    "until",
    "till",
    "before",
    "after",
    "once",
)  # begin clauses of another time than the main one


def read_times(draft: Draft, lexicon: TimeLexicon) -> dict[int, list[TimeExpression]]:
    """The time expressions of each sentence that has any, by its first token."""
    issued = draft.report.issued
    day = issued.date() if isinstance(issued, dt.datetime) else issued
    found = {}
    for sentence in draft.doc.sents:
        text = sentence.text
        times = find_times(text, issued=day, lexicon=lexicon)
        if any(_looks_ahead(sentence, t) for t in times):
            future = find_times(text, issued=day, verb_is_future=True, lexicon=lexicon)
            ahead = {t.begin: t for t in future}
            times = [ahead.get(t.begin, t) if _looks_ahead(sentence, t) else t for t in times]
        if times:
            found[sentence.start] = times
    return found


def date_events(draft: Draft) -> None:
    """Gives each event the time that its sentence states for it, if any."""
    last: When | None = None
    telling = _telling(draft)
    for sentence in draft.doc.sents:
        told = sentence.start_char + sum(len(t.text_with_ws) for t in sentence if t.i in draft.silent)
        times = draft.times.get(sentence.start, [])
        times = [t for t in times if t.begin + sentence.start_char >= told]
        named = next((t.when for t in times if t.when is not None and len(t.when.begin) == _DAY), last)
        times = [*times, *_same_day(sentence.text, named, draft.lexicon.cues.same_day)]
        last = named
        _attach(draft, sentence, times, telling[sentence.start])
    _inherit(draft)
    _count_from(draft)


def _same_day(text: str, day: When | None, words: tuple[str, ...]) -> list[TimeExpression]:
    """ "that day": the day named last."""
    found = [(text.lower().find(w), w) for w in words]
    return [
        TimeExpression(begin, begin + len(w), When(day.begin, None, text[begin : begin + len(w)]))
        for begin, w in found
        if begin >= 0 and day is not None
    ]


def _telling(draft: Draft) -> dict[int, list[DraftEvent]]:
    """The events that a sentence has words of, by the sentence's first token."""
    first = sentence_starts(draft.doc)
    found: dict[int, list[DraftEvent]] = defaultdict(list)
    for event in draft.events:
        for start in dict.fromkeys(first[i] for i in (event.root, *event.governors)):
            found[start].append(event)
    return found


def _attach(draft: Draft, sentence: Span, times: list[TimeExpression], here: list[DraftEvent]) -> None:
    owners = [(event, time) for time in times if here and (event := _owner(sentence, time, here)) is not None]
    for event, time in owners:
        _set(event, sentence, time)
    for event, time in owners:
        for other in _sharing(event, here, draft):
            _set(other, sentence, time)


def _inherit(draft: Draft) -> None:
    """Lets clauses that tell of one time share it: "joined the battle, firing", "when", "in which"."""
    at: dict[int, list[DraftEvent]] = defaultdict(list)
    for event in draft.events:
        for i in (event.root, *event.governors):
            at[i].append(event)
    pairs = [(draft.doc[i], events) for i, events in at.items()]
    links = [
        (event, other)
        for token, events in pairs
        for verb in grammar.row(token)
        if _same_time_as_head(verb)
        for head in grammar.row(verb.head)
        for event in events
        for other in at.get(head.i, ())
    ]
    for one, other in links:
        for event, dated in ((one, other), (other, one)):
            if event.when is None and dated.when is not None:
                event.when, event.time_words = dated.when, dated.time_words


def _count_from(draft: Draft) -> None:
    """Dates a clause by its distance from the main one: "met on Monday, two days after rebels raided"."""
    at = {i: e for e in draft.events for i in (e.root, *e.governors)}
    for event in draft.events:
        verb = draft.doc[event.root]
        clause = next((v for v in (verb, *verb.ancestors) if v.dep_ in ("advcl", "pcomp")), None)
        if event.when is not None or clause is None:
            continue
        main = at.get(clause.head.i) or at.get(clause.head.head.i)
        days = _days_after(clause)
        if main is None or main.when is None or days is None or len(main.when.begin) != _DAY:
            continue
        day = dt.date.fromisoformat(main.when.begin) - dt.timedelta(days=days)
        event.when = When(day.isoformat(), None, _distance(clause))
        event.time_words = event.when.words


def _days_after(clause: Token) -> int | None:
    """How many days before its main clause that of the verb happened (less than none: behind it)."""
    words = _distance(clause).lower().split()
    if len(words) != _MEASURE or words[1] not in ("day", "days"):
        return None
    number = _NUMBERS.get(words[0]) or (int(words[0]) if words[0].isdecimal() else None)
    return None if number is None else number if words[2] == "after" else -number


def _distance(clause: Token) -> str:
    """The words before the clause that say how far it is: "two days after"; empty where none do."""
    begin = clause.left_edge.i
    doc = clause.doc
    marks = [
        i for i in (begin, begin - 1, begin + 2) if 2 <= i < len(doc) and doc[i].lower_ in ("after", "before")
    ]
    return " ".join(t.text for t in doc[marks[0] - 2 : marks[0] + 1]) if marks else ""


def _same_time_as_head(verb: Token) -> bool:
    """Whether the clause of the verb happens when what it hangs on does."""
    if verb.dep_ == "advcl":
        return verb.tag_ == "VBG" or any(c.lower_ in _WHILE for c in verb.children)
    return verb.dep_ == "relcl" and verb.head.pos_ == "NOUN"


def _looks_ahead(sentence: Span, time: TimeExpression) -> bool:
    """Whether the verb that the time hangs on tells of what is to come: "will begin", "is to begin"."""
    token: Token = sentence.char_span(time.begin, time.end, alignment_mode="expand").root
    while token.pos_ not in ("VERB", "AUX") and token.head.i != token.i:
        token = token.head
    helpers = {c.lower_ for c in token.children if c.dep_ == "aux"}
    planned = token.dep_ == "xcomp" and "to" in helpers and token.head.tag_ in ("VBZ", "VBP", "VBN")
    return bool(helpers & {"will", "shall", "'ll", "would"}) or planned


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
        below = _governed(token, owners)
        if below is not None:
            return below
        if token.head.i == token.i:
            return _only(events, sentence.doc)
        if token.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ in _APART for c in token.children):
            return None  # "since it lost the town in May"
        finite = token.tag_ in ("VBD", "VBZ", "VBP")
        if finite and token.dep_ in ("advcl", "relcl", "ccomp") and token.head.i not in owners:
            return None  # the time of a clause that tells of no event
        token = token.head
    return owners[token.i]


def _governed(verb: Token, owners: Mapping[int, DraftEvent]) -> DraftEvent | None:
    """The one event that a verb tells of that has none of its own: "tried to ram", "strikes were seen"."""
    if verb.pos_ not in ("VERB", "AUX"):
        return None
    below = [c for c in verb.children if c.dep_ in ("xcomp", "nsubj", "nsubjpass") and c.i in owners]
    return owners[below[0].i] if len(below) == 1 else None


def _only(events: list[DraftEvent], doc: Doc) -> DraftEvent | None:
    """The sentence's one event, where it has no other and its main clause tells it."""
    if len(events) != 1:
        return None
    token = doc[events[0].root]
    aside = False
    while token.head.i != token.i:
        aside |= token.dep_ == "acl" and token.tag_ == "VBN"
        token = token.head
    return None if aside else events[0]  # "flew to the grave of the leader killed in May"


def _sharing(event: DraftEvent, events: list[DraftEvent], draft: Draft) -> list[DraftEvent]:
    """Events told by the same verb or verbs in a row, as act and harm: they happen at one time.

    The day on which something was said is not that on which it happened: "killed ten, he said on Sunday".
    """
    own = _row(event, draft.doc)
    alike = [e for e in events if e is not event and own & _row(e, draft.doc)]
    speech = draft.is_a(event.kind, "SpeechEvent")
    return [e for e in alike if not speech or draft.is_a(e.kind, "SpeechEvent")]


def _row(event: DraftEvent, doc: Doc) -> set[int]:
    """Tokens of the event's words, and of the verbs joined to them."""
    own = [doc[i] for i in (event.root, *event.governors)]
    own += [token.head for token in own if token.dep_ == "xcomp"]  # "tried to ram it, but sailors fired"
    return {t.i for token in own for t in grammar.row(token)}
