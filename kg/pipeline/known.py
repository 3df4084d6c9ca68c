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
    folder = iri.gazetteer_entry(batch.base_iri, "x").removesuffix("x")
    mentioned = batch.mentioned_under(folder, known=iri.graph(batch.base_iri, "entities"))
    keys = (entity.removeprefix(folder) for entity in mentioned)
    known = [key for key in keys if key in gazetteer]  # another gazetteer may have had more
    graph = map_entities(known, gazetteer, base_iri=batch.base_iri)
    add_links(graph, (links[entity] for entity in batch.mentioned(sorted(links))))
    return graph


def stored_links(store: Store) -> Mapping[str, Link]:
    """The links found so far, by entity: what the entity graph is made from, beside the gazetteer.

    The one place where decisions pass: whoever overrules one does it here.
    """
    return read_links(store.path)
