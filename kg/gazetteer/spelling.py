"""Names that are one name, spelt by other rules: Hasaka, Al-Hasakah; Deir ez-Zor, Dayr az Zawr.

Arabic, Persian and Cyrillic names reach English by many rules, which differ in vowels, articles, doubled
letters and a few consonants. `skeleton` keeps what they agree in: the consonants in their order.
`likeness` then says how far the rest differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.gazetteer.words import folded_words

_ARTICLES = frozenset(
    {"al", "el", "il", "ul", "ad", "ed", "an", "en", "ar", "er", "as", "es", "ash", "esh", "ach"}
    | {"at", "et", "ath", "az", "ez", "adh", "edh"}
)
# One letter for a sound that languages write in several ways, in this order. A capital is a sound that
# some take for that of the small letter: those are of one skeleton, but not quite alike.
_CONSONANTS = (
    ("tch", "S"),
    ("sch", "S"),
    ("sh", "S"),
    ("ch", "S"),
    ("kh", "K"),
    ("gh", "H"),
    ("g", "H"),  # Luhansk, Lugansk
    ("th", "T"),
    ("dh", "D"),
    ("zh", "Z"),
    ("ph", "f"),
    ("dj", "j"),
    ("ck", "k"),
    ("q", "k"),
    ("c", "k"),
)
_LEAST = 2  # consonants of a name that other spellings are looked for
_VOWELS = "aeiouyw"
_LAST_VOWEL = re.compile(r"(?<=[^aeiouy])[aeiouy]+h?$")
_DOUBLED = re.compile(r"([^\W\daeiou])\1+")
_PART = re.compile(rf"[{_VOWELS}]+|[^{_VOWELS}]")
_SLIGHT = 0.02  # what names differ in at least that do not fold to the same: a last vowel, a doubled letter
# Costs, of the share that one consonant and its vowels have in a name. Vowels of another class: "Ahmed" and
# "Ahmad" are nearer than "Homs" and "Hims"; a vowel that is left out: Jarablus, Jarabulus.
_VOWEL_COSTS = {"ai": 0.3, "au": 0.5, "iu": 0.5}
_LEFT_OUT = 0.3
_CONSONANT_COST = 0.3


def skeleton(name: str) -> str:
    """The consonants of a name in one spelling, behind an `a` for vowels before them; empty where too few."""
    sound = _sound(name)
    consonants = re.sub(rf"[{_VOWELS}]", "", sound).lower()
    if len(consonants) < _LEAST:
        return ""
    return f"a{consonants}" if sound[0] in _VOWELS else consonants


def likeness(one: str, other: str) -> float:
    """How like each other two names of one skeleton are: 1 where they fold to the same, 0 at the least."""
    if folded_words(one) == folded_words(other):
        return 1.0
    sounds, others = tuple(_heard(_sound(one))), tuple(_heard(_sound(other)))
    if [consonant.lower() for _, consonant in sounds] != [consonant.lower() for _, consonant in others]:
        return 0.0
    cost = 0.0
    for (vowel, consonant), (other_vowel, other_consonant) in zip(sounds, others, strict=True):
        cost += _vowel_cost(vowel, other_vowel) + _CONSONANT_COST * (consonant != other_consonant)
    return max(0.0, 1.0 - _SLIGHT - cost / max(1, len(sounds) - 1))


def _sound(name: str) -> str:
    """The name as one word in one spelling of its consonants, without articles and the last vowel."""
    words = folded_words(name)
    kept = [word for word in words if word not in _ARTICLES] or list(words)
    sound = re.sub(r"[\W_]", "", "".join(kept))
    for written, heard in _CONSONANTS:
        sound = sound.replace(written, heard)
    return _LAST_VOWEL.sub("", _DOUBLED.sub(r"\1", sound))


def _heard(sound: str) -> Iterator[tuple[str, str]]:
    """Each consonant behind the class of the vowels before it, and ("…", "") for vowels behind the last."""
    vowels = ""
    for part in _PART.findall(sound):
        if part[0] in _VOWELS:
            vowels = _vowel_class(part)
        else:
            yield vowels, part
            vowels = ""
    yield vowels, ""


def _vowel_class(vowels: str) -> str:
    """One class for a run of vowels: "ay" and "ei" are i, "aw" and "ou" are u."""
    if any(c in "ouw" for c in vowels):
        return "u"
    return "i" if any(c in "eiy" for c in vowels) else "a"


def _vowel_cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if not (one and other):
        return _LEFT_OUT
    return _VOWEL_COSTS["".join(sorted((one, other)))]
