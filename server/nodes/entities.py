"""What an entity's page shows beside its relations and events: names, links, points, reports that name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.vocab import DCTERMS, OWL, RDFS, SIT, SKOS, WGS84
from server.nodes.graph import (
    Graph,
    ReportLine,
    Said,
    Thing,
    described,
    first,
    iris,
    number,
    reports,
    text,
    things,
    values,
)
from server.nodes.happenings import ROLE_NAMES
from server.nodes.timeline import MOST_EVENTS

_NAMES = 200  # of an entity that are read
_PLACES = 100  # on a map
_REPORTS = 10_000  # that name an entity and are looked at
NEWEST_REPORTS = 10
_WIKIDATA = "http://www.wikidata.org/entity/"
_PROPERTIES = tuple(
    str(iri)
    for iri in (
        RDFS.comment, SKOS.altLabel, OWL.sameAs, SKOS.closeMatch, WGS84.lat, WGS84.long, DCTERMS.source,
        SIT.countText, SIT.minCount, SIT.maxCount,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """The same thing elsewhere. `confidence` and `reason` are those of a likely link, "" for a sure one."""

    iri: str
    name: str
    sure: bool
    confidence: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a map and how many events happened there; decimal degrees."""

    place: Thing
    latitude: float
    longitude: float
    count: int


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity: `names` are proper ones, `common` those that any such thing is called by ("the prison")."""

    node: Thing
    names: tuple[str, ...]
    common: tuple[str, ...]
    comment: str
    links: tuple[Link, ...]
    point: Point | None
    known_from: str
    least: int | None
    greatest: int | None


@dataclass(frozen=True, slots=True)
class Mentions:
    """The reports that name an entity: how many, and the newest. `truncated`: there are more than `count`."""

    count: int
    truncated: bool
    newest: tuple[ReportLine, ...]


def read_entity(graph: Graph, node: Thing) -> Entity:
    """What the graph says of the entity itself."""
    said = described(graph, [node.iri], _PROPERTIES, most=_NAMES)[node.iri]
    names = sorted({cell.value for cell in said.get(str(SKOS.altLabel), ())} - {node.label}, key=_name_order)
    return Entity(
        node=node,
        names=tuple(name for name in names if not is_common(name)),
        common=tuple(name for name in names if is_common(name)),
        comment=first(said, RDFS.comment),
        links=_links(graph, node.iri, said),
        point=_own_point(node, said),
        known_from=first(said, DCTERMS.source),
        least=number(first(said, SIT.minCount)),
        greatest=number(first(said, SIT.maxCount)),
    )


def is_common(name: str) -> bool:
    """Whether a name has no capital, though its script has some: "group", "jail"."""
    return name.islower()


def read_points(graph: Graph, entity: Entity) -> tuple[Point, ...]:
    """Where the entity is, and the places of its events, those with most events first."""
    roles = values("role", (str(SIT[name]) for name in (*ROLE_NAMES, "attributedTo")))
    query = f"""SELECT ?place (COUNT(?event) AS ?count) (MIN(?lat) AS ?north) (MIN(?long) AS ?east) {{
  {{ SELECT DISTINCT ?event {{ {roles} ?event ?role <{entity.node.iri}> }} LIMIT {MOST_EVENTS} }}
  ?event sit:place ?place . ?place wgs84:lat ?lat ; wgs84:long ?long
}} GROUP BY ?place ORDER BY DESC(?count) ?place LIMIT {_PLACES}"""
    rows = graph.rows(query)
    named = things(graph, (row[0] for row in rows))
    found = [_point(named[place], north, east, int(count)) for place, count, north, east in rows]
    points = [point for point in found if point is not None]
    if entity.point is not None and all(point.place.iri != entity.node.iri for point in points):
        points.insert(0, entity.point)
    return tuple(points)


def read_mentions(graph: Graph, node: str) -> Mentions:
    """The reports that name the entity."""
    every = f"SELECT DISTINCT ?report {{ <{node}> sit:mentionedIn ?report }} LIMIT {_REPORTS}"
    counted = graph.rows(f"SELECT (COUNT(?report) AS ?count) {{ {{ {every} }} }}")
    newest = f"""SELECT ?report (MAX(?issued) AS ?date) {{
  {{ {every} }} OPTIONAL {{ ?report dcterms:issued ?issued }}
}} GROUP BY ?report ORDER BY DESC(?date) ?report LIMIT {NEWEST_REPORTS}"""
    shown = [row[0] for row in graph.rows(newest)]
    lines = reports(graph, shown)
    count = int(counted[0][0])
    return Mentions(count, count == _REPORTS, tuple(lines[iri] for iri in shown))


def _links(graph: Graph, node: str, said: Said) -> tuple[Link, ...]:
    """Links to the same thing elsewhere, the sure ones first."""
    likely = iris(said, SKOS.closeMatch)
    query = f"""SELECT ?item (MAX(?score) AS ?confidence) (MIN(?why) AS ?reason) {{
  ?statement rdf:subject <{node}> ; rdf:predicate skos:closeMatch ; rdf:object ?item
  OPTIONAL {{ ?statement sit:confidence ?score }} OPTIONAL {{ ?statement sit:reason ?why }}
}} GROUP BY ?item"""
    rows = graph.table(query, limit=_NAMES).rows if likely else ()
    told = {text(item): (text(score), text(reason)) for item, score, reason in rows}
    sure = [Link(iri, _link_name(iri), True) for iri in iris(said, OWL.sameAs)]
    return (*sure, *(Link(iri, _link_name(iri), False, *told.get(iri, ("", ""))) for iri in likely))


def _link_name(iri: str) -> str:
    item = iri.removeprefix(_WIKIDATA)
    return f"Wikidata {item}" if item != iri else iri


def _own_point(node: Thing, said: Said) -> Point | None:
    return _point(node, first(said, WGS84.lat), first(said, WGS84.long), 0)


def _point(place: Thing, latitude: str, longitude: str, count: int) -> Point | None:
    """The place on a map; None where its coordinates are none."""
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        return None
    return Point(place, north, east, count) if abs(north) <= 90 and abs(east) <= 180 else None


def points_of(graph: Graph, places: Iterable[Thing]) -> tuple[Point, ...]:
    """The places that have coordinates, as points of one event each."""
    nodes = {place.iri: place for place in places}
    said = described(graph, nodes, (str(WGS84.lat), str(WGS84.long)), most=4)
    found = (
        _point(nodes[iri], first(one, WGS84.lat), first(one, WGS84.long), 1) for iri, one in said.items()
    )
    return tuple(point for point in found if point is not None)


def _name_order(name: str) -> tuple[str, str]:
    return name.casefold(), name
