"""What the reconciliation views ask a reader process, and what it answers. Standard library only.

Entities go by their identifiers: the IRI without the store's base, or the whole IRI where it has another.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Value:
    """A value to compare with those of a property; `is_id`: the identifier of an entity."""

    text: str
    is_id: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A property, by IRI, that should have one of the values; `name` is what the client calls it."""

    name: str
    iri: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """One thing to be matched. `types` are class IRIs; `strict` says whether any, all or none must fit."""

    text: str
    types: tuple[str, ...]
    strict: str  # any, all, should
    limit: int
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Asks for the candidates of each query."""

    queries: tuple[Query, ...]
    base_iri: str


@dataclass(frozen=True, slots=True)
class Term:
    """An entity, class or property as suggested: `id` as above, an IRI for classes and properties."""

    id: str
    name: str
    description: str = ""
    types: tuple[Term, ...] = ()  # of an entity; of a class those right above it


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that may be meant; the score is 0 to 100."""

    term: Term
    score: float
    match: bool
    features: tuple[tuple[str, float | bool], ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of each query, best first, in the order of the queries."""

    by_query: tuple[tuple[Candidate, ...], ...]


@dataclass(frozen=True, slots=True)
class SuggestTerms:
    """Asks for `limit` terms that begin with `prefix` after the first `skip`; `what`: entity, type, property.

    `of_type`: only the properties that things of this class may have.
    """

    what: str
    prefix: str
    skip: int
    limit: int
    base_iri: str
    of_type: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms, best first."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Extend:
    """Asks for the values of properties, by IRI, of each entity."""

    ids: tuple[str, ...]
    properties: tuple[str, ...]
    base_iri: str


@dataclass(frozen=True, slots=True)
class Extended:
    """Names of the properties, and for each entity the values of each of them, in the order asked."""

    names: tuple[str, ...]
    rows: tuple[tuple[tuple[dict[str, object], ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Describe:
    """Asks what is known of an entity, for a preview."""

    id: str
    base_iri: str


@dataclass(frozen=True, slots=True)
class Described:
    """An entity for a preview: its names and how many reports mention it; `term` None where there is none."""

    term: Term | None
    iri: str = ""
    aliases: tuple[str, ...] = ()
    reports: int = 0
