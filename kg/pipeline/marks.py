"""What a report's graph says of its own reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import fields

from rdflib import Literal, URIRef

from kg.facts import Report
from kg.vocab import SIT


def input_digest(report: Report, *, keep_text: bool) -> str:
    """SHA-256 over all that is known of the report and the options that its graph depends on.

    What is None counts as not there, so that a report may get more fields.
    """
    told = {field.name: getattr(report, field.name) for field in fields(report)}
    told = {name: value for name, value in told.items() if value is not None} | {"keep text": keep_text}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def marks(
    report: Report, node: URIRef, *, keep_text: bool, read_with: str
) -> Iterator[tuple[URIRef, URIRef, Literal]]:
    """What the report's graph says of its reading; `node` is the report."""
    yield node, SIT.inputDigest, Literal(input_digest(report, keep_text=keep_text))
    yield node, SIT.readWith, Literal(read_with)
