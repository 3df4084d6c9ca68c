"""How places are called: folding, plain English spellings, keys, and which other names are worth keeping."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

_LETTERS = str.maketrans(
    {"ə": "a", "ǝ": "a", "Ə": "A", "ı": "i", "ł": "l", "Ł": "L", "ø": "o", "đ": "d", "Đ": "D", "ß": "ss"}
)
_MARKS = "'’‘`ʻʼʿʾʹʺ´"
_KIND = re.compile(
    r"\b(governorate|province|region|state|oblast|district|prefecture|department|county|of|the|wilayat|wilaya"
    r"|muhafazat|regional|al|ash|az|an|ar|as|ad|at|el|estado|de|city)\b"
)
_ARTICLE = re.compile(r"^(Al|El|Ad|Adh|An|Ar|As|Ash|At|Ath|Az|Aş|Aţ|Aḑ|Az̧)[ -](?=\w)")
# a seat of government for its town: "Markaz Mudhaykhirah"
_OFFICE = re.compile(
    r"^(Markaz|Wuleswālī|Wuluswālī|‘Alāqahdārī|Alāqahdārī|Ḩukūmat-e|Ḩukūmatī|Wuleswali|Alaqahdari"
    r"|Hukumat-e) (?=\w)"
)
_INNER_ARTICLE = re.compile(r"(?<=\w )(Al|El|Ad|Adh|An|Ar|As|Ash|At|Ath|Az)(?=[ -]\w)")
_ODD = re.compile(
    r"Eh[b-df-hj-np-tv-z]|.*[b-df-hj-np-tv-z]'|.*sk(oho|aya|oye|ogo)$|"
    r"[^A-Za-zÀ-ÿĀ-ſƏǝəḀ-ỿ '’‘`-]|'$|-$|^'|.*[a-z][A-Z].*|"
    r".*\b(District|Rayon|Raion|Qada|Oblast|Governorate)\b"
)
# languages that write in the Latin script keep their accents; elsewhere they are a scholar's transliteration
TRANSLITERATED = frozenset(
    """SY IQ YE SD SS AF PK IR SA AE OM KW QA BH JO PS LB LY EG DZ MA TN MR IL UA RU BY KZ KG TJ UZ AM GE ET
    ER MM TH LA KH IN BD NP LK CN JP KR KP TW MN BG MK GR SO DJ TD EH CY RS ME BT MV AZ TM""".split()  # noqa: SIM905
)
_ARABIC = frozenset("SY IQ YE SD SA AE OM KW QA BH JO PS LB LY EG DZ MA TN MR EH".split())  # noqa: SIM905


def fold(name: str) -> str:
    """Lower case without accents, apostrophes and hyphens: what two spellings have alike."""
    letters = unicodedata.normalize("NFKD", name.translate(_LETTERS).casefold())
    bare = "".join(c for c in letters if not unicodedata.combining(c) and c not in _MARKS)
    return re.sub(r"[\s–-]+", " ", bare).strip()


def region_core(name: str) -> str:
    """What is left of a region's name without words of its kind and articles."""
    return re.sub(r"[^a-z]", "", _KIND.sub("", fold(name)))


def plain(name: str, iso: str) -> str:
    """The name as a report in English writes it: plain letters, Arabic articles in lower case."""
    name = re.sub(r"\s+", " ", re.split(r"[,(/]", name)[0]).strip()
    name = _OFFICE.sub("", name)
    if iso in TRANSLITERATED:
        letters = unicodedata.normalize("NFKD", name.translate(_LETTERS))
        name = "".join(c for c in letters if not unicodedata.combining(c) and c not in _MARKS)
    if iso in _ARABIC:
        name = _ARTICLE.sub(lambda m: f"{m[1].lower()}-", name)
        name = _INNER_ARTICLE.sub(lambda m: m[1].lower(), name)
    return re.sub("[’‘ʻ]", "'", name)


def slug(name: str) -> str:
    """The key of a name: ASCII letters and digits joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")


def bare(name: str) -> str:
    """The folded name without its article."""
    return re.sub(r"^(al|el|a[dnrstz]h?) (?=\w)", "", fold(name))


def likeness(one: str, other: str) -> float:
    """0 to 1, of the folded names without article."""
    return SequenceMatcher(None, bare(one), bare(other), autojunk=False).ratio()


def alias_names(label: str, others: Iterable[str], *, iso: str, least: float) -> list[str]:
    """The other names that are spellings of the label (`least` alike), likest first, none twice when folded.

    Names in other scripts, codes, bare romanisations in lower case and names of districts are left out.
    """
    taken = {fold(label)}
    kept = []
    article = re.match(r"(a[dnrstz]h?)-(?=\w)", label)
    if iso in _ARABIC and article is not None:
        kept.append(f"al-{label[article.end() :]}")
    for other in sorted(set(others)):
        name = plain(other, iso)
        if (not name[:1].isupper() and not name.startswith(("al-", "el-", "a"))) or len(fold(name)) < 4:
            continue
        if other[:1].islower() or name.isupper() or _ODD.match(name) or _ODD.search(name.replace("’", "'")):
            continue
        kept.append(name)
    scored = sorted((-likeness(label, name), name) for name in kept)
    result = []
    for score, name in scored:
        if -score >= least and fold(name) not in taken:
            taken.add(fold(name))
            result.append(name)
    return result


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points, latitude first, in degrees."""
    (a, x), (b, y) = one, other
    a, b, turn = math.radians(a), math.radians(b), math.radians(x - y)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return 6371 * math.acos(max(-1.0, min(1.0, cosine)))


def bare_district(name: str) -> str:
    """A district's name without the words of its kind, whatever language they are of."""
    name = re.sub(
        r"(?i)^(Ville de|Commune de|Qada|Mudiriyat|Wuluswali-ye|Wuluswali|Cercle de|Cercle|Province du"
        r"|Province de la|Province de) ",
        "",
        name,
    )
    return re.sub(
        r"(?i)( Urban| City)? (District|Rayon|Raion|County|Zone|Cercle|Department|Territory|Province)$",
        "",
        name,
    )
