"""What the start page says of the graph: how much it holds, when things happened, who, where, what is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.vocab import RDF, SIT
from server.messages import Table
from server.nodes.graph import ReportLine, Thing, reports, things
from server.nodes.kinds import kinds
from server.summaries.asking import Asked, Question, number, text
from server.summaries.timeline import Chart, Period, binned, chart, month_of, period, year_of

ACTORS = 12
PLACES = 300
NEWEST = 6
_KINDS_NAMED = 3  # of a family
_CANDIDATES = 2000  # of the most frequent fillers of a role; fewer, and equal numbers would be cut by chance
_MOST = 20_000  # rows of the other answers: kinds by month of 50 years
_WIDTH, _HEIGHT = 280.0, 92.0  # of a drawing
# What counts as acting, being acted on and speaking, in the order of the numbers of an ActorLine.
_ROLES = ((SIT.agent, 0), (SIT.participant, 0), (SIT.target, 1), (SIT.speaker, 2))

_TYPES = "SELECT ?class (COUNT(*) AS ?count) { ?node a ?class } GROUP BY ?class"
_ABOVE = "SELECT ?class ?above { ?class rdfs:subClassOf ?above FILTER (isIRI(?class) && isIRI(?above)) }"
_NAMED = "SELECT (COUNT(DISTINCT ?entity) AS ?count) { ?entity sit:mentionedIn ?report }"
# What a statement says of a likely link is no relation; `kg stats` counts the same.
_LIKELY = """SELECT (COUNT(DISTINCT ?statement) AS ?count) {
  ?statement a rdf:Statement ; rdf:predicate skos:closeMatch
}"""
# The class is OPTIONAL so that the engine begins with the dates, of which there are far fewer.
_MONTHS = """SELECT ?class ?month (COUNT(*) AS ?count) {
  ?event sit:date ?date OPTIONAL { ?event a ?class } BIND (SUBSTR(STR(?date), 1, 7) AS ?month)
} GROUP BY ?class ?month"""
_PLACED = """SELECT ?place ?lat ?long ?count {
  { SELECT ?place (COUNT(*) AS ?count) { ?event sit:place ?place } GROUP BY ?place }
  ?place wgs84:lat ?lat ; wgs84:long ?long
} ORDER BY DESC(?count)"""
_NEWEST = "SELECT ?report ?date { ?report dcterms:issued ?date ; a sit:Report } ORDER BY DESC(?date)"


def _fillers(role: str) -> str:
    return f"""SELECT ?node (COUNT(*) AS ?count) {{ ?event <{role}> ?node }}
GROUP BY ?node ORDER BY DESC(?count)"""


@dataclass(frozen=True, slots=True)
class KindLine:
    """A class of events, its name, and how many there are."""

    iri: str
    name: str
    events: int


@dataclass(frozen=True, slots=True)
class Family:
    """A branch of the event classes with its classes, most events first, and its events over time."""

    iri: str
    name: str
    events: int
    kinds: tuple[KindLine, ...]
    counts: tuple[int, ...]  # one a bar of the period
    chart: Chart | None

    @property
    def named_kinds(self) -> tuple[KindLine, ...]:
        """The classes that a page names beside the family."""
        return self.kinds[:_KINDS_NAMED]


@dataclass(frozen=True, slots=True)
class Dated:
    """How many events the drawings show, and how many not: without a date, with a year only, far away."""

    period: Period | None
    shown: int
    undated: int
    year_only: int
    outside: int


@dataclass(frozen=True, slots=True)
class ActorLine:
    """An actor and in how many events it acts (or takes part), is the target, speaks."""

    actor: Thing
    acts: int
    suffers: int
    speaks: int


@dataclass(frozen=True, slots=True)
class PlacePoint:
    """A place or facility with its position in degrees and the events there."""

    place: Thing
    latitude: float
    longitude: float
    events: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of the whole graph, and the first of each list."""

    reports: int
    entities: int
    events: int
    relations: int
    families: tuple[Family, ...]
    dated: Dated
    actors: tuple[ActorLine, ...]
    places: tuple[PlacePoint, ...]
    newest: tuple[ReportLine, ...]


def overview(graph: Asked) -> Overview:
    """The overview of the newest data."""
    queries = [
        _TYPES,
        _ABOVE,
        _NAMED,
        _LIKELY,
        _MONTHS,
        _PLACED,
        _NEWEST,
        *(_fillers(role) for role, _ in _ROLES),
    ]
    limits = [_MOST, _MOST, 1, 1, _MOST, _CANDIDATES, NEWEST, *(_CANDIDATES for _ in _ROLES)]
    types, above, named, likely, months, placed, newest, *fillers = graph.tables(
        [Question(query, limit) for query, limit in zip(queries, limits, strict=True)]
    )
    by_class = {text(iri): number(count) for iri, count in types.rows}
    families, dated = _families(by_class, months, _branches(by_class, above))
    return Overview(
        reports=by_class.get(str(SIT.Report), 0),
        entities=number(named.rows[0][0]),
        events=sum(family.events for family in families),
        relations=by_class.get(str(RDF.Statement), 0) - number(likely.rows[0][0]),
        families=families,
        dated=dated,
        actors=_actors(graph, fillers),
        places=_places(graph, placed),
        newest=_newest_reports(graph, newest),
    )


def _branches(classes: Iterable[str], above: Table) -> dict[str, str]:
    """The branch (a class right under Event, or Event itself) of each class of events."""
    stated: dict[str, set[str]] = {}
    for lower, upper in above.rows:
        stated.setdefault(text(lower), set()).add(text(upper))
    event = str(SIT.Event)
    found = {}
    for name in classes:
        over = set(kinds().above.get(name, {name}))
        pending = list(over)
        while pending:  # what an ontology of the store's own adds
            new = {
                iri
                for upper in stated.get(pending.pop(), ())
                for iri in {upper, *kinds().above.get(upper, ())}
            }
            pending += sorted(new - over)
            over |= new
        if event in over:
            under = [
                iri for iri in over if event in {*kinds().above.get(iri, ()), *stated.get(iri, ())} - {iri}
            ]
            first = [iri for iri in under if not set(under) & (set(kinds().above.get(iri, ())) - {iri})]
            found[name] = min(first, default=event)
    return found


def _families(
    by_class: Mapping[str, int], months: Table, branches: Mapping[str, str]
) -> tuple[tuple[Family, ...], Dated]:
    by_month: dict[str, Counter[int]] = {}
    by_year: dict[str, Counter[int]] = {}  # of events whose date is a year and no more
    for cell, date, count in months.rows:
        branch, when = branches.get(text(cell)), text(date)
        if branch is None:
            continue
        month, year = month_of(when), year_of(when)
        if month is not None:
            by_month.setdefault(branch, Counter())[month] += number(count)
        elif year is not None:
            by_year.setdefault(branch, Counter())[year * 12] += number(count)
    exact = sum(by_month.values(), Counter())
    vague = sum(by_year.values(), Counter())
    shown = period(exact)
    if shown is None or shown.step >= 12:
        shown = period(exact + vague)
        for branch, counts in by_year.items():
            by_month.setdefault(branch, Counter()).update(counts)
        vague = Counter()
    bars = {
        branch: binned(by_month.get(branch, {}), shown) if shown else () for branch in set(branches.values())
    }
    top = max((max(counts, default=0) for counts in bars.values()), default=0)
    events: Counter[str] = Counter()
    for iri, branch in branches.items():
        events[branch] += by_class[iri]
    families = tuple(
        Family(
            branch,
            kinds().name(branch).removesuffix(" event").capitalize(),
            total,
            _kind_lines(by_class, (iri for iri in branches if branches[iri] == branch)),
            bars[branch],
            chart(bars[branch], shown, width=_WIDTH, height=_HEIGHT, top=top) if shown else None,
        )
        for branch, total in sorted(events.items(), key=lambda item: (-item[1], item[0]))
    )
    drawn, vaguely = sum(map(sum, bars.values())), vague.total()
    known = sum(counter.total() for counter in by_month.values())
    return families, Dated(shown, drawn, max(events.total() - known - vaguely, 0), vaguely, known - drawn)


def _kind_lines(by_class: Mapping[str, int], members: Iterable[str]) -> tuple[KindLine, ...]:
    lines = (KindLine(iri, kinds().name(iri), by_class[iri]) for iri in members)
    return tuple(sorted(lines, key=lambda line: (-line.events, line.iri)))


def _actors(graph: Asked, fillers: Iterable[Table]) -> tuple[ActorLine, ...]:
    """Those with a name that act, suffer and speak in most events."""
    counts: dict[str, list[int]] = {}
    for (_role, column), table in zip(_ROLES, fillers, strict=True):
        for node, count in table.rows:
            if node is not None and node.kind == "iri" and "/report/" not in node.value:  # those have no name
                counts.setdefault(node.value, [0, 0, 0])[column] += number(count)
    ranked = sorted(counts, key=lambda iri: (-sum(counts[iri]), iri))[: 5 * ACTORS]
    named = things(graph, ranked)
    actors = [iri for iri in ranked if _is_actor(named[iri], counts[iri])][:ACTORS]
    return tuple(ActorLine(named[iri], *counts[iri]) for iri in actors)


def _is_actor(node: Thing, counts: list[int]) -> bool:
    """Whether it is a person or a body, or a country that does more than be struck."""
    return node.kind in ("person", "organisation") or (node.kind == "place" and counts[0] + counts[2] > 0)


def _places(graph: Asked, placed: Table) -> tuple[PlacePoint, ...]:
    found: dict[str, tuple[int, float, float]] = {}
    for place, lat, long, count in sorted(placed.rows, key=lambda row: [text(cell) for cell in row]):
        position = _degrees(text(lat), 90), _degrees(text(long), 180)
        if position[0] is not None and position[1] is not None:
            found.setdefault(text(place), (number(count), position[0], position[1]))
    ranked = sorted(found, key=lambda iri: (-found[iri][0], iri))[:PLACES]
    named = things(graph, ranked)
    return tuple(PlacePoint(named[iri], found[iri][1], found[iri][2], found[iri][0]) for iri in ranked)


def _degrees(value: str, most: int) -> float | None:
    try:
        found = float(value)
    except ValueError:
        return None
    return round(found, 4) if -most <= found <= most else None


def _newest_reports(graph: Asked, newest: Table) -> tuple[ReportLine, ...]:
    found = reports(graph, (text(report) for report, _ in newest.rows))
    return tuple(sorted(found.values(), key=lambda line: (line.issued, line.iri), reverse=True))
