"""Links to Wikidata that were found after the build: a table in the store's folder.

The graph of what is known of entities is made again by every batch, from the gazetteer and this table, so
that a link outlives reading a report again. `links.tsv` is UTF-8, tab-separated, with a header row, sorted:
people can read it, compare it and take a line out.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from kg.errors import DataError

FILE = "links.tsv"
COLUMNS = ("entity", "level", "item", "confidence", "source", "retrieved", "reason")

_ITEM = re.compile(r"Q[1-9][0-9]*")


class Level(Enum):
    """How far a link is trusted; the values stand in the table."""

    SURE = "sure"  # owl:sameAs
    LIKELY = "likely"  # skos:closeMatch
    NONE = "none"  # asked, and not known


@dataclass(frozen=True, slots=True)
class Link:
    """What was decided for one entity; `item` ("Q858") is None and `confidence` 0 where the level is NONE."""

    entity: str  # IRI
    level: Level
    item: str | None
    confidence: float  # 0 to 1
    source: str  # address of the service that was asked, or "gazetteer"
    retrieved: dt.date  # when its answer was got
    reason: str  # one line for people


def read_links(folder: Path) -> Mapping[str, Link]:
    """The table of a store's folder by entity, empty where there is none. DataError names file and line."""
    path = folder / FILE
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(path, None, f"cannot be read: {error}") from error
    if tuple(lines[0].split("\t")) != COLUMNS:
        raise DataError(path, 1, f"the header must name these columns, tab-separated: {' '.join(COLUMNS)}")
    found: dict[str, Link] = {}
    for number, line in enumerate(lines[1:], start=2):
        if line:
            try:
                link = _parsed(line.split("\t"))
            except ValueError as error:
                raise DataError(path, number, str(error)) from error
            if link.entity in found:
                raise DataError(path, number, f"{link.entity} has a line already")
            found[link.entity] = link
    return found


def write_links(folder: Path, links: Iterable[Link]) -> None:
    """Replace the table of a store's folder, at once: a reader sees the old or the new one."""
    lines = ["\t".join(COLUMNS), *sorted("\t".join(_cells(link)) for link in links)]
    part = folder / f"{FILE}.part"
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, folder / FILE)


def _cells(link: Link) -> tuple[str, ...]:
    cells = (
        *(link.entity, link.level.value, link.item or "", f"{link.confidence:.2f}"),
        *(link.source, link.retrieved.isoformat(), link.reason),
    )
    return tuple(" ".join(cell.split()) for cell in cells)


def _parsed(cells: list[str]) -> Link:
    """One row; ValueError says what is wrong with it."""
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} cells where {len(COLUMNS)} are due")
    entity, level, item, confidence, source, retrieved, reason = cells
    if not entity or (level == "none") == bool(item) or (item and not _ITEM.fullmatch(item)):
        raise ValueError(f"unexpected entity {entity!r}, level {level!r} and item {item!r}")
    if not 0 <= float(confidence) <= 1:
        raise ValueError(f"confidence {confidence!r} is not from 0 to 1")
    return Link(
        entity=entity,
        level=Level(level),
        item=item or None,
        confidence=float(confidence),
        source=source,
        retrieved=dt.date.fromisoformat(retrieved),
        reason=reason,
    )
