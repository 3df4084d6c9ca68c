"""The draft as frozen facts: which clusters are entities, keys, offsets, confidence.

Needs everything; reads the draft and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.facts import Entity, Event, Facts, Kind, Known, Likely, Relation, Role, Span
from kg.linking import Verdict
from kg.reading.derivation import derive_relations
from kg.reading.explanation import why_event
from kg.reading.state import Draft, DraftEvent, DraftRelation, Form, Mention, kind_of

_OF_STATES = ("StateForce", "SecurityForce", "Government")  # each country has its "Interior Ministry"
_MEMBERSHIP = 0.75  # below what counts as sure: the body may be named some sentences before
_ACTING = frozenset({"agent", "participant", "speaker", "addressee"})
_ACTORS_RELATE = frozenset({"supports", "alliedWith", "leads", "controls", "fights", "accuses", "metWith"})


def assemble(draft: Draft) -> Facts:
    """All facts of the draft."""
    return _Assembly(draft).facts()


class _Assembly:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.doc = draft.doc
        self.spans = {
            i: span
            for s in self.doc.sents
            for span in [_trimmed(s.text, s.start_char)]
            for i in range(s.start, s.end)
        }
        self.starts = {t.idx: t.i for t in self.doc}
        self.used = self._used()
        self.filling = {id(m) for e in draft.events for ms in e.fillers.values() for m in ms}
        self.filling |= {id(m) for r in draft.relations for m in (r.subject, r.object)}
        self.acting = self._acting()
        self.keys = {n: f"{self._first(c).start}-{c[0].end}" for n, c in enumerate(draft.clusters)}

    def facts(self) -> Facts:
        """Entities, events and relations, each in text order."""
        numbers = [n for n, cluster in enumerate(self.draft.clusters) if self._counts(n, cluster)]
        self.keys = {
            n: f"e{i}"
            for i, n in enumerate(
                sorted(numbers, key=lambda n: (self._first(self.draft.clusters[n]).start, n)), 1
            )
        }
        entities = sorted(
            (self._entity(n, self.draft.clusters[n]) for n in numbers), key=lambda e: e.mentions
        )
        events = self._events()
        by_key = {e.key: e for e in entities}
        derived = derive_relations(events, by_key, self.draft.lexicon.tree)
        stated = self._stated({(r.subject, r.predicate, r.object) for r in derived})
        relations = (*derived, *stated, *self._memberships(entities, stated))
        return Facts(
            self.draft.report,
            self._sentences(entities, events, relations),
            tuple(entities),
            events,
            relations,
        )

    def _span(self, start: int, end: int) -> Span:
        last = self.doc[end - 1]
        return Span(self.doc[start].idx, last.idx + len(last))

    def _first(self, cluster: list[Mention]) -> Mention:
        return min(cluster, key=lambda m: m.start)

    def _used(self) -> set[int]:
        used = {m.entity for e in self.draft.events for ms in (*e.fillers.values(), e.sources) for m in ms}
        used |= {m.entity for r in self.draft.relations for m in (r.subject, r.object)}
        return used | {
            m.body.entity for m in self.draft.mentions if m.body is not None and m.amount is not None
        }

    def _acting(self) -> set[int]:
        acting = {
            m.entity for e in self.draft.events for r, ms in e.fillers.items() if r in _ACTING for m in ms
        }
        acting |= {m.entity for e in self.draft.events for m in e.sources}
        acting |= {
            m.entity
            for e in self.draft.events
            if e.kind in ("Clash", "Support", "Meeting", "Accusation")
            for m in e.fillers.get("target", ())
        }
        acting |= {r.subject.entity for r in self.draft.relations if r.predicate in _ACTORS_RELATE}
        return acting | {
            r.object.entity for r in self.draft.relations if r.predicate in ("supports", "alliedWith")
        }

    def _counts(self, number: int, cluster: list[Mention]) -> bool:
        """Whether the cluster is an entity: named, or filling a role, or counted."""
        if kind_of(self.draft, cluster[0].class_name) is None:
            return False
        named = any(m.form is Form.NAME for m in cluster)
        return (
            named
            or number in self.used
            or any(m.amount is not None and m.people is not None for m in cluster)
        )

    def _entity(self, number: int, cluster: list[Mention]) -> Entity:
        head = cluster[0]
        entry = self.draft.gazetteer.get(head.known) if head.known is not None else None
        class_name = entry.class_name if entry else head.class_name
        kind = kind_of(self.draft, class_name)
        if class_name is None or kind is None:
            raise ValueError(f"unexpected class {class_name!r} of {head.name!r}")
        name = entry.label if entry else _clean(head.name)
        aliases = {
            _clean(n)
            for m in cluster
            if m.form in (Form.NAME, Form.NOMINAL)
            for n in (m.name, *m.other_names)
        }
        classes = (
            (class_name, "Actor") if class_name == "Country" and number in self.acting else (class_name,)
        )
        amount = next((m.amount for m in cluster if m.amount is not None and kind is Kind.GROUP), None)
        body = next((m.body for m in cluster if m.body is not None), None)
        return Entity(
            key=self.keys[number],
            kind=kind,
            name=name,
            classes=classes,
            named=head.form in (Form.NAME, Form.NATION),
            known=_known(entry.key, head) if entry else None,
            likely=None if entry else _likely(cluster),
            country=None if entry else self._country(kind, class_name, name),
            aliases=tuple(sorted(aliases - {name, ""})),
            mentions=tuple(sorted({self._span(m.start, m.end) for m in cluster if self._is_told(m)})),
            member_of=self.keys.get(body.entity)
            if body is not None and kind is Kind.GROUP and body.entity != number
            else None,
            amount=amount,
        )

    def _country(self, kind: Kind, class_name: str, name: str) -> str | None:
        """The country that tells an unlisted thing from its namesakes; None where the name alone does."""
        own_name = kind is Kind.PERSON and len(name.split()) > 1
        body = kind is Kind.ORGANIZATION and not self.draft.is_a(class_name, *_OF_STATES)
        return None if own_name or body or kind is Kind.WEAPON else self.draft.company.main_country

    def _is_told(self, mention: Mention) -> bool:
        """Whether the words are a mention: no relative pronoun, no national adjective without a role."""
        if mention.predicate and len(self.draft.clusters[mention.entity]) > 1:
            return False
        if mention.form is Form.NATION:
            return id(mention) in self.filling
        return mention.form is not Form.PRONOUN or self.doc[mention.root].tag_ not in ("WP", "WDT", "WP$")

    def _events(self) -> tuple[Event, ...]:
        drafts = sorted(self.draft.events, key=lambda e: e.root)
        keys = {id(e): f"{self.doc[e.words[0][0]].idx}-{e.kind}" for e in drafts}
        kept: dict[str, DraftEvent] = {}
        for event in drafts:
            kept.setdefault(keys[id(event)], event)
        return tuple(self._event(key, event, keys, kept) for key, event in kept.items())

    def _event(self, key: str, event: DraftEvent, keys: dict[int, str], kept: dict[str, DraftEvent]) -> Event:
        def other(events: Iterable[DraftEvent]) -> tuple[str, ...]:
            found = (keys[id(e)] for e in events if id(e) in keys)
            return tuple(dict.fromkeys(k for k in found if k in kept and k != key))

        roles = [
            Role(r, self.keys[m.entity])
            for r, ms in event.fillers.items()
            for m in ms
            if m.entity in self.keys
        ]
        return Event(
            key=key,
            kind=event.kind,
            triggers=tuple(sorted({self._span(*w) for w in event.words})),
            evidence=tuple(sorted({self.spans[w[0]] for w in event.words})),
            status=event.status,
            confidence=self._confidence(event),
            roles=tuple(dict.fromkeys(roles)),
            when=event.when,
            time_words=event.time_words if event.when is None else None,
            attributed_to=tuple(
                dict.fromkeys(self.keys[m.entity] for m in event.sources if m.entity in self.keys)
            ),
            about=other(event.about) if self.draft.is_a(event.kind, "SpeechEvent") else (),
            caused_by=other(event.caused_by) if self.draft.is_a(event.kind, "HarmEvent") else (),
            why=why_event(self.draft, event),
        )

    def _confidence(self, event: DraftEvent) -> float:
        """The event's own certainty, lowered by the least sure of its fillers."""
        least = min((m.certainty for ms in event.fillers.values() for m in ms), default=0.7)
        return round(event.certainty * (0.5 + 0.5 * least), 2)

    def _stated(self, known: set[tuple[str, str, str]]) -> tuple[Relation, ...]:
        return tuple(
            self._relation(r)
            for r in self.draft.relations
            if r.subject.entity in self.keys
            and r.object.entity in self.keys
            and (self.keys[r.subject.entity], r.predicate, self.keys[r.object.entity]) not in known
        )

    def _memberships(self, entities: Iterable[Entity], stated: Iterable[Relation]) -> Iterator[Relation]:
        """That a counted group is of its body, with the sentence that counts it."""
        known = {(r.subject, r.object) for r in stated if r.predicate == "memberOf"}
        for entity in entities:
            if entity.member_of is not None and (entity.key, entity.member_of) not in known:
                sentence = self.spans[self.starts[entity.mentions[0].begin]]
                why = "a counted part of a named body"
                yield Relation(entity.key, "memberOf", entity.member_of, (sentence,), _MEMBERSHIP, why=why)

    def _relation(self, relation: DraftRelation) -> Relation:
        return Relation(
            subject=self.keys[relation.subject.entity],
            predicate=relation.predicate,
            object=self.keys[relation.object.entity],
            evidence=(self.spans[relation.sentence],),
            confidence=relation.certainty,
            why=relation.rule,
        )

    def _sentences(
        self, entities: Iterable[Entity], events: Iterable[Event], relations: Iterable[Relation]
    ) -> tuple[Span, ...]:
        needed = {s for e in events for s in e.evidence} | {s for r in relations for s in r.evidence}
        begins = {m.begin for e in entities for m in e.mentions} | {
            t.begin for e in events for t in e.triggers
        }
        for token in self.doc:
            if token.idx in begins:
                needed.add(self.spans[token.i])
        return tuple(sorted(needed))


def _known(key: str, head: Mention) -> Known:
    """The entry that the mention's name was found to mean; one that stands for another has its certainty."""
    decision = head.decision
    if decision is None or decision.best is None or decision.best.entry.key != key:
        return Known(key, head.certainty, "follows from the words beside the name")
    return Known(key, decision.score, decision.reason)


def _likely(cluster: Iterable[Mention]) -> Likely | None:
    """The item of the entry that a name of the cluster may mean, though it is not sure."""
    for mention in cluster:
        decision = mention.decision
        if decision is not None and decision.verdict is Verdict.LIKELY and decision.best is not None:
            item = decision.best.entry.wikidata
            return Likely(item, decision.score, decision.reason) if item is not None else None
    return None


def _trimmed(text: str, begin: int) -> Span:
    """The characters of a sentence without white space around it."""
    left = len(text) - len(text.lstrip())
    return Span(begin + left, begin + max(len(text.rstrip()), left + 1))


def _clean(name: str) -> str:
    """A name on one line, without quotes around it."""
    return " ".join(name.split()).strip("\"“”'‘’,;:()[] ")
