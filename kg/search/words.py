"""From what people type to what the index is asked. Pure."""

from __future__ import annotations

import re
import unicodedata

_PHRASE = re.compile(r'"([^"]*)"?|([^\s"]+)')
_BETWEEN = re.compile(r"[\W_]+")
_ARTICLES = {"the", "al", "el", "ash", "ad", "az"}  # English, and Arabic as it is written in Latin letters


def match_expression(text: str, *, prefix: bool = False) -> str | None:
    """The FTS5 expression for all words of `text`, in any order; quoted words must follow each other.

    `prefix`: the last word may go on. None where the text has no word. What FTS5 would read as an operator is
    quoted, so every text gives an expression.
    """
    phrases = [quoted or bare for quoted, bare in _PHRASE.findall(text.replace("\0", " "))]
    words = [phrase for phrase in phrases if any(character.isalnum() for character in phrase)]
    if not words:
        return None
    expression = " ".join(f'"{word}"' for word in words)
    return f"{expression} *" if prefix and text[-1:].isalnum() else expression


def normalised(name: str) -> str:
    """A name without case, accents, punctuation and leading articles: what equal names have in common."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(character)
    )
    words = _BETWEEN.sub(" ", plain).split()
    while len(words) > 1 and words[0] in _ARTICLES:
        del words[0]
    return " ".join(words)


def trigrams(name: str, *, most: int = 40) -> list[str]:
    """The three-letter parts of a normalised name, sorted; those of its beginning if it is long."""
    return sorted({name[start : start + 3] for start in range(min(len(name), most + 2) - 2)})
