"""Names in a Doc: those of the gazetteer, those that the model sees, and what capitals suggest."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from kg.gazetteer import Entry, Gazetteer
from kg.lexicon import Lexicon

ACRONYM = 5  # an alias in capitals of at most so many letters must stand in capitals: "IS", "AFP"
_PLACE_PREPOSITIONS = frozenset(
    {
        "in",
        "at",
        "near",
        "from",
        "to",
        "around",
        "outside",
        "inside",
        "into",
        "toward",
        "towards",
        "across",
        "of",
    }
)
_DASHES = frozenset({"-", "–", "‑"})
# class preference where one name fits several entries: a bare "Hasaka" is the city, "Georgia" the state
_PREFERENCE = ("Country", "ArmedGroup", "Settlement", "Region", "Person")
_LABELS = {"PERSON": "Person", "GPE": "Settlement", "ORG": "Organization", "LOC": "Region", "FAC": "Facility"}


@dataclass(frozen=True, slots=True)
class Name:
    """Tokens `start` up to `end` that name a thing, or (`demonym`) say what country it is of."""

    start: int
    end: int
    class_name: str
    known: Entry | None
    certainty: float
    demonym: bool = False
    namesakes: tuple[Entry, ...] = ()  # all entries with this name


@dataclass(frozen=True, slots=True)
class _Alias:
    entry: Entry
    words: tuple[str, ...]  # as the gazetteer has them
    demonym: bool


def fold(word: str) -> str:
    """Lower case without accents and apostrophes."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’`ʿʾ")


class NameIndex:
    """All names of the gazetteer, by their folded words (hyphens left out)."""

    def __init__(self, gazetteer: Gazetteer, tokenizer: Callable[[str], Doc]) -> None:
        self._aliases: dict[tuple[str, ...], list[_Alias]] = {}
        self.longest = 1
        for entry in gazetteer.entries.values():
            for name in (entry.label, *entry.aliases):
                self._add(entry, name, tokenizer, demonym=False)
            for name in entry.demonyms:
                self._add(entry, name, tokenizer, demonym=True)

    def _add(self, entry: Entry, name: str, tokenizer: Callable[[str], Doc], *, demonym: bool) -> None:
        words = tuple(t.text for t in tokenizer(name) if t.text not in _DASHES)
        self._aliases.setdefault(tuple(map(fold, words)), []).append(_Alias(entry, words, demonym))
        self.longest = max(self.longest, len(words))

    def find(self, doc: Doc) -> Iterator[tuple[int, int, list[_Alias]]]:
        """Longest matches from left to right: first token, token behind the last, what they may mean."""
        start = 0
        while start < len(doc):
            match = self._match(doc, start)
            if match is None:
                start += 1
            else:
                yield start, *match
                start = match[0]

    def _match(self, doc: Doc, start: int) -> tuple[int, list[_Alias]] | None:
        if doc[start].text in _DASHES:
            return None
        words: list[str] = []
        tokens: list[str] = []
        best = None
        for token in doc[start:]:
            if token.text in _DASHES:
                continue
            words.append(fold(token.text))
            tokens.append(token.text)
            if len(words) > self.longest or token.is_space:
                break
            meant = [a for a in self._aliases.get(tuple(words), ()) if _same_case(a.words, tokens)]
            if meant:
                best = (token.i + 1, meant)
        return best


def _same_case(alias: tuple[str, ...], words: list[str]) -> bool:
    """Whether the text writes it as a name: an acronym in capitals, capitals where the alias has them."""
    name = "".join(alias)
    if name.isupper() and sum(c.isalpha() for c in name) <= ACRONYM:
        return "".join(words) == name
    return all(w[:1].isupper() or not a[:1].isupper() for a, w in zip(alias, words, strict=True))


def find_names(doc: Doc, index: NameIndex, lexicon: Lexicon) -> list[Name]:
    """All names of the Doc in text order; none overlaps another."""
    matches = list(index.find(doc))
    countries = _countries(matches)
    entities = {token.i: ent for ent in doc.ents for token in ent}
    known = [n for start, end, meant in matches if (n := _known(doc, start, end, meant, countries, entities))]
    seen = [name for ent in doc.ents for name in _seen(ent, lexicon, known)]
    covered = {(name.start, name.end) for name in seen}
    known = [
        n
        for n in known
        if not any(s <= n.start and n.end <= e and (s, e) != (n.start, n.end) for s, e in covered)
    ]
    taken = {i for name in (*known, *seen) for i in range(name.start, name.end)}
    guessed = list(_guessed(doc, taken))
    return sorted({*known, *seen, *guessed}, key=lambda n: n.start)


def _countries(matches: Iterable[tuple[int, int, list[_Alias]]]) -> frozenset[str]:
    """Keys of the countries that the text names or whose people it names."""
    return frozenset(
        alias.entry.key
        for _, _, meant in matches
        for alias in meant
        if alias.entry.class_name == "Country" and not alias.entry.guarded
    )


def _known(
    doc: Doc,
    start: int,
    end: int,
    meant: list[_Alias],
    countries: frozenset[str],
    entities: Mapping[int, Span],
) -> Name | None:
    ent = entities.get(start)
    usable = [a for a in meant if not a.entry.guarded or _supported(doc[start], ent, a.entry)]
    if ent is not None and ent.label_ == "PERSON" and len(ent) > end - start and end - start == 1:
        usable = [a for a in usable if a.entry.class_name == "Person"]
    if not usable:
        return None
    label = ent.label_ if ent is not None and (ent.start, ent.end) == (start, end) else None
    best = min(usable, key=lambda a: _rank(a, countries, label))
    certainty = 0.95 if len(usable) == 1 else 0.85
    return Name(
        start,
        end,
        best.entry.class_name,
        best.entry,
        certainty,
        demonym=best.demonym,
        namesakes=tuple(a.entry for a in meant),
    )


def _supported(token: Token, ent: Span | None, entry: Entry) -> bool:
    """Whether the company of a guarded name says that it is meant."""
    if entry.class_name == "Person":
        return ent is not None and ent.label_ == "PERSON"
    before = token.nbor(-1).lower_ if token.i else ""
    return (ent is not None and ent.label_ in ("GPE", "LOC", "FAC")) or before in _PLACE_PREPOSITIONS - {
        "of",
        "to",
    }


def _rank(alias: _Alias, countries: frozenset[str], label: str | None) -> tuple[int, int, int]:
    entry = alias.entry
    away = entry.country is not None and bool(countries) and entry.country not in countries
    unlike = label == "PERSON" and entry.class_name != "Person"
    preference = _PREFERENCE.index(entry.class_name) if entry.class_name in _PREFERENCE else len(_PREFERENCE)
    return int(unlike), int(away), preference


def _seen(ent: Span, lexicon: Lexicon, known: list[Name]) -> Iterator[Name]:
    """The model's entity as a name, trimmed; nothing where the gazetteer knows as much or more."""
    if ent.label_ not in _LABELS:
        return
    start, end = _trimmed(ent, lexicon)
    if start >= end or not any(t.text[:1].isupper() for t in ent.doc[start:end]):
        return
    inside = [n for n in known if n.start < end and start < n.end]
    if any(n.start <= start and end <= n.end for n in inside):
        return
    if any(n.start < start or n.end > end for n in inside):
        return
    if inside and (ent.label_ in ("GPE", "LOC") or not _is_one_name(ent.doc[start:end], inside)):
        return
    yield Name(start, end, class_of_name(ent.doc[start:end], ent.label_, lexicon), None, 0.75)


def _is_one_name(span: Span, inside: list[Name]) -> bool:
    """Whether a name that holds known names is one name: "Ukrainian Ground Forces", not "IS Baghdadi"."""
    covered = sum(n.end - n.start for n in inside)
    rest = [t for t in span if not any(n.start <= t.i < n.end for n in inside)]
    return len(span) > covered and all(
        t.text[:1].isupper() or t.lower_ in ("of", "the", "for", "and", "-") for t in rest
    )


def _trimmed(ent: Span, lexicon: Lexicon) -> tuple[int, int]:
    """The entity without article, possessive, title and quotes."""
    start, end = ent.start, ent.end
    doc = ent.doc
    while start < end and (
        doc[start].lower_ in ("the", "a", "an")
        or not doc[start].text[:1].isalnum()
        or (ent.label_ == "PERSON" and is_title(doc[start], lexicon) and end - start > 1)
    ):
        start += 1
    while start < end and (
        doc[end - 1].lower_ in ("'s", "’s", "'", "’") or not doc[end - 1].text[-1:].isalnum()
    ):
        end -= 1
    return start, end


def is_title(token: Token, lexicon: Lexicon) -> bool:
    """Whether the word may stand before a person's name as a title."""
    return token.lower_.rstrip(".") in lexicon.kinds.titles


def class_of_name(span: Span, label: str, lexicon: Lexicon) -> str:
    """The class that a name's own words speak for, else the one of the model's label."""
    if label == "PERSON":
        return "Person"
    words = [t.lower_ for t in span if t.text not in _DASHES]
    kinds = lexicon.kinds.classes
    tails = [" ".join(words[-n:]) for n in (3, 2, 1) if n <= len(words)]
    heads = [w for i, w in enumerate(words[:-1]) if words[i + 1] in ("of", "for")]  # "Ministry of Defence"
    for noun in (*heads, *tails):
        found = kinds.get(noun) or kinds.get(noun.removesuffix("s"))
        if found is not None and _fits(found, label, lexicon):
            return found
    return _LABELS[label]


def _fits(class_name: str, label: str, lexicon: Lexicon) -> bool:
    if label == "ORG":
        return lexicon.tree.is_a(class_name, "Actor", "Facility")
    return lexicon.tree.is_a(class_name, "Place", "Facility")


def _guessed(doc: Doc, taken: set[int]) -> Iterator[Name]:
    """Runs of proper nouns that nothing else took, where the words before them say what they are."""
    i = 0
    while i < len(doc):
        token = doc[i]
        if i in taken or token.pos_ != "PROPN" or not token.text[:1].isupper() or not token.text.isalpha():
            i += 1
            continue
        end = i + 1
        while (
            end < len(doc) and end not in taken and doc[end].pos_ == "PROPN" and doc[end].text[:1].isupper()
        ):
            end += 1
        before = doc[i - 1].lower_ if i else ""
        if before in _PLACE_PREPOSITIONS - {"of", "to"} and token.ent_type_ not in ("DATE", "TIME", "PERSON"):
            yield Name(i, end, "Settlement", None, 0.6)
        elif (
            token.dep_ in ("nsubj", "nsubjpass")
            and doc[end - 1].dep_ in ("nsubj", "nsubjpass")
            and end - i == 2
        ):
            yield Name(i, end, "Person", None, 0.5)
        i = end
