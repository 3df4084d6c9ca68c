"""Sitrep reads reports of wars into a validated knowledge graph.

    from kg import Graph, build, read

    read("On 20 January fighters attacked a prison in Hasaka, Syria.", date="2022-01-24").events
    build("reports", store="kg-store")
    Graph.open("kg-store").query("SELECT ?what { ?event a sit:Attack ; skos:prefLabel ?what }")

docs/api.md tells more. The names below are imported when they are first asked for: `import kg` loads neither
a language model nor an RDF library.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.api.answer import Answer as Answer
    from kg.api.building import BuildOptions as BuildOptions
    from kg.api.building import Summary as Summary
    from kg.api.building import build as build
    from kg.api.drawing import Picture as Picture
    from kg.api.graph import Graph as Graph
    from kg.api.reader import Reader as Reader
    from kg.api.reader import read as read
    from kg.api.reading import Reading as Reading
    from kg.api.values import Entity as Entity
    from kg.api.values import Event as Event
    from kg.api.values import Mention as Mention
    from kg.api.values import Relation as Relation
    from kg.api.values import Role as Role
    from kg.api.values import Sentence as Sentence
    from kg.api.values import Thing as Thing
    from kg.errors import SitrepError as SitrepError

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "BuildOptions",
    "Entity",
    "Event",
    "Graph",
    "Mention",
    "Picture",
    "Reader",
    "Reading",
    "Relation",
    "Role",
    "Sentence",
    "SitrepError",
    "Summary",
    "Thing",
    "build",
    "read",
]

_HOMES = {
    "Answer": "kg.api.answer",
    "BuildOptions": "kg.api.building",
    "Entity": "kg.api.values",
    "Event": "kg.api.values",
    "Graph": "kg.api.graph",
    "Mention": "kg.api.values",
    "Picture": "kg.api.drawing",
    "Reader": "kg.api.reader",
    "Reading": "kg.api.reading",
    "Relation": "kg.api.values",
    "Role": "kg.api.values",
    "Sentence": "kg.api.values",
    "SitrepError": "kg.errors",
    "Summary": "kg.api.building",
    "Thing": "kg.api.values",
    "build": "kg.api.building",
    "read": "kg.api.reader",
}


def __getattr__(name: str) -> object:  # PEP 562
    if name not in _HOMES:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
