"""Repairs of what the small model is known to parse wrongly.

Works on a parsed Doc, in place, before anything else reads it. Each repair is for one construction of
English, is told by words and tags that speak against the parse, and leaves the Doc a tree.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

_ARTICLES = frozenset({"the", "a", "an", "this", "that", "these", "those", "its", "their", "his", "her"})
_BEHIND_NOUN = frozenset({"of", "in", "on", "near", "at", "by", "against", "that", ".", ",", "and", "killed"})


def repair(doc: Doc, event_nouns: frozenset[str]) -> None:
    """Mends the parse of `doc`; `event_nouns` are lower-case lemmas of nouns that tell of events."""
    for token in doc:
        if token.tag_ == "VBG" and token.lower_ in event_nouns and _stands_as_noun(token):
            _make_noun(token)


def _stands_as_noun(token: Token) -> bool:
    """Whether the word before and the one behind speak for a noun: "by Ukrainian shelling of the town"."""
    if token.i == 0 or token.i + 1 >= len(token.doc):
        return False
    before, behind = token.nbor(-1), token.nbor()
    nation = before.ent_type_ in ("NORP", "GPE") and before.text[:1].isupper() and before.head.i != token.i
    owned = before.tag_ == "POS" or before.lower_ in _ARTICLES
    return (nation or owned) and behind.lower_ in _BEHIND_NOUN


def _make_noun(token: Token) -> None:
    """Lets a gerund be the noun that its modifier stands for, and gives its clause back to the participle."""
    modifier = token.nbor(-1)
    head, dep = token.head, token.dep_
    token.tag_, token.pos_ = "NN", "NOUN"
    if modifier.tag_ == "POS" or modifier.lower_ in _ARTICLES:
        return
    if modifier.is_ancestor(token) or modifier.head.i == token.i:
        return
    subjects = [c for c in token.lefts if c.dep_ in ("nsubj", "nsubjpass")]
    token.head, token.dep_ = modifier.head, modifier.dep_
    modifier.head, modifier.dep_ = token, "amod"
    for subject in subjects:
        verb = next((c for c in subject.rights if c.dep_ == "acl" and c.tag_ in ("VBN", "VBD")), None)
        if verb is None or head.i == token.i or verb.is_ancestor(head):
            continue
        verb.head, verb.dep_ = head, dep
        subject.head, subject.dep_ = verb, "nsubjpass"
