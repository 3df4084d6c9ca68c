"""Links for what has none: which entities those are, what gazetteer or service say, and into the store."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import rdflib

from kg import iri
from kg.facts import Kind
from kg.gazetteer import (
    ACTORS,
    FACILITIES,
    PLACES,
    Entry,
    Gazetteer,
    folded_words,
    load_gazetteer,
    written_words,
)
from kg.linking.online.decision import Candidate, Decision, Offer, Wanted, decide
from kg.links import Level, Link, read_links, write_links
from kg.pipeline.known import entity_graph, stored_links
from kg.store import Store, is_report
from kg.vocab import OWL, RDF, SIT, SKOS, WD, WGS84

GAZETTEER = "gazetteer"  # source of a link that the gazetteer gives by a name

Ask = Callable[[Sequence[Wanted]], Sequence[Offer]]
Progress = Callable[[int, int], None]  # entities that are done, of how many


@dataclass(frozen=True, slots=True)
class LinkSummary:
    """How many named entities have a sure link, a likely one, none; and how many were asked about."""

    linked: int
    likely: int
    unknown: int
    asked: int


def relink(store: Store, *, ontology: Path, today: dt.date) -> LinkSummary:
    """Look again in the gazetteer for what has no link, and make the entity graph again."""
    gazetteer = load_gazetteer(ontology / "gazetteer")
    known = stored_links(store)
    entries = iri.gazetteer_entry(store.base_iri, "x").removesuffix("x")
    wanted = [w for w in unlinked(store) if not w.entity.startswith(entries)]
    wanted = [w for w in wanted if w.entity not in known or known[w.entity].item is None]
    found = []
    for one in wanted:
        decision = decide(one, _known(one, gazetteer))
        if decision.item is not None:
            found.append(_link(one, decision, GAZETTEER, today))
    _write(store, found, gazetteer)
    return summary(store, asked=0)


def link_online(
    store: Store,
    ask: Ask,
    *,
    source: str,
    ontology: Path,
    batch: int,
    limit: int | None = None,
    kind: Kind | None = None,
    refresh: bool = False,
    progress: Progress = lambda *_: None,
) -> LinkSummary:
    """Ask about entities without a link, `batch` at a time, each batch a transaction of the store.

    With `kind` only those of this kind are asked about; without it nothing is linked to a candidate of which
    the source does not say what kind of thing it is. What this source did not know before is not asked again,
    but with `refresh`. An error or Ctrl-C loses the batch under way.
    """
    gazetteer = load_gazetteer(ontology / "gazetteer")
    known = stored_links(store)
    wanted = [w for w in unlinked(store) if kind in (None, w.kind)]
    wanted = [w for w in wanted if refresh or _is_open(known.get(w.entity), source)][:limit]
    taken = {iri.gazetteer_entry(store.base_iri, e.key): e.wikidata for e in gazetteer.values()}
    for start in range(0, len(wanted), batch):
        progress(start, len(wanted))
        some = wanted[start : start + batch]
        links = []
        for one, offer in zip(some, ask(some), strict=True):
            usable = [c for c in offer.candidates if kind is not None or c.kinds is not None]
            decision = decide(one, _other_than(taken, one, usable))
            links.append(_link(one, decision, source, offer.retrieved))
        _write(store, links, gazetteer)
    progress(len(wanted), len(wanted))
    return summary(store, asked=len(wanted))


def _is_open(link: Link | None, source: str) -> bool:
    return link is None or (link.item is None and link.source != source)


def _other_than(
    taken: Mapping[str, str | None], wanted: Wanted, offered: Sequence[Candidate]
) -> list[Candidate]:
    """Candidates for a gazetteer entry without those that are other entries: two entries are two things."""
    others = set(taken.values()) if wanted.entity in taken else set()
    return [candidate for candidate in offered if candidate.item not in others]


def _link(wanted: Wanted, decision: Decision, source: str, day: dt.date) -> Link:
    return Link(
        entity=wanted.entity,
        level=decision.level,
        item=decision.item,
        confidence=decision.confidence,
        source=source,
        retrieved=day,
        reason=decision.reason,
    )


def _write(store: Store, links: Iterable[Link], gazetteer: Gazetteer) -> None:
    """Keep links and make the entity graph again; the table comes first, since the graph is made from it."""
    with store.writing() as batch:
        links = list(links)
        if links:
            kept = dict(read_links(store.path)) | {link.entity: link for link in links}
            write_links(store.path, kept.values())
        graph = entity_graph(batch, gazetteer, stored_links(store))
        batch.put_graph(iri.graph(store.base_iri, "entities"), graph)


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


def _named(database: ox.Store, base_iri: str) -> dict[str, set[str]]:
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
        entity: found[entity] for entity in sorted(found) if _kind(_classes(database, entity)) is not None
    }


def _classes(database: ox.Store, entity: str) -> list[str]:
    """Local names of the entity's classes."""
    names = {str(value) for value in _objects(database, entity, RDF.type)}
    return sorted(name.removeprefix(str(SIT._NS)) for name in names)


def _kind(classes: Sequence[str]) -> Kind | None:
    for class_name in classes:
        if class_name == "Person":
            return Kind.PERSON
        if class_name in PLACES | {"Place"}:
            return Kind.PLACE
        if class_name in FACILITIES:
            return Kind.FACILITY
        if class_name in ACTORS:
            return Kind.ORGANIZATION
    return None


def _is_given(database: ox.Store, entity: str, link: Link | None) -> bool:
    """Whether the entity's owl:sameAs comes from elsewhere than the table of links."""
    return _has(database, entity, OWL.sameAs) and (link is None or link.level is not Level.SURE)


def _item(database: ox.Store, entity: str) -> str | None:
    """The Wikidata item ("Q858") that the entity is sure to be."""
    values = [str(value) for value in _objects(database, entity, OWL.sameAs)]
    return values[0].removeprefix(str(WD)) if len(values) == 1 and values[0].startswith(str(WD)) else None


def _wanted(database: ox.Store, entity: str, base_iri: str, named: frozenset[str]) -> Wanted:
    classes = _classes(database, entity)
    kind = _kind(classes)
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
        class_name=next(name for name in classes if _kind([name]) is kind),
        country=_country(database, entity, base_iri),
        named=named,
        point=(latitudes[0], longitudes[0]) if len(latitudes) == len(longitudes) == 1 else None,
    )


def _country(database: ox.Store, entity: str, base_iri: str) -> str | None:
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


def _objects(database: ox.Store, subject: str, predicate: rdflib.URIRef) -> Iterator[str]:
    """The values of a property in any graph, each once, as text."""
    quads = database.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(str(predicate)), None, None)
    values = {q.object.value for q in quads if isinstance(q.object, ox.NamedNode | ox.Literal)}
    yield from sorted(values)


def _has(database: ox.Store, entity: str, predicate: rdflib.URIRef) -> bool:
    return next(_objects(database, entity, predicate), None) is not None


def _known(wanted: Wanted, gazetteer: Gazetteer) -> list[Candidate]:
    """The gazetteer's entries of this name as candidates, as if it were a service."""
    found = {}
    for name in (wanted.name, *wanted.aliases):
        for alias in gazetteer.named(folded_words(name)):
            usable = not (alias.demonym or alias.entry.guarded) and alias.fits(written_words(name))
            if usable and alias.entry.wikidata is not None:
                found[alias.entry.key] = _candidate(alias.entry, alias.entry.wikidata, gazetteer)
    return list(found.values())


def _candidate(entry: Entry, item: str, gazetteer: Gazetteer) -> Candidate:
    kind = _kind([entry.class_name])
    country = gazetteer[entry.country].wikidata if entry.country is not None else None
    point = None
    if entry.latitude is not None and entry.longitude is not None:
        point = (entry.latitude, entry.longitude)
    return Candidate(
        item=item,
        names=(entry.label, *entry.aliases),
        kinds=frozenset() if kind is None else frozenset({kind}),
        countries=frozenset() if country is None else frozenset({country}),
        point=point,
    )
