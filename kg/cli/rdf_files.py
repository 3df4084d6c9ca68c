"""RDF files of any format, told by their suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from kg.errors import InputError

T = TypeVar("T")

FORMATS = {
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".nq": ox.RdfFormat.N_QUADS,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".owl": ox.RdfFormat.RDF_XML,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".trig": ox.RdfFormat.TRIG,
    ".ttl": ox.RdfFormat.TURTLE,
    ".xml": ox.RdfFormat.RDF_XML,
}


def format_of(path: Path) -> ox.RdfFormat:
    """The format that the suffix stands for; InputError for a suffix that none has."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise InputError(str(path), f"not a suffix of RDF that is known: {', '.join(FORMATS)}")
    return found


def parsing(path: Path, parse: Callable[[], T]) -> T:
    """What `parse` makes of the file; InputError with the line where it is broken."""
    try:
        return parse()
    except SyntaxError as error:
        place = f"{path}:{error.lineno}" if error.lineno else str(path)
        raise InputError(place, f"cannot be parsed: {error.msg}") from error
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror or error}") from error


def read_graphs(path: Path) -> ox.Dataset:
    """All that an RDF file holds; relative IRIs are resolved against the file's own."""
    rdf_format, base = format_of(path), path.resolve().as_uri()
    return parsing(path, lambda: ox.Dataset(ox.parse(path=str(path), format=rdf_format, base_iri=base)))
