"""Kinds of event that are clustered, in families: two events can be one only within a family."""

from __future__ import annotations

# Each kind with the kind above it in the ontology, up to the one that gives the family its name.
_PARENTS = {
    "Attack": None,
    "AirStrike": "Attack",
    "DroneStrike": "Attack",
    "Shelling": "Attack",
    "Bombing": "Attack",
    "SuicideBombing": "Bombing",
    "Ambush": "Attack",
    "Raid": "Attack",
    "Assassination": "Attack",
    "PrisonBreak": "Attack",  # reports call one and the same event either
    "Clash": None,
    "Siege": None,
    "Escape": None,
    "TakeControl": None,
    "Capture": None,
    "HostageTaking": "Capture",
    "Release": None,
    "Killing": None,
    "Execution": "Killing",
    "Injury": None,
    "Destruction": None,
    "Displacement": None,
}
KINDS = frozenset(_PARENTS)
ACTS = "Attack"  # the family whose events do the harm
HARMS = frozenset({"Killing", "Injury", "Destruction", "Displacement"})
# Kinds beside each other that one reporter writes for the other's.
_ALIKE = (frozenset({"AirStrike", "DroneStrike"}), frozenset({"AirStrike", "Shelling"}))


def family(kind: str) -> str:
    """The family of a kind. Raises ValueError for a kind that is not clustered."""
    if kind not in _PARENTS:
        raise ValueError(f"unexpected kind of event {kind!r}")
    parent = _PARENTS[kind]
    return kind if parent is None else family(parent)


def may_be_one(first: str, second: str) -> bool:
    """Whether one event may be called both: the same, one under the other, or two taken for each other."""
    return first in _line(second) or second in _line(first) or frozenset({first, second}) in _ALIKE


def _line(kind: str) -> list[str]:
    """The kind and those above it."""
    parent = _PARENTS[kind]
    return [kind] if parent is None else [kind, *_line(parent)]
