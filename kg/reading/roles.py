"""Roles: who did what to whom, where and with what, from the grammatical slots of each trigger.

Needs events, mentions and coreference; sets `DraftEvent.fillers` and `governors`, and drops events whose
trigger's conditions (`only`, `needs`) are not met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from spacy.tokens import Token

from kg.reading import grammar
from kg.reading.capitals import Capitals
from kg.reading.phrases import amount_of, core_start
from kg.reading.refining import refine
from kg.reading.state import Draft, DraftEvent, Form, Mention, lemma
from kg.reading.triggers import matches_phrase

_ON_PEOPLE = ("HarmEvent", "CoercionEvent")
# which classes may fill a role; a Country acts
_FILLERS: dict[str, tuple[str, ...]] = {
    "agent": ("Actor", "Country", "Weapon", "Facility"),
    "participant": ("Actor", "Country"),
    "target": ("Actor", "Place", "Facility", "Weapon"),
    "place": ("Place", "Facility"),
    "origin": ("Place", "Facility"),
    "destination": ("Place", "Facility"),
    "instrument": ("Weapon",),
    "speaker": ("Actor", "Country"),
    "addressee": ("Actor", "Country"),
}


def assign_roles(draft: Draft) -> None:
    """Fills the roles of all events and keeps those whose conditions hold."""
    filler = _Filler(draft)
    for event in draft.events:
        filler.fill(event)
    filler.capitals.give_up()
    kept = [e for e in draft.events if _holds(draft, e) and not filler.is_outbreak(e)]
    at: dict[int, list[DraftEvent]] = defaultdict(list)
    for event in kept:
        at[event.root].append(event)
    draft.events = [e for e in kept if not any(_is_wider(draft, e, other) for other in at[e.root])]


class _Filler:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.cues = draft.lexicon.cues
        self.prepositions = draft.lexicon.prepositions
        self.event_nouns = {e.root for e in draft.events if e.is_noun}
        self.amounts = draft.amounts
        self.capitals = Capitals(draft)

    def fill(self, event: DraftEvent) -> None:
        """Sets the roles of one event."""
        root = self.draft.doc[event.root]
        if event.is_noun:
            self._noun(event, root)
        elif root.lemma_ in event.trigger.adjectives:
            self._adjective(event, root)
        else:
            self._verb(event, root)
        refine(self.draft, event)

    def is_outbreak(self, event: DraftEvent) -> bool:
        """Whether what does it is an event of its own: "fighting broke out", "a strike hit a house"."""
        root = self.draft.doc[event.root]
        if event.is_noun or event.kind not in ("Escape", "Attack") or "agent" in event.fillers:
            return False
        return any(t.i in self.event_nouns for t in grammar.subjects(root)) and not grammar.is_passive(root)

    def _verb(self, event: DraftEvent, verb: Token) -> None:
        trigger = event.trigger
        passive = grammar.is_passive(verb) or self._lacks_object(event, verb)
        own_words = set(event.governors)
        if passive:
            undergoing = trigger.object or (None if trigger.clause else trigger.subject)
            self._put(event, undergoing, (t for t in grammar.subjects(verb) if t.i not in own_words))
            self._put(event, undergoing, grammar.companions(verb))
            self._put(event, trigger.subject, grammar.agents(verb))
        else:
            beside = [] if event.kind == "Clash" else grammar.companions(verb)  # who fights beside is no foe
            self._put(event, trigger.subject, [*grammar.subjects(verb), *beside])
            if trigger.object:
                self._put(event, trigger.object, (t for t in grammar.objects(verb) if t.i not in own_words))
        if (
            trigger.clause
            and not event.fillers.get("speaker")
            and verb.dep_ == "acl"
            and verb.head.dep_ == "dobj"
        ):
            self._put(event, "speaker", grammar.subjects(verb.head.head))  # "issued a statement saying"
        self._phrases(event, verb, skip_by=passive)
        for part in event.governors:
            self._phrases(event, self.draft.doc[part])
            self._means(event, part)
        for token in grammar.used(verb):
            self._means(event, token.i)
        if verb.tag_ == "VBN" and verb.dep_ == "amod":
            self._put(event, trigger.object or trigger.subject, [verb.head])

    def _lacks_object(self, event: DraftEvent, verb: Token) -> bool:
        """Whether a verb that needs an object has only a subject, which undergoes it: "12 people killed"."""
        trigger = event.trigger
        done_to = self.draft.is_a(event.kind, *_ON_PEOPLE) and (trigger.subject, trigger.object) == (
            "agent",
            "target",
        )
        if not done_to or verb.tag_ not in ("VBD", "VBN") or verb.dep_ == "relcl" or event.governors:
            return False
        return not any(c.dep_ in ("dobj", "ccomp", "xcomp", "aux", "prt", "conj") for c in verb.children)

    def _means(self, event: DraftEvent, part: int) -> None:
        """A weapon that stands in the verb's phrase: "dropped two bombs", "fired rockets"."""
        mention = self.draft.at.get(part)
        if mention is not None and self.draft.is_a(self.draft.class_of(mention), "Weapon"):
            self._add(event, "instrument", mention)

    def _adjective(self, event: DraftEvent, adjective: Token) -> None:
        head = adjective.head
        own = [c for c in adjective.children if c.dep_ == "nsubj"]
        if adjective.dep_ == "pobj" and adjective.head.lower_ == "among":
            verb = adjective.head.head  # "was among the dead", "counted 77 among the dead"
            self._put(event, event.trigger.subject, grammar.objects(verb) or grammar.subjects(verb))
        elif own:
            self._put(event, event.trigger.subject, [t for o in own for t in grammar.with_conjuncts(o)])
        elif adjective.dep_ in ("oprd", "ccomp", "xcomp") and grammar.objects(head):
            self._put(event, event.trigger.subject, grammar.objects(head))
        else:
            self._put(event, event.trigger.subject, grammar.subjects(head))
        self._phrases(event, head)

    def _noun(self, event: DraftEvent, noun: Token) -> None:
        trigger = event.trigger
        self._put(event, trigger.possessor or trigger.subject, grammar.possessors(noun))
        for token in grammar.modifiers(noun):
            self._modifier(event, token)
        self._phrases(event, noun)
        counted = self.draft.at.get(noun.i)
        if counted is not None and counted.people == "victims" and counted.amount is not None:
            self._add(event, trigger.object, counted)  # "300 injuries"
        for child in noun.children:
            if child.dep_ in ("acl", "relcl") and child.pos_ == "VERB":
                self._clause_of_noun(event, child)
        self._governed(event, noun)

    def _modifier(self, event: DraftEvent, token: Token) -> None:
        """A word before the noun: a nation or body acts, a town is the place, a weapon the means."""
        mention = self.draft.at.get(token.i) or self.draft.nations.get(token.i)
        if mention is None:
            return
        class_name = self.draft.class_of(mention)
        is_a = self.draft.is_a
        if event.words[0][0] <= token.i < event.words[0][1] and not is_a(class_name, "Weapon"):
            return
        if is_a(class_name, "Actor", "Country"):
            between = event.kind == "Clash"  # "the Iran-Iraq war"
            self._add(event, "participant" if between else event.trigger.subject, mention)
        elif is_a(class_name, "Weapon"):
            self._add(event, "instrument", mention)
        elif is_a(class_name, "Facility"):
            self._add(event, event.trigger.object, mention)
        else:
            self._add(event, "place", mention)

    def _clause_of_noun(self, event: DraftEvent, verb: Token) -> None:
        """ "an attack carried out by X", "an assault that X launched", "an attack ascribed to X"."""
        if matches_phrase(verb, self.cues.light_verbs) is not None or lemma(verb) in self.cues.blame_verbs:
            role = event.trigger.subject
            self._put(event, role, grammar.agents(verb))
            if grammar.is_passive(verb):
                if lemma(verb) in self.cues.blame_verbs:
                    self._put(event, role, (t for p, t in grammar.prepositions(verb) if p in ("to", "on")))
            else:
                self._put(event, role, (t for t in grammar.subjects(verb) if t.i != event.root))
            self._phrases(event, verb, skip_by=True)
        elif lemma(verb) in ("kill", "wound", "injure", "take", "happen", "occur", "target"):
            self._phrases(event, verb, skip_by=True, only_places=True)

    def _governed(self, event: DraftEvent, noun: Token) -> None:
        """The verb over the noun: a light verb's subject acts; its places are the event's."""
        governed = grammar.governing_verb(noun)
        if governed is None:
            return
        verb, how = governed
        if self.draft.is_a(event.kind, "HarmEvent") and lemma(verb) in self.cues.counting_verbs:
            numbers = (t for p, t in grammar.prepositions(verb) if p in ("to", "at"))
            self._put(event, "target", (t for t in numbers if t.pos_ == "NUM"))
        light = matches_phrase(verb, self.cues.light_verbs)
        if how in ("dobj", "pobj", "attr") and light is not None:
            event.governors.append(verb.i)
            undergoing = matches_phrase(verb, self.cues.undergoing_verbs) is not None
            role = event.trigger.object if undergoing else event.trigger.subject
            if not grammar.is_passive(verb):
                self._put(event, role, grammar.subjects(verb))
            self._phrases(event, verb, skip_by=True)
        elif how == "nsubjpass" and light is not None:
            event.governors.append(verb.i)
            self._put(event, event.trigger.subject, grammar.agents(verb))
            self._phrases(event, verb, skip_by=True)
        elif how in ("nsubj", "nsubjpass") and matches_phrase(verb, self.cues.happening_verbs) is not None:
            event.governors.append(verb.i)
            self._phrases(event, verb, skip_by=True, only_places=True)
            self._own_phrases(event, verb)
            if lemma(verb) in ("target", "hit", "strike", "rock") and event.trigger.object == "target":
                self._put(event, "target", grammar.objects(verb))

    def _phrases(
        self, event: DraftEvent, token: Token, *, skip_by: bool = False, only_places: bool = False
    ) -> None:
        """Roles of the prepositional phrases under the token."""
        for preposition, filler in grammar.prepositions(token):
            if skip_by and preposition == "by":
                continue
            mention = self._mention(filler)
            if mention is None:
                continue
            role = self._role(event, token, preposition, mention)
            if role and (not only_places or role == "place"):
                self._add(event, role, mention)
                self._listed(event, role, mention, filler)
                if role != "place":
                    self._inner_place(event, filler)

    def _listed(self, event: DraftEvent, role: str, mention: Mention, filler: Token) -> None:
        """The further names behind a noun that introduces several: "the towns of Ariha and Binnish"."""
        if mention.root == filler.i:
            return
        for token in grammar.with_conjuncts(self.draft.doc[mention.root]):
            other = self.draft.at.get(token.i)
            if other is not None and other is not mention:
                self._add(event, role, other)

    def _own_phrases(self, event: DraftEvent, verb: Token) -> None:
        """Prepositions of the noun that the parser hangs on its verb: "clashes continued between A and B"."""
        for preposition, filler in grammar.prepositions(verb):
            mention = self._mention(filler)
            if mention is not None and preposition in ("between", "with", "against"):
                self._add(event, event.trigger.prepositions.get(preposition), mention)

    def _inner_place(self, event: DraftEvent, filler: Token) -> None:
        """The place that a filler's own phrase tells: "an attack on a base in Mosul"."""
        for preposition, token in grammar.prepositions(filler):
            mention = self._mention(token)
            if (
                mention is not None
                and preposition in self.prepositions["place"]
                and "place" not in event.fillers
            ) and self.draft.is_a(self.draft.class_of(mention), "Place"):
                self._add(event, "place", mention)

    def _role(self, event: DraftEvent, token: Token, preposition: str, mention: Mention) -> str | None:
        trigger = event.trigger
        class_name = self.draft.class_of(mention)
        is_place = self.draft.is_a(class_name, "Place", "Facility")
        if preposition in trigger.prepositions:
            role = trigger.prepositions[preposition]
            if role in _FILLERS and not self.draft.is_a(class_name, *_FILLERS[role]) and is_place:
                return "place" if preposition in self.prepositions["place"] else None
            return role or None
        if preposition == "of" and event.is_noun and token.i == event.root:
            return trigger.of or trigger.object or trigger.subject
        for role in ("place", "origin", "destination"):
            if preposition in self.prepositions[role] and is_place:
                return role
        if preposition in self.prepositions["instrument"] and self.draft.is_a(class_name, "Weapon"):
            return "instrument"
        if preposition == "by" and event.is_noun:
            return trigger.subject
        if preposition == "against" and trigger.object:
            return trigger.object
        return None

    def _put(self, event: DraftEvent, role: str | None, tokens: Iterable[Token]) -> None:
        for token in tokens:
            mention = self._mention(token)
            if mention is None and role == "target" and self.draft.is_a(event.kind, *_ON_PEOPLE):
                mention = self._unlisted(token)
            if mention is not None:
                self._add(event, role, mention)
                if role is not None:
                    self._listed(event, role, mention, token)
                self._inner_place(event, token)

    def _unlisted(self, token: Token) -> Mention | None:
        """People by a noun that no list holds, told by their number: "killed the two geologists"."""
        amount = amount_of(token, token.i, self.amounts)
        loose = lemma(token) in self.cues.nouns["loose"]
        if token.tag_ != "NNS" or token.i in self.event_nouns or amount is None or loose:
            return None
        start = core_start(token, self.amounts)
        words = self.draft.text(start, token.i + 1)
        mention = Mention(
            start,
            token.i + 1,
            token.i,
            Form.NOMINAL,
            "Group",
            words,
            people="civilians",
            amount=amount,
            plural=True,
        )
        mention.certainty, mention.entity = 0.6, len(self.draft.clusters)
        self.draft.clusters.append([mention])
        self.draft.mentions.append(mention)
        self.draft.at[token.i] = mention
        return mention

    def _mention(self, token: Token) -> Mention | None:
        """The mention that the token heads, or that a loose noun ("dozens of", "part of") leads to."""
        mention = self.draft.at.get(token.i)
        if mention is not None:
            return mention
        if lemma(token) in self.cues.nouns["loose"] or token.pos_ in ("NUM", "DET", "PRON", "ADJ"):
            for preposition, inner in grammar.prepositions(token):
                if preposition in ("of", "among", "out") and inner.i in self.draft.at:
                    return self.draft.at[inner.i]
        if token.i in self.event_nouns or lemma(token) in self.cues.nouns["targets"]:
            return self._doer(token)
        if token.dep_ in ("amod", "compound", "nmod", "poss"):
            return self.draft.nations.get(token.i)
        return None

    def _is_moved(self, event: DraftEvent, mention: Mention) -> bool:
        armed = mention.people in ("forces", "fighters") or mention.people is None
        return armed and self.draft.is_a(event.kind, "MovementEvent")

    def _doer(self, noun: Token) -> Mention | None:
        """Who stands behind an event that "does" something: "backed by US air strikes"."""
        for token in (*grammar.possessors(noun), *grammar.modifiers(noun)):
            mention = self.draft.at.get(token.i) or self.draft.nations.get(token.i)
            if mention is not None and self.draft.is_a(self.draft.class_of(mention), "Actor", "Country"):
                return mention
        return None

    def _add(self, event: DraftEvent, role: str | None, mention: Mention) -> None:
        if not role or mention.entity < 0:
            return
        mention = self.capitals.state_of(event, role, mention)
        class_name = self.draft.class_of(mention)
        if mention.appended_to is not None and role != "place":
            return
        if not self.draft.is_a(class_name, *_FILLERS[role]):
            if role in ("agent", "target") and self.draft.is_a(class_name, "Place", "Facility"):
                role = "place"
            elif role in ("origin", "destination") and self._is_moved(event, mention):
                role = "agent"  # "withdrew its troops"
            else:
                return
        taken = any(
            m.entity == mention.entity
            for r, ms in event.fillers.items()
            for m in ms
            if r != "place" or role == "place"
        )
        if not taken:
            event.add(role, mention)


def _is_wider(draft: Draft, event: DraftEvent, other: DraftEvent) -> bool:
    """Whether the same verb tells of the other, narrower event: "fired rockets at" is a shelling."""
    return event.kind != other.kind and draft.is_a(other.kind, event.kind)


def _holds(draft: Draft, event: DraftEvent) -> bool:
    trigger = event.trigger
    if trigger.only:
        role = trigger.only_role or trigger.object or trigger.subject or "target"
        classes = [draft.class_of(m) for m in event.fillers.get(role, ())]
        if not classes and event.is_noun:
            return not trigger.needs or any(event.fillers.get(r) for r in trigger.needs)
        if not any(draft.is_a(c, *trigger.only) for c in classes):
            return False
    return True
