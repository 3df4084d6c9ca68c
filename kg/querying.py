"""Asking a checkpoint: queries and their results as tables or files, statistics."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO, TypeAlias, TypeVar

import pyoxigraph as ox

from kg.batch import is_report
from kg.errors import QueryError
from kg.export import Format, write
from kg.functions import Functions, custom_functions, with_search, with_unknown
from kg.functions.geo import FUNCTIONS, UNITS
from kg.named import Database
from kg.store import Store, newest_checkpoint
from kg.vocab import PREFIXES, SIT

Result: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
_Cell = TypeVar("_Cell")

_PREFIXES = {**PREFIXES, "geof": FUNCTIONS, "uom": UNITS}

_LONGEST_REASON = 160  # characters of the parser's message; it can list every character that might come
_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_PROLOGUE = re.compile(r"(?:\s+|#[^\n]*\n?|BASE\s*<[^>]*>|PREFIX\s*[^\s:]*:\s*<[^>]*>)*", re.IGNORECASE)
_UPDATE = re.compile(r"(?:INSERT|DELETE|WITH|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY)\b", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class ResultFormat(Enum):
    """How a query's result is written, by the names that the command line gives them."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    TSV = "tsv"
    XML = "xml"
    TURTLE = "turtle"


_SOLUTION_FORMATS = {
    ResultFormat.JSON: ox.QueryResultsFormat.JSON,
    ResultFormat.CSV: ox.QueryResultsFormat.CSV,
    ResultFormat.TSV: ox.QueryResultsFormat.TSV,
    ResultFormat.XML: ox.QueryResultsFormat.XML,
}
_GRAPH_FORMATS = {
    ResultFormat.JSON: Format.JSONLD,
    ResultFormat.XML: Format.RDFXML,
    ResultFormat.TURTLE: Format.TURTLE,
}


@dataclass(frozen=True, slots=True)
class Table:
    """A result to be looked at: one line of text a cell, an unbound variable is an empty one."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of something."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a store holds; entities by class, events by kind and by status, most frequent first."""

    reports: int
    entities: tuple[Count, ...]
    events: tuple[Count, ...]
    statuses: tuple[Count, ...]
    relations: int
    links: int
    clusters: int  # events that several reports tell of
    triples: int


def ask(database: Database, query: str, *, functions: Functions | None = None, union: bool = True) -> Result:
    """Evaluate a query. The prefixes of `kg.vocab`, geof and uom need no declaration.

    `functions` are those of `kg.functions`. With `union` the default graph is that of all graphs, made by the
    engine: a triple in it comes once for every graph that it stands in (`kg.union` has it as a set).

    Raises QueryError for what cannot be parsed, for updates, and for what fails at once; what fails later
    does so in `write_result` or `table`.
    """
    try:
        return with_unknown(
            lambda known: database.query(
                query, prefixes=_PREFIXES, use_default_graph_as_union=union, custom_functions=known
            ),
            functions or {},
        )
    except SyntaxError as error:
        if _UPDATE.match(query, _PROLOGUE.match(query).end()):  # type: ignore[union-attr]  # matches always
            raise QueryError(
                "this is an update, and a query only reads: load data with `kg load`, or send updates to "
                "`kg serve --allow-update`"
            ) from error
        raise QueryError(_parse_error(str(error))) from error
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(f"the query failed: {error}") from error


def ask_store(store: Store, query: str) -> Result:
    """Evaluate a query over all graphs of a store's newest state, with our functions and search.

    Raises QueryError as `ask` does.
    """
    view, checkpoint = store.reading_union(), newest_checkpoint(store.path)
    text = with_search(query, checkpoint)
    return ask(view.database, text, functions=custom_functions(checkpoint), union=view.by_engine)


def write_result(result: Result, output: BinaryIO, *, format: ResultFormat) -> None:  # noqa: A002
    """Write a result in a standard format. Raises QueryError where it has no such form."""
    try:
        if isinstance(result, ox.QueryTriples):
            write(map(_quad, result), output, format=_GRAPH_FORMATS[format])
        else:
            result.serialize(output, _SOLUTION_FORMATS[format])
    except KeyError:
        kind = "graph" if isinstance(result, ox.QueryTriples) else "table"
        raise QueryError(f"the result is a {kind}, which cannot be written as {format.value}") from None
    except BrokenPipeError:
        raise
    except (RuntimeError, OSError) as error:
        raise QueryError(f"the query failed: {error}") from error


def rows(
    result: Result, cell: Callable[[object], _Cell], truth: Callable[[bool], _Cell]
) -> tuple[tuple[str, ...], tuple[tuple[_Cell, ...], ...]]:
    """Columns and rows of a result, its terms (None: unbound) made cells by `cell`, a truth value by `truth`.

    Triples are sorted. Raises QueryError where evaluation fails.
    """
    try:
        match result:
            case ox.QueryBoolean():
                return ("answer",), ((truth(bool(result)),),)
            case ox.QueryTriples():
                triples = sorted(result, key=str)
                return ("subject", "predicate", "object"), tuple(tuple(map(cell, t)) for t in triples)
            case ox.QuerySolutions():
                names = tuple(variable.value for variable in result.variables)
                return names, tuple(tuple(map(cell, solution)) for solution in result)
    except (RuntimeError, OSError) as error:
        raise QueryError(f"the query failed: {error}") from error
    raise ValueError(f"unexpected result {result!r}")


def table(result: Result) -> Table:
    """A result as text, IRIs shortened by the prefixes. Raises QueryError where evaluation fails."""
    return Table(*rows(result, _cell, lambda truth: "yes" if truth else "no"))


def statistics(database: Database, *, base_iri: str) -> Statistics:
    """Count what the database holds."""
    return Statistics(
        reports=sum(is_report(graph, base_iri=base_iri) for graph in database.named_graphs()),
        entities=_counts(database, _ENTITIES),
        events=_counts(database, "?node sit:status ?status ; a ?name"),
        statuses=_counts(database, "?node sit:status ?name"),
        relations=_number(database, f"?node rdf:predicate ?p FILTER STRSTARTS(STR(?p), '{SIT._NS}')"),
        links=_number(database, "?node sit:mentionedIn ?report ; owl:sameAs ?other"),
        clusters=_number(database, "?node a sit:EventCluster"),
        triples=len(database),
    )


_ENTITIES = """?node sit:mentionedIn ?report ; a ?name
  FILTER (?name != sit:Actor || NOT EXISTS { ?node a sit:Country })"""  # a Country that acts is both


def _counts(database: Database, pattern: str) -> tuple[Count, ...]:
    """How many different ?node there are for each ?name of the ontology."""
    query = (
        f"SELECT ?name (COUNT(DISTINCT ?node) AS ?number) {{ {pattern} "
        f"FILTER STRSTARTS(STR(?name), '{SIT._NS}') }} GROUP BY ?name"
    )
    found = table(ask(database, query)).rows
    counts = [Count(name.removeprefix("sit:"), int(number)) for name, number in found]
    return tuple(sorted(counts, key=lambda count: (-count.number, count.name)))


def _number(database: Database, pattern: str) -> int:
    query = f"SELECT (COUNT(DISTINCT ?node) AS ?number) {{ {pattern} }}"
    return int(table(ask(database, query)).rows[0][0])


def shorten(iri: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """`sit:Clash` for the whole IRI, where a prefix fits and what is left needs no escapes."""
    for prefix, namespace in prefixes.items():
        if iri.startswith(namespace) and _LOCAL_NAME.fullmatch(iri, len(namespace)):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def _cell(term: object) -> str:
    """A term as one line that a terminal shows as it is: no control or text direction characters."""
    match term:
        case None:
            return ""
        case ox.NamedNode():
            text = shorten(term.value)
        case ox.Literal():
            text = term.value
        case _:
            text = str(term)
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


def _quad(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object)


def _parse_error(message: str) -> str:
    """The parser's message with its place, in one line."""
    found = _PLACE.match(message)
    if found is None:
        return f"the query cannot be parsed: {' '.join(message.split())}"
    line, column, expected = found.groups()
    if "Prefix not found" in expected:
        reason = "a prefix is not declared here"
    else:
        words = " ".join(expected.removesuffix(", [_]").split())
        reason = f"expected {words[:_LONGEST_REASON]}{'…' if len(words) > _LONGEST_REASON else ''}"
    return f"the query cannot be parsed: line {line}, column {column}: {reason}"
