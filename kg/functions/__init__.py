"""Functions that queries may call beside those of SPARQL: the same for `kg query` and the endpoint.

Each takes terms and gives one. What it raises is an error of the expression that called it, as SPARQL has it
(17.3): a FILTER drops the row, a BIND leaves its variable unbound.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from kg.functions.geo import geo_functions
from kg.functions.text import MATCHES, text_functions, with_search
from kg.functions.unknown import with_unknown

__all__ = [
    "Functions",
    "Term",
    "custom_functions",
    "function_names",
    "import_all",
    "with_search",
    "with_unknown",
]

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Functions: TypeAlias = dict[ox.NamedNode, Callable[..., Term | None]]


def custom_functions(checkpoint: Path) -> Functions:
    """All functions for queries to the store's state in the folder `checkpoint`, by their IRIs.

    What costs time or memory to import is imported when it is first called.
    """
    return {**geo_functions(), **text_functions(checkpoint)}


def function_names() -> tuple[str, ...]:
    """The IRIs of all functions, sorted."""
    return tuple(sorted([MATCHES, *(name.value for name in geo_functions())]))


def import_all() -> None:
    """Import what the functions need at their first call, for a process that may not open files later."""
    import_module("kg.functions.geometry")
