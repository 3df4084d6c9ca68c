"""Values as RDF terms, in the lexical form that the store gives back."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote

from pyoxigraph import NamedNode
from rdflib import Literal, URIRef

from kg.vocab import XSD

_DATE_FORMS = (
    (re.compile(r"\d{4}-\d{2}-\d{2}"), XSD.date, ""),
    (re.compile(r"\d{4}-\d{2}"), XSD.gYearMonth, "-01"),
    (re.compile(r"\d{4}"), XSD.gYear, "-01-01"),
)
_REMEMBERED = (
    1 << 13
)  # numbers: offsets of most texts; making a literal takes longer than all else of a triple
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S")
_IRI_CHARACTERS = "-._~:/?#[]@!$&'()*+,;=%"


def words(text: str) -> str:
    """Text on one line: every run of white space becomes one space."""
    return " ".join(text.split())


@lru_cache(maxsize=_REMEMBERED)
def integer(value: int) -> Literal:
    """An xsd:integer; also for offsets, since the store keeps no narrower integer types."""
    return Literal(str(value), datatype=XSD.integer)


@lru_cache(maxsize=_REMEMBERED)
def decimal(value: float, *, places: int) -> Literal:
    """An xsd:decimal rounded to `places`, in canonical form: 0.9, 1. ValueError unless it is finite."""
    if not math.isfinite(value):
        raise ValueError(f"unexpected number {value!r}")
    rounded = f"{round(Decimal(str(value)), places):f}"
    if "." in rounded:
        rounded = rounded.rstrip("0").rstrip(".")
    return Literal("0" if rounded == "-0" else rounded, datatype=XSD.decimal)


def date(text: str) -> Literal:
    """A day, month or year as xsd:date, xsd:gYearMonth or xsd:gYear, by its form. ValueError for all else."""
    for form, datatype, rest in _DATE_FORMS:
        if form.fullmatch(text):
            dt.date.fromisoformat(text + rest)  # raises ValueError where no calendar has that day
            return Literal(text, datatype=datatype, normalize=False)
    raise ValueError(f"unexpected date {text!r}")


def issued(value: dt.date) -> Literal:
    """A publication date as xsd:date, or xsd:dateTime for a datetime."""
    if not isinstance(value, dt.datetime):
        return Literal(value.isoformat(), datatype=XSD.date, normalize=False)
    text = value.isoformat()
    if value.microsecond:
        text = re.sub(r"(\.\d*?)0+(?=[+-]|$)", r"\1", text)
    return Literal(re.sub(r"\+00:00$", "Z", text), datatype=XSD.dateTime, normalize=False)


def iri_or_literal(text: str) -> URIRef | Literal:
    """An address as IRI, with what may not stand in one escaped; any other text as literal."""
    if _ABSOLUTE.match(text):
        escaped = "".join(c if ord(c) > 0x9F or c in _IRI_CHARACTERS else quote(c) for c in text)
        try:
            return URIRef(NamedNode(escaped).value)
        except ValueError:  # a broken host, say: the words are all that is left
            return Literal(text)
    return Literal(text)
