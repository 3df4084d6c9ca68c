"""Tells texts that the model does not read, by their language.

The model's own language shows in its small words (the, of, was), which make two fifths of any prose in it and
hardly an eighth of other prose; so the detector's model is loaded only for a text that has few of them. Such
a text may also be a list of names or a log, which say nothing of their language: it is refused only where the
words that are not names are many, and surely of one language.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.errors import LanguageError
from kg.facts import Report

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_QUOTED = re.compile(r"“[^“”]*”|«[^«»]*»|„[^„“”]*[“”]|\"[^\"\n]*\"")
_BEGINNING = 1000  # characters that tell of most texts
_PIECE = 600  # characters of a line that are judged together
_SAMPLE = 2000  # characters for the detector, which takes 1 ms for 1,000 of them
# Of 32 English reports, the lowest share of small words in 600 characters or more was 0.38; of 27 texts in
# other languages, the highest was 0.13.
_SMALL_WORDS = 0.25
_FEWEST_WORDS = 6
_OWN_PART = 0.1  # of the words of a text: less in the model's language is a line of it in a foreign text
# Of 550 English sentences and 23 lists of names and logs, none that had so many letters in words that are not
# names was taken for another language so surely; of texts of two sentences in 21 other languages, all were.
_LETTERS = 40
_LETTERS_OF_DECLARED = 12
_SURE = 0.9
_SHOUTED = 0.8  # share of capital letters in which capitals do not mark names
_PROSE = 0.5  # share of words without a capital; 0.6 in German, which has the most capitals, 0.4 in a list
_NEAR = {"en": ("pcm", "sco")}  # what texts in a language are taken for now and then
# fmt: off
_NAMES = {
    "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian",
    "bn": "Bengali", "bs": "Bosnian", "ca": "Catalan", "ckb": "Central Kurdish", "cs": "Czech",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "ko": "Korean", "ku": "Kurdish",
    "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ms": "Malay", "my": "Burmese",
    "nb": "Norwegian", "ne": "Nepali", "nl": "Dutch", "no": "Norwegian", "om": "Oromo", "pl": "Polish",
    "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "rw": "Kinyarwanda",
    "sk": "Slovak", "so": "Somali", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili",
    "ta": "Tamil", "th": "Thai", "ti": "Tigrinya", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "zh": "Chinese",
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Understood:
    """What a model reads: its name, its language (BCP 47), and the small words of that."""

    model: str
    language: str
    small_words: Collection[str]

    def refusal(self, report: Report) -> LanguageError | None:
        """Why the text is not read: it is in another language. What is declared may be wrong."""
        found = self._other_language(report.text, declared=report.language)
        if found is None:
            return None
        return LanguageError(f"it is in {_name(found)}; the model {self.model} reads {_name(self.language)}")

    def _other_language(self, text: str, *, declared: str | None) -> str | None:
        if self._is_own(text[:_BEGINNING]) or self._own_part(text) >= _OWN_PART:
            return None
        sample = _without_names(text[:_SAMPLE])
        if not sample:
            return None
        language, probability = _detect(sample)
        if language in (self.language, *_NEAR.get(self.language, ())):
            return None
        is_declared = declared is not None and declared.lower().split("-")[0] == language
        letters = sum(c.isalpha() * (1 if c < "\u2e80" else 4) for c in sample)  # a Chinese sign is a word
        enough = _LETTERS_OF_DECLARED if is_declared else _LETTERS
        return language if letters >= enough and probability >= _SURE else None

    def _own_part(self, text: str) -> float:
        """The share of words that stand in pieces of the model's language, outside of quotations."""
        pieces = [
            len(_WORD.findall(piece)) for piece in _pieces(_QUOTED.sub(" ", text)) if self._is_own(piece)
        ]
        return sum(pieces) / max(1, len(_WORD.findall(text)))

    def _is_own(self, piece: str) -> bool:
        words = _WORD.findall(piece.lower())
        small = sum(word in self.small_words for word in words)
        return len(words) >= _FEWEST_WORDS and small >= _SMALL_WORDS * len(words)


def _pieces(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for begin in range(0, len(line), _PIECE):
            yield line[begin : begin + _PIECE]


def _without_names(text: str) -> str:
    """The words that do not begin with a capital letter; none where these are few, as in a list of names."""
    capitals = sum(c.isupper() for c in text)
    if capitals > _SHOUTED * (capitals + sum(c.islower() for c in text)):
        return text.lower()
    words = _WORD.findall(text)
    others = [word for word in words if not word[0].isupper()]
    return " ".join(others) if len(others) >= _PROSE * len(words) else ""


def _detect(text: str) -> tuple[str, float]:
    """The likeliest language, and how likely it or the next is: Indonesian and Malay share their words."""
    (language, first), (_, second), *_ = _detector().rank(text)
    return language, first + second


@lru_cache(maxsize=1)
def _detector() -> Any:
    """The model of py3langid, which comes with it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # imported late: few builds need it

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _name(language: str) -> str:
    return _NAMES.get(language, f"the language {language!r}")
