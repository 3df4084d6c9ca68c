"""Links for what has none: which entities those are, what gazetteer or service say, and into the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from kg import iri
from kg.facts import Kind
from kg.gazetteer import (
    Entry,
    Gazetteer,
    folded_words,
    load_gazetteer,
    written_words,
)
from kg.linking.online.decision import Candidate, Decision, Offer, Wanted, decide
from kg.links import Link, read_links, write_links
from kg.pipeline.kinds import kind_of
from kg.pipeline.known import entity_graph, stored_links
from kg.pipeline.overriding import apply_rules, read_rules, rules_in_force, warn_unmatched
from kg.pipeline.unlinked import LinkSummary, likely_in_reports, summary, unlinked
from kg.store import Store

GAZETTEER = "gazetteer"  # source of a link that the gazetteer gives by a name

Ask = Callable[[Sequence[Wanted]], Sequence[Offer]]
Progress = Callable[[int, int], None]  # entities that are done, of how many


def relink(store: Store, *, ontology: Path, today: dt.date, overrides: Path | None = None) -> LinkSummary:
    """Apply overrides (of a file, else the store's), look again in the gazetteer for what has no link, and
    make the entity graph again."""
    gazetteer = load_gazetteer(ontology / "gazetteer")
    rules = read_rules(store, file=overrides, gazetteer=gazetteer)
    apply_rules(store, rules, ontology=ontology, gazetteer=gazetteer)
    warn_unmatched(store, rules.overrides)
    known = stored_links(store)
    entries = iri.gazetteer_folder(store.base_iri)
    wanted = [w for w in unlinked(store) if not w.entity.startswith(entries)]
    wanted = [w for w in wanted if w.entity not in known or known[w.entity].item is None]
    doubted = likely_in_reports(store)  # the reading knew the report, here is the name alone
    wanted = [w for w in wanted if w.entity not in doubted]
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
    but with `refresh`. A source that does not know an entity leaves the link that another gave it. An
    error or Ctrl-C loses the batch under way.
    """
    gazetteer = load_gazetteer(ontology / "gazetteer")
    known = stored_links(store)
    wanted = [w for w in unlinked(store) if kind in (None, w.kind)]
    wanted = [w for w in wanted if _is_open(known.get(w.entity), source, refresh=refresh)][:limit]
    taken = {iri.gazetteer_entry(store.base_iri, e.key): e.wikidata for e in gazetteer.values()}
    for start in range(0, len(wanted), batch):
        progress(start, len(wanted))
        some = wanted[start : start + batch]
        links = []
        for one, offer in zip(some, ask(some), strict=True):
            usable = [c for c in offer.candidates if kind is not None or c.kinds is not None]
            decision = decide(one, _other_than(taken, one, usable))
            before = known.get(one.entity)
            if decision.item is not None or before is None or before.item is None or before.source == source:
                links.append(_link(one, decision, source, offer.retrieved))
        _write(store, links, gazetteer)
    progress(len(wanted), len(wanted))
    return summary(store, asked=len(wanted))


def _is_open(link: Link | None, source: str, *, refresh: bool) -> bool:
    """Whether to ask a source, by what was decided before."""
    if link is None or (link.item is None and link.source != source):
        return True
    return refresh and link.source != GAZETTEER


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
        graph = entity_graph(batch, gazetteer, stored_links(store), rules_in_force(store, gazetteer))
        batch.put_graph(iri.graph(store.base_iri, "entities"), graph)


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
    kind = kind_of([entry.class_name])
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
