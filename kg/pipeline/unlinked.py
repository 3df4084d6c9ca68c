"""Which named entities of a store have a link, and what is known of those that have none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox
import rdflib

from kg import iri
from kg.batch import is_report
from kg.linking.online.decision import Wanted
from kg.links import Level, Link
from kg.named import Database
from kg.pipeline.kinds import kind_of
from kg.pipeline.known import stored_links
from kg.store import Store
from kg.vocab import OWL, RDF, SIT, SKOS, WD, WGS84


@dataclass(frozen=True, slots=True)
class LinkSummary:
    """How many named entities have a sure link, a likely one, none; and how many were asked about."""

    linked: int
    likely: int
    unknown: int
    asked: int


def summary(store: Store, *, asked: int) -> LinkSummary:
    """Counts over the named entities of the store's newest state."""
    database = store.reading()
    named = _named(database, store.base_iri)
    linked = {e for e in named if _has(database, e, OWL.sameAs)}
    likely = {e for e in named if e not in linked and _has(database, e, SKOS.closeMatch)}
    return LinkSummary(len(linked), len(likely), len(named) - len(linked) - len(likely), asked)


def unlinked(store: Store) -> list[Wanted]:
    """The named entities without a link that the gazetteer gives; those of most reports first.

    Groups without a name and weapons, which are kinds of thing, are no named entities here.
    """
    database = store.reading()
    named = _named(database, store.base_iri)
    links = stored_links(store)
    given = {e for e in named if _is_given(database, e, links.get(e))}
    items = {e: item for e in given if (item := _item(database, e)) is not None}
    countries = {e: items[e] for e in given if e in items and "Country" in _classes(database, e)}
    told: defaultdict[str, set[str]] = defaultdict(set)
    for entity, country in countries.items():
        for report in named[entity]:
            told[report].add(country)
    wanted = [
        _wanted(database, entity, store.base_iri, frozenset().union(*(told[report] for report in reports)))
        for entity, reports in named.items()
        if entity not in given
    ]
    return sorted(wanted, key=lambda w: (-len(named[w.entity]), w.entity))


def likely_in_reports(store: Store) -> frozenset[str]:
    """The entities that a report found to be like a Wikidata item, not sure to be it."""
    predicate = ox.NamedNode(str(SKOS.closeMatch))
    quads = store.reading().quads_for_pattern(None, predicate, None, None)
    return frozenset(
        quad.subject.value
        for quad in quads
        if isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.graph_name, ox.NamedNode)
        and is_report(quad.graph_name, base_iri=store.base_iri)
    )


def _named(database: Database, base_iri: str) -> dict[str, set[str]]:
    """The named actors, places and facilities, each with the reports that mention it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    local = iri.report(base_iri, "x").removesuffix("x")
    predicate = ox.NamedNode(str(SIT.mentionedIn))
    for quad in database.quads_for_pattern(None, predicate, None, None):
        entity, report = quad.subject, quad.graph_name
        if not isinstance(entity, ox.NamedNode) or entity.value.startswith(local):
            continue
        if isinstance(report, ox.NamedNode) and is_report(report, base_iri=base_iri):
            found[entity.value].add(report.value)
    return {
        entity: found[entity] for entity in sorted(found) if kind_of(_classes(database, entity)) is not None
    }


def _classes(database: Database, entity: str) -> list[str]:
    """Local names of the entity's classes."""
    names = {str(value) for value in _objects(database, entity, RDF.type)}
    return sorted(name.removeprefix(str(SIT._NS)) for name in names)


def _is_given(database: Database, entity: str, link: Link | None) -> bool:
    """Whether the entity's owl:sameAs comes from elsewhere than the table of links."""
    return _has(database, entity, OWL.sameAs) and (link is None or link.level is not Level.SURE)


def _item(database: Database, entity: str) -> str | None:
    """The Wikidata item ("Q858") that the entity is sure to be."""
    values = [str(value) for value in _objects(database, entity, OWL.sameAs)]
    return values[0].removeprefix(str(WD)) if len(values) == 1 and values[0].startswith(str(WD)) else None


def _wanted(database: Database, entity: str, base_iri: str, named: frozenset[str]) -> Wanted:
    classes = _classes(database, entity)
    kind = kind_of(classes)
    if kind is None:
        raise ValueError(f"unexpected classes {classes!r} of {entity}")
    names = sorted(str(value) for value in _objects(database, entity, SKOS.prefLabel))
    aliases = sorted(str(value) for value in _objects(database, entity, SKOS.altLabel))
    latitudes = [float(str(v)) for v in _objects(database, entity, WGS84.lat)]
    longitudes = [float(str(v)) for v in _objects(database, entity, WGS84.long)]
    return Wanted(
        entity=entity,
        name=names[0] if names else iri.name_of(entity),
        aliases=tuple(aliases),
        kind=kind,
        class_name=next(name for name in classes if kind_of([name]) is kind),
        country=_country(database, entity, base_iri),
        named=named,
        point=(latitudes[0], longitudes[0]) if len(latitudes) == len(longitudes) == 1 else None,
    )


def _country(database: Database, entity: str, base_iri: str) -> str | None:
    """The Wikidata item of the country that the entity is known to lie in, or bears in its IRI."""
    parts = entity.removeprefix(base_iri).split("/")
    if len(parts) == 3:  # place/syria/Tal_Brak
        return _item(database, iri.gazetteer_entry(base_iri, parts[1]))
    seen, waiting = {entity}, [entity]
    while waiting:
        for parent in sorted(str(v) for v in _objects(database, waiting.pop(), SIT.locatedIn)):
            if parent not in seen:
                if "Country" in _classes(database, parent):
                    return _item(database, parent)
                seen.add(parent)
                waiting.append(parent)
    return None


def _objects(database: Database, subject: str, predicate: rdflib.URIRef) -> Iterator[str]:
    """The values of a property in any graph, each once, as text."""
    quads = database.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(str(predicate)), None, None)
    values = {q.object.value for q in quads if isinstance(q.object, ox.NamedNode | ox.Literal)}
    yield from sorted(values)


def _has(database: Database, entity: str, predicate: rdflib.URIRef) -> bool:
    return next(_objects(database, entity, predicate), None) is not None
