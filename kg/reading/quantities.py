"""Amounts of a Doc, sentence by sentence, with those that are times left out."""

from __future__ import annotations

from kg.reading.amounts import AmountLexicon, AmountMention, find_amounts
from kg.reading.state import Draft


def find_quantities(draft: Draft, amounts: AmountLexicon) -> list[AmountMention]:
    """The amounts of the report; token numbers count in the whole Doc. Needs `draft.times`."""
    found: list[AmountMention] = []
    for sentence in draft.doc.sents:
        dated = [
            sentence.char_span(t.begin, t.end, alignment_mode="expand")
            for t in draft.times.get(sentence.start, ())
        ]
        excluded = [(s.start - sentence.start, s.end - sentence.start) for s in dated if s is not None]
        for amount in find_amounts([t.text for t in sentence], lexicon=amounts, excluded=excluded):
            words = draft.text(sentence.start + amount.start, sentence.start + amount.stop)
            found.append(amount.moved(sentence.start, words))
    return found
