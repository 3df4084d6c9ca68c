"""What the reading's components share while they work on one report.

A component is a function of a `Draft`; each says what it needs and what it sets. Mentions and events are
mutable here and only here: `assembly` turns the draft into frozen `Facts`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from spacy.tokens import Doc, Token

from kg.facts import Amount, Kind, Report, Status, When
from kg.gazetteer import Gazetteer
from kg.lexicon import Lexicon, Trigger
from kg.linking import Company, Decision
from kg.reading.amounts import AmountMention
from kg.reading.times import TimeExpression


class Form(Enum):
    """How a mention names its entity."""

    NAME = "name"
    NOMINAL = "nominal"
    PRONOUN = "pronoun"
    NATION = "nation"  # an adjective that stands for its country: "Russian" of "Russian air strikes"


@dataclass(slots=True)
class Mention:
    """Tokens `start` up to `end` that stand for an entity; `root` is the head token."""

    start: int
    end: int
    root: int
    form: Form
    class_name: str | None  # None for a pronoun that is not resolved yet
    name: str  # without article, title and amount
    known: str | None = None  # key of the gazetteer entry
    people: str | None = None  # the list of people nouns that the head stands in
    amount: Amount | None = None
    plural: bool = False
    definite: bool = False
    other_names: tuple[str, ...] = ()
    namesakes: tuple[str, ...] = ()  # keys of the gazetteer entries with the name that fit the report
    decision: Decision | None = None  # why it is the known thing, or like it
    appended_to: Mention | None = None  # the place before the comma that this wider one locates
    body: Mention | None = None  # the organization that the people belong to ("IS members")
    title: tuple[int, int] | None = None  # tokens of the office before a name ("spokesman")
    entity: int = -1  # number of the cluster
    predicate: bool = False  # "is a town": it tells of the entity, but does not stand for it
    certainty: float = 0.9


@dataclass(slots=True)
class DraftEvent:
    """An event while it is put together."""

    trigger: Trigger
    kind: str
    root: int  # token that roles hang on
    words: list[tuple[int, int]]  # token spans of the triggers
    is_noun: bool
    fillers: dict[str, list[Mention]] = field(default_factory=dict)
    status: Status = Status.REPORTED
    sources: list[Mention] = field(default_factory=list)
    when: When | None = None
    time_words: str | None = None
    about: list[DraftEvent] = field(default_factory=list)
    caused_by: list[DraftEvent] = field(default_factory=list)
    governors: list[int] = field(default_factory=list)  # light verbs and the like that belong to the event
    certainty: float = 0.9

    def add(self, role: str, mention: Mention) -> None:
        """Puts the mention into the role, once."""
        fillers = self.fillers.setdefault(role, [])
        if mention not in fillers:
            fillers.append(mention)


@dataclass(slots=True)
class DraftRelation:
    """A state relation that words of one sentence tell."""

    subject: Mention
    predicate: str
    object: Mention
    sentence: int  # a token of the sentence
    certainty: float = 0.85
    rule: str = ""  # which kind of words told it


@dataclass(slots=True)
class Draft:
    """One report on its way through the components."""

    report: Report
    doc: Doc
    lexicon: Lexicon
    gazetteer: Gazetteer
    company: Company = field(default_factory=Company)
    mentions: list[Mention] = field(default_factory=list)
    at: dict[int, Mention] = field(default_factory=dict)  # token -> the widest mention that holds it
    amounts: dict[int, AmountMention] = field(default_factory=dict)  # token -> the amount that it is part of
    nations: dict[int, Mention] = field(default_factory=dict)  # national adjectives, as their country
    clusters: list[list[Mention]] = field(default_factory=list)
    events: list[DraftEvent] = field(default_factory=list)
    relations: list[DraftRelation] = field(default_factory=list)
    silent: frozenset[int] = frozenset()  # tokens of datelines, in which nothing happens
    times: dict[int, list[TimeExpression]] = field(default_factory=dict)  # by a sentence's first token

    def is_a(self, name: str | None, *classes: str) -> bool:
        """Whether the class is one of `classes` or below one."""
        return self.lexicon.tree.is_a(name, *classes)

    def text(self, start: int, end: int) -> str:
        """The report's words of these tokens."""
        return str(self.doc[start:end].text)

    def class_of(self, mention: Mention) -> str | None:
        """The class of the mention's entity: that of its most telling mention."""
        return self.head_of(mention).class_name

    def by_sentence(self) -> dict[int, list[DraftEvent]]:
        """The events by the first token of the sentence that their root stands in."""
        first = sentence_starts(self.doc)
        found: dict[int, list[DraftEvent]] = defaultdict(list)
        for event in self.events:
            found[first[event.root]].append(event)
        return found

    def head_of(self, mention: Mention) -> Mention:
        """The mention that gives the entity its name."""
        return self.clusters[mention.entity][0] if mention.entity >= 0 else mention


def drop_empty(draft: Draft) -> None:
    """Numbers the clusters anew without those that were emptied."""
    draft.clusters = [c for c in draft.clusters if c]
    for number, cluster in enumerate(draft.clusters):
        for mention in cluster:
            mention.entity = number


def cut_at_sentences(doc: Doc, mentions: Iterable[Mention]) -> None:
    """Lets a mention that the parser has parted stand in the sentence of its root only."""
    bounds = [(s.start, s.end) for s in doc.sents for _ in range(s.start, s.end)]
    for mention in mentions:
        start, end = bounds[mention.root]
        mention.start, mention.end = max(mention.start, start), min(mention.end, end)


def sentence_starts(doc: Doc) -> list[int]:
    """For each token the first one of its sentence."""
    return [s.start for s in doc.sents for _ in range(s.start, s.end)]


def lemma(token: Token) -> str:
    """Lower-case lemma."""
    return str(token.lemma_).lower()


_ROOTS = {
    "Person": Kind.PERSON,
    "Group": Kind.GROUP,
    "Organization": Kind.ORGANIZATION,
    "Actor": Kind.ORGANIZATION,
    "Place": Kind.PLACE,
    "Facility": Kind.FACILITY,
    "Weapon": Kind.WEAPON,
}


def kind_of(draft: Draft, class_name: str | None) -> Kind | None:
    """The coarse kind of a class."""
    if class_name is None:
        return None
    return next((_ROOTS[c] for c in draft.lexicon.tree.lineage(class_name) if c in _ROOTS), None)
