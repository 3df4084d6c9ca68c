"""The OpenAPI 3.1 description of every route. Pure. Tests check a running server against it."""

from __future__ import annotations

from server.openapi import pages, protocols
from server.openapi.parts import REASONS, Json, refusal


def describe(*, root: str, version: str) -> Json:
    """The document of a server at `root`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sitrep",
            "version": version,
            "summary": "A knowledge graph of war reports, over SPARQL and as linked data.",
            "description": "Every GET answers HEAD and OPTIONS too. Answers have an ETag where they depend "
            "on the data only, and are compressed for those who accept gzip.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root.rstrip("/")}],
        "paths": {
            **protocols.sparql(),
            **protocols.graph_store(),
            **protocols.linked_data(),
            **pages.search(),
            **pages.sources(),
            **pages.reconciliation(),
            **pages.adding(),
            **pages.others(),
        },
        "components": {
            "responses": {str(status): refusal(reason) for status, reason in REASONS.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
