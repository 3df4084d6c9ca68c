"""docs/reference/ontology.html, by pyLODE."""

from __future__ import annotations

import re
from pathlib import Path

from pylode import OntPub
from rdflib import Graph

_ONTOLOGY = Path(__file__).parents[2] / "ontology" / "sitrep.ttl"
_MEMBER = r"<span>\s*<a [^>]*>[^<]*</a>\s*<sup [^>]*>[^<]*</sup>\s*</span>"
_OR = r'\s*<span class="cardinality">or</span>\s*'
_UNION = re.compile(f"{_MEMBER}(?:{_OR}{_MEMBER})+")
_ICON = re.compile(r"\s*<link [^>]*>")


def ontology_page() -> str:
    """The page. It asks no host for anything.

    pyLODE writes the members of a union in the order of a set, another one at each run: here they are sorted.
    """
    html = OntPub(ontology=Graph().parse(_ONTOLOGY)).make_html()
    html = _UNION.sub(lambda found: _sorted(found[0]), _ICON.sub("", html))
    return re.sub(r"\n\s+", "\n", html).rstrip() + "\n"


def _sorted(union: str) -> str:
    return '\n<span class="cardinality">or</span>\n'.join(sorted(re.findall(_MEMBER, union)))
