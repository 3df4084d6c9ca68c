"""The licence of the dataset: what a build is told, else what the store has."""

from __future__ import annotations

import pyoxigraph as ox

from kg import iri
from kg.errors import StoreError
from kg.mapping import LICENCE
from kg.store import Store
from kg.vocab import DCTERMS


def licence_of(store: Store, told: str | None) -> str:
    """The IRI of the licence; StoreError where `told` is no absolute IRI."""
    if told is not None:
        try:
            return ox.NamedNode(told).value
        except ValueError as error:
            raise StoreError(f"licence {told!r} is not an absolute IRI: {error}") from error
    dataset = ox.NamedNode(iri.dataset(store.base_iri))
    graph = ox.NamedNode(iri.graph(store.base_iri, "dataset"))
    found = store.reading().quads_for_pattern(dataset, ox.NamedNode(str(DCTERMS.license)), None, graph)
    kept = next((quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode)), None)
    return kept or LICENCE
