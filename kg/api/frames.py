"""Tables as pandas data frames, which come with the extra sitrep[frames]."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kg import settings
from kg.errors import ExportError
from kg.export import read_ontology
from kg.export.events import COLUMNS
from kg.export.events.columns import Type
from kg.export.events.kinds import read_kinds
from kg.export.events.reading import read_events
from kg.named import Database

if TYPE_CHECKING:
    from pandas import DataFrame

_TYPES = {Type.TEXT: "str", Type.INTEGER: "Int64", Type.NUMBER: "float64"}


def frame(rows: Sequence[Sequence[object]], columns: Iterable[str]) -> DataFrame:
    """The rows as a data frame."""
    return _pandas().DataFrame(list(rows), columns=list(columns))


def events_frame(database: Database, *, base_iri: str, report: str | None = None) -> DataFrame:
    """The table of events of all reports, or of the one with this IRI (docs/events-table.md)."""
    pandas = _pandas()
    kinds = read_kinds(read_ontology(settings.ontology_directory()))
    events = read_events(database, base_iri=base_iri, kinds=kinds, report=report)
    found = frame(
        [[column.value(event) for column in COLUMNS] for event in events], (c.name for c in COLUMNS)
    )
    for column in COLUMNS:
        if column.type is Type.DATE:
            found[column.name] = pandas.to_datetime(found[column.name])
        else:
            found[column.name] = found[column.name].astype(_TYPES[column.type])
    return found


def _pandas() -> Any:
    try:
        return import_module("pandas")
    except ModuleNotFoundError as error:
        raise ExportError('data frames need pandas: pip install "sitrep[frames]"') from error
