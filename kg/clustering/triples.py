"""Clusters as triples of the cluster graph."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator

import pyoxigraph as ox

from kg import iri
from kg.clustering import figures
from kg.clustering.likeness import PERFECT
from kg.clustering.merging import Cluster
from kg.clustering.model import Days, Place, Signature
from kg.vocab import DCTERMS, RDF, RDFS, SIT, SKOS, XSD

Triples = Iterator[ox.Triple]
Label = Callable[[str], str | None]  # the name of an entity

_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def cluster_triples(cluster: Cluster, *, base_iri: str, label: Label) -> Triples:
    """All that is said of a cluster, and what its events belong to."""
    members = cluster.members
    node = iri.cluster(base_iri, members[0].event)
    place, when = _place(members), _when(members)
    name = _name(members, place, when, label)
    yield _links(node, RDF.type, SIT.EventCluster)
    yield _says(node, RDFS.label, ox.Literal(name))
    yield _says(node, SKOS.prefLabel, ox.Literal(name))
    yield _links(node, SIT.eventKind, SIT[_kind(members)])
    if place is not None:
        yield _links(node, DCTERMS.spatial, place.iri)
    yield _says(node, DCTERMS.date, _date(when.first))
    for what, found in (("dead", figures.dead(members)), ("injured", figures.injured(members))):
        if found is not None:
            yield _says(node, SIT[f"{what}Low"], _number(found.low))
            yield _says(node, SIT[f"{what}Best"], _number(found.best))
            yield _says(node, SIT[f"{what}High"], _number(found.high))
    reports = sorted({member.report for member in members})
    yield _says(node, SIT.reportCount, _number(len(reports)))
    yield _says(node, SIT.sourceCount, _number(len({s for member in members for s in member.sources})))
    yield _says(node, SIT.confidence, _confidence(cluster.weakest.points))
    reasons = ", ".join(cluster.weakest.reasons)
    yield _says(node, DCTERMS.description, ox.Literal(f"Joined by: {reasons}."))
    for report in reports:
        yield _links(node, SIT.toldIn, report)
    for member in members:
        yield _links(member.event, SIT.partOfCluster, node)


def _kind(members: tuple[Signature, ...]) -> str:
    """The kind that most members have; of several, the one that most of the members' names sort first."""
    counts = Counter(member.kind for member in members)
    return min(counts, key=lambda kind: (-counts[kind], kind))


def _place(members: tuple[Signature, ...]) -> Place | None:
    """The narrowest place of the members, of several the one that most name."""
    counts = Counter(place for member in members for place in member.places)
    return min(counts, key=lambda p: (p.reach, -len(p.within), -counts[p], p.iri), default=None)


def _when(members: tuple[Signature, ...]) -> Days:
    """The days that most members agree on, stated rather than inferred, and rather days than a month."""
    counts = Counter(member.days for member in members if member.days is not None)
    return min(counts, key=lambda d: (not d.exact, d.inferred, d.last - d.first, -counts[d], d.first))


def _name(members: tuple[Signature, ...], place: Place | None, when: Days, label: Label) -> str:
    kind = _CAPITAL.sub(" ", _kind(members)).capitalize()
    where = label(place.iri) if place is not None else None
    return ", ".join(part for part in (kind, where, dt.date.fromordinal(when.first).isoformat()) if part)


def _confidence(points: float) -> ox.Literal:
    """The weakest likeness as a part of one that leaves no doubt."""
    text = f"{min(points / PERFECT, 0.99):.2f}".rstrip("0")
    return ox.Literal(text, datatype=ox.NamedNode(XSD.decimal))


def _number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=ox.NamedNode(XSD.integer))


def _date(day: int) -> ox.Literal:
    return ox.Literal(dt.date.fromordinal(day).isoformat(), datatype=ox.NamedNode(XSD.date))


def _links(subject: str, predicate: str, value: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(value))


def _says(subject: str, predicate: str, value: ox.Literal) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)
