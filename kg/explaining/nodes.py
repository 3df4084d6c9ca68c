"""Why the graph says what it says of a node: an entity, event, relation, cluster or report.

Reads a checkpoint of the store and the tables beside it; nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rdflib import URIRef

from kg import iri
from kg.errors import QueryError
from kg.explaining.look import Look, text_of
from kg.links import Level, Link
from kg.overrides import Verb
from kg.store import Store
from kg.vocab import DCTERMS, ITSRDF, NIF, OWL, PROV, RDF, SIT, SKOS, WGS84

_ROLES = (SIT.agent, SIT.target, SIT.participant, SIT.place, SIT.instrument, SIT.origin, SIT.destination)
_TOLD = (SIT.speaker, SIT.addressee, SIT.about, SIT.causedBy)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an explanation: what, and what is to be said of that, by name."""

    text: str
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under one heading."""

    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a node is what it is; `sort` is entity, event, statement, cluster or report."""

    iri: str
    sort: str
    label: str
    parts: tuple[Part, ...]


def explain(store: Store, name: str) -> Explanation:
    """Explain a node by its IRI, the part behind the store's base, or a name with a prefix.

    Raises QueryError, with names that are like it, for what the store does not know.
    """
    look = Look(store)
    node, parts = look.resolve(name), []
    for line in look.lines(node):
        if line.verb is Verb.SAME and line.object == node and not look.knows(node):
            parts.append(Part("Overrides", (Item(f"{look.short(node)} is this, a person says"),)))
            node = line.subject
            break
    if not look.knows(node):
        raise QueryError(_unknown(look, name, node))
    return _explained(look, node, tuple(parts))


def explain_relation(store: Store, subject: str, predicate: str, object_: str) -> tuple[Explanation, ...]:
    """Explain the Statements about a relation, one for each report; QueryError where there is none."""
    look = Look(store)
    ends = [look.resolve(subject), look.resolve(object_)]
    relation = str(SIT._NS) + predicate.removeprefix("sit:").removeprefix(str(SIT._NS))
    found = [
        statement
        for statement in look.having(RDF.subject, ends[0])
        if relation in look.values(statement, RDF.predicate) and ends[1] in look.values(statement, RDF.object)
    ]
    if not found:
        raise QueryError(f"no report says: {subject} {predicate} {object_}{_said(look, *ends)}")
    return tuple(_explained(look, statement, ()) for statement in found)


def _said(look: Look, one: str, other: str) -> str:
    """What reports do say of two things, for who asked for another relation or the other way round."""
    found = sorted(
        f"{look.short(subject)} {relation.rpartition('#')[2]} {look.short(object_)}"
        for subject, object_ in ((one, other), (other, one))
        for statement in look.having(RDF.subject, subject)
        if object_ in look.values(statement, RDF.object)
        for relation in look.values(statement, RDF.predicate)
    )
    return f"; they say {', '.join(dict.fromkeys(found))}" if found else ""


def _explained(look: Look, node: str, before: tuple[Part, ...]) -> Explanation:
    sort = look.sort(node)
    build = {"entity": _entity, "event": _event, "statement": _statement, "cluster": _cluster}.get(
        sort, _report
    )
    overruled = [Item(line.text().replace("\t", " ")) for line in look.lines(node)]
    parts = [*before, *build(look, node), Part("Overrides", tuple(overruled))]
    return Explanation(node, sort, look.label(node), tuple(part for part in parts if part.items))


def _unknown(look: Look, name: str, node: str) -> str:
    for line in look.lines(node):
        if line.verb is Verb.WRONG and line.subject == node:
            return f"{look.short(node)} is left out: a person marked it as wrong ({line.note or 'no note'})"
    near = look.near(name)
    offered = f"; alike are {', '.join(near)}" if near else ""
    return f"the store knows nothing of {name}{offered}"


def _entity(look: Look, node: str) -> Iterator[Part]:
    yield Part("Class", _items(look.short(c).rpartition("#")[2] for c in look.values(node, RDF.type)))
    yield Part("Known from", (Item(_known_from(look, node)),))
    yield Part("Wikidata", tuple(_wikidata(look, node)))
    yield Part("Likely Wikidata", tuple(_likely(look, node)))
    yield Part("Lies in", _items(_above(look, node)))
    point = [look.value(node, predicate) for predicate in (WGS84.lat, WGS84.long)]
    yield Part("Latitude, longitude", (Item(", ".join(point)),) if all(point) else ())
    yield Part("Other names", _items(look.values(node, SKOS.altLabel)))
    yield Part(
        "Mentioned in", tuple(_mentions(look, node, report) for report in look.values(node, SIT.mentionedIn))
    )


def _known_from(look: Look, node: str) -> str:
    source = look.value(node, DCTERMS.source, look.entities)
    if node.startswith(iri.gazetteer_folder(look.base)):
        return f"the gazetteer, entry {node.rpartition('/')[2]}{f', from {source}' if source else ''}"
    if "/report/" in node.removeprefix(look.base.rstrip("/")):
        return "its report alone: it has no name that others use"
    return "its name and kind in the reports; the gazetteer has no such entry"


def _wikidata(look: Look, node: str) -> Iterator[Item]:
    for value in look.values(node, OWL.sameAs):
        item, link = look.short(value), look.links.get(node)
        linked = any(line.verb is Verb.LINK and line.object == item for line in look.lines(node))
        if linked:
            yield Item(item, (("level", "sure"), ("reason", "a person says so")))
        elif link is not None and link.item == item and link.level is Level.SURE:
            yield Item(item, (("level", "sure"), *_of_link(link)))
        else:
            yield Item(item, (("level", "sure"), ("reason", "the gazetteer has it")))
    if not look.values(node, OWL.sameAs) and (link := look.links.get(node)) is not None and link.item is None:
        yield Item("asked, and not known", _of_link(link))


def _of_link(link: Link) -> tuple[tuple[str, str], ...]:
    return (
        ("score", f"{link.confidence:.2f}"),
        ("reason", link.reason),
        ("source", link.source),
        ("day", link.retrieved.isoformat()),
    )


def _likely(look: Look, node: str) -> Iterator[Item]:
    for statement in look.having(RDF.subject, node):
        if str(SKOS.closeMatch) in look.values(statement, RDF.predicate):
            details = [
                ("score", look.value(statement, SIT.confidence)),
                ("reason", look.value(statement, SIT.reason)),
                ("source", look.value(statement, DCTERMS.source)),
                *(("report", look.short(report)) for report in look.reports(statement)),
            ]
            item = look.short(look.value(statement, RDF.object))
            yield Item(item, tuple(detail for detail in details if detail[1]))


def _above(look: Look, node: str) -> list[str]:
    """What a place lies in, up to the country; where the graph of entities is silent, what its IRI says."""
    found, waiting = [], [node]
    while waiting:
        for parent in look.values(waiting.pop(), SIT.locatedIn):
            if parent not in found and parent != node:
                found.append(parent)
                waiting.append(parent)
    parts = node.removeprefix(look.base).split("/")
    if not found and len(parts) == 3 and parts[0] != "cluster":
        found.append(iri.gazetteer_entry(look.base, parts[1]))
    return [look.named(parent) for parent in found]


def _mentions(look: Look, node: str, report: str) -> Item:
    """How one report names a thing, and why the name was taken for it."""
    phrases = look.having(ITSRDF.taIdentRef, node, report)
    names = Counter(look.words(phrase) for phrase in phrases)
    told = (
        f'"{name}"{f" {n} times" if n > 1 else ""}'
        for name, n in sorted(names.items(), key=lambda n: (-n[1], n[0]))
    )
    details = [("names", ", ".join(told))]
    for phrase in phrases:
        if reason := look.value(phrase, SIT.reason, report):
            score = look.value(phrase, ITSRDF.taConfidence, report)
            details += [("score", score)] if score else []
            details.append(("reason", f'"{look.words(phrase)}": {reason}'))
    return Item(look.named(report), tuple(details))


def _event(look: Look, node: str) -> Iterator[Part]:
    yield Part("Kind", _items(URIRef(c).rpartition("#")[2] for c in look.values(node, RDF.type)))
    yield Part("Status", _items(s.rpartition("#")[2] for s in look.values(node, SIT.status)))
    yield Part("Confidence", _items(look.values(node, SIT.confidence)))
    yield Part("Report", _items(map(look.named, look.reports(node)[:1])))
    yield from _rests_on(look, node)
    phrases = look.having(ITSRDF.taIdentRef, node)
    yield Part("Words", _items(look.words(phrase) for phrase in _in_order(look, phrases)))
    yield Part("Rule", _items(reason for phrase in phrases for reason in look.values(phrase, SIT.reason)))
    for predicate in (*_ROLES, *_TOLD):
        name = predicate.rpartition("#")[2]
        heading = {"about": "Speaks of", "causedBy": "Caused by"}.get(name, name.capitalize())
        yield Part(heading, _items(map(look.named, look.values(node, predicate))))
    yield Part("Date", _items(look.values(node, SIT.date) + look.values(node, SIT.endDate)))
    yield Part("Words for the time", _items(look.values(node, SIT.timeText)))
    yield Part("Relations from it", tuple(_brief(look, s) for s in look.having(PROV.wasDerivedFrom, node)))
    for cluster in look.values(node, SIT.partOfCluster):
        others = [other for other in look.having(SIT.partOfCluster, cluster) if other != node]
        yield Part("Cluster", (Item(look.named(cluster), _why_joined(look, cluster)),))
        yield Part("Told too by", tuple(_member(look, other) for other in others))


def _rests_on(look: Look, node: str) -> Iterator[Part]:
    sentences = _in_order(look, look.values(node, SIT.evidence))
    yield Part("Evidence", tuple(Item(look.words(s), (("at", s.rpartition("/")[2]),)) for s in sentences))
    yield Part("Sources named", _items(map(look.named, look.values(node, SIT.attributedTo))))


def _statement(look: Look, node: str) -> Iterator[Part]:
    yield Part("Says", (_brief(look, node),))
    yield Part("Report", _items(map(look.named, look.reports(node)[:1])))
    yield Part("Confidence", _items(look.values(node, SIT.confidence)))
    yield Part("Rule", _items(look.values(node, SIT.reason)))
    yield from _rests_on(look, node)
    yield Part(
        "Follows from", tuple(_member(look, event) for event in look.values(node, PROV.wasDerivedFrom))
    )
    yield Part("Source", _items(look.values(node, DCTERMS.source)))


def _cluster(look: Look, node: str) -> Iterator[Part]:
    yield Part("Kind", _items(kind.rpartition("#")[2] for kind in look.values(node, SIT.eventKind)))
    yield Part("Date", _items(look.values(node, DCTERMS.date)))
    yield Part("Place", _items(map(look.named, look.values(node, DCTERMS.spatial))))
    yield Part(
        "Why",
        (Item(look.value(node, DCTERMS.description), (("confidence", look.value(node, SIT.confidence)),)),),
    )
    for what in ("dead", "injured"):
        figures = [
            (level.lower(), look.value(node, SIT[f"{what}{level}"])) for level in ("Low", "Best", "High")
        ]
        if figures[1][1]:
            yield Part(
                what.capitalize(), (Item(", ".join(f"{level} {number}" for level, number in figures)),)
            )
    counted = f"{look.value(node, SIT.reportCount)} reports, {look.value(node, SIT.sourceCount)} sources"
    yield Part("Told by", (Item(counted),))
    yield Part("Events", tuple(_member(look, event) for event in look.having(SIT.partOfCluster, node)))


def _report(look: Look, node: str) -> Iterator[Part]:
    yield Part("Identifier", _items(look.values(node, DCTERMS.identifier)))
    yield Part("Published", _items(look.values(node, DCTERMS.issued) + look.values(node, DCTERMS.publisher)))
    yield Part("Source", _items(look.values(node, DCTERMS.source)))
    yield Part("Copy of", _items(map(look.named, look.values(node, SIT.copyOf))))
    events = {text_of(quad.subject) for quad in look.quads(None, SIT.status, None, node)}
    entities = {text_of(quad.subject) for quad in look.quads(None, SIT.mentionedIn, node, node)}
    yield Part("Says", (Item(f"{len(events)} events, {len(entities)} entities"),))


def _why_joined(look: Look, cluster: str) -> tuple[tuple[str, str], ...]:
    confidence = look.value(cluster, SIT.confidence)
    return (("reason", look.value(cluster, DCTERMS.description)), ("confidence", confidence))


def _member(look: Look, event: str) -> Item:
    sentences = _in_order(look, look.values(event, SIT.evidence))
    report = next(iter(look.reports(event)), "")
    details = [("report", look.short(report)), *(("evidence", look.words(s)) for s in sentences[:1])]
    return Item(look.named(event), tuple(details))


def _brief(look: Look, statement: str) -> Item:
    subject, object_ = (look.value(statement, part) for part in (RDF.subject, RDF.object))
    predicate = look.value(statement, RDF.predicate).rpartition("#")[2]
    return Item(
        f"{look.named(subject)} {predicate} {look.named(object_)}", (("statement", look.short(statement)),)
    )


def _in_order(look: Look, spans: Sequence[str]) -> list[str]:
    return sorted(spans, key=lambda span: (int(look.value(span, NIF.beginIndex) or 0), span))


def _items(texts: Iterable[str]) -> tuple[Item, ...]:
    return tuple(Item(text) for text in texts)
