"""The words of a name, whatever its accents, apostrophes, hyphens and capitals."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = "'’‘`´ʿʾʼʻ"
# letters that are a Latin letter with a stroke or without a dot, which Unicode does not take apart
_LETTERS = str.maketrans({"ı": "i", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "æ": "ae", "œ": "oe", "ə": "a"})
# A word keeps the full stops in and behind it ("U.S."), and the apostrophes in it ("Sa'ada") but that before
# a possessive s. The apostrophe of a plural, or alone, and any other mark but a single hyphen is a word of
# its own, so that no name goes on behind it.
_WORD = re.compile(
    rf"\w(?:[\w.\u0300-\u036f]|[{_APOSTROPHES}](?=\w)(?![sS](?!\w)))*|--+|[^\s\w{_APOSTROPHES}\-–‑]"
    rf"|(?<=[sS])['’](?!\w)|^[{_APOSTROPHES}]$"
)
_MARK = "'"  # what an apostrophe folds to that is a word


def fold(word: str) -> str:
    """Lower case without accents and apostrophes."""
    if word.isascii():
        return word.lower().replace("'", "").replace("`", "")
    plain = unicodedata.normalize("NFKD", word.casefold()).translate(_LETTERS)
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in _APOSTROPHES)


@lru_cache(maxsize=1 << 12)
def written_words(text: str) -> tuple[str, ...]:
    """The words and marks of a text as they are written; none for a hyphen alone."""
    return tuple(word for word in _WORD.findall(text) if fold(word) or word in _APOSTROPHES)


@lru_cache(maxsize=1 << 12)
def folded_words(text: str) -> tuple[str, ...]:
    """The same words, folded."""
    return tuple(fold(word) or _MARK for word in written_words(text))
