"""Mentions: the noun phrases and pronouns of a Doc that stand for actors, places, facilities and weapons.

Needs names and amounts; sets `draft.mentions` and `draft.at`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacy.tokens import Doc, Token

from kg.facts import Amount
from kg.reading.amounts import AmountMention
from kg.reading.names import Name, is_title
from kg.reading.state import Draft, Form, Mention, lemma

_BODIES = ("StateForce", "SecurityForce", "Government", "Coalition")
_LEFT = frozenset(
    {"det", "amod", "compound", "nummod", "nmod", "poss", "quantmod", "predet", "npadvmod", "advmod", "punct"}
)
_DEFINITE = frozenset({"the", "this", "that", "these", "those", "its", "their", "his", "her", "both"})
_PERSONAL = frozenset(
    {
        "he",
        "him",
        "she",
        "they",
        "them",
        "it",
        "his",
        "her",
        "hers",
        "their",
        "its",
        "theirs",
        "himself",
        "herself",
        "themselves",
        "itself",
    }
)
_RELATIVE = frozenset({"who", "which", "that", "whom", "whose"})
_LINKS = frozenset({"of"})
_MEMBERS = frozenset({"member", "follower", "loyalist", "element", "remnant"})


def find_mentions(draft: Draft, names: Sequence[Name], amounts: Iterable[AmountMention]) -> None:
    """Sets all mentions of the draft, in text order."""
    _Finder(draft, names, amounts).run()


class _Finder:
    """The state of one search; `draft` receives the mentions."""

    def __init__(self, draft: Draft, names: Sequence[Name], amounts: Iterable[AmountMention]) -> None:
        self.draft = draft
        self.doc: Doc = draft.doc
        self.kinds = draft.lexicon.kinds
        self.names = [n for n in names if not n.demonym]
        self.demonyms = {i: n for n in names if n.demonym for i in range(n.start, n.end)}
        self.amount_at = {i: a for a in amounts for i in range(a.start, a.stop)}
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
            elif token.lower_ in _PERSONAL | _RELATIVE and token.pos_ in ("PRON", "DET", "SCONJ"):
                self._pronoun(token)
        self._bare_amounts()
        self._nations()
        self.found.sort(key=lambda m: (m.start, m.end))
        self.draft.mentions = self.found
        self._index()

    def _name(self, name: Name) -> None:
        span = self.doc[name.start : name.end]
        root = span.root
        mention = Mention(
            start=name.start,
            end=name.end,
            root=root.i,
            form=Form.NAME,
            class_name=name.class_name,
            name=span.text,
            known=name.known.key if name.known else None,
            certainty=name.certainty,
            definite=True,
            plural=root.tag_ in ("NNS", "NNPS") and name.known is None,
        )
        mention.title = self._title(mention)
        mention.amount = self._amount(root, name.start)
        region = self._directed(mention)
        for i in range(name.start, name.end):
            self.by_name[i] = mention
        self.found.append(mention)
        if region is not None:
            self.found.append(region)

    def _directed(self, mention: Mention) -> Mention | None:
        """The region that "southern Somalia" or "east Baghdad" names, beside the place itself."""
        if mention.start == 0 or not self.draft.is_a(mention.class_name, "Place"):
            return None
        before = self.doc[mention.start - 1]
        if not _is_direction(before.lower_) or before.head.i not in range(mention.start, mention.end):
            return None
        start = before.i
        while start >= 2 and self.doc[start - 1].text == "-" and _is_direction(self.doc[start - 2].lower_):
            start -= 2
        return Mention(
            start,
            mention.end,
            mention.root,
            Form.NAME,
            "Region",
            self.draft.text(start, mention.end),
            definite=True,
            certainty=0.85,
        )

    def _title(self, mention: Mention) -> tuple[int, int] | None:
        """The tokens of an office before a person's name: "State Department spokesman"."""
        if mention.class_name != "Person":
            return None
        start = min(
            (c.left_edge.i for c in self.doc[mention.root].lefts if c.dep_ in _LEFT), default=mention.start
        )
        start = max(start, self.doc[mention.root].sent.start)
        words = self.doc[start : mention.start]
        if any(self._people_noun(t) or is_title(t, self.draft.lexicon) for t in words):
            return start, mention.start
        return None

    def _people_noun(self, token: Token) -> bool:
        return token.pos_ in ("NOUN", "PROPN") and (
            lemma(token) in self.kinds.people or token.lower_ in self.kinds.people
        )

    def _noun(self, head: Token) -> None:
        kind = self._kind(head) or self._people_of_nation(head)
        if kind is None or (head.dep_ == "compound" and self._kind(head.head) is not None):
            return
        class_name, people, kind_start = kind
        start = self._core_start(head)
        inner = self._inner(start, kind_start)
        amount = self._amount(head, start)
        many = self._is_plural(head) or (amount is not None and amount.least != 1)
        if people is not None:
            class_name = "Group" if many else "Person"
        if class_name is not None and self._of_name(head, class_name, people):
            return
        if inner is not None and self._joined(inner, head, class_name, people, amount, kind_start):
            return
        mention = Mention(
            start=start,
            end=head.i + 1,
            root=head.i,
            form=Form.NOMINAL,
            class_name=class_name,
            name=self.draft.text(start, head.i + 1),
            people=people,
            amount=amount,
            plural=many,
            definite=self._is_definite(head),
            body=inner if people is not None else None,
            certainty=0.8,
        )
        self._promote(mention, inner, start, kind_start)
        self.found.append(mention)

    def _of_name(self, head: Token, class_name: str, people: str | None) -> bool:
        """Joins "the city of Hasaka" to Hasaka."""
        if people is not None or not self.draft.is_a(class_name, "Place"):
            return False
        for child in head.rights:
            if child.lower_ != "of":
                continue
            for name in (t for t in child.rights if t.dep_ == "pobj" and t.i in self.by_name):
                mention = self.by_name[name.i]
                unknown = mention.known is None and mention.class_name != "Person"
                if not (unknown or self.draft.is_a(mention.class_name, class_name)) or name.i != child.i + 1:
                    continue
                if unknown:
                    mention.class_name = class_name
                self.joined[head.i] = mention
                mention.other_names = (*mention.other_names, self.draft.text(head.i, mention.end))
                return True
        return False

    def _joined(
        self,
        inner: Mention,
        head: Token,
        class_name: str,
        people: str | None,
        amount: Amount | None,
        kind_start: int,
    ) -> bool:
        """Joins a noun that tells what its name is ("Wardak province", "IS fighters") to the name."""
        draft = self.draft
        if inner.end < kind_start and not all(t.text == "-" for t in self.doc[inner.end : kind_start]):
            return False
        is_body = draft.is_a(inner.class_name, "Organization")
        if people is not None:
            part = people in ("fighters", "forces") or lemma(head) in _MEMBERS
            if not (is_body and part and amount is None and self._is_plural(head)):
                return False
        elif draft.is_a(class_name, "Place"):
            if not (draft.is_a(inner.class_name, "Place") or inner.known is None):
                return False
            self._place(inner, class_name)
        elif draft.is_a(class_name, "Organization"):
            part = kind_start == head.i and lemma(head) in draft.lexicon.relations["partOf"].nouns
            if not is_body or part:
                return False
            if inner.class_name == "Organization":
                inner.class_name = class_name
        else:
            return False
        inner.other_names = (*inner.other_names, inner.name) if inner.known is None else inner.other_names
        full = self.draft.text(inner.start, head.i + 1)
        if draft.is_a(class_name, "Place") and inner.known is None:
            inner.name = full
        else:
            inner.other_names = (*inner.other_names, full)
        inner.end, inner.root = head.i + 1, head.i
        for i in range(inner.start, inner.end):
            self.by_name[i] = inner
        return True

    def _place(self, inner: Mention, class_name: str) -> None:
        """Lets the noun decide what kind of place the name is: "Hasaka province" is not the city."""
        if not self.draft.is_a(inner.class_name, "Place"):
            inner.class_name, inner.known = class_name, None
        elif inner.class_name != class_name and class_name not in ("Place",):
            entry = self._namesake(inner, class_name)
            inner.known = entry
            inner.class_name = class_name

    def _namesake(self, inner: Mention, class_name: str) -> str | None:
        """Key of the gazetteer entry of that class with the mention's label, if there is one."""
        if inner.known is None:
            return None
        entries = self.draft.gazetteer.entries
        label, country = entries[inner.known].label, entries[inner.known].country
        for key in (
            f"{inner.known}-{class_name.lower()}",
            f"{inner.known}-province",
            f"{inner.known}-governorate",
        ):
            if key in entries and entries[key].class_name == class_name:
                return key
        del label, country
        return None

    def _promote(self, mention: Mention, inner: Mention | None, start: int, kind_start: int) -> None:
        """Makes a phrase with a name in it a name: "Ghwayran prison", "Donetsk administration"."""
        draft = self.draft
        before = self.doc[kind_start - 1] if kind_start > start else None
        if mention.people is not None or before is None:
            return
        national = before.i in self.demonyms
        adjacent = inner is not None and inner.end == kind_start and inner.form is Form.NAME
        capital = all(t.text[:1].isupper() for t in self.doc[start : mention.end])
        if (
            (draft.is_a(mention.class_name, *_BODIES) and (national or adjacent))
            or (draft.is_a(mention.class_name, "Facility") and (adjacent or capital))
            or (draft.is_a(mention.class_name, "Organization") and capital and mention.end - start > 1)
        ):
            mention.form, mention.definite, mention.certainty = Form.NAME, True, 0.8
            first = inner.start if adjacent and inner is not None else (start if capital else before.i)
            mention.start = min(first, before.i)
            mention.name = draft.text(mention.start, mention.end)

    def _kind(self, head: Token) -> tuple[str, str | None, int] | None:
        """Class, list of people nouns and first token of the longest known noun that ends at `head`."""
        best = None
        for form in (lemma(head), head.lower_):
            words: list[str] = [form]
            start = head.i
            while len(words) <= self.kinds.longest:
                noun = " ".join(words)
                if noun in self.kinds.classes:
                    best = _longer(best, (self.kinds.classes[noun], None, start))
                elif noun in self.kinds.people:
                    best = _longer(best, ("Group", self.kinds.people[noun], start))
                start -= 1
                if start >= 0 and self.doc[start].text == "-":
                    start -= 1
                if start < head.sent.start:
                    break
                words.insert(0, self.doc[start].lower_)
        return best

    def _people_of_nation(self, head: Token) -> tuple[str, str | None, int] | None:
        """ "Americans", "Shiites": people by their nation or faith."""
        if head.tag_ in ("NNS", "NNPS") and (head.i in self.demonyms or head.ent_type_ == "NORP"):
            return "Group", "civilians", head.i
        return None

    def _nations(self) -> None:
        """National adjectives, as mentions of their country that count only where it acts."""
        roots = {m.root for m in self.found}
        for i, name in self.demonyms.items():
            if i in roots or name.known is None or i != name.end - 1:
                continue
            words = self.draft.text(name.start, name.end)
            self.draft.nations[i] = Mention(
                name.start,
                name.end,
                i,
                Form.NATION,
                "Country",
                words,
                known=name.known.key,
                definite=True,
                certainty=0.85,
            )

    def _core_start(self, head: Token) -> int:
        """First token of the phrase behind article, possessor and amount."""
        start = min((c.left_edge.i for c in head.lefts if c.dep_ in _LEFT), default=head.i)
        start = max(start, head.sent.start)
        for child in head.lefts:
            if child.dep_ in ("det", "poss", "predet", "nummod") or child.i in self.amount_at:
                start = max(start, child.right_edge.i + 1)
        while start < head.i and (
            start in self.amount_at or self.doc[start].lower_ in ("'s", "’s", "the", "a", "an", '"', "“", ",")
        ):
            start += 1
        return min(start, head.i)

    def _inner(self, start: int, stop: int) -> Mention | None:
        """The last name that stands in the phrase before its kind noun."""
        for i in range(stop - 1, start - 1, -1):
            if i in self.by_name:
                return self.by_name[i]
        return None

    def _amount(self, head: Token, start: int) -> Amount | None:
        """The amount that stands before the phrase or that the phrase is the "of" of."""
        for child in head.lefts:
            for i in (child.i, child.right_edge.i):
                if i in self.amount_at and i <= start:
                    return self.amount_at[i].amount
        if start > head.sent.start and start - 1 in self.amount_at:
            return self.amount_at[start - 1].amount
        if head.dep_ == "pobj" and head.head.lower_ in _LINKS and head.head.head.i in self.amount_at:
            return self.amount_at[head.head.head.i].amount
        return None

    def _is_plural(self, head: Token) -> bool:
        return (
            head.tag_ in ("NNS", "NNPS")
            or lemma(head) in self.kinds.crowds
            or head.lower_ in self.kinds.crowds
        )

    def _is_definite(self, head: Token) -> bool:
        return any(c.lower_ in _DEFINITE or c.dep_ == "poss" for c in head.lefts)

    def _pronoun(self, token: Token) -> None:
        if token.lower_ in _RELATIVE and (token.dep_ in ("mark", "det") or token.head.dep_ != "relcl"):
            return
        if token.lower_ == "it" and token.dep_ == "expl":
            return
        self.found.append(
            Mention(
                token.i,
                token.i + 1,
                token.i,
                Form.PRONOUN,
                None,
                token.text,
                plural=token.lower_ in ("they", "them", "their"),
                certainty=0.6,
            )
        )

    def _bare_amounts(self) -> None:
        """Amounts that are a phrase by themselves: "Dozens died", "wounded 110"."""
        heads = {m.root for m in self.found}
        done: set[int] = set()
        for i, found in sorted(self.amount_at.items()):
            token = self.doc[i]
            if found.start in done or token.dep_ not in (
                "nsubj",
                "nsubjpass",
                "dobj",
                "pobj",
                "attr",
                "conj",
                "appos",
            ):
                continue
            of = next(
                (c for p in token.rights if p.lower_ == "of" for c in p.rights if c.dep_ == "pobj"), None
            )
            if (
                i in heads
                or token.pos_ not in ("NUM", "NOUN")
                or (of is not None and of.i in heads)
                or of is not None
            ):
                continue
            if token.dep_ == "pobj" and token.head.lower_ not in ("of", "to", "by", "among"):
                continue
            done.add(found.start)
            self.found.append(
                Mention(
                    found.start,
                    found.stop,
                    i,
                    Form.NOMINAL,
                    "Group",
                    self.draft.text(found.start, found.stop),
                    people="victims",
                    amount=found.amount,
                    plural=True,
                    certainty=0.7,
                )
            )

    def _index(self) -> None:
        at: dict[int, Mention] = {}
        for mention in sorted(self.found, key=lambda m: m.end - m.start):
            for i in range(mention.start, mention.end):
                if mention.form is not Form.NOMINAL and i not in at:
                    at[i] = mention
        for mention in sorted(self.found, key=lambda m: m.end - m.start):
            at[mention.root] = mention
        for i, found in self.amount_at.items():
            of = next(
                (c for p in self.doc[i].rights if p.lower_ == "of" for c in p.rights if c.dep_ == "pobj"),
                None,
            )
            if of is not None and of.i in at and i not in at and found:
                at[i] = at[of.i]
        self.draft.at = {**at, **self.joined}


def _longer(
    best: tuple[str, str | None, int] | None, new: tuple[str, str | None, int]
) -> tuple[str, str | None, int]:
    return new if best is None or new[2] < best[2] else best


def _is_direction(word: str) -> bool:
    return word.endswith(
        ("north", "south", "east", "west", "northern", "southern", "eastern", "western", "central")
    )
