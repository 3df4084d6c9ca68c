"""Direct relations that follow from Reported events.

A pure function over facts; the table is the contract's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kg.facts import Entity, Event, Relation, Span, Status
from kg.lexicon import ClassTree

_DOES = {
    "Support": ("agent", "supports", ("target",)),
    "Capture": ("agent", "captured", ("target",)),
    "HostageTaking": ("agent", "captured", ("target",)),
    "Killing": ("agent", "killed", ("target",)),
    "TakeControl": ("agent", "controls", ("target", "place")),
    "Accusation": ("speaker", "accuses", ("target",)),
}
_SYMMETRIC = {"Clash": "fights", "Meeting": "metWith"}
_SIDES = ("agent", "participant", "target")


def derive_relations(
    events: Iterable[Event], entities: Mapping[str, Entity], tree: ClassTree
) -> list[Relation]:
    """The relations of all Reported events, those of several events joined, in the events' order."""
    joined: dict[tuple[str, str, str], list[Event]] = {}
    for event in events:
        if event.status is Status.REPORTED:
            for key in _relations(event, entities, tree):
                joined.setdefault(_stored(key, joined), []).append(event)
    return [_relation(key, sources) for key, sources in joined.items()]


def _stored(
    key: tuple[str, str, str], known: Mapping[tuple[str, str, str], list[Event]]
) -> tuple[str, str, str]:
    """The key, the other way round where a symmetric relation is known so."""
    turned = (key[2], key[1], key[0])
    return turned if key[1] in _SYMMETRIC.values() and turned in known else key


def _relations(
    event: Event, entities: Mapping[str, Entity], tree: ClassTree
) -> Iterator[tuple[str, str, str]]:
    roles: dict[str, list[str]] = {}
    for role in event.roles:
        roles.setdefault(role.name, []).append(role.entity)
    for kind, (doer, predicate, done) in _DOES.items():
        if tree.is_a(event.kind, kind):
            others = next((roles[r] for r in done if r in roles), [])
            yield from ((a, predicate, b) for a in roles.get(doer, ()) for b in others if a != b)
    for kind, predicate in _SYMMETRIC.items():
        if event.kind == kind:
            yield from _pairs(roles, predicate, entities, tree)
    if tree.is_a(event.kind, "Attack", "PrisonBreak"):
        yield from (
            (a, "attacks", b) for a in roles.get("agent", ()) for b in roles.get("target", ()) if a != b
        )
        yield from (
            (a, "conducts", event.key)
            for a in roles.get("agent", ())
            if tree.is_a(entities[a].classes[-1], "Actor")
        )
    if event.kind == "Detention":
        places = [p for p in roles.get("place", ()) if tree.is_a(entities[p].classes[0], "Facility")]
        yield from (
            (a, "holds", b)
            for a in (*roles.get("agent", ()), *places)
            for b in roles.get("target", ())
            if a != b
        )
    if event.kind == "Displacement":
        moved = (*roles.get("target", ()), *(roles.get("agent", ()) if "target" not in roles else ()))
        yield from ((a, "displacedFrom", b) for a in moved for b in roles.get("origin", ()) if a != b)


def _pairs(
    roles: Mapping[str, list[str]], predicate: str, entities: Mapping[str, Entity], tree: ClassTree
) -> Iterator[tuple[str, str, str]]:
    """The two sides of a symmetric event: those of one role are on one side where there are two roles."""
    sides = [
        [k for k in roles.get(r, ()) if any(tree.is_a(c, "Actor") for c in entities[k].classes)]
        for r in _SIDES
    ]
    if len(sides[_SIDES.index("participant")]) > 1:  # "between A and B": whoever takes part is on no side
        sides = [sides[_SIDES.index("participant")]]
    filled = [s for s in sides if s]
    if len(filled) == 1:
        side = filled[0]
        yield from ((a, predicate, b) for n, a in enumerate(side) for b in side[n + 1 :])
    for n, side in enumerate(filled):
        for other in filled[n + 1 :]:
            yield from ((a, predicate, b) for a in side for b in other if a != b)


def _relation(key: tuple[str, str, str], events: list[Event]) -> Relation:
    evidence: dict[Span, None] = {}
    sources: dict[str, None] = {}
    for event in events:
        evidence |= dict.fromkeys(event.evidence)
        sources |= dict.fromkeys(event.attributed_to)
    return Relation(
        subject=key[0],
        predicate=key[1],
        object=key[2],
        evidence=tuple(sorted(evidence)),
        confidence=max(e.confidence for e in events),
        attributed_to=tuple(sources),
        derived_from=tuple(e.key for e in events),
        why=f"follows from {' and '.join(dict.fromkeys(e.kind for e in events))}",
    )
