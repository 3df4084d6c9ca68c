"""Mentions: the noun phrases and pronouns of a Doc that stand for actors, places, facilities and weapons.

Needs names and amounts; sets `draft.mentions`, `draft.at` and `draft.nations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacy.tokens import Doc, Token

from kg.facts import Amount
from kg.reading import phrases
from kg.reading.amounts import AmountMention
from kg.reading.name_classes import is_direction, is_title
from kg.reading.name_index import Name
from kg.reading.phrases import NounKind
from kg.reading.state import Draft, Form, Mention, cut_at_sentences, lemma

_BODIES = ("StateForce", "SecurityForce", "Government", "Coalition")
_PERSONAL = frozenset(
    {
        *("he", "him", "his", "himself", "she", "her", "hers", "herself", "it", "its", "itself"),
        *("they", "them", "their", "theirs", "themselves"),
    }
)
_SPEAKING = frozenset({"i", "we", "us", "our"})
_RELATIVE = frozenset({"who", "which", "that", "whom", "whose"})
_PRONOUNS = _PERSONAL | _SPEAKING | _RELATIVE
_WIDTH = ("Facility", "Neighbourhood", "Settlement", "Region", "Country")  # from narrow to wide


def find_mentions(draft: Draft, names: Sequence[Name], amounts: Iterable[AmountMention]) -> None:
    """Sets all mentions of the draft, in text order."""
    _Finder(draft, names, amounts).run()


class _Finder:
    """The state of one search; `draft` receives the mentions."""

    def __init__(self, draft: Draft, names: Sequence[Name], amounts: Iterable[AmountMention]) -> None:
        self.draft = draft
        self.doc: Doc = draft.doc
        self.kinds = draft.lexicon.kinds
        self.nouns = draft.lexicon.cues.nouns
        self.names = [n for n in names if not n.demonym]
        self.demonyms = {i: n for n in names if n.demonym for i in range(n.start, n.end)}
        self.amount_at = {i: a for a in amounts for i in range(a.start, a.stop)}
        draft.amounts = self.amount_at
        self.titled: set[int] = set()  # tokens of offices before a name
        self.by_name: dict[int, Mention] = {}  # token of a name -> its mention
        self.joined: dict[int, Mention] = {}  # head of a phrase that only introduces a name -> its mention
        self.found: list[Mention] = []

    def run(self) -> None:
        for name in self.names:
            self._name(name)
        for token in self.doc:
            if token.i in self.by_name and self.by_name[token.i].root == token.i:
                continue
            if token.pos_ in ("NOUN", "PROPN") and token.i not in self.by_name:
                self._noun(token)
            elif token.pos_ in ("PRON", "DET", "SCONJ") and token.lower_ in _PRONOUNS:
                self._pronoun(token)
        self._bare_amounts()
        self._nations()
        cut_at_sentences(self.doc, (*self.found, *self.draft.nations.values()))
        self.found.sort(key=lambda m: (m.start, m.end))
        self.draft.mentions = self.found
        self._index()
        self._appended()

    def _name(self, name: Name) -> None:
        root = self.doc[name.start : name.end].root
        mention = Mention(
            start=name.start,
            end=name.end,
            root=root.i,
            form=Form.NAME,
            class_name=name.class_name,
            name=self.draft.text(name.start, name.end),
            known=name.known.key if name.known else None,
            namesakes=tuple(e.key for e in name.namesakes),
            decision=name.decision,
            certainty=name.certainty,
            definite=True,
            plural=root.tag_ in ("NNS", "NNPS") and name.known is None,
            amount=phrases.amount_of(root, name.start, self.amount_at),
        )
        mention.title = self._title(mention)
        if mention.title is not None:
            self.titled.update(range(*mention.title))
        for i in range(name.start, name.end):
            self.by_name[i] = mention
        self.found.append(mention)
        region = self._directed(mention)
        if region is not None:
            self.found.append(region)

    def _directed(self, mention: Mention) -> Mention | None:
        """The region that "southern Somalia" or "east Baghdad" names, beside the place itself."""
        if mention.start == 0 or not self.draft.is_a(mention.class_name, "Place"):
            return None
        before = self.doc[mention.start - 1]
        if not is_direction(before.lower_) or before.head.i not in range(mention.start, mention.end):
            return None
        start = before.i
        while start >= 2 and self.doc[start - 1].text == "-" and is_direction(self.doc[start - 2].lower_):
            start -= 2
        return self._region(start, mention.end, mention.root)

    def _region(self, start: int, end: int, root: int) -> Mention:
        words = self.draft.text(start, end)
        return Mention(start, end, root, Form.NAME, "Region", words, definite=True, certainty=0.85)

    def _title(self, mention: Mention) -> tuple[int, int] | None:
        """The tokens of an office before a person's name: "State Department spokesman"."""
        if mention.class_name != "Person":
            return None
        start = min(phrases.left_edge(self.doc[mention.root]), mention.start)
        words = self.doc[start : mention.start]
        if any(self._is_people_noun(t) or is_title(t, self.draft.lexicon) for t in words):
            return start, mention.start
        return None

    def _is_people_noun(self, token: Token) -> bool:
        names = (lemma(token), token.lower_)
        return token.pos_ in ("NOUN", "PROPN") and any(n in self.kinds.people for n in names)

    def _noun(self, head: Token) -> None:
        if self._part_of_place(head):
            return
        kind = phrases.kind_of_noun(head, self.kinds) or self._people_of_nation(head)
        if kind is None or self._is_passed_over(head, kind) or self._of_name(head, kind):
            return
        start = phrases.core_start(head, self.amount_at)
        inner = self._inner(start, kind.start)
        amount = phrases.amount_of(head, start, self.amount_at)
        if inner is not None and self._joined(inner, head, kind, amount):
            return
        many = phrases.is_plural(head, self.kinds) or (amount is not None and amount.least != 1)
        names = phrases.counted_names(head, start, self.amount_at)
        mention = Mention(
            start=start,
            end=head.i + 1,
            root=head.i,
            form=Form.NOMINAL,
            class_name=kind.class_name if kind.people is None or many else "Person",
            name=names[0],
            other_names=names[1:],
            people=kind.people,
            amount=amount,
            plural=many,
            definite=phrases.is_definite(head),
            body=(inner or self._body_of(head)) if kind.people is not None else None,
            predicate=head.dep_ == "attr" or (head.dep_ == "appos" and not phrases.is_definite(head)),
            certainty=0.8,
        )
        self._promote(mention, inner, kind)
        self.found.append(mention)

    def _body_of(self, head: Token) -> Mention | None:
        """The body behind the "of" of "77 members of Islamic State"."""
        of = phrases.behind_of(head)
        named = self.by_name.get(of.i) if of is not None and lemma(head) in self.nouns["members"] else None
        return named if named is not None and self.draft.is_a(named.class_name, "Organization") else None

    def _is_passed_over(self, head: Token, kind: NounKind) -> bool:
        """Whether the noun stands for nothing by itself."""
        word = lemma(head)
        return (
            (head.dep_ == "compound" and lemma(head.head) not in self.draft.lexicon.event_nouns)
            or (word in self.nouns["loose"] and kind.start == head.i and self._is_loose(head))
            or (head.dep_ != "ROOT" and head.i in self.titled)  # "spokesman Ned Price"
            or head.dep_ == "oprd"  # "taken hostage"
            or (word == "place" and lemma(head.head) == "take")
            or (is_direction(head.lower_) and not phrases.is_definite(head))  # "8 km north of"
        )

    def _is_loose(self, head: Token) -> bool:
        """Whether what counts stands behind the "of"; "77 members of the group" are people themselves."""
        counted = lemma(head) in self.nouns["members"] and any(c.i in self.amount_at for c in head.lefts)
        return phrases.behind_of(head) is not None and not counted

    def _part_of_place(self, head: Token) -> bool:
        """Joins "the centre of Hasaka" to Hasaka; "the south of Yemen" is a region."""
        part = lemma(head) in self.nouns["place_parts"] or head.lower_ in self.nouns["place_parts"]
        of = phrases.behind_of(head)
        mention = self.by_name.get(of.i) if of is not None else None
        if mention is None or not self.draft.is_a(mention.class_name, "Place"):
            return False
        before = self.doc[head.i - 1] if head.i else head
        article = any(c.lower_ == "the" for c in head.lefts)
        if (is_direction(head.lower_) and article) or (part and is_direction(before.lower_)):
            start = head.i if is_direction(head.lower_) else before.i
            self.found.append(self._region(start, mention.end, head.i))
        elif part:
            self.joined[head.i] = mention
        else:
            return False
        return True

    def _of_name(self, head: Token, kind: NounKind) -> bool:
        """Joins "the city of Hasaka" to Hasaka."""
        of = phrases.behind_of(head)
        mention = self.by_name.get(of.i) if of is not None else None
        if mention is None or mention.class_name == "Person" or not self.draft.is_a(kind.class_name, "Place"):
            return False
        unknown = mention.known is None and not self.draft.is_a(mention.class_name, "Place")
        if mention.start > head.i + 2 or not (unknown or self._could_be(mention, kind)):
            return False
        mention.class_name = kind.class_name if unknown else mention.class_name
        self._decide(mention, kind.class_name)
        self.joined[head.i] = mention
        mention.other_names = (*mention.other_names, self.draft.text(head.i, mention.end))
        return True

    def _could_be(self, mention: Mention, kind: NounKind) -> bool:
        """Whether the name can be of the noun's kind."""
        classes = {self.draft.gazetteer[k].class_name for k in mention.namesakes}
        return self.draft.is_a(mention.class_name, kind.class_name) or kind.class_name in classes

    def _joined(self, inner: Mention, head: Token, kind: NounKind, amount: Amount | None) -> bool:
        """Joins a noun that tells what its name is ("Wardak province", "IS fighters") to the name."""
        between = self.doc[inner.end : kind.start].text
        if between == ")" and inner.start > 1 and inner.start - 2 in self.by_name:
            inner, between = self.by_name[inner.start - 2], ""  # "Islamic State (IS) fighters"
        if between.strip("-") or not self._says_what(inner, head, kind, amount):
            return False
        full = self.draft.text(inner.start, head.i + 1)
        if kind.people is None and self.draft.is_a(kind.class_name, "Place"):
            self._decide(inner, kind.class_name)
        elif kind.people is None and inner.class_name == "Organization":
            inner.class_name = kind.class_name
        inner.other_names = (*inner.other_names, full)
        if inner.known is None and self.draft.is_a(kind.class_name, "Place"):
            inner.name, inner.other_names = full, (*inner.other_names, inner.name)
        inner.end, inner.root = head.i + 1, head.i
        for i in range(inner.start, inner.end):
            self.by_name[i] = inner
        return True

    def _says_what(self, inner: Mention, head: Token, kind: NounKind, amount: Amount | None) -> bool:
        """Whether the noun stands for the named thing itself, not for one of its people or parts."""
        is_a = self.draft.is_a
        is_body = is_a(inner.class_name, "Organization")
        if kind.people is not None:
            own = kind.people in ("fighters", "forces") or lemma(head) in self.nouns["members"]
            armed = is_a(inner.class_name, "ArmedGroup", "StateForce", "SecurityForce", "Coalition")
            return is_body and own and armed and amount is None and phrases.is_plural(head, self.kinds)
        if is_a(kind.class_name, "Place"):
            return is_a(inner.class_name, "Place") or inner.known is None
        if is_a(kind.class_name, "Organization"):
            single = kind.start == head.i and lemma(head) in self.draft.lexicon.relations["partOf"].nouns
            alike = inner.class_name in (kind.class_name, "Organization") or kind.class_name == "Organization"
            armed = inner.class_name == "ArmedGroup" and is_a(kind.class_name, "StateForce", "PoliticalParty")
            return is_body and not single and (alike or armed)
        return False

    def _decide(self, mention: Mention, class_name: str) -> None:
        """Lets a noun decide what kind of place the name is: "Hasaka province" is not the city."""
        if class_name == "Place" or mention.class_name == class_name:
            return
        entries = self.draft.gazetteer
        mention.known = next((k for k in mention.namesakes if entries[k].class_name == class_name), None)
        mention.class_name = class_name

    def _promote(self, mention: Mention, inner: Mention | None, kind: NounKind) -> None:
        """Makes a phrase with a name in it a name: "Ghwayran prison", "Chak district", "Iraqi army"."""
        is_a = self.draft.is_a
        before = self.doc[kind.start - 1] if kind.start > mention.start else None
        if mention.people is not None or before is None:
            return
        national = before.i in self.demonyms
        adjacent = inner is not None and inner.end == kind.start
        capital = all(t.text[:1].isupper() for t in self.doc[mention.start : mention.end])
        proper = before.pos_ == "PROPN" and before.text[:1].isupper() and not national
        place = is_a(mention.class_name, "Place") and proper
        if not (
            (is_a(mention.class_name, *_BODIES) and (national or adjacent))
            or (is_a(mention.class_name, "Facility") and (adjacent or capital))
            or (is_a(mention.class_name, "Organization") and capital and mention.end - mention.start > 1)
            or place
        ):
            return
        first = mention.start if capital or place else before.i
        while place and not self.doc[first].text[:1].isupper():
            first += 1
        mention.start = min(inner.start if adjacent and inner is not None else first, before.i)
        mention.form, mention.definite, mention.certainty = Form.NAME, True, 0.8
        mention.name = self.draft.text(mention.start, mention.end)
        if place:
            mention.other_names = (self.draft.text(mention.start, kind.start),)
        elif adjacent and inner is not None and inner.known is None and inner in self.found:
            self.found.remove(inner)  # the first word of a facility's name names nothing else

    def _people_of_nation(self, head: Token) -> NounKind | None:
        """ "Americans", "Shiites": people by their nation or faith."""
        if head.tag_ in ("NNS", "NNPS") and (head.i in self.demonyms or head.ent_type_ == "NORP"):
            return NounKind("Group", "civilians", head.i)
        return None

    def _nations(self) -> None:
        """National adjectives, as mentions of their country that count only where it acts."""
        roots = {m.root for m in self.found}
        for i, name in self.demonyms.items():
            if i in roots or name.known is None or i != name.end - 1:
                continue
            self.draft.nations[i] = Mention(
                start=name.start,
                end=name.end,
                root=i,
                form=Form.NATION,
                class_name="Country",
                name=self.draft.text(name.start, name.end),
                known=name.known.key,
                definite=True,
                certainty=0.85,
            )

    def _inner(self, start: int, stop: int) -> Mention | None:
        """The last name that stands in the phrase before its kind noun."""
        return next((self.by_name[i] for i in range(stop - 1, start - 1, -1) if i in self.by_name), None)

    def _pronoun(self, token: Token) -> None:
        if token.lower_ in _RELATIVE and (token.dep_ in ("mark", "det") or token.head.dep_ != "relcl"):
            return
        if token.lower_ == "it" and token.dep_ == "expl":
            return
        many = token.lower_ in ("they", "them", "their", "we", "us", "our")
        self.found.append(
            Mention(token.i, token.i + 1, token.i, Form.PRONOUN, None, token.text, plural=many, certainty=0.6)
        )

    def _bare_amounts(self) -> None:
        """Amounts that are a phrase by themselves: "Dozens died", "wounded 110"."""
        heads = {m.root for m in self.found}
        done: set[int] = set()
        for i, found in sorted(self.amount_at.items()):
            token = self.doc[i]
            if found.start in done or i in heads or not self._stands_alone(token):
                continue
            done.add(found.start)
            self.found.append(
                Mention(
                    start=found.start,
                    end=found.stop,
                    root=i,
                    form=Form.NOMINAL,
                    class_name="Group",
                    name=self.draft.text(found.start, found.stop),
                    people="victims",
                    amount=found.amount,
                    plural=True,
                    certainty=0.7,
                )
            )

    def _stands_alone(self, token: Token) -> bool:
        of = phrases.behind_of(token)
        if token.pos_ not in ("NUM", "NOUN") or (of is not None and of.pos_ != "PRON"):
            return False
        if token.dep_ == "pobj":
            return token.head.lower_ in ("of", "to", "by", "among", "at")
        return token.dep_ in ("nsubj", "nsubjpass", "dobj", "attr", "conj")

    def _index(self) -> None:
        """Fills `draft.at`: roots first, then every word of a name, amounts by what they count."""
        at: dict[int, Mention] = {}
        by_size = sorted(self.found, key=lambda m: m.end - m.start)
        for mention in by_size:
            if mention.form is not Form.NOMINAL:
                for i in range(mention.start, mention.end):
                    at.setdefault(i, mention)
        at.update({m.root: m for m in by_size})
        loose = self.nouns["loose"] | self.nouns["place_parts"]
        for token in self.doc:
            if token.i in self.amount_at or token.lower_ in loose or lemma(token) in loose:
                inner = phrases.behind_of(token)
                if inner is not None and inner.i in at:
                    at.setdefault(token.i, at[inner.i])
        at.update(self.joined)
        self.draft.at = {i: m for i, m in at.items() if i not in self.draft.silent}

    def _appended(self) -> None:
        """Marks places that only say where the place before their comma lies: "Rome, Italy"."""
        for mention in self.found:
            if mention.start < 2 or self.doc[mention.start - 1].text != "," or mention.form is not Form.NAME:
                continue
            inner = self.draft.at.get(mention.start - 2)
            if inner is None or inner.end != mention.start - 1 or self._is_listed(mention):
                continue
            if 0 <= self._width(inner) < self._width(mention):
                mention.appended_to = inner

    def _is_listed(self, mention: Mention) -> bool:
        """Whether the mention is one of a list: "Beirut, the south and the Bekaa Valley"."""
        return mention.end < len(self.doc) and self.doc[mention.end].lower_ in ("and", "or")

    def _width(self, mention: Mention) -> int:
        """How wide a place or facility is, 0 for the narrowest; -1 for what is none."""
        widths = (n for n, name in enumerate(_WIDTH) if self.draft.is_a(mention.class_name, name))
        return next(widths, -1)
