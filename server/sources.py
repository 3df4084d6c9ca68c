"""What one source says: a publisher in its reports, or someone whom reports cite. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdflib import Literal, URIRef

from kg.vocab import SIT
from server.messages import Cell
from server.nodes.graph import Graph, ReportLine, Thing, reports, things, values
from server.summaries.sources import SourceLine

PER_PAGE = 20
MOST_STATEMENTS = 2000  # of one source and kind; only these are put in order
LOOKED_AT = 50  # of a publisher's newest reports, when its statements are listed
MOST_PAGES = 1000
_MOST_EVENTS = 500  # of a report, on average
CITED = "cited"
# What a publisher's reports say can be listed by: who says so, or how sure it is.
VOICES = {
    "own": "in its own voice",
    "others": "on the word of others",
    "uncertain": "not certain",
    "denied": "did not happen",
}
_FILTERS = {
    "own": "FILTER NOT EXISTS { ?event sit:attributedTo ?anyone }",
    "others": "FILTER EXISTS { ?event sit:attributedTo ?anyone }",
    "uncertain": "FILTER (?status IN (sit:Possible, sit:Planned, sit:Attempted))",
    "denied": "FILTER (?status = sit:Denied)",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which reports: of a publisher, published `since` and `until` a year, month or day; None, "": any."""

    publisher: Cell | None = None
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A report of a publisher: its events, how many on the word of others, and whose word that is."""

    report: ReportLine
    events: int
    on_word_of_others: int
    not_reported: int  # possible, planned, attempted or denied
    cites: tuple[Thing, ...]


def statements(graph: Graph, source: str, act: str) -> tuple[str, ...]:
    """Events of a kind of speech by a source ("": any), or those it is `CITED` for, newest report first."""
    if act == CITED:
        pattern = f"?event sit:attributedTo <{source}> ; sit:status ?status"
    else:
        kind = f" ; a <{SIT._NS}{act}>" if act else ""
        pattern = f"?event sit:speaker <{source}>{kind}"
    query = f"""SELECT ?event (MAX(STR(?date)) AS ?issued) {{
  {{ SELECT DISTINCT ?event {{ {pattern} }} LIMIT {MOST_STATEMENTS} }}
  OPTIONAL {{ ?event sit:evidence/nif:referenceContext/dcterms:issued ?date }}
}} GROUP BY ?event"""
    found = sorted((event, issued) for event, issued in graph.rows(query))
    return tuple(event for event, _ in sorted(found, key=lambda row: row[1], reverse=True))


def voiced(graph: Graph, chosen: Chosen, voice: str) -> tuple[str, ...]:
    """Events in the newest of these reports, by who says so or how sure it is (`VOICES`)."""
    newest = [report for report, _ in graph.rows(_newest(chosen, LOOKED_AT, 0))]
    if not newest:
        return ()
    query = f"""SELECT DISTINCT ?report ?event {{ {values("report", newest)}
  GRAPH ?report {{ ?event sit:status ?status {_FILTERS[voice]} }}
}} LIMIT {MOST_STATEMENTS}"""
    place = {report: index for index, report in enumerate(newest)}
    found = sorted((place[report], event) for report, event in graph.rows(query))
    return tuple(event for _, event in found)


def published(graph: Graph, chosen: Chosen, page: int) -> tuple[tuple[Told, ...], bool]:
    """The reports of one page, the newest first, and whether there is a page after it."""
    rows = graph.rows(_newest(chosen, PER_PAGE + 1, (page - 1) * PER_PAGE))
    listed = [report for report, _ in rows[:PER_PAGE]]
    return (_told(graph, listed) if listed else ()), len(rows) > PER_PAGE


def _told(graph: Graph, listed: Sequence[str]) -> tuple[Told, ...]:
    statuses, others = _statuses(graph, listed), _words_of(graph, listed)
    lines = reports(graph, listed)
    named = things(graph, {source for some in others.values() for _, source in some})
    return tuple(
        Told(
            report=lines[iri],
            events=len(statuses.get(iri, {})),
            on_word_of_others=len({event for event, _ in others.get(iri, ())}),
            not_reported=sum(status != str(SIT.Reported) for status in statuses.get(iri, {}).values()),
            cites=tuple(named[source] for source in _most_first(source for _, source in others.get(iri, ()))),
        )
        for iri in listed
    )


def _most_first(sources: Iterable[str]) -> list[str]:
    counts = Counter(sources)
    return sorted(counts, key=lambda source: (-counts[source], source))


def _statuses(graph: Graph, listed: Sequence[str]) -> dict[str, dict[str, str]]:
    """The status of each event, by report."""
    query = f"""SELECT ?report ?event ?status {{ {values("report", listed)}
  GRAPH ?report {{ ?event sit:status ?status }}
}} LIMIT {_MOST_EVENTS * len(listed)}"""
    found: dict[str, dict[str, str]] = {}
    for report, event, status in graph.rows(query):
        found.setdefault(report, {})[event] = status
    return found


def _words_of(graph: Graph, listed: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Events on the word of others with whose word it is, by report."""
    query = f"""SELECT ?report ?event ?source {{ {values("report", listed)}
  GRAPH ?report {{ ?event sit:attributedTo ?source ; sit:status ?status }}
}} LIMIT {_MOST_EVENTS * len(listed)}"""
    found: dict[str, list[tuple[str, str]]] = {}
    for report, event, source in graph.rows(query):
        found.setdefault(report, []).append((event, source))
    return found


def _newest(chosen: Chosen, limit: int, offset: int) -> str:
    by = f"; dcterms:publisher {_term(chosen.publisher)}" if chosen.publisher else ""
    issued, tests = "?report dcterms:issued ?date", []
    if chosen.since:
        tests.append(f'FILTER (STR(?date) >= "{chosen.since}")')
    if chosen.until:  # "2022" takes in all days of the year
        tests.append(f'FILTER (SUBSTR(STR(?date), 1, {len(chosen.until)}) <= "{chosen.until}")')
    dated = " ".join([issued, *tests]) if tests else f"OPTIONAL {{ {issued} }}"
    return f"""SELECT ?report (MAX(STR(?date)) AS ?issued) {{ ?report a sit:Report {by} . {dated} }}
GROUP BY ?report ORDER BY DESC(?issued) ?report LIMIT {limit} OFFSET {offset}"""


def _term(cell: Cell) -> str:
    if cell.kind == "iri":
        return URIRef(cell.value).n3()
    datatype = None if cell.language else cell.datatype
    return Literal(cell.value, lang=cell.language, datatype=URIRef(datatype) if datatype else None).n3()


def acts(line: SourceLine) -> tuple[tuple[str, int], ...]:
    """The kinds of speech of a source, most first."""
    known = ((name, count) for name, count in line.acts.items() if name)
    return tuple(sorted(known, key=lambda item: (-item[1], item[0])))
