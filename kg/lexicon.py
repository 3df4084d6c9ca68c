"""The lexicon: which words mean which event, kind, relation or cue. Loaded from TOML, checked, frozen.

Nothing here knows the language model; the reading's components ask the lexicon about lemmas.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from kg.errors import DataError

Parsed = TypeVar("Parsed")

ROLES = frozenset(
    {"agent", "target", "participant", "place", "instrument", "origin", "destination", "speaker", "addressee"}
)


@dataclass(frozen=True, slots=True)
class ClassTree:
    """The classes by their parents; `is_a` walks up."""

    parent: Mapping[str, str]

    def lineage(self, name: str) -> tuple[str, ...]:
        """The class and its superclasses, most specific first; raises KeyError for an unknown class."""
        found = [name]
        while found[-1] in self.parent:
            found.append(self.parent[found[-1]])
        return tuple(found)

    def is_a(self, name: str | None, *classes: str) -> bool:
        """Whether `name` is one of the classes or a subclass of one."""
        while name is not None:
            if name in classes:
                return True
            name = self.parent.get(name)
        return False

    def __contains__(self, name: object) -> bool:
        return name in self.parent or name in self.parent.values()


@dataclass(frozen=True, slots=True)
class Trigger:
    """One [[trigger]] of events.toml; see that file for what the fields mean."""

    event: str
    verbs: tuple[tuple[str, ...], ...] = ()
    nouns: tuple[tuple[str, ...], ...] = ()
    adjectives: tuple[str, ...] = ()
    subject: str | None = None
    object: str | None = None
    of: str | None = None
    possessor: str | None = None
    prepositions: Mapping[str, str] = field(default_factory=dict)
    clause: bool = False
    only: frozenset[str] = frozenset()
    only_role: str | None = None
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Narrower:
    """One [[narrower]] of events.toml: `of` events done by or with one of the `nouns` are `event`."""

    event: str
    of: frozenset[str]
    nouns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Definite:
    """One [[definite]] of cues.toml: which gazetteer entry "the NOUN" is, by the countries (keys) that a
    report is about and its year; `until` None: to this day."""

    noun: str
    entry: str
    countries: frozenset[str]
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Cues:
    """cues.toml: words around an event."""

    light_verbs: frozenset[tuple[str, ...]]
    undergoing_verbs: frozenset[tuple[str, ...]]
    happening_verbs: frozenset[tuple[str, ...]]
    blame_verbs: frozenset[str]
    counting_verbs: frozenset[str]
    ordering_verbs: frozenset[str]
    status: Mapping[str, frozenset[str]]
    elsewhere: frozenset[str]
    source_prefixes: tuple[tuple[str, ...], ...]
    source_verbs: frozenset[str]
    nouns: Mapping[str, frozenset[str]]
    also: frozenset[tuple[str, ...]]
    no_event: Mapping[str, frozenset[str]]
    same_day: tuple[str, ...]
    takes_up: Mapping[str, str]  # noun -> class of what it takes up
    name_words: Mapping[str, str]  # first word of a name -> class, or "" where it names no entity
    name_ends: Mapping[str, str]  # last word of a name -> class
    lemmas: Mapping[str, str]
    capitals: Mapping[str, str]  # gazetteer key of a capital -> of its country
    stand_ins: Mapping[str, str]
    definites: tuple[Definite, ...]


@dataclass(frozen=True, slots=True)
class RelationWords:
    """One table of relations.toml."""

    nouns: frozenset[str] = frozenset()
    verbs: frozenset[tuple[str, ...]] = frozenset()


@dataclass(frozen=True, slots=True)
class Kinds:
    """kinds.toml: nouns that name a kind of thing. Keys are lemmas, words joined by a space."""

    classes: Mapping[str, str]  # noun -> class, for bodies, places, facilities, weapons
    people: Mapping[str, str]  # noun -> list it stands in: fighters, forces, officials, civilians
    titles: frozenset[str]  # lower-case, without the full stop
    collectives: frozenset[str]  # nouns that take up what was named before, and may be plural
    crowds: frozenset[str]  # nouns for several people that stand in the singular
    longest: int  # number of words of the longest noun
    heads: frozenset[str]  # the last words of all nouns


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All of the lexicon folder."""

    tree: ClassTree
    triggers: tuple[Trigger, ...]
    event_nouns: frozenset[str]  # last words of the triggers' nouns
    narrower: tuple[Narrower, ...]
    prepositions: Mapping[str, frozenset[str]]  # role -> prepositions
    cues: Cues
    relations: Mapping[str, RelationWords]
    wholes: frozenset[tuple[str, ...]]  # verbs of a whole whose objects are its parts
    prefixes: Mapping[str, str]  # participle behind a hyphen -> relation
    kinds: Kinds


def load_lexicon(directory: Path) -> Lexicon:
    """Reads the TOML files of `directory`; raises DataError naming file and, where it can, line."""
    path = directory / "classes.toml"
    tree = read_toml(path, partial(_class_tree, path))
    path = directory / "events.toml"
    prepositions, triggers, narrower = read_toml(path, partial(_events, path, tree))
    relations, wholes, prefixes = read_toml(directory / "relations.toml", _relations)
    path = directory / "cues.toml"
    cues = read_toml(path, partial(_cues, path, tree))
    path = directory / "kinds.toml"
    kinds = read_toml(path, partial(_kinds, path, tree))
    nouns = frozenset(words[-1] for trigger in triggers for words in trigger.nouns)
    return Lexicon(tree, triggers, nouns, narrower, prepositions, cues, relations, wholes, prefixes, kinds)


def read_toml(path: Path, parse: Callable[[dict[str, Any]], Parsed]) -> Parsed:
    """What `parse` makes of the file; raises DataError naming it where it is missing or wrong."""
    try:
        return parse(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise DataError(path, None, f"cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(path, None, f"is not TOML: {error}") from error
    except KeyError as error:
        raise DataError(path, None, f"the table or list {error} is missing") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise DataError(path, None, f"has a value of the wrong kind: {error}") from error


def _line(path: Path, text: str) -> int | None:
    """The first line that holds `text`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if text in line), None)


def _words(entries: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(entry.split()) for entry in entries)


def _role(path: Path, name: str) -> str:
    if name and name not in ROLES:
        raise DataError(
            path, _line(path, f'"{name}"'), f"unknown role {name!r}; one of {', '.join(sorted(ROLES))}"
        )
    return name


def _class_tree(path: Path, data: dict[str, Any]) -> ClassTree:
    parent: dict[str, str] = {}
    for name, children in data.items():
        for child in children:
            if child in parent:
                raise DataError(path, _line(path, f'"{child}"'), f"{child} stands under two classes")
            parent[child] = name
    return ClassTree(parent)


def _events(
    path: Path, tree: ClassTree, data: dict[str, Any]
) -> tuple[dict[str, frozenset[str]], tuple[Trigger, ...], tuple[Narrower, ...]]:
    prepositions = {_role(path, k): frozenset(v) for k, v in data["prepositions"].items()}
    triggers = tuple(_trigger(path, row, tree) for row in data["trigger"])
    return prepositions, triggers, tuple(_narrower(path, row, tree) for row in data.get("narrower", ()))


def _relations(
    data: dict[str, Any],
) -> tuple[dict[str, RelationWords], frozenset[tuple[str, ...]], dict[str, str]]:
    words = {
        name: RelationWords(frozenset(row.get("nouns", ())), frozenset(_words(row.get("verbs", ()))))
        for name, row in data.items()
        if name not in ("prefixes", "wholes")
    }
    return words, frozenset(_words(data["wholes"]["verbs"])), data["prefixes"]


def _trigger(path: Path, row: dict[str, Any], tree: ClassTree) -> Trigger:
    known = set(Trigger.__dataclass_fields__)
    for name in row:
        if name not in known:
            raise DataError(path, _line(path, f"{name} ="), f"unknown field {name!r}")
    if row["event"] not in tree or not tree.is_a(row["event"], "Event"):
        raise DataError(path, _line(path, f'"{row["event"]}"'), f"{row['event']!r} is no class of events")
    for name in row.get("only", ()):
        if name not in tree:
            raise DataError(path, _line(path, f'"{name}"'), f"unknown class {name!r}")
    roles = {
        k: _role(path, row[k]) for k in ("subject", "object", "of", "possessor", "only_role") if k in row
    }
    return Trigger(
        event=row["event"],
        verbs=_words(row.get("verbs", ())),
        nouns=_words(row.get("nouns", ())),
        adjectives=tuple(row.get("adjectives", ())),
        prepositions={k: _role(path, v) for k, v in row.get("prepositions", {}).items()},
        clause=row.get("clause", False),
        only=frozenset(row.get("only", ())),
        needs=frozenset(row.get("needs", ())),
        **roles,
    )


def _narrower(path: Path, row: dict[str, Any], tree: ClassTree) -> Narrower:
    for name in (row["event"], *row["of"]):
        if name not in tree or not tree.is_a(name, "Event"):
            raise DataError(path, _line(path, f'"{name}"'), f"{name!r} is no class of events")
    return Narrower(row["event"], frozenset(row["of"]), frozenset(row["nouns"]))


def _classes(path: Path, table: dict[str, str], tree: ClassTree) -> dict[str, str]:
    for noun, name in table.items():
        if name and name not in tree:
            raise DataError(path, _line(path, f"{noun} ="), f"unknown class {name!r}")
    return table


def _cues(path: Path, tree: ClassTree, data: dict[str, Any]) -> Cues:
    return Cues(
        light_verbs=frozenset(_words(data["light_verbs"])),
        undergoing_verbs=frozenset(_words(data["undergoing_verbs"])),
        happening_verbs=frozenset(_words(data["happening_verbs"])),
        blame_verbs=frozenset(data["blame_verbs"]),
        counting_verbs=frozenset(data["counting_verbs"]),
        ordering_verbs=frozenset(data["ordering_verbs"]),
        status={name: frozenset(words) for name, words in data["status"].items()},
        elsewhere=frozenset(data["place"]["elsewhere"]),
        source_prefixes=_words(data["attribution"]["prefixes"]),
        source_verbs=frozenset(data["attribution"]["source_verbs"]),
        nouns={name: frozenset(words) for name, words in data["nouns"].items()},
        also=frozenset(_words(data["names"]["also"])),
        no_event={name: frozenset(words) for name, words in data["no_event"].items()},
        same_day=tuple(data["time"]["same_day"]),
        takes_up=_classes(path, data["takes_up"], tree),
        name_words=_classes(path, data["name_words"], tree),
        name_ends=_classes(path, data["name_ends"], tree),
        lemmas=data["lemmas"],
        capitals=data["capitals"],
        stand_ins=data["stand_ins"],
        definites=tuple(
            Definite(
                row["noun"], row["entry"], frozenset(row["countries"]), row["since"], row["until"] or None
            )
            for row in data["definite"]
        ),
    )


def _kinds(path: Path, tree: ClassTree, data: dict[str, Any]) -> Kinds:
    classes: dict[str, str] = {}
    for name, row in data.items():
        if name in ("people", "titles", "collectives"):
            continue
        if name not in tree:
            raise DataError(path, _line(path, f"[{name}]"), f"unknown class {name!r}")
        classes |= dict.fromkeys(row["nouns"], name)
    people = {noun: group for group, nouns in data["people"].items() for noun in nouns}
    return Kinds(
        classes=classes,
        people=people,
        titles=frozenset(t.lower().rstrip(".") for titles in data["titles"].values() for t in titles),
        collectives=frozenset(noun for nouns in data["collectives"].values() for noun in nouns),
        crowds=frozenset(data["collectives"]["crowds"]),
        longest=max(len(noun.split()) for noun in (*classes, *people)),
        heads=frozenset(noun.split()[-1] for noun in (*classes, *people)),
    )
