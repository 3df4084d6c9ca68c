"""What a report's page shows: its text, or the sentences that prove something, with all that was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.marking import Piece, Span, marked
from kg.vocab import DCTERMS, NIF, SIT
from server.nodes.graph import (
    Graph,
    ReportLine,
    Thing,
    described,
    first,
    iris,
    number,
    reports,
    text,
    things,
)
from server.nodes.happenings import Happening, happenings

MOST_CHARACTERS = 100_000  # of a text that are shown
MOST_MARKS = 3000
MOST_EVENTS = 500
MOST_ENTITIES = 1000
_SENTENCES = 2000
_COPIES = 20
_TIP_EVENTS = 4  # of an entity that its note tells
_PROPERTIES = tuple(
    str(iri)
    for iri in (
        DCTERMS.identifier, DCTERMS.title, DCTERMS.source, DCTERMS.language, NIF.isString, NIF.endIndex,
        SIT.copyOf,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the text, or sentences that follow each other; `gap`: words are missing before it."""

    pieces: tuple[Piece, ...]
    gap: bool


@dataclass(frozen=True, slots=True)
class Note:
    """What is shown of a mark: the node, and in which roles it stands."""

    node: Thing
    event: Happening | None
    roles: tuple[tuple[str, Happening], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """An entity and how often the report's words mean it."""

    node: Thing
    mentions: int


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it was read. `whole`: its text is kept; else `blocks` are the sentences that are."""

    line: ReportLine
    identifier: str
    source: str
    language: str
    characters: int | None
    whole: bool
    shortened: bool
    blocks: tuple[Block, ...]
    notes: Mapping[str, Note]
    entities: tuple[Named, ...]
    events: tuple[Happening, ...]
    original: tuple[ReportLine, ...]
    copies: tuple[ReportLine, ...]


def read_report(graph: Graph, node: Thing) -> Report:
    """The report, its text marked."""
    said = described(graph, [node.iri], _PROPERTIES, most=50)[node.iri]
    spans = _spans(graph, node.iri)
    events = happenings(graph, _events(graph, node.iri))
    entities = _entities(graph, node.iri, spans)
    others = [*iris(said, SIT.copyOf), *_copies(graph, node.iri)]
    lines = reports(graph, [node.iri, *others])
    originals = iris(said, SIT.copyOf)
    whole = first(said, NIF.isString)
    blocks = paragraphs(whole[:MOST_CHARACTERS], spans) if whole else _sentences(graph, node.iri, spans)
    return Report(
        line=lines[node.iri],
        identifier=first(said, DCTERMS.identifier),
        source=first(said, DCTERMS.source),
        language=first(said, DCTERMS.language),
        characters=number(first(said, NIF.endIndex)),
        whole=bool(whole),
        shortened=len(whole) > MOST_CHARACTERS or len(spans) >= MOST_MARKS,
        blocks=tuple(blocks),
        notes=notes_of(entities, events),
        entities=tuple(sorted(entities, key=_most_named)),
        events=tuple(sorted(events, key=_place_in_text)),
        original=tuple(lines[iri] for iri in originals),
        copies=tuple(lines[iri] for iri in others[len(originals) :]),
    )


def _spans(graph: Graph, report: str) -> list[Span]:
    """The mentions of entities and events, in the order of the text."""
    query = f"""SELECT DISTINCT ?begin ?end ?node {{
  ?phrase nif:referenceContext <{report}> ; itsrdf:taIdentRef ?node .
  ?phrase nif:beginIndex ?begin ; nif:endIndex ?end
  FILTER (isIRI(?node))
}} ORDER BY ?begin ?end ?node"""
    found = []
    for begin, end, node in graph.table(query, limit=MOST_MARKS).rows:
        first_, last = number(text(begin)), number(text(end))
        if first_ is not None and last is not None and first_ < last:
            found.append(Span(first_, last, text(node)))
    return found


def _events(graph: Graph, report: str) -> list[str]:
    query = f"SELECT DISTINCT ?event {{ GRAPH <{report}> {{ ?event sit:status ?status }} }} ORDER BY ?event"
    return [text(event) for (event,) in graph.table(query, limit=MOST_EVENTS).rows]


def _entities(graph: Graph, report: str, spans: Iterable[Span]) -> list[Named]:
    query = f"SELECT DISTINCT ?entity {{ ?entity sit:mentionedIn <{report}> }} ORDER BY ?entity"
    nodes = [text(entity) for (entity,) in graph.table(query, limit=MOST_ENTITIES).rows]
    counts = Counter(span.node for span in spans)
    return [Named(one, counts[iri]) for iri, one in things(graph, nodes).items()]


def _copies(graph: Graph, report: str) -> list[str]:
    query = f"SELECT DISTINCT ?copy {{ ?copy sit:copyOf <{report}> }} ORDER BY ?copy"
    return [text(copy) for (copy,) in graph.table(query, limit=_COPIES).rows]


def paragraphs(whole: str, spans: Sequence[Span]) -> Iterable[Block]:
    """A text by its empty lines."""
    at = 0
    for paragraph in whole.split("\n\n"):
        if paragraph.strip():
            yield Block(marked(paragraph, _within(spans, at, len(paragraph)), offset=at), gap=False)
        at += len(paragraph) + 2


def _sentences(graph: Graph, report: str, spans: Sequence[Span]) -> Iterable[Block]:
    """The sentences that are kept; those with nothing but white space between them in one block."""
    query = f"""SELECT ?begin (MIN(?anchor) AS ?words) {{
  ?sentence nif:referenceContext <{report}> ; a nif:Sentence ; nif:beginIndex ?begin ; nif:anchorOf ?anchor
}} GROUP BY ?begin ORDER BY ?begin"""
    pieces: list[Piece] = []
    end, gap = 0, False
    for cell, words in graph.table(query, limit=_SENTENCES).rows:
        begin = number(text(cell))
        if begin is None:
            continue
        if pieces and begin > end + 1:
            yield Block(tuple(pieces), gap)
            pieces = []
        if pieces:
            pieces.append(Piece(end, " "))
        else:
            gap = begin > end + 2
        pieces += marked(text(words), _within(spans, begin, len(text(words))), offset=begin)
        end = begin + len(text(words))
    if pieces:
        yield Block(tuple(pieces), gap)


def _within(spans: Sequence[Span], begin: int, length: int) -> Iterable[Span]:
    return (span for span in spans if span.begin < begin + length and span.end > begin)


def notes_of(entities: Iterable[Named], events: Iterable[Happening]) -> dict[str, Note]:
    """What to show of each node that words may mean."""
    fills: dict[str, list[tuple[str, Happening]]] = {}
    found: dict[str, Note] = {}
    for event in events:
        found[event.node.iri] = Note(event.node, event, ())
        for role in event.roles:
            for one in role.fillers:
                fills.setdefault(one.iri, []).append((role.name, event))
    for entity in entities:
        roles = tuple(fills.get(entity.node.iri, ())[:_TIP_EVENTS])
        found[entity.node.iri] = Note(entity.node, None, roles)
    return found


def _most_named(entity: Named) -> tuple[int, str, str]:
    return -entity.mentions, entity.node.label.casefold(), entity.node.iri


def _place_in_text(event: Happening) -> tuple[int, str]:
    return event.quotes[0].begin if event.quotes else 0, event.node.iri
