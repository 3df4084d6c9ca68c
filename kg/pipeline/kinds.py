"""The kind of a thing by its class."""

from __future__ import annotations

from collections.abc import Sequence

from kg.facts import Kind
from kg.gazetteer import ACTORS, FACILITIES, PLACES


def kind_of(classes: Sequence[str]) -> Kind | None:
    """The kind that one of the classes (local names) tells; none for groups and weapons."""
    for class_name in classes:
        if class_name == "Person":
            return Kind.PERSON
        if class_name in PLACES | {"Place"}:
            return Kind.PLACE
        if class_name in FACILITIES:
            return Kind.FACILITY
        if class_name in ACTORS:
            return Kind.ORGANIZATION
    return None
