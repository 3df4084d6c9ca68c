"""What the graph says of a node as JSON-LD 1.1, for the machines that read pages. Pure."""

from __future__ import annotations

from collections.abc import Callable

from kg.vocab import NIF, PREFIXES, RDF, SIT, XSD
from server.messages import Cell, Table

MOST = 500  # triples
_LEFT_OUT = (str(SIT.mentionedIn), str(NIF.isString))  # many, and long; the data has them


def query(node: str) -> str:
    """The triples of the node: property and value."""
    left_out = ", ".join(f"<{name}>" for name in _LEFT_OUT)
    return f"""SELECT DISTINCT ?property ?value {{
  <{node}> ?property ?value FILTER (?property NOT IN ({left_out}) && !isBLANK(?value))
}} ORDER BY ?property ?value LIMIT {MOST}"""


def document(node: str, table: Table) -> dict[str, object]:
    """The answer to `query` as one node object, with the prefixes that it uses as its context."""
    rows = [(name.value, value) for name, value in table.rows if name is not None and value is not None]
    iris = {node, *(name for name, _ in rows), *(value.value for _, value in rows if value.kind == "iri")}
    # An IRI like geo:1,2 would be read as one with a prefix.
    schemes = {iri.partition(":")[0] for iri in iris}
    prefixes = {name: namespace for name, namespace in PREFIXES.items() if name not in schemes}
    used: dict[str, str] = {}

    def compact(iri: str) -> str:
        for prefix, namespace in prefixes.items():
            local = iri.removeprefix(namespace)
            if local != iri and not local.startswith("//"):
                used[prefix] = namespace
                return f"{prefix}:{local}"
        return iri

    found: dict[str, list[object]] = {}
    for name, value in rows:
        if name == str(RDF.type) and value.kind == "iri":
            found.setdefault("@type", []).append(compact(value.value))
        elif value.kind in ("iri", "literal"):
            found.setdefault(compact(name), []).append(_value(value, compact))
    body = {name: entries[0] if len(entries) == 1 else entries for name, entries in found.items()}
    return {"@context": dict(sorted(used.items())), "@id": node, **body}


def _value(cell: Cell, compact: Callable[[str], str]) -> object:
    if cell.kind == "iri":
        return {"@id": cell.value}
    if cell.language:
        return {"@value": cell.value, "@language": cell.language}
    if cell.datatype and cell.datatype != str(XSD.string):
        return {"@value": cell.value, "@type": compact(cell.datatype)}
    return cell.value
