"""State relations told by words: who leads whom, belongs to what, lies where, backs or controls whom.

Needs mentions and coreference; sets `draft.relations`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from spacy.tokens import Token

from kg.reading import grammar
from kg.reading.state import Draft, DraftRelation, Form, Mention, lemma
from kg.reading.triggers import matches_phrase

_PLACES = ("Place", "Facility")
_SERVING = ("officials", "forces", "fighters")  # people nouns that say of which body one is
_IN = frozenset({"in", "of", "within", "near"})


def find_relations(draft: Draft) -> None:
    """Sets the state relations of the draft."""
    found: dict[tuple[int, str, int], DraftRelation] = {}
    for rule, find in _RULES.items():
        for relation in find(draft):
            relation.rule = rule
            if _valid(draft, relation):
                key = (relation.subject.entity, relation.predicate, relation.object.entity)
                found.setdefault(key, relation)
    draft.relations = list(found.values())


def _valid(draft: Draft, relation: DraftRelation) -> bool:
    subject, thing = draft.class_of(relation.subject), draft.class_of(relation.object)
    if (
        min(relation.subject.entity, relation.object.entity) < 0
        or relation.subject.entity == relation.object.entity
    ):
        return False
    is_a = draft.is_a
    match relation.predicate:
        case "locatedIn":
            return is_a(subject, *_PLACES, "Organization", "Group") and is_a(thing, "Place")
        case "memberOf":
            return is_a(subject, "Person", "Group") and is_a(thing, "Organization", "Country")
        case "leads":
            return is_a(subject, "Actor", "Country") and is_a(
                thing, "Organization", "Country", "Region", "Group"
            )
        case "partOf":
            return is_a(subject, "Organization") and is_a(thing, "Organization", "Country")
        case "controls":
            return is_a(subject, "Actor", "Country") and is_a(thing, "Place", "Facility", "Organization")
        case "supports" | "alliedWith":
            return is_a(subject, "Actor", "Country") and is_a(thing, "Actor", "Country")
        case other:
            raise ValueError(f"unexpected relation {other!r}")


def _titles(draft: Draft) -> Iterator[DraftRelation]:
    """ "State Department spokesman Ned Price", "Taliban leader Ahmad Shah", "president Thabo Mbeki"."""
    starting = _starting(draft)
    for mention in draft.mentions:
        if mention.title is None:
            continue
        start, end = mention.title
        bodies = [m for m in _inside(starting, start, end) if m.form is Form.NAME and m is not mention]
        bodies += [draft.nations[i] for i in range(start, end) if i in draft.nations]
        words = list(draft.doc[start:end])
        for body in bodies[:1]:
            yield from _office(draft, mention, words, body)
        if not bodies:
            for preposition, token in grammar.prepositions(draft.doc[mention.root]):
                if preposition == "of" and token.i in draft.at:
                    yield from _office(draft, mention, words, draft.at[token.i])


def _starting(draft: Draft) -> dict[int, list[Mention]]:
    """The mentions by their first token."""
    found: dict[int, list[Mention]] = defaultdict(list)
    for mention in draft.mentions:
        found[mention.start].append(mention)
    return found


def _inside(starting: Mapping[int, Iterable[Mention]], start: int, end: int) -> list[Mention]:
    """The mentions within these tokens, in text order."""
    return [m for i in range(start, end) for m in starting.get(i, ()) if m.end <= end]


def _office(draft: Draft, person: Mention, words: list[Token], body: Mention) -> Iterator[DraftRelation]:
    """What an office says of a person and a body: leading it or being of it."""
    offices = draft.lexicon.relations["leads"].nouns | draft.lexicon.relations["memberOf"].nouns
    nouns = [lemma(t) for t in reversed(words) if t.pos_ in ("NOUN", "PROPN")]
    head = next((n for n in nouns if n in offices), nouns[0] if nouns else None)
    if head is None or body.entity < 0:
        return
    sentence = person.root
    lower = [t.lower_ for t in words]
    if (
        head in draft.lexicon.relations["leads"].nouns
        and "deputy" not in lower
        and "former" not in lower
        and "vice" not in lower
    ):
        yield DraftRelation(person, "leads", body, sentence)
    if draft.is_a(draft.class_of(body), "Organization") and (
        head in draft.lexicon.relations["memberOf"].nouns or draft.lexicon.kinds.people.get(head) in _SERVING
    ):
        yield DraftRelation(person, "memberOf", body, sentence)
    elif body.form is Form.NAME and head in draft.lexicon.relations["memberOf"].nouns:
        yield DraftRelation(person, "memberOf", body, sentence, certainty=0.6)


def _appositions(draft: Draft) -> Iterator[DraftRelation]:
    """ "Hotak, of the provincial council", "Shah was a Taliban leader", "FAO, a United Nations agency"."""
    for mention in draft.mentions:
        if mention.form is not Form.NAME or mention.entity < 0:
            continue
        root = draft.doc[mention.root]
        for noun in _descriptions(root):
            yield from _description(draft, mention, noun)
        for preposition, token in grammar.prepositions(root):
            body = draft.at.get(token.i)
            if body is not None and preposition in ("of", "from") and draft.class_of(mention) == "Person":
                yield DraftRelation(mention, "memberOf", body, mention.root, certainty=0.75)


def _descriptions(root: Token) -> Iterator[Token]:
    """Nouns that say what the thing is: in apposition or behind "is"."""
    for child in root.children:
        if child.dep_ == "appos" and child.pos_ in ("NOUN", "PROPN"):
            yield child
    if root.dep_ == "appos":
        yield root.head
    if root.dep_ == "nsubj" and lemma(root.head) == "be":
        yield from (c for c in root.head.children if c.dep_ == "attr")


def _description(draft: Draft, mention: Mention, noun: Token) -> Iterator[DraftRelation]:
    owners = [
        draft.at.get(t.i) or draft.nations.get(t.i)
        for t in (*grammar.modifiers(noun), *grammar.possessors(noun))
    ]
    bodies = [m for m in owners if m is not None and draft.is_a(draft.class_of(m), "Organization")]
    behind = ("of", "with", "from") if bodies else ("of", "for", "with", "from", "within", "in")
    owners += [draft.at.get(t.i) for p, t in grammar.prepositions(noun) if p in behind]
    words = list(noun.doc[min((c.i for c in noun.lefts), default=noun.i) : noun.i + 1])
    for body in owners:
        if body is None or body.entity < 0 or body is mention:
            continue
        if draft.class_of(mention) == "Person":
            yield from _office(draft, mention, words, body)
        elif lemma(noun) in draft.lexicon.relations["partOf"].nouns:
            yield DraftRelation(mention, "partOf", body, mention.root)


def _places(draft: Draft) -> Iterator[DraftRelation]:
    """ "Rome, Italy", "Mutsamudu in Anjouan", "Basra's Hananiyah neighbourhood", "southern Somalia"."""
    starting = _starting(draft)
    for mention in draft.mentions:
        if mention.form is Form.PRONOUN or mention.entity < 0:
            continue
        root = draft.doc[mention.root]
        if not draft.is_a(draft.class_of(mention), *_PLACES):
            yield from _seat(draft, mention)
            continue
        place = draft.is_a(draft.class_of(mention), "Place")  # the embassy of a country lies elsewhere
        wider = [t for p, t in grammar.prepositions(root) if p in _IN and (place or p != "of")]
        wider += grammar.possessors(root)
        for token in wider:
            outer = draft.at.get(token.i)
            if outer is not None and outer.form is Form.NAME and draft.is_a(draft.class_of(outer), "Place"):
                yield DraftRelation(mention, "locatedIn", outer, mention.root, certainty=0.8)
        for token in _described_as(root):
            if token.i in draft.nations:
                yield DraftRelation(mention, "locatedIn", draft.nations[token.i], mention.root, certainty=0.8)
        beside = _beside(draft, mention)
        if beside is not None:
            yield DraftRelation(mention, "locatedIn", beside, mention.root, certainty=0.7)
        if mention.appended_to is not None:
            yield DraftRelation(mention.appended_to, "locatedIn", mention, mention.root, certainty=0.85)
        yield from _within(draft, mention, starting)


def _described_as(root: Token) -> list[Token]:
    """The words before the noun of place that a name stands behind: "the Ukrainian city of Pavlohrad"."""
    if root.dep_ == "pobj" and root.head.lower_ == "of":
        return grammar.modifiers(root.head.head)
    return []


def _seat(draft: Draft, mention: Mention) -> Iterator[DraftRelation]:
    """Where a body or group is, told in its own phrase: "the security forces in Baghdad"."""
    if mention.amount is not None:
        return  # "the deaths of 23 people in the town" tells where they died
    for preposition, token in grammar.prepositions(draft.doc[mention.root]):
        outer = draft.at.get(token.i)
        if preposition in ("in", "inside", "near") and outer is not None and outer.form is Form.NAME:
            yield DraftRelation(mention, "locatedIn", outer, mention.root, certainty=0.65)


def _beside(draft: Draft, mention: Mention) -> Mention | None:
    """The place named right behind it, whatever the parser hangs it on: "the prison in Hasaka"."""
    doc = draft.doc
    if mention.end + 1 >= len(doc) or doc[mention.end].lower_ != "in":
        return None
    at = mention.end + 2 if doc[mention.end + 1].lower_ == "the" else mention.end + 1
    outer = draft.at.get(at)
    named = outer is not None and outer.form is Form.NAME and draft.is_a(draft.class_of(outer), "Place")
    return outer if named else None


def _within(
    draft: Draft, mention: Mention, starting: Mapping[int, Iterable[Mention]]
) -> Iterator[DraftRelation]:
    """The place in a name: "southern Somalia" lies in Somalia, "Hasaka prison" in Hasaka."""
    if mention.form is not Form.NAME:
        return
    for inner in _inside(starting, mention.start, mention.end):
        inside = mention.start < inner.start and inner.end <= mention.end - 1 and inner is not mention
        inside |= mention.start == inner.start and inner.end < mention.end
        if inside and inner.form is Form.NAME and draft.is_a(draft.class_of(inner), "Place"):
            yield DraftRelation(mention, "locatedIn", inner, mention.root, certainty=0.75)


def _prefixes(draft: Draft) -> Iterator[DraftRelation]:
    """ "US-led coalition", "Saudi-backed government", "rebel-held island"."""
    doc = draft.doc
    for token in doc[2:]:
        predicate = draft.lexicon.prefixes.get(token.lower_)
        if predicate is None or doc[token.i - 1].text not in ("-", "–"):
            continue
        subject = draft.at.get(token.i - 2) or draft.nations.get(token.i - 2)
        thing = draft.at.get(token.head.i) if token.head.i > token.i else draft.at.get(token.i)
        if subject is not None and thing is not None:
            yield DraftRelation(subject, predicate, thing, token.i, certainty=0.8)


def _verbs(draft: Draft) -> Iterator[DraftRelation]:
    """ "controls", "led by", "belongs to", "allied with"."""
    for token in draft.doc:
        if token.pos_ not in ("VERB", "AUX") or token.dep_ == "amod":
            continue
        for predicate, words in draft.lexicon.relations.items():
            if matches_phrase(token, words.verbs) is not None:
                yield from _verb(draft, token, predicate)


def _verb(draft: Draft, verb: Token, predicate: str) -> Iterator[DraftRelation]:
    if any(c.dep_ == "neg" for c in verb.children):
        return
    passive = grammar.is_passive(verb)
    doers = grammar.agents(verb) if passive else grammar.subjects(verb)
    done = grammar.subjects(verb) if passive else grammar.objects(verb)
    if predicate in ("memberOf", "partOf", "alliedWith", "locatedIn"):
        doers = grammar.subjects(verb)
        links = {"locatedIn": ("in", "near", "at"), "alliedWith": ("with", "to")}.get(
            predicate, ("to", "of", "for", "in")
        )
        done = [t for p, t in grammar.prepositions(verb) if p in links] + (
            [] if passive else grammar.objects(verb)
        )
    for doer in doers:
        for thing in done:
            subject, other = draft.at.get(doer.i), draft.at.get(thing.i)
            if subject is None or other is None:
                continue
            place = predicate == "leads" and draft.is_a(draft.class_of(other), "Facility", "Settlement")
            yield DraftRelation(subject, "controls" if place else predicate, other, verb.i, certainty=0.75)


def _wholes(draft: Draft) -> Iterator[DraftRelation]:
    """ "The alliance consists of three groups", "its members include": parts and people of a whole."""
    for verb in draft.doc:
        if verb.pos_ != "VERB" or matches_phrase(verb, draft.lexicon.wholes) is None:
            continue
        parts = grammar.objects(verb) + [t for p, t in grammar.prepositions(verb) if p == "of"]
        for whole in (t for s in grammar.subjects(verb) for t in (*grammar.possessors(s), s)):
            body = draft.at.get(whole.i)
            if body is None or not draft.is_a(draft.class_of(body), "Organization"):
                continue
            for part in (draft.at[t.i] for t in parts if t.i in draft.at):
                people = draft.is_a(draft.class_of(part), "Person", "Group")
                yield DraftRelation(part, "memberOf" if people else "partOf", body, verb.i, certainty=0.65)
            break


def _bodies(draft: Draft) -> Iterator[DraftRelation]:
    """People named with their body: "an IS commander", "UN officials"."""
    for mention in draft.mentions:
        if mention.form is not Form.NOMINAL or mention.people is None:
            continue
        root = draft.doc[mention.root]
        bodies = [] if mention.body is None else [mention.body]
        behind = grammar.prepositions(root)
        bodies += [draft.at[t.i] for p, t in behind if p in ("of", "with", "for") and t.i in draft.at]
        bodies += [draft.at[t.i] for t in grammar.possessors(root) if t.i in draft.at]
        for body in bodies[:1]:
            if draft.is_a(draft.class_of(body), "Organization"):
                yield from _office(draft, mention, list(draft.doc[mention.start : mention.end]), body)


def _shared_titles(draft: Draft) -> Iterator[DraftRelation]:
    """ "Presidents Tshisekedi of the DRC and Kagame of Rwanda": the title counts for both."""
    for mention in draft.mentions:
        root = draft.doc[mention.root]
        if mention.class_name != "Person" or root.dep_ != "conj" or mention.title is not None:
            continue
        first = draft.at.get(root.head.i)
        if first is None or first.title is None:
            continue
        for preposition, token in grammar.prepositions(root):
            if preposition == "of" and token.i in draft.at:
                yield from _office(draft, mention, list(draft.doc[slice(*first.title)]), draft.at[token.i])


_RULES: Mapping[str, Callable[[Draft], Iterator[DraftRelation]]] = {
    "an office before a name": _titles,
    "a description beside a name": _appositions,
    "a place beside a name": _places,
    "a participle behind a hyphen": _prefixes,
    "a verb of the relation": _verbs,
    "people named with their body": _bodies,
    "a whole and its parts": _wholes,
    "an office shared by names": _shared_titles,
}
