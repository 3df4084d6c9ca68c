"""Text to a parsed spaCy Doc: the language model reads words that it knows, the Doc keeps the report's.

The small model takes "IS" for the verb, and stumbles over typographic quotes and capitals; so it is given
stand-in words of the same number of tokens, and its analysis is put onto the report's own words.
Sentences never run over the end of a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import compile_infix_regex

from kg.lexicon import Cues

_QUOTES = {
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "‘": "'",
    "’": "'",
    "’s": "'s",
    "–": "-",
    "—": "--",
}
_BREAK = re.compile(r"\n\s*\n|\n(?=\s*[·•*\-–]\s)|(?<=[.!?:\"”’])[ \t]*\n")
_SHORT_LINE = 60  # a shorter line that ends without a full stop is a headline, not wrapped text
_CAPITALS = 0.7  # share of capitals from which a paragraph counts as set in capitals


def split_brackets(nlp: Language) -> None:
    """Lets the tokenizer part brackets from the words that they touch: "forces.[3]", "Name(Arabic"."""
    if hasattr(nlp.tokenizer, "infix_finditer"):  # a pipeline may bring a tokenizer of its own
        infixes = [*(nlp.Defaults.infixes or ()), r"[,.]?[\[\](){}]"]
        nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer


def parse(text: str, nlp: Language, *, cues: Cues) -> Doc:
    """A Doc with tags, dependencies, lemmas and entities of the text."""
    tokens = nlp.make_doc(text)
    return _restored(tokens, nlp(_stand_in(tokens, cues.stand_ins)), cues.lemmas) if len(tokens) else tokens


def paragraph_starts(text: str) -> frozenset[int]:
    """Offsets at which a paragraph, a headline or a list item ends and the next one begins."""
    starts = {0, *(match.end() for match in _BREAK.finditer(text))}
    for match in re.finditer(r"(?m)^([^\n]*)\n(?=\S)", text):
        if len(match[1]) < _SHORT_LINE:
            starts.add(match.end())
    return frozenset(starts)


def _stand_in(tokens: Doc, stand_ins: Mapping[str, str]) -> Doc:
    """The Doc that the model reads: same tokens, other words where the report's would mislead it."""
    text = tokens.text
    starts = sorted(paragraph_starts(text))
    capitals = _capital_paragraphs(text, starts)
    words, begins = [], []
    upcoming = 0
    for token in tokens:
        fresh = False
        while upcoming < len(starts) and token.idx >= starts[upcoming]:
            upcoming, fresh = upcoming + 1, True
        words.append(_word(token.text, stand_ins, in_capitals=upcoming - 1 in capitals))
        begins.append(fresh)
    doc = Doc(tokens.vocab, words=words, spaces=[bool(token.whitespace_) for token in tokens])
    for token, begin in zip(doc, begins, strict=True):
        if begin:
            token.is_sent_start = True
    return doc


def _capital_paragraphs(text: str, starts: list[int]) -> frozenset[int]:
    found = set()
    for number, (begin, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True)):
        letters = [c for c in text[begin:end] if c.isalpha()]
        if letters and sum(c.isupper() for c in letters) / len(letters) > _CAPITALS:
            found.add(number)
    return frozenset(found)


def _word(word: str, stand_ins: Mapping[str, str], *, in_capitals: bool) -> str:
    if word in stand_ins and not in_capitals:
        return stand_ins[word]
    if in_capitals and word.isupper() and len(word) > 1:
        return word.capitalize() if len(word) > 3 else word.lower()
    return _QUOTES.get(word, word)


def _restored(tokens: Doc, parsed: Doc, lemmas: Mapping[str, str]) -> Doc:
    """The report's own words with the analysis of the stand-ins."""
    doc = Doc(
        tokens.vocab,
        words=[token.text for token in tokens],
        spaces=[bool(token.whitespace_) for token in tokens],
        tags=[token.tag_ for token in parsed],
        pos=[token.pos_ for token in parsed],
        morphs=[str(token.morph) for token in parsed],
        lemmas=[
            _lemma(own.text, token.text, token.lemma_, lemmas)
            for own, token in zip(tokens, parsed, strict=True)
        ],
        heads=[token.head.i for token in parsed],
        deps=[token.dep_ for token in parsed],
    )
    doc.set_ents([Span(doc, ent.start, ent.end, label=ent.label_) for ent in parsed.ents])
    return doc


def _lemma(own: str, read: str, lemma: str, lemmas: Mapping[str, str]) -> str:
    """The lemma in lower case; that of the report's word where the model read a stand-in."""
    if own.lower() in lemmas:
        return lemmas[own.lower()]
    return own.lower() if own.casefold() != read.casefold() and read.isalpha() else lemma.lower()
