"""What is known of a store's entities whatever the report: the entity graph."""

from __future__ import annotations

from collections.abc import Mapping

import rdflib

from kg import iri
from kg.gazetteer import Gazetteer
from kg.links import Link, read_links
from kg.mapping import map_entities
from kg.mapping.links import add_links
from kg.store import Batch, Store


def entity_graph(batch: Batch, gazetteer: Gazetteer, links: Mapping[str, Link]) -> rdflib.Graph:
    """What gazetteer and links say of the entities that the store's reports mention."""
    keys = {iri.gazetteer_entry(batch.base_iri, key): key for key in gazetteer}
    mentioned = [keys[entity] for entity in batch.mentioned(keys)]
    graph = map_entities(mentioned, gazetteer, base_iri=batch.base_iri)
    add_links(graph, (links[entity] for entity in batch.mentioned(sorted(links))))
    return graph


def stored_links(store: Store) -> Mapping[str, Link]:
    """The links found so far, by entity: what the entity graph is made from, beside the gazetteer.

    The one place where decisions pass: whoever overrules one does it here.
    """
    return read_links(store.path)
