"""How alike two names are: written differently, a part of the other, the other's initials."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.gazetteer import fold


@lru_cache(maxsize=2_000)
def name_key(name: str) -> str:
    """The name without case, accents, hyphens and points."""
    return re.sub(r"[\s\-.]+", " ", fold(name)).strip()


def initials(name: str) -> str:
    """The first letters of the words that begin with a capital."""
    return "".join(w[0] for w in re.split(r"[\s\-]+", name) if w[:1].isupper())


def is_part_of_name(short: str, long: str) -> bool:
    """Whether one name is the last part of the other, or its first and last: "Bacar", "Mohamed Bacar"."""
    a, b = sorted((short.split(), long.split()), key=len)
    return b[-len(a) :] == a or (len(a) == 1 and a[0] == b[0] and len(b) == 2)
