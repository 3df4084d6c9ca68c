"""Coreference: which mentions stand for one entity.

Needs mentions; sets `draft.clusters` and `Mention.entity`; a pronoun gets the class of what it stands for.
A cluster's first mention names the entity. Mentions whose kinds conflict are never joined.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from spacy.tokens import Token

from kg.reading.lookback import Lookback, NameTable, firsts, is_fuller
from kg.reading.name_likeness import initials, is_part_of_name, name_key
from kg.reading.phrases import kind_of_noun
from kg.reading.state import Draft, Form, Mention, drop_empty, kind_of, lemma
from kg.reading.triggers import matches_phrase

_DEMONSTRATIVE = frozenset({"the", "this", "that", "these", "those"})
_NEAR = 3  # sentences that a pronoun looks back


def resolve(draft: Draft) -> None:
    """Joins the mentions of each entity."""
    resolver = _Resolver(draft)
    for mention in draft.mentions:
        if mention.form is Form.NAME:
            resolver.name(mention)
    for mention in draft.nations.values():
        resolver.name(mention)
    resolver.acronyms()
    resolver.other_names()
    for mention in draft.mentions:
        if mention.form is Form.NOMINAL:
            resolver.nominal(mention)
        elif mention.form is Form.PRONOUN:
            resolver.pronoun(mention)
    resolver.finish()


class _Resolver:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.clusters: list[list[Mention]] = []
        self.back = Lookback(draft)
        self.sentence = self.back.sentence
        self.names = NameTable()

    def _open(self, mention: Mention) -> None:
        mention.entity = len(self.clusters)
        self.clusters.append([mention])

    def _join(self, mention: Mention, cluster: int) -> None:
        mention.entity = cluster
        self.clusters[cluster].append(mention)

    def name(self, mention: Mention) -> None:
        """Joins a name with an earlier one that is the same or holds it."""
        keys = [name_key(n) for n in (mention.name, *mention.other_names)]
        for number in self.names.like(mention.known, keys):
            cluster = self.clusters[number]
            if self._same_name(cluster[0], mention):
                self._join(mention, number)
                if is_fuller(mention, cluster[0]):
                    cluster.insert(0, cluster.pop())
                    self.names.add(number, mention.known, keys)
                return
        self._open(mention)
        self.names.add(mention.entity, mention.known, keys)

    def _same_name(self, head: Mention, mention: Mention) -> bool:
        if head.known is not None and mention.known is not None:
            return head.known == mention.known
        if kind_of(self.draft, head.class_name) is not kind_of(self.draft, mention.class_name):
            return False
        own = {name_key(n) for n in (mention.name, *mention.other_names)}
        theirs = {name_key(n) for n in (head.name, *head.other_names)}
        if own & theirs:
            return True
        if mention.class_name == "Person":
            return is_part_of_name(name_key(mention.name), name_key(head.name))
        return self._is_short_for(mention, head)

    def _is_short_for(self, mention: Mention, head: Mention) -> bool:
        """Whether "the Observatory" is short for "the Syrian Observatory for Human Rights"."""
        noun = name_key(mention.name)
        kinds = self.draft.lexicon.kinds.classes
        article = mention.start > 0 and self.draft.doc[mention.start - 1].lower_ == "the"
        return (
            article
            and noun in kinds
            and noun in name_key(head.name).split()
            and kinds[noun] == head.class_name
        )

    def acronyms(self) -> None:
        """Joins "FAO" with "Food and Agriculture Organization": side by side, or by the initials."""
        heads = [c[0] for c in self.clusters]
        by_end = defaultdict(list)
        for mention in (m for c in self.clusters for m in c):
            by_end[mention.end].append(mention)
        by_initials = defaultdict(list)
        by_entity = {n: [n] for n in range(len(heads))}
        for number, head in enumerate(heads):
            by_initials[initials(head.name)].append(number)
        for head in heads:
            short = head.name.replace(".", "")
            if (
                not (short.isupper() and short.isalpha() and 2 <= len(short) <= 7)
                or not self.clusters[head.entity]
            ):
                continue
            beside = {
                other.entity
                for m in self.clusters[head.entity]
                for other in by_end.get(m.start - 1, ())
                if self.draft.doc[m.start - 1].text == "("
            }
            candidates = {*by_initials[short], *(n for entity in beside for n in by_entity[entity])}
            for long in (heads[n] for n in sorted(candidates)):
                if head.entity == long.entity:
                    continue
                if self._stands_for(head, short, long, beside=long.entity in beside):
                    by_entity[long.entity] += by_entity.pop(head.entity)
                    self._merge(head.entity, long.entity)
                    break

    def _stands_for(self, short: Mention, letters: str, long: Mention, *, beside: bool) -> bool:
        if len(long.name.split()) < 2:
            return False
        if short.known is not None and long.known is not None and short.known != long.known:
            return False
        same_kind = kind_of(self.draft, short.class_name) is kind_of(self.draft, long.class_name)
        return (beside and long.name[:1] == letters[0]) or (
            initials(long.name) == letters and (same_kind or short.known is None)
        )

    def other_names(self) -> None:
        """Joins two names that a clause says are one: "Abboud Qanbar, also known as Abu Haidar"."""
        also = self.draft.lexicon.cues.also
        for token in self.draft.doc:
            if token.dep_ not in ("acl", "relcl") or matches_phrase(token, also) is None:
                continue
            head = self._named_at(token.head)
            slots = (
                c
                for c in token.subtree
                if c.dep_ in ("oprd", "dobj", "attr") or (c.dep_ == "pobj" and c.head.lower_ in ("as", "by"))
            )
            other = next((m for c in slots if (m := self._named_at(c)) is not None), None)
            if head is None or other is None or head.entity == other.entity:
                continue
            same = kind_of(self.draft, head.class_name) is kind_of(self.draft, other.class_name)
            if same or other.known is None:
                self._merge(other.entity, head.entity)

    def _named_at(self, token: Token) -> Mention | None:
        mention = self.draft.at.get(token.i)
        return mention if mention is not None and mention.form is Form.NAME else None

    def _merge(self, number: int, into: int) -> None:
        head = self.clusters[into][0]
        moved = self.clusters[number]
        known = next((m for m in moved if m.known is not None), None)
        if known is not None and head.known is None:
            head.known, head.class_name = known.known, known.class_name
        for mention in moved:
            mention.entity = into
        self.clusters[into].extend(moved)
        self.clusters[number] = []

    def nominal(self, mention: Mention) -> None:
        """Joins "the prison" with the prison named last, "residents" with residents before."""
        earlier = self._antecedent(mention) or self._only_one(mention)
        if earlier is None:
            self._open(mention)
        elif mention.amount is not None and self.clusters[earlier.entity][0].form is Form.NAME:
            mention.body = mention.body or self.clusters[earlier.entity][0]  # "77 of the militants"
            self._open(mention)
        else:
            mention.certainty = min(mention.certainty, 0.7)
            self._join(mention, earlier.entity)

    def _described(self, mention: Mention) -> Mention | None:
        """The name that the phrase describes: "Shah was a leader", "Hotak, a member of the council"."""
        root = self.draft.doc[mention.root]
        named = []
        if (
            root.dep_ == "attr"
            and lemma(root.head) == "be"
            and not any(c.dep_ == "neg" for c in root.head.children)
        ):
            named = [c.i for c in root.head.children if c.dep_ == "nsubj"]
        elif root.dep_ == "nsubj" and lemma(root.head) == "be" and mention.definite:
            named = [c.i for c in root.head.children if c.dep_ == "attr"]  # "his deputy is X"
        elif root.dep_ == "appos":
            named = [root.head.i]
        named += [c.i for c in root.rights if c.dep_ == "appos"]
        for i in named:
            other = self.draft.at.get(i)
            if other is not None and other.form is Form.NAME and other.entity >= 0 and not mention.plural:
                same = kind_of(self.draft, other.class_name) is kind_of(self.draft, mention.class_name)
                if same and mention.amount is None:
                    return other
        return None

    def _antecedent(self, mention: Mention) -> Mention | None:
        described = self._described(mention)
        if described is not None:
            return described
        if mention.amount is not None and not mention.definite:
            return None
        head = lemma(self.draft.doc[mention.root])
        before = (m for m in self.back.before(mention, head) if m.entity >= 0 and m.form is not Form.PRONOUN)
        return next((m for m in before if self._compatible(mention, head, m)), None)

    def _only_one(self, mention: Mention) -> Mention | None:
        """The one armed group named so far for "militants", the report's one monitor for "a monitor"."""
        if mention.class_name == "MonitoringGroup":
            fitting = self.monitors
        elif (
            mention.people == "fighters" and mention.plural and not mention.definite and mention.body is None
        ):
            fitting = [m for m in self.armed if m.end <= mention.start]
        else:
            return None
        kind = kind_of_noun(self.draft.doc[mention.root], self.draft.lexicon.kinds)
        bare = kind is not None and kind.start == mention.start
        if not bare or len(fitting) != 1 or self._used_before(mention, fitting[0]):
            return None
        return fitting[0]

    @cached_property
    def monitors(self) -> list[Mention]:
        """The first names of the report's monitors."""
        return firsts(self.back.named("MonitoringGroup"))

    @cached_property
    def armed(self) -> list[Mention]:
        """The first names of the report's armed groups."""
        return firsts(self.back.named("ArmedGroup"))

    def _used_before(self, mention: Mention, named: Mention) -> bool:
        """Whether the noun stood for others already before the name was told."""
        same = self.back.with_noun(self._noun(mention), named.start)
        return any(m.form is Form.NOMINAL for m in same)

    def _compatible(self, mention: Mention, head: str, earlier: Mention) -> bool:
        draft = self.draft
        first = self.clusters[earlier.entity][0]
        same_noun = lemma(draft.doc[earlier.root]) == head
        if earlier.form is Form.NOMINAL and self._same_counted(mention, head, earlier):
            return True
        taken_up = first.form is Form.NAME and head in draft.lexicon.cues.takes_up
        if earlier.form is Form.NOMINAL and not taken_up:
            return same_noun and self._same_kind_again(mention, earlier, first)
        if not mention.definite or not self._determined(mention) or self._has_modifiers(mention):
            return False
        if mention.people == "fighters":
            return mention.plural and draft.is_a(earlier.class_name, "ArmedGroup")
        if mention.people in ("officials", "civilians"):
            return (
                not mention.plural
                and earlier.class_name == "Person"
                and head in draft.lexicon.kinds.collectives
                and mention.body is None
            )
        general = draft.lexicon.cues.takes_up.get(head)
        if general is not None and draft.is_a(earlier.class_name, general):
            return (
                head != "group"
                or draft.is_a(earlier.class_name, "ArmedGroup")
                or not self.back.any_armed(mention)
            )
        return mention.class_name == earlier.class_name and mention.class_name not in (
            "Facility",
            "Place",
            "Vehicle",
        )

    def _same_kind_again(self, mention: Mention, earlier: Mention, first: Mention) -> bool:
        """Whether a noun told again is the same thing: "the prison" is, "a prison" and "prisons" are not."""
        if mention.plural != earlier.plural or self._other_modifiers(mention, earlier):
            return False
        if first.form is not Form.NAME and mention.people is not None:
            return mention.amount is None and (mention.definite or first.amount is None)
        return mention.definite

    def _same_counted(self, mention: Mention, head: str, earlier: Mention) -> bool:
        """ "two aid workers ... the two men", "three soldiers ... the men": the people counted before."""
        if mention.people is None or not mention.definite or earlier.people is None or earlier.amount is None:
            return False
        general = head in self.draft.lexicon.cues.nouns["people"]
        if mention.amount is not None:
            return mention.amount.least == earlier.amount.least and (general or self._noun(earlier) == head)
        return general and mention.plural and earlier.people not in ("fighters", "forces")

    def _noun(self, mention: Mention) -> str:
        return lemma(self.draft.doc[mention.root])

    def _determined(self, mention: Mention) -> bool:
        return any(c.lower_ in _DEMONSTRATIVE for c in self.draft.doc[mention.root].lefts)

    def _has_modifiers(self, mention: Mention) -> bool:
        """Whether words narrow the noun down so far that it may be another one than the last named."""
        root = self.draft.doc[mention.root]
        narrow = any(
            c.dep_ in ("compound", "nmod", "poss") or (c.dep_ == "amod" and c.text[:1].isupper())
            for c in root.lefts
        )
        return narrow or any(c.dep_ == "prep" and c.lower_ == "of" for c in root.rights)

    def _other_modifiers(self, mention: Mention, earlier: Mention) -> bool:
        """Whether the two noun phrases carry modifiers that differ: "Afghan soldiers", "Russian soldiers"."""
        own, other = (
            {c.lower_ for c in self.draft.doc[m.root].lefts if c.dep_ in ("amod", "compound", "nmod", "poss")}
            for m in (mention, earlier)
        )
        return bool(own and not own <= other)

    def pronoun(self, mention: Mention) -> None:
        """Joins a pronoun with the nearest mention that fits; leaves it alone where none does."""
        token = self.draft.doc[mention.root]
        if token.head.dep_ == "relcl" and token.lower_ in ("who", "which", "that", "whom", "whose"):
            head = self.draft.at.get(token.head.head.i)
            if head is not None and head.entity >= 0:
                self._join(mention, head.entity)
            return
        if token.lower_ in ("i", "we", "us", "our"):
            self._speaker(mention, token)
            return
        here = self.sentence[token.i]
        candidates = [
            m
            for m in self.back.near(mention, _NEAR)
            if m.entity >= 0 and here - self.sentence[m.root] <= _NEAR and self._fits(token.lower_, m)
        ]
        if candidates:
            best = max(candidates, key=lambda m: (self._salience(m, token, here), m.start))
            self._join(mention, best.entity)

    def _salience(self, mention: Mention, token: Token, here: int) -> float:
        """How near and how prominent a mention is; "they" are people rather than a body."""
        many = token.lower_ in ("they", "them", "their") and mention.people is not None
        return self.sentence[mention.root] - here + 0.5 * self._is_subject(mention) + 0.3 * many

    def _speaker(self, mention: Mention, token: Token) -> None:
        """Joins "I" and "we" of a quotation with who says it, "we" of a statement with who makes it."""
        above = token
        while above.head.i != above.i:
            child, above = above, above.head
            if child.dep_ not in ("ccomp", "parataxis") or above.pos_ != "VERB":
                continue
            for subject in (c for c in above.children if c.dep_ == "nsubj"):
                other = self.draft.at.get(subject.i)
                if other is not None and other.entity >= 0 and other is not mention:
                    self._join(mention, other.entity)
                    return
        first = self.first_subject
        if (
            first is not None
            and not self.quotes
            and first.class_name in ("Country", "Government", "Organization", "InternationalOrganization")
        ):
            self._join(mention, first.entity)

    @cached_property
    def first_subject(self) -> Mention | None:
        """The first name that does something."""
        return next((m for m in self.draft.mentions if self._is_subject(m) and m.form is Form.NAME), None)

    @cached_property
    def quotes(self) -> bool:
        """Whether somebody is quoted in the report."""
        return not {'"', "“", "”"}.isdisjoint(self.draft.report.text)

    def _is_subject(self, mention: Mention) -> bool:
        return self.draft.doc[mention.root].dep_ in ("nsubj", "nsubjpass")

    def _fits(self, word: str, mention: Mention) -> bool:
        class_name = self.clusters[mention.entity][0].class_name
        is_a = self.draft.is_a
        if word in ("he", "him", "his", "she", "her", "hers", "himself", "herself"):
            return is_a(class_name, "Person")
        if word in ("they", "them", "their", "theirs", "themselves"):
            return mention.plural or is_a(class_name, "Group", "Organization")
        return not mention.plural and is_a(class_name, "Organization", "Country", "Facility")

    def finish(self) -> None:
        """Numbers the clusters anew without the emptied ones."""
        self.draft.clusters = self.clusters
        drop_empty(self.draft)
        for mention in self.draft.mentions:
            if mention.form is Form.PRONOUN and mention.entity >= 0:
                mention.class_name = self.draft.clusters[mention.entity][0].class_name
