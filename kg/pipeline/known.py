"""What is known of a store's entities whatever the report: the entity graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pyoxigraph as ox
import rdflib

from kg import iri
from kg.batch import Batch
from kg.gazetteer import Gazetteer
from kg.links import Level, Link, read_links
from kg.mapping import map_entities
from kg.mapping.links import add_links
from kg.overrides import Overrides, Verb, overrides_in_force
from kg.pipeline.overruling import Rules, overrule_known
from kg.store import Store
from kg.vocab import OWL, RDF, SIT


def entity_graph(
    batch: Batch, gazetteer: Gazetteer, links: Mapping[str, Link], rules: Rules | None = None
) -> rdflib.Graph:
    """What gazetteer, links and overrides say of the entities that the store's reports mention."""
    rules = rules or Rules(batch.base_iri)
    folder = iri.gazetteer_folder(batch.base_iri)
    mentioned = batch.mentioned_under(folder, known=iri.graph(batch.base_iri, "entities"))
    keys = (entity.removeprefix(folder) for entity in mentioned)
    known = [key for key in keys if key in gazetteer]  # another gazetteer may have had more
    graph = map_entities(known, gazetteer, base_iri=batch.base_iri)
    holders = [key for key in _new_holders(graph, rules, folder) if key in gazetteer]
    if holders:
        graph = map_entities([*known, *holders], gazetteer, base_iri=batch.base_iri)
    add_links(graph, (links[entity] for entity in batch.mentioned(sorted(links))))
    overrule_known(graph, rules, is_mentioned=lambda entity: bool(batch.mentioned([entity])))
    return graph


def new_entities(
    batch: Batch, gazetteer: Gazetteer, links: Mapping[str, Link], rules: Rules
) -> rdflib.Graph | None:
    """What is to be added to the entity graph, if it was right before and nothing of it can have gone.

    Then a batch costs what its own reports mention, however much the store knows. None where all has to be
    looked at: where reports were replaced or removed, or people overrule something.
    """
    names = batch.newly_mentioned()
    if names is None or rules.overrides.lines:
        return None
    folder = iri.gazetteer_folder(batch.base_iri)
    entries = [
        name for name in sorted(names) if name.startswith(folder) and not is_known(batch, name, RDF.type)
    ]
    keys = (entry.removeprefix(folder) for entry in entries)
    graph = map_entities((key for key in keys if key in gazetteer), gazetteer, base_iri=batch.base_iri)
    linked = sorted(names & links.keys())
    add_links(graph, (links[name] for name in linked if not is_known(batch, name, OWL.sameAs)))
    return graph


def is_known(batch: Batch, entity: str, predicate: rdflib.URIRef) -> bool:
    """Whether the entity graph has a value of this property."""
    graph = ox.NamedNode(iri.graph(batch.base_iri, "entities"))
    node, name = ox.NamedNode(entity), ox.NamedNode(predicate)
    return next(batch.touching(()).quads_for_pattern(node, name, None, graph), None) is not None


def _new_holders(graph: rdflib.Graph, rules: Rules, folder: str) -> Iterator[str]:
    """Keys of entries that by an override hold what others held."""
    for old, new in rules.overrides.same().items():
        if (None, SIT.locatedIn, rdflib.URIRef(old)) in graph and new.startswith(folder):
            yield new.removeprefix(folder)


def stored_links(store: Store, overrides: Overrides | None = None) -> Mapping[str, Link]:
    """The links found so far, by entity: what the entity graph is made from, beside the gazetteer.

    The one place where decisions pass. Those that a person overrules are not known links any more; an entity
    that a person links, or says to be another, needs none. Without overrides, those in force.
    """
    if overrides is None:
        overrides = overrides_in_force(store.path, base_iri=store.base_iri)
    same = overrides.same()
    linked = {same.get(line.subject, line.subject) for line in overrides.of(Verb.LINK)}
    refused = {(same.get(line.subject, line.subject), line.object) for line in overrides.of(Verb.NOLINK)}
    found = {}
    for entity, link in read_links(store.path).items():
        if entity in same or entity in linked:
            continue
        if link.item is not None and (entity, link.item) in refused:
            reason = f"not {link.item}, a person says"
            link = replace(link, level=Level.NONE, item=None, confidence=0.0, reason=reason)
        found[entity] = link
    return found
