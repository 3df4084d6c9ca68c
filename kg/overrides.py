"""What people overrule: a file of lines, each a verb and what it is about.

`overrides.tsv` in the store's folder, or another file, is UTF-8 and tab-separated: verb, subject, object,
the one report that a line is for, a note. Lines that are empty or begin with # are for people. A thing is
written as its IRI or as the part behind the store's base. docs/linking.md has a table of the verbs.

A line that is wrong costs that line only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from kg import iri
from kg.errors import DataError

FILE = "overrides.tsv"
FOLDER = "overruled"
_IN_FORCE = "in-force.tsv"
_COLUMNS = ("verb", "subject", "object", "report", "note")
_ITEM = re.compile(r"Q[1-9][0-9]*")
_IRI = re.compile(r"[^\s<>\"{}|\\^`]+")
_NAMED = re.compile(r"entity/[^/]+|(?:person|organization|place|facility|weapon)/[^/]+(?:/[^/]+)?")
_LOCAL = re.compile(r"report/[^/]+/(group|event|statement)/[^/]+")


class Verb(Enum):
    """What a line does."""

    SAME = "same"
    APART = "apart"
    LINK = "link"
    NOLINK = "nolink"
    WRONG = "wrong"
    RIGHT = "right"
    TOGETHER = "together"
    SEPARATE = "separate"


class _Sort(Enum):
    """What stands in a cell; the values are said in messages."""

    NAMED = "a named thing, such as entity/hasaka or person/Ned_Price"
    THING = "a thing, such as entity/hasaka or report/ID/group/KEY"
    EVENT = "an event, such as report/ID/event/28-Attack"
    FACT = "an event or statement, such as report/ID/event/28-Attack"
    ITEM = "a Wikidata item, such as Q858"
    REPORT = "the identifier of a report"
    EMPTY = "nothing"


_SORTS = {
    Verb.SAME: (_Sort.THING, _Sort.THING),
    Verb.APART: (_Sort.NAMED, _Sort.REPORT),
    Verb.LINK: (_Sort.NAMED, _Sort.ITEM),
    Verb.NOLINK: (_Sort.NAMED, _Sort.ITEM),
    Verb.WRONG: (_Sort.FACT, _Sort.EMPTY),
    Verb.RIGHT: (_Sort.FACT, _Sort.EMPTY),
    Verb.TOGETHER: (_Sort.EVENT, _Sort.EVENT),
    Verb.SEPARATE: (_Sort.EVENT, _Sort.EVENT),
}


@dataclass(frozen=True, slots=True)
class Override:
    """One line. `object` is an IRI or an item ("Q858"); `report` the IRI of the one report it is for."""

    verb: Verb
    subject: str  # IRI
    object: str = ""
    report: str = ""
    note: str = ""

    def text(self) -> str:
        """The line as it can be read again."""
        object_ = self.report if self.verb is Verb.APART else self.object
        report = "" if self.verb is Verb.APART else self.report
        return "\t".join((self.verb.value, self.subject, object_, report, self.note)).rstrip("\t")


@dataclass(frozen=True, slots=True)
class Overrides:
    """The lines in force, sorted and each once."""

    lines: tuple[Override, ...] = ()

    def of(self, *verbs: Verb) -> tuple[Override, ...]:
        """The lines with these verbs."""
        return tuple(line for line in self.lines if line.verb in verbs)

    def same(self, report: str = "") -> Mapping[str, str]:
        """Each thing that is another one with that one, in a report or (without one) wherever it stands."""
        pairs = {line.object: line.subject for line in self.of(Verb.SAME) if not line.report}
        if report:
            pairs |= {line.object: line.subject for line in self.of(Verb.SAME) if line.report == report}
        return {thing: _end(thing, pairs) for thing in sorted(pairs)}

    def about(self, report: str) -> Overrides:
        """Those that can bear on the graph of a report."""
        inside = f"{report}/"
        local = (Verb.WRONG, Verb.RIGHT)
        found = [
            line
            for line in self.lines
            if line.verb not in (Verb.TOGETHER, Verb.SEPARATE)
            and line.report in ("", report)
            and (line.verb not in local or line.subject.startswith(inside))
        ]
        return Overrides(tuple(found))

    def text(self) -> str:
        """All lines as a file that can be read again."""
        return "".join(f"{line.text()}\n" for line in self.lines)


def in_force_file(folder: Path) -> Path:
    """Where a store's folder has the overrides that its graphs were made by."""
    return folder / FOLDER / _IN_FORCE


def overrides_in_force(folder: Path, *, base_iri: str) -> Overrides:
    """The overrides that the graphs of the store in a folder were made by."""
    return read_overrides(in_force_file(folder), base_iri=base_iri)[0]


def read_overrides(path: Path, *, base_iri: str) -> tuple[Overrides, tuple[str, ...]]:
    """The overrides of a file, and one message for each line that is wrong; none where there is no file.

    Raises DataError where the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Overrides(), ()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(path, None, f"cannot be read: {error}") from error
    good: list[tuple[int, Override]] = []
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                good.append((number, _parsed(line, base_iri)))
            except ValueError as error:
                problems.append((number, str(error)))
    kept: dict[Override, None] = {}
    for number, override in good:
        reason = _conflict(override, kept)
        if reason is None:
            kept[override] = None
        else:
            problems.append((number, reason))
    messages = (f"{path}:{number}: {reason}; the line is left out" for number, reason in sorted(problems))
    return Overrides(tuple(sorted(kept, key=Override.text))), tuple(messages)


def _parsed(line: str, base_iri: str) -> Override:
    """One line; ValueError says what is wrong with it."""
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) > len(_COLUMNS):
        raise ValueError(f"{len(cells)} cells where at most {len(_COLUMNS)} are due ({', '.join(_COLUMNS)})")
    word, subject, object_, report, note = cells + [""] * (len(_COLUMNS) - len(cells))
    if word not in {verb.value for verb in Verb}:
        hint = ", and a tab after it" if " " in word else ""
        raise ValueError(f"unknown verb {word!r}: write one of {', '.join(v.value for v in Verb)}{hint}")
    verb = Verb(word)
    first, second = _SORTS[verb]
    found = Override(
        verb, _term(subject, first, base_iri), _term(object_, second, base_iri), note=" ".join(note.split())
    )
    if verb is Verb.APART:
        found = replace(found, object="", report=found.object)
    if report and verb is not Verb.SAME:
        raise ValueError(f"{word} takes no report in the fourth column: a note stands in the fifth")
    if report:
        found = replace(found, report=_term(report, _Sort.REPORT, base_iri))
    if verb in (Verb.SAME, Verb.TOGETHER, Verb.SEPARATE):
        _check_pair(found, base_iri)
    return found


def _term(cell: str, sort: _Sort, base_iri: str) -> str:
    """The IRI, or the item, that a cell stands for."""
    if sort is _Sort.EMPTY:
        if cell:
            raise ValueError(f"the third column must be empty, it has {cell!r}: a note stands in the fifth")
        return ""
    if not cell:
        raise ValueError(f"{sort.value} is missing")
    text = cell.removeprefix("<").removesuffix(">")
    if sort is _Sort.ITEM:
        item = text.removeprefix("http://www.wikidata.org/entity/").removeprefix("wd:")
        if not _ITEM.fullmatch(item):
            raise ValueError(f"{cell!r} is not {sort.value}")
        return item
    part = text.removeprefix(base_iri)
    if sort is _Sort.REPORT:
        return iri.report(base_iri, cell) if "/" not in part else base_iri + part
    if "://" in part or not _IRI.fullmatch(part) or not _is(part, sort):
        raise ValueError(f"{cell!r} is not {sort.value}, with or without {base_iri} before it")
    return base_iri + part


def _is(part: str, sort: _Sort) -> bool:
    """Whether the part of an IRI behind the base is of this sort."""
    local = _LOCAL.fullmatch(part)
    match sort:
        case _Sort.NAMED:
            return bool(_NAMED.fullmatch(part))
        case _Sort.THING:
            return bool(_NAMED.fullmatch(part)) or (local is not None and local[1] == "group")
        case _Sort.EVENT:
            return local is not None and local[1] == "event"
        case _Sort.FACT:
            return local is not None and local[1] in ("event", "statement")
    raise ValueError(f"unexpected sort {sort!r}")


def _check_pair(found: Override, base_iri: str) -> None:
    """Raise ValueError where two things cannot be what the line says."""
    if found.subject == found.object:
        raise ValueError(f"both are {found.subject}: name two")
    if found.verb is not Verb.SAME:
        return
    home = found.subject.rpartition("/group/")[0]
    if home and not found.object.startswith(f"{home}/group/"):
        raise ValueError(f"{found.subject} is local to its report, which {found.object} is not")
    kinds = {_parts(thing, base_iri)[0] for thing in (found.subject, found.object)} - {"entity", "report"}
    if len(kinds) > 1:
        raise ValueError(f"a {' is no '.join(sorted(kinds))}: things of two kinds are never one")


def _parts(thing: str, base_iri: str) -> list[str]:
    return thing.removeprefix(base_iri).split("/")


def _conflict(new: Override, before: Iterable[Override]) -> str | None:
    """Why a line cannot stand beside the lines before it, if so."""
    lines = [line for line in before if replace(line, note="") != replace(new, note="")]
    if new.verb is Verb.SAME:
        return _same_conflict(new, [line for line in lines if line.verb is Verb.SAME])
    pair = {new.subject, new.object}
    for line in lines:
        verbs = {new.verb, line.verb}
        if verbs == {Verb.WRONG, Verb.RIGHT} and line.subject == new.subject:
            return f"a line before says that {new.subject} is {line.verb.value}"
        if verbs == {Verb.TOGETHER, Verb.SEPARATE} and {line.subject, line.object} == pair:
            return f"a line before says {line.verb.value} of the same events"
        if verbs == {Verb.LINK, Verb.NOLINK} and (line.subject, line.object) == (new.subject, new.object):
            return f"a line before says {line.verb.value} of the same"
        if verbs == {Verb.LINK} and line.subject == new.subject:
            return f"a line before links {new.subject} to {line.object}"
    return None


def _same_conflict(new: Override, lines: Sequence[Override]) -> str | None:
    scopes = {new.report} if new.report else {"", *(line.report for line in lines)}
    for scope in sorted(scopes):
        within = sorted((line for line in lines if line.report in ("", scope)), key=lambda one: one.report)
        pairs = {line.object: line.subject for line in within}
        again = [line for line in within if line.object == new.object and line.report == new.report]
        if again:
            return f"a line before says that {new.object} is {again[0].subject}"
        if _end(new.subject, pairs) == new.object:
            return f"by the lines before {new.subject} is {new.object}: the two would be each other"
    return None


def _end(thing: str, pairs: Mapping[str, str]) -> str:
    """What a thing is in the end; a circle, which the reading of the file keeps out, ends where it began."""
    seen: set[str] = set()
    while thing in pairs and thing not in seen:
        seen.add(thing)
        thing = pairs[thing]
    return thing
