"""What kind of thing a Wikidata item is, by its classes: `kinds.tsv` says what kind each of some classes is.

Of other classes it is the superclasses that tell, the nearest ones that the table has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from kg.facts import Kind

HINTS = MappingProxyType({Kind.PERSON: "Q5", Kind.ORGANIZATION: "Q43229"})  # classes that hold all of a kind
_STEPS = 6  # up from a class; what is farther away is too general to tell a kind

Superclasses = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]


@cache
def kinds_of_classes() -> Mapping[str, Kind]:
    """The table: Wikidata class ("Q5") and kind."""
    text = files(__package__).joinpath("kinds.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return MappingProxyType({item: Kind(kind) for item, kind, _ in rows})


def resolve(classes: Iterable[str], superclasses: Superclasses) -> Mapping[str, frozenset[Kind]]:
    """The kinds of each class; `superclasses` is asked for those that the table lacks, step by step up."""
    table = kinds_of_classes()
    wanted = sorted(set(classes))
    parents: dict[str, Sequence[str]] = {}
    front = [c for c in wanted if c not in table]
    for _ in range(_STEPS):
        if not front:
            break
        found = superclasses(front)
        parents.update({c: found.get(c, ()) for c in front})
        front = sorted({p for c in front for p in parents[c] if p not in table and p not in parents})
    return {c: _kinds(c, table, parents) for c in wanted}


def _kinds(start: str, table: Mapping[str, Kind], parents: Mapping[str, Sequence[str]]) -> frozenset[Kind]:
    """The kinds on the lowest step above a class that tells any."""
    seen, level = {start}, [start]
    while level:
        kinds = frozenset(table[c] for c in level if c in table)
        if kinds:
            return kinds
        above = (p for c in level for p in parents.get(c, ()))
        level = [p for p in dict.fromkeys(above) if p not in seen]
        seen.update(level)
    return frozenset()
