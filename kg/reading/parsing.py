"""Text to a parsed spaCy Doc: the language model reads words that it knows, the Doc keeps the report's.

The small model takes "IS" for the verb, and stumbles over typographic quotes and capitals; so it is given
stand-in words of the same number of tokens, and its analysis is put onto the report's own words.
Sentences never run over the end of a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import compile_infix_regex
from spacy.vocab import Vocab

from kg.batches import batches
from kg.lexicon import Cues
from kg.reading.brackets import bracketed_acronyms

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
_PAUSES = frozenset({",", ";", ":", "-", "–", "—", "--", "|", ")", "\n"})
_CAPITALS = 0.7  # share of capitals from which a paragraph counts as set in capitals


def split_brackets(nlp: Language) -> None:
    """Lets the tokenizer part brackets from the words that they touch: "forces.[3]", "Name(Arabic"."""
    if hasattr(nlp.tokenizer, "infix_finditer"):  # a pipeline may bring a tokenizer of its own
        infixes = [*(nlp.Defaults.infixes or ()), r"[,.]?[\[\](){}]"]
        nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer


@dataclass(frozen=True, slots=True)
class Limits:
    """What is cut for the tokenizer and the model; ordinary reports stay below."""

    text: int = 100_000  # characters that are tokenized at once
    word: int = 500  # characters; the tokenizer takes the square of a word's length
    part: int = 20_000  # tokens that the model reads at once, which bounds its memory
    sentence: int = 300  # tokens; the parse of a longer one could be too deep to go down into


def parse(text: str, nlp: Language, *, cues: Cues, limits: Limits = Limits()) -> Doc:
    """A Doc with tags, dependencies, lemmas and entities of the text, whatever its length."""
    return parse_all([text], nlp, cues=cues, limits=limits)[0]


def parse_all(texts: Sequence[str], nlp: Language, *, cues: Cues, limits: Limits = Limits()) -> list[Doc]:
    """As `parse` for each text, the same bit by bit, but the model reads several of them at once."""
    shown = [_shown(_tokens(text, nlp, limits), cues.stand_ins) for text in texts]
    parts = [[one.part(*bounds) for bounds in _parts(one.begins, limits.part)] for one in shown]
    parsed = _analysed(nlp, [part for of_one in parts for part in of_one], limits)
    return [
        _restored(one, list(islice(parsed, len(of_one))), cues.lemmas)
        for one, of_one in zip(shown, parts, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Part:
    """Words for the model; sentences begin where `begins` says, and where it sees fit."""

    words: list[str]
    spaces: list[bool]
    begins: list[bool]

    def doc(self, vocab: Vocab) -> Doc:
        """The words before they are analysed."""
        doc = Doc(vocab, words=self.words, spaces=self.spaces)
        for token, begin in zip(doc, self.begins, strict=True):
            if begin:
                token.is_sent_start = True
        return doc


@dataclass(frozen=True, slots=True)
class _Shown(_Part):
    """What the model is shown of a text: a word for each of the `tokens` whose numbers are in `shown`."""

    tokens: Doc
    shown: list[int]

    def part(self, start: int, stop: int) -> _Part:
        """The words from number `start` up to `stop`."""
        return _Part(self.words[start:stop], self.spaces[start:stop], self.begins[start:stop])


def _shown(tokens: Doc, stand_ins: Mapping[str, str]) -> _Shown:
    words, begins = _stand_in(tokens, stand_ins)
    hidden = {
        i
        for b in bracketed_acronyms(words)
        if not any(begins[b.start : b.stop])
        for i in range(b.start, b.stop)
    }
    shown = [i for i in range(len(words)) if i not in hidden]
    spaces = [bool(tokens[i].whitespace_) for i in shown]
    return _Shown([words[i] for i in shown], spaces, [begins[i] for i in shown], tokens, shown)


def _tokens(text: str, nlp: Language, limits: Limits) -> Doc:
    cuts = {match.end() for match in re.finditer(rf"\S{{{limits.word}}}(?=\S)", text)}
    cuts |= set(_pieces(text, limits.text))
    if not cuts:
        return nlp.make_doc(text)
    bounds = sorted({0, *cuts, len(text)})
    docs = [nlp.make_doc(text[begin:end]) for begin, end in pairwise(bounds)]
    words = [token.text for doc in docs for token in doc]
    return Doc(nlp.vocab, words=words, spaces=[bool(token.whitespace_) for doc in docs for token in doc])


def _pieces(text: str, size: int) -> Iterator[int]:
    """Where a long text is cut: behind the white space at the end of a line, else of a word."""
    begin = 0
    while len(text) - begin > size:
        stop = begin + size
        ends = (text.rfind(space, begin + 1, stop) for space in "\n ")
        begin = next((end for end in ends if end > 0), stop)
        while begin < len(text) and text[begin].isspace():
            begin += 1
        yield begin


def _parts(begins: Sequence[bool], size: int) -> Iterator[tuple[int, int]]:
    """Ranges of tokens, each ending with a paragraph where that can be."""
    start = 0
    while start < len(begins):
        stop = min(start + size, len(begins))
        if stop < len(begins):
            stop = next((i for i in range(stop, start, -1) if begins[i]), stop)
        yield start, stop
        start = stop


def _analysed(nlp: Language, parts: Sequence[_Part], limits: Limits) -> Iterator[Doc]:
    """What the model makes of each part."""
    for few in batches(parts, size=limits.part, weigh=lambda part: len(part.words)):
        for part, parsed in zip(few, nlp.pipe([part.doc(nlp.vocab) for part in few]), strict=True):
            longest = limits.sentence
            breaks = {i for s in parsed.sents for i in _breaks(part.words, s.start, s.end, longest)}
            if breaks:
                begins = [begin or i in breaks for i, begin in enumerate(part.begins)]
                yield nlp(_Part(part.words, part.spaces, begins).doc(nlp.vocab))
            else:
                yield parsed


def _breaks(words: Sequence[str], start: int, stop: int, longest: int) -> Iterator[int]:
    """Where to begin anew within what no sentence can be: behind a comma or the like if there is one."""
    while stop - start > longest:
        last = start + longest
        behind = (i for i in range(last, last - longest // 2, -1) if words[i - 1] in _PAUSES)
        start = next(behind, last)
        yield start


def paragraph_starts(text: str) -> frozenset[int]:
    """Offsets at which a paragraph, a headline or a list item ends and the next one begins."""
    starts = {0, *(match.end() for match in _BREAK.finditer(text))}
    for match in re.finditer(r"(?m)^([^\n]*)\n(?=\S)", text):
        if len(match[1]) < _SHORT_LINE:
            starts.add(match.end())
    return frozenset(starts)


def _stand_in(tokens: Doc, stand_ins: Mapping[str, str]) -> tuple[list[str], list[bool]]:
    """The words that the model reads, other than the report's where these would mislead it, and which
    of them begin a paragraph."""
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
    return words, begins


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


def _restored(read_as: _Shown, parts: Sequence[Doc], lemmas: Mapping[str, str]) -> Doc:
    """The report's own words with the analysis of the stand-ins; a word that the model was not shown is an
    apposition of the last one that it was."""
    tokens, shown = read_as.tokens, read_as.shown
    if not len(tokens):
        return tokens
    parsed = [token for part in parts for token in part]
    firsts = [0, *accumulate(len(part) for part in parts)]
    heads = [first + token.head.i for first, part in zip(firsts, parts, strict=False) for token in part]
    words: list[_Word] = []
    behind = dict(zip(shown, range(len(shown)), strict=True))
    last = 0
    for i, own in enumerate(tokens):
        text, number = own.text, behind.get(i)
        if number is None:
            words.append(_hidden(text, last))
        else:
            read, last = parsed[number], i
            lemma = _lemma(text, read.text, read.lemma_, lemmas)
            words.append(
                _Word(text, read.tag_, read.pos_, str(read.morph), lemma, shown[heads[number]], read.dep_)
            )
    doc = Doc(
        tokens.vocab,
        words=[word.text for word in words],
        spaces=[bool(token.whitespace_) for token in tokens],
        tags=[word.tag for word in words],
        pos=[word.pos for word in words],
        morphs=[word.morph for word in words],
        lemmas=[word.lemma for word in words],
        heads=[word.head for word in words],
        deps=[word.dep for word in words],
    )
    doc.set_ents(list(_entities(doc, shown, firsts, parts)))
    return doc


class _Word(NamedTuple):
    """A word with its analysis; `head` is the number of the word that it hangs on."""

    text: str
    tag: str
    pos: str
    morph: str
    lemma: str
    head: int
    dep: str


def _hidden(word: str, last: int) -> _Word:
    """A word that the model was not shown, behind word number `last`."""
    if not word[:1].isalnum():
        return _Word(word, "-LRB-" if word in "([" else "-RRB-", "PUNCT", "", word, last, "punct")
    return _Word(word, "NNP", "PROPN" if word[:1].isalpha() else "NUM", "", word.lower(), last, "appos")


def _entities(doc: Doc, shown: Sequence[int], firsts: Sequence[int], parts: Sequence[Doc]) -> Iterator[Span]:
    """The model's entities, and the acronyms that it was not shown behind one, of the same label."""
    read = set(shown)
    for first, part in zip(firsts, parts, strict=False):
        for ent in part.ents:
            start, stop = shown[first + ent.start], shown[first + ent.end - 1] + 1
            gap = next((i for i in range(start, stop) if i not in read), stop)
            yield Span(doc, start, gap, label=ent.label_)
            end = next((i for i in range(gap, len(doc)) if i in read), len(doc))
            if end - gap > 2 and doc[gap].text == "(":
                yield Span(doc, gap + 1, end - 1, label=ent.label_)


def _lemma(own: str, read: str, lemma: str, lemmas: Mapping[str, str]) -> str:
    """The lemma in lower case; that of the report's word where the model read a stand-in."""
    if own.lower() in lemmas:
        return lemmas[own.lower()]
    return own.lower() if own.casefold() != read.casefold() and read.isalpha() else lemma.lower()
