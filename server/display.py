"""How terms look on a page: short names and links. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote, urlencode

from kg.vocab import DCTERMS, OWL, PREFIXES, RDF, RDFS, SIT, SKOS
from server.messages import Cell, Table
from server.prologue import PROLOGUE

NODE_ROWS = 500  # of a node's page, each way; the rest is in the data
_LOOKED_AT = 2000  # triples of it, each way, of which those rows are the first
_FIRST = tuple(  # the properties that a page begins with: what it is, then who did what to whom, when, where
    str(iri)
    for iri in (
        RDF.type, SKOS.prefLabel, RDFS.label, SKOS.altLabel, RDFS.comment,
        DCTERMS.title, DCTERMS.identifier, DCTERMS.issued, DCTERMS.publisher, DCTERMS.source,
        SIT.status, SIT.agent, SIT.speaker, SIT.participant, SIT.target, SIT.addressee, SIT.about,
        SIT.causedBy, SIT.date, SIT.endDate, SIT.timeText, SIT.place, SIT.instrument, SIT.origin,
        SIT.destination, SIT.minCount, SIT.maxCount, SIT.countText, SIT.attributedTo,
        SIT.confidence, SIT.evidence,
        SIT.memberOf, SIT.partOf, SIT.locatedIn, OWL.sameAs, SKOS.closeMatch,
    )
)  # fmt: skip
_LAST = (str(SIT.mentionedIn),)  # often hundreds


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a property on a node's page, with its label if it has one."""

    cell: Cell
    label: str | None


@dataclass(frozen=True, slots=True)
class Property:
    """A property on a node's page with all its values."""

    iri: str
    label: str
    values: tuple[Value, ...]


def short(iri: str, base_iri: str) -> str:
    """The IRI with a known prefix, or without the store's base; else as it stands."""
    for name, namespace in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
        local = iri.removeprefix(namespace)
        if local != iri and local and not set(local) & set("/#?"):
            return f"{name}:{local}"
    return iri.removeprefix(base_iri) or iri


def local_name(iri: str) -> str:
    """The last part of an IRI, for want of a label."""
    return iri.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1] or iri


def in_words(name: str) -> str:
    """A name like altLabel as words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


def href(iri: str, base_iri: str) -> str:
    """Path of the server's page about the node."""
    path = iri.removeprefix(base_iri)
    if path != iri and iri.isascii() and not set(path) & set("?#\\"):
        return f"/id/{path}"
    return f"/describe?{urlencode({'iri': iri})}"


def is_web(iri: str) -> bool:
    """Whether a browser may be sent to the IRI."""
    return iri.startswith(("http://", "https://"))


def with_format(path: str, name: str) -> str:
    """The page's address with a `format` parameter."""
    return f"{path}{'&' if '?' in path else '?'}format={quote(name)}"


def outgoing_query(iri: str) -> str:
    """What the graph says of a node: property, its label, value, its label."""
    return _node_query(f"<{iri}> ?property ?value", "?value")


def incoming_query(iri: str) -> str:
    """Where the node is the value: property, its label, subject, its label."""
    return _node_query(f"?value ?property <{iri}>", "?value")


def graph_query(iri: str) -> str:
    """All triples of a node, both ways."""
    return (
        f"CONSTRUCT {{ <{iri}> ?p ?o . ?s ?q <{iri}> }} "
        f"WHERE {{ {{ <{iri}> ?p ?o }} UNION {{ ?s ?q <{iri}> }} }}"
    )


def label_query(iri: str) -> str:
    """The node's label, if it has one."""
    return f"{PROLOGUE}SELECT (MIN(?name) AS ?label) {{ <{iri}> rdfs:label|nif:anchorOf ?name }}"


def properties(table: Table) -> tuple[Property, ...]:
    """The answer to `outgoing_query` or `incoming_query`, by property."""
    rows = [(p.value, label, Value(v, vl.value if vl else None)) for p, label, v, vl in table.rows if p and v]
    found = []
    for iri, group in groupby(rows, key=lambda row: row[0]):
        members = list(group)
        label = members[0][1].value if members[0][1] else in_words(local_name(iri))
        found.append(Property(iri, label, tuple(member[2] for member in members)))
    return tuple(sorted(found, key=_place))


def _place(found: Property) -> tuple[int, str, str]:
    """Where a property stands on a page: those that matter most first, the others by label."""
    if found.iri in _LAST:
        return len(_FIRST) + 1, found.label.casefold(), found.iri
    return _FIRST.index(found.iri) if found.iri in _FIRST else len(_FIRST), found.label.casefold(), found.iri


def _node_query(pattern: str, value: str) -> str:
    first = f"DESC(?property IN ({', '.join(f'<{iri}>' for iri in _FIRST)}))"
    return f"""{PROLOGUE}SELECT ?property (MIN(?name) AS ?propertyLabel) {value} (MIN(?words) AS ?label) {{
  {{ SELECT ?property {value} {{
    {{ SELECT DISTINCT ?property {value} {{ {pattern} }} LIMIT {_LOOKED_AT} }}
  }} ORDER BY {first} ?property {value} LIMIT {NODE_ROWS + 1} }}
  OPTIONAL {{ ?property rdfs:label ?name }}
  OPTIONAL {{ {value} rdfs:label|nif:anchorOf ?words }}
}} GROUP BY ?property {value}
ORDER BY {first} ?property {value}"""
