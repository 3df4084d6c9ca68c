"""What validation kept out of a report's graph, from the file that a build leaves beside the store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

from kg.store import Store
from server.display import in_words, local_name

MOST = 100  # that are shown
_MAXIMUM_BYTES = 512 * 1024  # of a file that are read


@dataclass(frozen=True, slots=True)
class Rejected:
    """One result of validation: what was wrong with which node, by which rule, in which sentence."""

    node: str
    path: str
    value: str
    message: str
    shape: str
    sentence: str
    by_people: bool


@dataclass(frozen=True, slots=True)
class Rejects:
    """The first of a report's rejects; `truncated` if there are more."""

    found: tuple[Rejected, ...]
    truncated: bool


def rejects_file(store: Path, base_iri: str, report: str) -> Path | None:
    """Where the rejects of a report stand if it has any, told from its IRI; None for what is no report's."""
    name = report.removeprefix(f"{base_iri}report/")
    if name == report or not name or "/" in name:
        return None
    return Store(store, base_iri).rejects_file(unquote(name))


def stamp(file: Path | None) -> str:
    """Something that changes when the file does."""
    try:
        found = file.stat() if file is not None else None
    except OSError:
        return ""
    return f"{found.st_mtime_ns}-{found.st_size}" if found is not None else ""


def read_rejects(file: Path | None) -> Rejects:
    """The rejects of a report; none where there is no file or it cannot be read."""
    if file is None:
        return Rejects((), truncated=False)
    try:
        with file.open("rb") as stream:
            body = stream.read(_MAXIMUM_BYTES + 1)
    except OSError:
        return Rejects((), truncated=False)
    lines = body[:_MAXIMUM_BYTES].decode("utf-8", errors="replace").splitlines()
    if len(body) > _MAXIMUM_BYTES:
        lines = lines[:-1]
    found = (one for one in map(_rejected, lines) if one is not None)
    shown = tuple(islice(found, MOST))
    return Rejects(shown, truncated=len(lines) > MOST or len(body) > _MAXIMUM_BYTES)


def _rejected(line: str) -> Rejected | None:
    """A line of the file; None for one that is no JSON object."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict):
        return None
    known = {name: str(value) for name, value in entry.items() if value is not None}
    return Rejected(
        node=known.get("focus", ""),
        path=in_words(local_name(known["path"])) if "path" in known else "",
        value=known.get("value", ""),
        message=known.get("message", ""),
        shape=local_name(known.get("shape", "")),
        sentence=known.get("sentence", ""),
        by_people=entry.get("overruled") is True,
    )
