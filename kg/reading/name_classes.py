"""Classes of names that the gazetteer does not know: by their own words, else by the company they keep.

A small language model calls one town a person here and a body there; so all places where a text uses a name
vote on one class, and places where the model missed the name get it too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from spacy.tokens import Doc, Span, Token

from kg.gazetteer import fold
from kg.lexicon import Lexicon
from kg.reading.name_index import DASHES, Name
from kg.reading.state import lemma

LABELS = {"PERSON": "Person", "GPE": "Settlement", "ORG": "Organization", "LOC": "Region", "FAC": "Facility"}
_SIDES = {"PERSON": "Person", "GPE": "Place", "ORG": "Organization", "LOC": "Place", "FAC": "Place"}
_AT = frozenset({"in", "at", "near", "around", "outside", "inside", "into", "toward", "towards", "across"})
_WAY = frozenset({"from", "to"})
_MOVES = frozenset(
    {
        "withdraw",
        "retreat",
        "flee",
        "pull",
        "return",
        "advance",
        "move",
        "travel",
        "drive",
        "fly",
        "evacuate",
        "out",
    }
)
_DIRECTIONS = ("north", "south", "east", "west", "northern", "southern", "eastern", "western", "central")
_SHORT = 3  # a last name of so few letters is not looked for on its own


def is_title(token: Token, lexicon: Lexicon) -> bool:
    """Whether the word may stand before a person's name as a title."""
    return token.lower_.rstrip(".") in lexicon.kinds.titles


def is_direction(word: str) -> bool:
    """Whether the lower-case word is a direction: "north", "southern", "central"."""
    return word.endswith(_DIRECTIONS)


def class_of_words(span: Span, lexicon: Lexicon) -> str | None:
    """The class that the name's own nouns speak for: "Hamrin Mountains", "Ministry of Defence"."""
    words = [t.lower_ for t in span if t.text not in DASHES]
    if len(words) > 1 and lexicon.cues.name_words.get(words[0]):
        return lexicon.cues.name_words[words[0]]
    if len(words) > 1 and words[-1] in lexicon.cues.name_ends and span[-1].text[:1].isupper():
        return lexicon.cues.name_ends[words[-1]]
    kinds = lexicon.kinds.classes
    tails = [" ".join(words[-n:]) for n in (3, 2, 1) if n < len(words)]
    heads = [w for i, w in enumerate(words[:-1]) if words[i + 1] in ("of", "for")]
    found = (kinds.get(noun) or kinds.get(noun.removesuffix("s")) for noun in (*heads, *tails))
    return next((c for c in found if c is not None), None)


def class_of_label(span: Span, label: str, lexicon: Lexicon) -> str:
    """The class by the name's words where they fit the model's label, else the label's own."""
    found = class_of_words(span, lexicon)
    if found is None:
        return LABELS[label]
    is_a = lexicon.tree.is_a
    if label == "PERSON":
        return found if is_a(found, "Organization", "Place", "Facility") else "Person"
    fits = is_a(found, "Actor", "Facility") if label == "ORG" else is_a(found, "Place", "Facility")
    return found if fits else LABELS[label]


def settle_classes(doc: Doc, names: Sequence[Name], lexicon: Lexicon) -> list[Name]:
    """The names with one class for each unknown one, and those that were missed elsewhere in the text."""
    groups: dict[tuple[str, ...], list[Name]] = defaultdict(list)
    for name in names:
        if name.known is None:
            groups[_words(doc, name)].append(name)
    persons = {_words(doc, n)[-1] for n in names if _is_full_name(doc, n, lexicon)}
    settled = [_surname(doc, n, persons, lexicon) for n in names if n.known is not None]
    classes: dict[tuple[str, ...], str] = {(p,): "Person" for p in persons if len(p) > _SHORT}
    nothing = {word for word, class_name in lexicon.cues.name_words.items() if not class_name}
    for words, group in groups.items():
        if words[0] in nothing:
            continue
        classes[words] = _elect(doc, words, group, persons, lexicon)
        settled.extend(replace(n, class_name=classes[words]) for n in group)
    return sorted({*settled, *_missed(doc, classes, settled)}, key=lambda n: n.start)


def _is_full_name(doc: Doc, name: Name, lexicon: Lexicon) -> bool:
    """Whether the name is a person's with a first name: its last word names the same person elsewhere."""
    span = doc[name.start : name.end]
    if (
        name.class_name != "Person"
        or len(span) < 2
        or any(not t.text[:1].isupper() for t in (span[0], span[-1]))
    ):
        return False
    return class_of_words(span, lexicon) is None and not any(t.lower_ in ("of", "and") for t in span)


def _surname(doc: Doc, name: Name, persons: set[str], lexicon: Lexicon) -> Name:
    """A town's name that is the last name of a person of this text is that person, but behind "in"."""
    place = lexicon.tree.is_a(name.class_name, "Settlement", "Region", "Neighbourhood")
    behind = name.start > 0 and doc[name.start - 1].lower_ in _AT | _WAY
    if (
        not place
        or behind
        or name.demonym
        or name.end - name.start > 1
        or fold(doc[name.start].text) not in persons
    ):
        return name
    return Name(name.start, name.end, "Person", None, 0.7)


def _words(doc: Doc, name: Name) -> tuple[str, ...]:
    return tuple(fold(t.text) for t in doc[name.start : name.end] if t.text not in DASHES)


def _elect(doc: Doc, words: tuple[str, ...], group: list[Name], persons: set[str], lexicon: Lexicon) -> str:
    """The class that most of the name's uses speak for."""
    own = class_of_words(doc[group[0].start : group[0].end], lexicon)
    if own is not None and any(n.class_name == own for n in group):
        return own
    votes: Counter[str] = Counter()
    if len(words) == 1 and words[0] in persons:
        votes["Person"] += 3
    for name in group:
        votes.update(_votes(doc, name, lexicon))
    side = max(("Person", "Place", "Organization"), key=lambda s: votes[s])
    labelled = [n.class_name for n in group if lexicon.tree.is_a(n.class_name, *_ROOTS[side])]
    return Counter(labelled).most_common(1)[0][0] if labelled else _DEFAULTS[side]


_ROOTS = {"Person": ("Person",), "Place": ("Place", "Facility"), "Organization": ("Organization", "Weapon")}
_DEFAULTS = {"Person": "Person", "Place": "Settlement", "Organization": "Organization"}


def _votes(doc: Doc, name: Name, lexicon: Lexicon) -> dict[str, float]:
    """What one use says: the model's label, the words before and behind."""
    votes: dict[str, float] = defaultdict(float)
    root = doc[name.start : name.end].root
    if root.ent_type_ in _SIDES:
        votes[_SIDES[root.ent_type_]] += 1
    if name.start:
        _vote_before(doc, name, votes, lexicon)
    described = [c for c in (*root.children, root.head) if c.dep_ in ("appos", "attr")]
    described += [c for c in root.head.children if c.dep_ == "attr" and root.dep_ == "nsubj"]
    if any(lemma(c) in lexicon.kinds.people for c in described):
        votes["Person"] += 1
    if any(_is_place_noun(c, lexicon) for c in described):
        votes["Place"] += 2
    if root.dep_ == "nsubj" and lemma(root.head) in ("say", "tell", "add", "warn", "state"):
        votes["Person"] += 0.6
        votes["Organization"] += 0.4
    if root.dep_ == "dobj" and lemma(root.head) in ("capture", "seize", "recapture", "retake", "besiege"):
        votes["Place"] += 0.8
    if root.dep_ == "dobj" and lemma(root.head) in ("flee", "leave", "reach", "enter", "visit"):
        votes["Place"] += 1.5
    return votes


def _vote_before(doc: Doc, name: Name, votes: dict[str, float], lexicon: Lexicon) -> None:
    before = doc[name.start - 1]
    second = doc[name.start - 2] if name.start > 1 else before
    if before.lower_ in _AT:
        votes["Place"] += 1.5
    elif before.lower_ in _WAY or (before.lower_ == "of" and second.lower_ == "out"):
        moving = lemma(before.head) in _MOVES or lemma(second) in _MOVES
        votes["Place"] += 2 if moving else 0.5
    elif before.lower_ == "of" and _is_place_noun(second, lexicon):
        votes["Place"] += 3
    elif before.lower_ in lexicon.prefixes and second.text in DASHES:
        votes["Place"] += 2  # "rebel-held"
    elif before.lower_ == "the":
        votes["Organization"] += 1
        votes["Person"] -= 1
    elif is_title(before, lexicon) and before.text[:1].isupper():
        votes["Person"] += 2


def _is_place_noun(token: Token, lexicon: Lexicon) -> bool:
    found = lexicon.kinds.classes.get(lemma(token))
    return lexicon.tree.is_a(found, "Place", "Facility")


def _missed(doc: Doc, wanted: dict[tuple[str, ...], str], names: Iterable[Name]) -> Iterator[Name]:
    """Uses of wanted names, written as names, that nothing has taken."""
    taken = {i for n in names for i in range(n.start, n.end)}
    lengths: dict[str, set[int]] = defaultdict(set)  # of the wanted names, by their first word
    for words in wanted:
        lengths[words[0]].add(len(words))
    parts = [(t.i, fold(t.text)) for t in doc if t.text not in DASHES]
    for n, (i, first) in enumerate(parts):
        if i in taken or first not in lengths or not doc[i].text[:1].isupper() or doc[i].pos_ != "PROPN":
            continue
        for length in sorted(lengths[first], reverse=True):
            words = tuple(word for _, word in parts[n : n + length])
            end = parts[min(n + length, len(parts)) - 1][0] + 1
            if words in wanted and taken.isdisjoint(range(i, end)):
                taken.update(range(i, end))
                yield Name(i, end, wanted[words], None, 0.65)
                break
