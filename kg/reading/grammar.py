"""Grammatical slots of verbs and nouns in the dependency parse: who does it, to whom, with which preposition.

Pure functions of tokens; they know nothing of events or entities.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

_SUBJECTS = ("nsubj", "csubj")
_SHARING = ("conj",)  # a verb that shares its subject with its head
_SUBJECT_CONTROL = frozenset({"use", "promise", "threaten", "vow"})  # "used a tanker to breach"
_CONTROLLED = ("xcomp", "advcl", "pcomp", "ccomp")


def is_passive(verb: Token) -> bool:
    """Whether the verb's grammatical subject has it done to it."""
    if any(c.dep_ in ("nsubjpass", "auxpass", "agent", "csubjpass") for c in verb.children):
        return True
    if verb.tag_ != "VBN" or any(c.dep_ == "aux" for c in verb.children):
        return False
    if verb.dep_ == "conj" and verb.head.pos_ in ("VERB", "AUX"):  # "70 were killed and 138 wounded"
        return is_passive(verb.head) and not any(c.dep_ == "dobj" for c in verb.children)
    if any(c.dep_ == "nsubj" for c in verb.children):
        return False
    if verb.dep_ == "conj" and verb.head.dep_ == "amod":  # "dead and wounded children"
        return True
    return verb.dep_ in ("acl", "advcl", "relcl", "amod", "ROOT", "appos", "ccomp", "oprd")


def with_conjuncts(token: Token) -> Iterator[Token]:
    """The token and what is joined to it by "and", "or" or a comma, to its right."""
    yield token
    for child in token.rights:
        if child.dep_ == "conj":
            yield from with_conjuncts(child)


def row(verb: Token) -> list[Token]:
    """The verb and those that it is joined to: "killed 70 and wounded 138"; only itself for another word."""
    if verb.pos_ not in ("VERB", "AUX"):
        return [verb]
    first = verb
    while first.dep_ == "conj" and first.head.pos_ in ("VERB", "AUX"):
        first = first.head
    return [t for t in with_conjuncts(first) if t.pos_ in ("VERB", "AUX")]


def subjects(verb: Token) -> list[Token]:
    """Who does an active verb, or has a passive one done to it."""
    own = [c for c in verb.children if c.dep_ in (*_SUBJECTS, "nsubjpass")]
    if own:
        return [t for s in own for t in with_conjuncts(s)]
    head = verb.head
    if verb.dep_ == "conj" and head.dep_ == "amod":
        return [head.head]
    if verb.dep_ in _SHARING and head.pos_ in ("VERB", "AUX", "ADJ", "NOUN"):
        return subjects(head) if head.pos_ in ("VERB", "AUX") else []
    if verb.dep_ == "acl" and head.dep_ == "dobj" and any(c.lower_ == "to" for c in verb.children):
        return subjects(head.head)  # "used a tanker to breach"
    if verb.dep_ in ("acl", "relcl", "amod"):
        return [head]
    if verb.dep_ in _CONTROLLED:
        return _controller(verb)
    return []


def _controller(verb: Token) -> list[Token]:
    """The unsaid subject of an infinitive or participle: the object of its governor, else the subject."""
    head = verb.head
    if head.pos_ == "ADP":  # "accused of attacking", "by firing"
        head = head.head
        blamed = [t for o in head.children if o.dep_ == "dobj" for t in with_conjuncts(o)]
        if verb.head.lower_ in ("of", "for", "from") and head.pos_ == "VERB" and blamed:
            return blamed
    if head.pos_ in ("NOUN", "PROPN"):
        owner = [c for c in head.children if c.dep_ == "poss"]
        return owner or (
            subjects(head.head) if head.dep_ in ("dobj", "pobj") and head.head.pos_ == "VERB" else []
        )
    if head.pos_ == "ADJ":
        head = head.head
    if head.pos_ not in ("VERB", "AUX"):
        return []
    if verb.dep_ == "xcomp" and head.lemma_ not in _SUBJECT_CONTROL:
        told = [t for o in head.children if o.dep_ in ("dobj", "dative") for t in with_conjuncts(o)]
        if told:
            return told
        on = [
            g
            for p in head.children
            if p.dep_ == "prep" and p.lower_ in ("on", "upon")
            for g in p.children
            if g.dep_ == "pobj" and p.i > head.i and g.ent_type_ not in ("DATE", "TIME")
        ]
        if on:
            return on
    if verb.dep_ == "ccomp" and any(c.dep_ in ("mark",) for c in verb.children):
        return []
    return subjects(head)


def objects(verb: Token) -> list[Token]:
    """The direct objects of an active verb."""
    own = [c for c in verb.children if c.dep_ in ("dobj", "dative") and c.pos_ != "ADP"]
    if not own:
        for child in verb.children:
            if (
                child.dep_ == "conj"
                and child.pos_ == "VERB"
                and not is_passive(child)
                and not _has_subject(child)
            ):
                own = [c for c in child.children if c.dep_ == "dobj"]
                break
    return [t for o in own for t in with_conjuncts(o)]


def _has_subject(verb: Token) -> bool:
    return any(c.dep_ in (*_SUBJECTS, "nsubjpass") for c in verb.children)


def companions(verb: Token) -> list[Token]:
    """Who does it, or has it done to them, "along with" the subject."""
    found = []
    for prep in verb.children:
        words = {prep.lower_, *(c.lower_ for c in prep.children if c.dep_ == "prep")}
        if prep.dep_ == "prep" and words & {"along", "together", "alongside"}:
            inner = [c for c in prep.subtree if c.dep_ == "pobj" and c.head.lower_ in ("with", "alongside")]
            found += [
                t
                for c in inner[:1]
                for t in (*with_conjuncts(c), *(a for a in c.children if a.dep_ == "appos"))
            ]
    return found


def used(verb: Token) -> list[Token]:
    """What is used to do it: "used a tanker to breach the gate", "attacked using drones"."""
    found = [t for c in verb.children if c.lower_ == "using" for t in objects(c)]
    user = verb.head.head if verb.dep_ == "acl" else verb.head
    infinitive = any(c.lower_ == "to" for c in verb.children)
    if infinitive and verb.dep_ in ("acl", "advcl", "xcomp") and user.lemma_ == "use":
        found += subjects(user) if is_passive(user) else objects(user)
    return found


def agents(verb: Token) -> list[Token]:
    """Who a passive verb is done by."""
    return [
        t
        for by in verb.children
        if by.dep_ == "agent" or (by.dep_ == "prep" and by.lower_ == "by")
        for c in by.children
        if c.dep_ == "pobj"
        for t in with_conjuncts(c)
    ]


def prepositions(token: Token) -> Iterator[tuple[str, Token]]:
    """Prepositions under the token with each of their objects; "out of" as "out"."""
    for prep in token.children:
        if prep.dep_ not in ("prep", "agent", "dative") or prep.pos_ not in ("ADP", "SCONJ", "VERB", "PART"):
            continue
        for child in prep.children:
            if child.dep_ == "pobj":
                for filler in with_conjuncts(child):
                    yield prep.lower_, filler
            elif child.dep_ == "conj" and child.pos_ == "ADP":  # "in Baghdad and through the south"
                for inner in child.children:
                    if inner.dep_ == "pobj":
                        yield child.lower_, inner
            elif child.dep_ == "prep":
                for inner in child.children:
                    if inner.dep_ == "pobj":
                        first = prep.lower_ in ("from", "outside", "inside", "near", "out")
                        for filler in with_conjuncts(inner):
                            yield prep.lower_ if first else child.lower_, filler


def possessors(noun: Token) -> list[Token]:
    """Whose it is: "its", "the group's"."""
    return [t for c in noun.children if c.dep_ == "poss" for t in with_conjuncts(c)]


def modifiers(noun: Token) -> list[Token]:
    """Nouns and adjectives before the noun, those within them too: "US" and "air" of "US air strikes"."""
    found: list[Token] = []
    for child in noun.lefts:
        if child.dep_ in ("compound", "amod", "nmod"):
            found.extend([*modifiers(child), child])
    return found


def governing_verb(noun: Token) -> tuple[Token, str] | None:
    """The verb that the noun is subject, object or a preposition's object of, with the dependency."""
    token = noun
    while token.dep_ == "conj" and token.head.pos_ in ("NOUN", "PROPN"):
        token = token.head
    if token.dep_ == "pobj" and token.head.pos_ == "ADP":
        above = token.head.head
        if above.pos_ == "NOUN" and above.dep_ == "dobj":  # "claimed responsibility for the attack"
            above = above.head
        if above.pos_ in ("VERB", "AUX"):
            return above, "pobj"
    if token.dep_ in ("nsubj", "nsubjpass", "dobj", "attr", "oprd") and token.head.pos_ in ("VERB", "AUX"):
        return token.head, token.dep_
    return None
