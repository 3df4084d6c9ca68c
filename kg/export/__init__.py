"""Graphs as bytes in six formats: the same data gives the same bytes, whatever order it came in."""

from kg.export.dataset import export, read_ontology, report_prefixes, report_quads
from kg.export.formats import Format, serialize_graph, serialize_turtle, write

__all__ = [
    "Format",
    "export",
    "read_ontology",
    "report_prefixes",
    "report_quads",
    "serialize_graph",
    "serialize_turtle",
    "write",
]
