"""What Wikidata says of its items, as far as linking asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.facts import Kind
from kg.linking.online.decision import Candidate
from kg.linking.online.kinds import Superclasses, resolve

INSTANCE_OF, SUBCLASS_OF, COUNTRY, CITIZENSHIP, COORDINATES = "P31", "P279", "P17", "P27", "P625"
_ITEM = re.compile(r"Q[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Item:
    """Values of an item's claims: items by property, its point, and its names where they were asked for."""

    claims: Mapping[str, tuple[str, ...]]
    point: tuple[float, float] | None = None
    names: tuple[str, ...] = ()

    @property
    def countries(self) -> frozenset[str]:
        """The countries that it lies in or is a citizen of."""
        return frozenset(self.claims.get(COUNTRY, ()) + self.claims.get(CITIZENSHIP, ()))


def is_item(text: object) -> bool:
    """Whether this is the id of a Wikidata item."""
    return isinstance(text, str) and _ITEM.fullmatch(text) is not None


def described(
    lists: Sequence[Sequence[Candidate]], items: Mapping[str, Item], superclasses: Superclasses
) -> list[list[Candidate]]:
    """Candidates with what their items say; those without an item stay as they are."""
    classes = {c for item in items.values() for c in item.claims.get(INSTANCE_OF, ())}
    kinds = resolve(classes, superclasses)
    return [[_described(c, items.get(c.item), kinds) for c in candidates] for candidates in lists]


def _described(candidate: Candidate, item: Item | None, kinds: Mapping[str, frozenset[Kind]]) -> Candidate:
    if item is None:
        return candidate
    told = union(kinds.get(c, frozenset()) for c in item.claims.get(INSTANCE_OF, ()))
    return replace(
        candidate,
        names=tuple(dict.fromkeys((*candidate.names, *item.names))),
        kinds=told,
        countries=item.countries,
        point=item.point,
    )


def union(kinds: Iterable[frozenset[Kind]]) -> frozenset[Kind]:
    """All kinds of some sets of them."""
    return frozenset(kind for found in kinds for kind in found)
