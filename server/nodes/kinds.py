"""Which page a node gets by its classes, and in which colour it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from kg.settings import ontology_directory
from kg.vocab import RDFS, SIT
from server.display import in_words, local_name

# The first that a class is or lies under gives the colour; a country that acts is still a place.
_COLOURS = (
    (str(SIT.Event), "event"),
    (str(SIT.EventCluster), "event"),
    (str(SIT.Person), "person"),
    (str(SIT.Group), "person"),
    (str(SIT.Organization), "organisation"),
    (str(SIT.Facility), "facility"),
    (str(SIT.Place), "place"),
    (str(SIT.Weapon), "weapon"),
    (str(SIT.Actor), "organisation"),
)
_PAGES = (
    (str(SIT.Report), "report"),
    (str(SIT.Event), "event"),
    (str(SIT.EventCluster), "cluster"),
    (str(SIT.Entity), "entity"),
)


@dataclass(frozen=True, slots=True)
class Kinds:
    """The classes of the ontology that ships with Sitrep: all that is above each, and their names."""

    above: Mapping[str, frozenset[str]]
    names: Mapping[str, str]

    def page(self, classes: Iterable[str]) -> str:
        """`report`, `event`, `cluster` or `entity` for what has a page of its own, "" for anything else."""
        return self._first(classes, _PAGES) or ""

    def colour(self, classes: Iterable[str]) -> str:
        """What the node's `kind-…` class in the style sheets ends in."""
        return self._first(classes, _COLOURS) or "other"

    def words(self, classes: Iterable[str]) -> str:
        """The classes of a node in words: "armed group"; of other vocabularies only if it has no other."""
        return ", ".join(self.name(name) for name in self.narrow(classes))

    def narrow(self, classes: Iterable[str]) -> list[str]:
        """The classes that say most of a node, sorted."""
        found = sorted(set(classes))
        ours = [name for name in found if name in self.above]
        # A country that acts is an Actor too, which says nothing more.
        return [name for name in ours if name != str(SIT.Actor)] or ours or found

    def name(self, iri: str) -> str:
        """A class in words."""
        return self.names.get(iri) or in_words(local_name(iri))

    def _first(self, classes: Iterable[str], among: tuple[tuple[str, str], ...]) -> str | None:
        all_above = {above for name in classes for above in self.above.get(name, frozenset({name}))}
        return next((found for name, found in among if name in all_above), None)


@cache
def kinds() -> Kinds:
    """The classes as `ontology/sitrep.ttl` has them: a store that was loaded may hold no ontology."""
    above: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    subclass, label = ox.NamedNode(str(RDFS.subClassOf)), ox.NamedNode(str(RDFS.label))
    for quad in ox.parse(path=str(ontology_directory() / "sitrep.ttl"), format=ox.RdfFormat.TURTLE):
        subject, value = quad.subject, quad.object
        if not isinstance(subject, ox.NamedNode):
            continue
        if quad.predicate == subclass and isinstance(value, ox.NamedNode):
            above.setdefault(subject.value, set()).add(value.value)
        elif quad.predicate == label and isinstance(value, ox.Literal):
            names[subject.value] = value.value
    return Kinds({name: frozenset(_closure(name, above)) for name in {*above, *names}}, names)


def _closure(name: str, above: Mapping[str, set[str]]) -> set[str]:
    """A class with all that is above it."""
    found: set[str] = set()
    pending = [name]
    while pending:
        one = pending.pop()
        if one not in found:
            found.add(one)
            pending += above.get(one, ())
    return found
