"""The reading against the cases in tests/cases: short texts with what must be read in them.

A case names only what it is about; what it does not name may be anything. A class or kind stands for its
subclasses too. A name counts if it is the entity's name or another name of it, whatever its case and
article; for a thing without a name of its own the last words of its name are enough ("civilians" for "at
least 12 civilians"). Fields of a [[case]]:

    name, text, date    date: the day of issue
    entities            "Sudanese Armed Forces = SAF: StateForce": names of one entity, and its class
    distinct            "Sudan / South Sudan": two entities
    no_entities         names that no entity has
    events              "Killing target=A & B agent=C place=D date=2024-03-10 end=2024-03-11 status=Reported
                        by=E about=Attack cause=Bombing": one event has all of these; "-" stands for none;
                        "Raid/Ambush" is one or the other; a role may be one of several (EITHER)
    absent              the same, but no event has all of these
    counts              "civilians 12-": least and most number ("12", "12-", "-30", "20-30")
    no_counts           names of entities without a number
    amounts             "12": some entity has this number, whatever it is called
    relations           "A | killed | B"; conducts has a kind of event on its right
    no_relations        the same, but not found

Cases that the reading still gets wrong stand in known_failures.toml with the reason.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from kg.facts import Entity, Event, Facts, Report
from kg.lexicon import ROLES, ClassTree
from kg.reading import Reader

FOLDER = Path(__file__).parents[1] / "cases"
FAILURES = "known_failures.toml"
EITHER = {
    "side": ("agent", "target", "participant"),
    "moved": ("agent", "target"),
    "doer": ("agent", "instrument"),
    "where": ("place", "destination"),
}
FIELDS = {*ROLES, *EITHER, "date", "end", "status", "by", "about", "cause"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One [[case]] of a file in tests/cases."""

    name: str
    text: str
    date: str | None = None
    entities: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()
    no_entities: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    no_counts: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    no_relations: tuple[str, ...] = ()

    def report(self) -> Report:
        issued = dt.date.fromisoformat(self.date) if self.date else None
        return Report(identifier="case", text=self.text, issued=issued)


def load_cases() -> Iterator[tuple[str, Case]]:
    """Each case with the name of the file it stands in."""
    known = {field.name for field in fields(Case)}
    for path in sorted(FOLDER.glob("*.toml")):
        if path.name == FAILURES:
            continue
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            assert set(row) <= known, f"{path.name}, {row['name']}: unknown field in {sorted(row)}"
            values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
            yield path.stem, Case(**values)


def known_failures() -> dict[str, str]:
    rows: dict[str, Any] = tomllib.loads((FOLDER / FAILURES).read_text(encoding="utf-8"))
    return {name: str(reason) for name, reason in rows["reasons"].items()}


def parameters() -> list[Any]:
    failures = known_failures()
    found = []
    for stem, case in load_cases():
        reason = failures.get(case.name)
        mark = pytest.mark.xfail(
            strict=True, raises=AssertionError, reason=f"{reason} (if it passes: take it off {FAILURES})"
        )
        found.append(pytest.param(case, id=f"{stem}: {case.name}", marks=[mark] if reason else []))
    return found


@dataclass(frozen=True)
class Pattern:
    """What an event must have: its kind, and field -> wanted values, none for "-"."""

    kind: str
    wanted: dict[str, tuple[str, ...]]

    @staticmethod
    def parse(words: str) -> Pattern:
        kind, *rest = re.split(r"\s+(?=[a-z]+=)", words)
        wanted = {}
        for part in rest:
            key, _, value = part.partition("=")
            assert key in FIELDS, f"unknown field {key!r} in {words!r}"
            wanted[key] = () if value == "-" else tuple(value.split(" & "))
        return Pattern(kind, wanted)


@dataclass(frozen=True)
class Finding:
    """The facts read in a case's text, and how to look things up in them; each check returns misses."""

    facts: Facts
    tree: ClassTree

    def __post_init__(self) -> None:
        assert len({e.key for e in self.facts.entities}) == len(self.facts.entities)

    def entity(self, key: str) -> Entity:
        return next(e for e in self.facts.entities if e.key == key)

    def called(self, name: str) -> list[Entity]:
        return [e for e in self.facts.entities if is_called(e, name)]

    def kind_of(self, keys: tuple[str, ...], kind: str) -> bool:
        return any(self.tree.is_a(e.kind, kind) for e in self.facts.events if e.key in keys)

    def matches(self, event: Event, pattern: Pattern) -> bool:
        return self.tree.is_a(event.kind, *pattern.kind.split("/")) and all(
            self.has(event, field, values) for field, values in pattern.wanted.items()
        )

    def has(self, event: Event, field: str, values: tuple[str, ...]) -> bool:
        match field:
            case "date":
                return (event.when.begin if event.when else None,) == (values or (None,))
            case "end":
                return (event.when.end if event.when else None,) == (values or (None,))
            case "status":
                return (event.status.value,) == values
            case "about" | "cause":
                keys = event.about if field == "about" else event.caused_by
                return all(self.kind_of(keys, kind) for kind in values) and bool(values) == bool(keys)
            case "by":
                keys = event.attributed_to
            case _:
                roles = EITHER.get(field, (field,))
                keys = tuple(role.entity for role in event.roles if role.name in roles)
        fillers = [self.entity(key) for key in keys]
        return bool(values) == bool(fillers) and all(
            any(is_called(filler, value) for filler in fillers) for value in values
        )

    def told(self, event: Event) -> str:
        """An event as a case would write it, with all that was found."""
        parts = [event.kind]
        parts += [f"{role.name}={self.entity(role.entity).name}" for role in event.roles]
        if event.when:
            parts.append(f"date={event.when.begin}" + (f" end={event.when.end}" if event.when.end else ""))
        parts.append(f"status={event.status.value}")
        parts += [f"by={self.entity(key).name}" for key in event.attributed_to]
        parts += [f"about={e.kind}" for e in self.facts.events if e.key in event.about]
        parts += [f"cause={e.kind}" for e in self.facts.events if e.key in event.caused_by]
        return " ".join(parts)

    def all_events(self) -> str:
        return "".join(f"\n    {self.told(e)}" for e in self.facts.events) or " no event"

    def all_entities(self) -> str:
        return "; ".join(
            f"{' = '.join(dict.fromkeys((e.name, *e.aliases)))}: {'+'.join(e.classes)}"
            + (f" {amount_words(e)}" if e.amount else "")
            for e in self.facts.entities
        )

    def relations(self) -> Iterator[tuple[Entity, str, Entity | Event]]:
        things: dict[str, Entity | Event] = {e.key: e for e in self.facts.entities}
        things |= {e.key: e for e in self.facts.events}
        for relation in self.facts.relations:
            yield self.entity(relation.subject), relation.predicate, things[relation.object]
        for entity in self.facts.entities:
            if entity.member_of:
                yield entity, "memberOf", self.entity(entity.member_of)

    def related(self, words: str) -> bool:
        subject, predicate, object_ = words.split(" | ")
        return any(
            predicate == name and is_called(left, subject) and self.stands_for(right, object_)
            for left, name, right in self.relations()
        )

    def stands_for(self, thing: Entity | Event, words: str) -> bool:
        if isinstance(thing, Event):
            return words in self.tree and self.tree.is_a(thing.kind, words)
        return is_called(thing, words)

    def all_relations(self) -> str:
        return "; ".join(f"{left.name} | {name} | {name_of(right)}" for left, name, right in self.relations())


def name_of(thing: Entity | Event) -> str:
    return thing.kind if isinstance(thing, Event) else thing.name


def plain(name: str) -> str:
    """A name without its article and typographic marks, in lower case."""
    words = name.lower().replace("’", "'").split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)


def is_called(entity: Entity, name: str) -> bool:
    names = {plain(n) for n in (entity.name, *entity.aliases)}
    wanted = plain(name)
    return wanted in names or (not entity.named and any(n.endswith(f" {wanted}") for n in names))


def amount_words(entity: Entity) -> str:
    """An entity's amount as a case writes it."""
    if entity.amount is None:
        return "no number"
    least, most = entity.amount.least, entity.amount.most
    if least == most:
        return str(least)
    return f"{'' if least is None else least}-{'' if most is None else most}"


def entity_misses(case: Case, found: Finding) -> Iterator[str]:
    for words in case.entities:
        names, _, kind = words.rpartition(": ")
        both = [e for e in found.facts.entities if all(is_called(e, n) for n in names.split(" = "))]
        if not any(found.tree.is_a(c, kind) for e in both for c in e.classes):
            yield f"no entity {words!r}"
    for words in case.distinct:
        left, right = (found.called(name) for name in words.split(" / "))
        if not left or not right or any(e in right for e in left):
            yield f"not two entities: {words!r}"
    for name in case.no_entities:
        if found.called(name):
            yield f"{name!r} is an entity"


def count_misses(case: Case, found: Finding) -> Iterator[str]:
    for words in case.counts:
        name, _, amount = words.rpartition(" ")
        if not any(amount_words(e) == amount for e in found.called(name)):
            yield f"no count {words!r}"
    for name in case.no_counts:
        if any(e.amount for e in found.called(name)):
            yield f"{name!r} has a count"
    for amount in case.amounts:
        if all(amount_words(e) != amount for e in found.facts.entities):
            yield f"no amount {amount!r}"


def event_misses(case: Case, found: Finding) -> Iterator[str]:
    for words in case.events:
        pattern = Pattern.parse(words)
        if not any(found.matches(e, pattern) for e in found.facts.events):
            yield f"no event {words!r}"
    for words in case.absent:
        pattern = Pattern.parse(words)
        for event in found.facts.events:
            if found.matches(event, pattern):
                yield f"{words!r} matches {found.told(event)!r}"


def relation_misses(case: Case, found: Finding) -> Iterator[str]:
    for words in case.relations:
        if not found.related(words):
            yield f"no relation {words!r}"
    for words in case.no_relations:
        if found.related(words):
            yield f"wrong relation {words!r}"


@pytest.mark.parametrize("case", parameters())
def test_case(case: Case, reader: Reader, tree: ClassTree) -> None:
    found = Finding(reader.read(case.report()), tree)
    misses = [
        *entity_misses(case, found),
        *count_misses(case, found),
        *event_misses(case, found),
        *relation_misses(case, found),
    ]
    assert not misses, "\n".join(
        [
            case.text,
            *misses,
            f"events found:{found.all_events()}",
            f"entities found: {found.all_entities()}",
            f"relations found: {found.all_relations()}",
        ]
    )


def test_names_of_cases_are_unique_and_known_failures_are_cases(tree: ClassTree) -> None:
    names = [case.name for _, case in load_cases()]
    assert sorted(set(names)) == sorted(names)
    assert set(known_failures()) <= set(names)


def test_kinds_and_classes_in_cases_exist(tree: ClassTree) -> None:
    for _, case in load_cases():
        for words in (*case.events, *case.absent):
            assert all(kind in tree for kind in Pattern.parse(words).kind.split("/")), f"{case.name}: {words}"
        for words in case.entities:
            assert words.rpartition(": ")[2] in tree, f"{case.name}: {words}"
