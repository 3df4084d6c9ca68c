"""Names in a Doc: those of the gazetteer, those that the model sees, and what capitals suggest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from spacy.tokens import Doc, Span, Token

from kg.gazetteer import Alias, Entry
from kg.lexicon import Lexicon
from kg.linking import Candidate, Company, Sense, Verdict, decide, keep_company
from kg.reading.name_classes import LABELS, class_of_label, is_direction, is_title, settle_classes
from kg.reading.name_index import Name, NameIndex
from kg.reading.phrases import singular

_PLACE_PREPOSITIONS = frozenset(
    {"in", "at", "near", "from", "around", "outside", "inside", "into", "toward", "towards", "across"}
)
_SHORT = 3  # capitals that the gazetteer does not know are a unit or a number rather than a name: "MW", "CT"
_WITHIN_NAMES = frozenset(
    {
        "of",
        "the",
        "for",
        "and",
        "-",
        "al",
        "el",
        "ul",
        "ar",
        "as",
        "ash",
        "ad",
        "an",
        "bin",
        "ibn",
        "abu",
        "de",
        "la",
    }
)
_LIKE, _LEAST_LETTERS = 0.85, 5  # of a name that may be another spelling of a known one
_CERTAIN = 0.95  # score from which a known name is as good as said


def find_names(
    doc: Doc, index: NameIndex, lexicon: Lexicon, *, silent: frozenset[int] = frozenset()
) -> tuple[list[Name], Company]:
    """All names of the Doc in text order, of which none overlaps another, and the company that they keep.

    `silent` are tokens of a dateline: where a report was written says nothing of what it is about.
    """
    matches = list(index.find(doc))
    entities = {token.i: ent for ent in doc.ents for token in ent}
    usable = [(start, end, _usable(doc, start, end, meant, entities)) for start, end, meant in matches]
    told = [aliases for start, _, aliases in usable if start not in silent]
    company = keep_company([Sense(a.entry, a.demonym) for a in aliases] for aliases in told)
    known = [n for start, end, aliases in usable if (n := _known(start, end, aliases, entities, company))]
    at = {i: name for name in known for i in range(name.start, name.end)}
    seen = [name for ent in doc.ents for name in _seen(ent, lexicon, at)]
    wider = defaultdict(list)
    for name in seen:
        for i in range(name.start, name.end):
            wider[i].append(name)
    known = [
        n
        for n in known
        if not any(n.end <= w.end and (w.start, w.end) != (n.start, n.end) for w in wider.get(n.start, ()))
    ]
    taken = {i for name in (*known, *seen) for i in range(name.start, name.end)}
    names = sorted([*known, *seen, *_guessed(doc, taken, lexicon)], key=_start)
    settled = settle_classes(doc, names, lexicon)
    return [_respelt(doc, name, index, company, lexicon) for name in settled], company


def _start(name: Name) -> int:
    return name.start


def _usable(doc: Doc, start: int, end: int, meant: list[Alias], entities: Mapping[int, Span]) -> list[Alias]:
    """What the name may mean by the words around it."""
    ent = entities.get(start)
    usable = [a for a in meant if not a.entry.guarded or _supported(doc[start], ent, a.entry)]
    if ent is not None and ent.label_ == "PERSON" and len(ent) > end - start and end - start == 1:
        usable = [a for a in usable if a.entry.class_name == "Person"]
    return usable


def _known(
    start: int, end: int, aliases: list[Alias], entities: Mapping[int, Span], company: Company
) -> Name | None:
    """The name as the known thing that it means or may mean; None where it is likely none of them."""
    ent = entities.get(start)
    person = ent is not None and (ent.start, ent.end) == (start, end) and ent.label_ == "PERSON"
    candidates = [
        Candidate(a.entry, demonym=a.demonym, unlike=person and a.entry.class_name != "Person")
        for a in aliases
    ]
    decision = decide(candidates, company)
    if decision.best is None or decision.verdict is Verdict.UNKNOWN:
        return None
    best, sure = decision.best, decision.verdict is Verdict.SURE
    fitting = (c for c in (best, *decision.others) if decide([c], company).verdict is Verdict.SURE)
    return Name(
        start,
        end,
        best.entry.class_name,
        best.entry if sure else None,
        (0.95 if decision.score >= _CERTAIN else 0.85) if sure else 0.75,
        demonym=best.demonym,
        namesakes=tuple(c.entry for c in fitting),
        decision=decision,
    )


def _respelt(doc: Doc, name: Name, index: NameIndex, company: Company, lexicon: Lexicon) -> Name:
    """A place that the gazetteer knows by another spelling: "Hassakeh"; other names as they are."""
    place = lexicon.tree.is_a(name.class_name, "Place", "Facility")
    text = doc[name.start : name.end].text
    if name.known is not None or name.decision is not None or not place or len(text) < _LEAST_LETTERS:
        return name
    candidates = [
        Candidate(found.alias.entry, likeness=found.likeness)
        for found in index.similar(text)
        if found.likeness >= _LIKE and lexicon.tree.is_a(found.alias.entry.class_name, "Place", "Facility")
    ]
    decision = decide(candidates, company)
    if decision.best is None or decision.verdict is not Verdict.SURE:
        return name
    entry = decision.best.entry
    return replace(name, class_name=entry.class_name, known=entry, certainty=0.8, decision=decision)


def _supported(token: Token, ent: Span | None, entry: Entry) -> bool:
    """Whether the company of a guarded name says that it is meant."""
    if entry.class_name == "Person":
        return ent is not None and ent.label_ == "PERSON"
    before = token.nbor(-1).lower_ if token.i else ""
    return (ent is not None and ent.label_ in ("GPE", "LOC", "FAC")) or before in _PLACE_PREPOSITIONS - {
        "of",
        "to",
    }


def _seen(ent: Span, lexicon: Lexicon, known: Mapping[int, Name]) -> Iterator[Name]:
    """The model's entity as a name, trimmed; nothing where the gazetteer knows as much or more."""
    if ent.label_ not in LABELS:
        return
    start, end = _trimmed(ent, lexicon)
    if start >= end or not any(t.text[:1].isupper() for t in ent.doc[start:end]):
        return
    end = _lengthened(ent.doc, end, lexicon)
    if all(is_title(t, lexicon) for t in ent.doc[start:end]):
        return  # "Brigadier General" is nobody's name
    if end - start == 1 and singular(ent.doc[start]) in lexicon.kinds.people:
        return  # "Gunmen" at the beginning of a sentence
    letters = ent.doc[start:end].text
    if lexicon.cues.name_words.get(ent.doc[start].lower_) == "" or (
        letters.isupper() and len(letters) < _SHORT
    ):
        return
    inside = list({id(n): n for i in range(start, end) if (n := known.get(i))}.values())
    if ent.label_ == "PERSON" and inside and inside[0].demonym and inside[0].start == start:
        start = inside.pop(0).end  # "Briton Murray Watson"
    if start >= end:
        return
    if any(n.start <= start and end <= n.end for n in inside):
        return
    if any(n.start < start or n.end > end for n in inside):
        return
    if inside and (ent.label_ in ("GPE", "LOC") or not _is_one_name(ent.doc[start:end], inside)):
        return
    yield Name(start, end, class_of_label(ent.doc[start:end], ent.label_, lexicon), None, 0.75)


def _lengthened(doc: Doc, end: int, lexicon: Lexicon) -> int:
    """The end of "Army of the Victorious Sect" where the model saw the first word only."""
    if end >= len(doc) - 1 or doc[end].lower_ != "of" or doc[end - 1].lower_ not in lexicon.kinds.classes:
        return end
    last = end + 2 if doc[end + 1].lower_ == "the" else end + 1
    stop = last
    while stop < len(doc) and doc[stop].text[:1].isupper() and doc[stop].pos_ in ("PROPN", "ADJ", "NOUN"):
        stop += 1
    return stop if stop > last else end


def _is_one_name(span: Span, inside: list[Name]) -> bool:
    """Whether a name that holds known names is one name: "Ukrainian Ground Forces", not "IS Baghdadi"."""
    covered = sum(n.end - n.start for n in inside)
    rest = [t for t in span if not any(n.start <= t.i < n.end for n in inside)]
    return len(span) > covered and all(t.text[:1].isupper() or t.lower_ in _WITHIN_NAMES for t in rest)


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


def _guessed(doc: Doc, taken: set[int], lexicon: Lexicon) -> Iterator[Name]:
    """Runs of proper nouns that nothing else took, where the words around them say what they are."""
    i = 0
    while i < len(doc):
        if i in taken or not _is_proper(doc[i]):
            i += 1
            continue
        end = i + 1
        while end < len(doc) and end not in taken and _is_proper(doc[end]):
            end += 1
        class_name = _guess(doc[i:end], lexicon)
        if class_name is not None:
            yield Name(i, end, class_name, None, 0.6)
        i = end


def _is_proper(token: Token) -> bool:
    return (
        token.pos_ == "PROPN"
        and token.text[:1].isupper()
        and token.text.isalpha()
        and not is_direction(token.lower_)
    )


def _guess(span: Span, lexicon: Lexicon) -> str | None:
    """A place behind "in", a person who "was a commander" or says something; None where nothing tells."""
    before = span.doc[span.start - 1].lower_ if span.start else ""
    if before in _PLACE_PREPOSITIONS:
        return None if span.root.ent_type_ in ("DATE", "TIME", "PERSON") else "Settlement"
    root = span.root
    if root.dep_ not in ("nsubj", "nsubjpass") or is_title(root, lexicon):
        return None
    described = any(c.dep_ == "attr" and c.lemma_ in lexicon.kinds.people for c in root.head.children)
    return "Person" if described or len(span) == 2 else None
