"""Capitals that stand for their state: "Moscow denied it".

Works while roles are filled; needs coreference.
"""

from __future__ import annotations

from dataclasses import replace

from kg.reading.state import Draft, DraftEvent, Form, Mention, drop_empty


class Capitals:
    """Which capitals of a report have stood for their state."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._capitals = draft.lexicon.cues.capitals
        self._stood_in: dict[int, dict[int, int]] = {}  # cluster of a capital -> first token -> its country's

    def state_of(self, event: DraftEvent, role: str, mention: Mention) -> Mention:
        """The state that a capital stands for where it speaks or backs: "Moscow denied"."""
        known = self.draft.head_of(mention).known
        country = self._capitals.get(known) if known is not None else None
        acts = role in ("speaker", "addressee") or event.kind in ("Support", "Sanction", "Accusation")
        acts |= role == "agent" and not event.is_noun
        if country is None or not acts or role == "place" or country not in self.draft.gazetteer:
            return mention
        stand_in = replace(mention, form=Form.NATION, class_name="Country", known=country, namesakes=())
        joined = next((c for c in self.draft.clusters if c[0].known == country), None)
        stand_in.entity = len(self.draft.clusters) if joined is None else joined[0].entity
        if joined is None:
            self.draft.clusters.append([stand_in])
        else:
            joined.append(stand_in)
        self._stood_in.setdefault(mention.entity, {})[mention.start] = stand_in.entity
        return stand_in

    def _takes_sides(self, mention: Mention) -> bool:
        """Whether the name is part of a word for a side: "pro-Moscow", "Moscow-backed"."""
        doc = self.draft.doc
        behind = mention.end + 1 < len(doc) and doc[mention.end].text == "-"
        return behind or (mention.start > 1 and doc[mention.start - 1].text == "-")

    def give_up(self) -> None:
        """A capital that is only named to stand for its state is no place of the report."""
        for city, stood in self._stood_in.items():
            cluster, country = self.draft.clusters[city], next(iter(stood.values()))
            names = (m for m in cluster if m.form is Form.NAME)
            if all(m.start in stood or self._takes_sides(m) for m in names):
                for mention in cluster:
                    mention.entity = country
                self.draft.clusters[country].extend(cluster)
                self.draft.clusters[city] = []
        drop_empty(self.draft)
