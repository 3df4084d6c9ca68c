"""Who tells and who is cited: publishers of reports, and the sources that reports name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.vocab import SIT
from server.messages import Cell
from server.nodes.graph import Graph, Thing, things, values
from server.summaries.asking import Asked, Question, number, text
from server.summaries.timeline import Chart, Period, binned, chart, month_of, period

MOST_PUBLISHERS = 2000
MOST_SOURCES = 500
_CANDIDATES = 2000  # of either list that the sources are chosen from; fewer would cut equal numbers by chance
_MOST = 20_000
_WIDTH, _HEIGHT = 480.0, 140.0
ACTS = (
    ("Claim", "claims"),
    ("Denial", "denies"),
    ("Accusation", "accuses"),
)  # that have a column of their own
_PUBLISHERS = f"""SELECT ?publisher (COUNT(DISTINCT ?report) AS ?reports)
  (MIN(STR(?date)) AS ?first) (MAX(STR(?date)) AS ?last) {{
  ?report dcterms:publisher ?publisher ; a sit:Report OPTIONAL {{ ?report dcterms:issued ?date }}
}} GROUP BY ?publisher ORDER BY DESC(?reports) LIMIT {MOST_PUBLISHERS + 1}"""
_MONTHS = """SELECT ?month (COUNT(*) AS ?reports) {
  ?report dcterms:issued ?date ; a sit:Report BIND (SUBSTR(STR(?date), 1, 7) AS ?month)
} GROUP BY ?month"""
_REPORTS = "SELECT (COUNT(*) AS ?reports) { ?report a sit:Report }"


def _most(role: str) -> str:
    return f"""SELECT ?source (COUNT(*) AS ?count) {{ ?event sit:{role} ?source }}
GROUP BY ?source ORDER BY DESC(?count)"""


@dataclass(frozen=True, slots=True)
class PublisherLine:
    """A publisher, the number of its reports, and the dates of the first and the last, "" if none has one."""

    term: Cell
    publisher: Thing
    reports: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source that reports name: how often it speaks, by kind of speech, and what it is cited for."""

    source: Thing
    speaks: int
    acts: Mapping[str, int]  # by the name of the class
    cited: int
    statuses: Mapping[str, int]  # of the events that it is cited for


@dataclass(frozen=True, slots=True)
class Sources:
    """All publishers and the sources named most, those with most first."""

    reports: int
    unnamed: int  # reports without a publisher
    publishers: tuple[PublisherLine, ...]
    more_publishers: bool
    sources: tuple[SourceLine, ...]
    more_sources: bool
    period: Period | None
    chart: Chart | None

    def publisher(self, name: str) -> PublisherLine | None:
        """The publisher that a page calls so: by its text or its IRI."""
        return next((line for line in self.publishers if line.term.value == name), None)


def sources(graph: Asked) -> Sources:
    """Publishers and sources of the newest data."""
    publishers, months, reports, speakers, cited = graph.tables(
        [
            Question(_PUBLISHERS, MOST_PUBLISHERS + 1),
            Question(_MONTHS, _MOST),
            Question(_REPORTS, 1),
            Question(_most("speaker"), _CANDIDATES),
            Question(_most("attributedTo"), _CANDIDATES),
        ]
    )
    lines = _publishers(graph, publishers.rows)
    total = number(reports.rows[0][0])
    counts: Counter[str] = Counter()
    for source, count in (*speakers.rows, *cited.rows):
        if source is not None and source.kind == "iri" and "/report/" not in source.value:
            counts[source.value] += number(count)
    ranked = sorted(counts, key=lambda iri: (-counts[iri], iri))
    by_month = {month: number(n) for when, n in months.rows if (month := month_of(text(when))) is not None}
    shown = period(by_month)
    return Sources(
        reports=total,
        unnamed=max(total - sum(line.reports for line in lines), 0),
        publishers=lines[:MOST_PUBLISHERS],
        more_publishers=len(lines) > MOST_PUBLISHERS,
        sources=source_lines(graph, ranked[:MOST_SOURCES]),
        more_sources=len(ranked) > MOST_SOURCES,
        period=shown,
        chart=chart(binned(by_month, shown), shown, width=_WIDTH, height=_HEIGHT) if shown else None,
    )


def _publishers(graph: Graph, rows: Iterable[tuple[Cell | None, ...]]) -> tuple[PublisherLine, ...]:
    found = [
        (term, number(count), text(first)[:10], text(last)[:10]) for term, count, first, last in rows if term
    ]
    named = things(graph, (term.value for term, *_ in found if term.kind == "iri"))
    lines = (
        PublisherLine(term, named.get(term.value) or Thing("", term.value), count, first, last)
        for term, count, first, last in found
    )
    return tuple(sorted(lines, key=lambda line: (-line.reports, line.publisher.label, line.term.value)))


def source_lines(graph: Asked, chosen: Sequence[str]) -> tuple[SourceLine, ...]:
    """What each of some sources says and is cited for, those with most first."""
    if not chosen:
        return ()
    named = things(graph, chosen)
    acts, cited = graph.tables(
        [
            Question(
                f"SELECT ?source ?class (COUNT(DISTINCT ?event) AS ?count) {{ {values('source', chosen)} "
                "?event sit:speaker ?source OPTIONAL { ?event a ?class } } GROUP BY ?source ?class",
                _MOST,
            ),
            Question(
                f"SELECT ?source ?status (COUNT(DISTINCT ?event) AS ?count) {{ {values('source', chosen)} "
                "?event sit:attributedTo ?source ; sit:status ?status } GROUP BY ?source ?status",
                _MOST,
            ),
        ]
    )
    spoken, told = _by_name(acts.rows), _by_name(cited.rows)
    lines = (
        SourceLine(
            named[iri],
            sum(spoken.get(iri, {}).values()),
            spoken.get(iri, {}),
            sum(told.get(iri, {}).values()),
            told.get(iri, {}),
        )
        for iri in chosen
    )
    return tuple(sorted(lines, key=lambda line: (-line.speaks - line.cited, line.source.iri)))


def _by_name(rows: Iterable[tuple[Cell | None, ...]]) -> dict[str, dict[str, int]]:
    """Counts by node, then by the name of a class or individual of our ontology, "" for any other."""
    found: dict[str, dict[str, int]] = {}
    for node, name, count in sorted(rows, key=lambda row: [text(cell) for cell in row]):
        ours, local = text(name).startswith(str(SIT._NS)), text(name).removeprefix(str(SIT._NS))
        counts = found.setdefault(text(node), {})
        counts[local if ours else ""] = counts.get(local if ours else "", 0) + number(count)
    return found
