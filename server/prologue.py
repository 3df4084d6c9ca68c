"""What queries of the server itself begin with."""

from __future__ import annotations

from kg.vocab import PREFIXES

PROLOGUE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
