"""A reader process: answers queries from a read-only checkpoint, one at a time.

It may be killed at any moment, and a query may crash it. It is confined, so that SERVICE reaches nothing. It
imports little, so that a new one starts fast.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import time
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, TypeAlias, cast

import pyoxigraph as ox

from kg.functions import Functions, custom_functions, import_all, with_search, with_unknown
from kg.named import is_merged
from kg.union import UnionView, open_union
from server.confine import SERVICE_REFUSED, Confinement, is_refused
from server.explain import one_line
from server.limits import with_row_limit
from server.lookups import look_up
from server.messages import Cell, Chunk, Failed, Formats, Gone, Job, Lookup, Reply, Rows, Table
from server.output import Output
from server.pipe import receive, send
from server.tokens import asks_others, names_dataset

_Events: TypeAlias = list[tuple[int, int]]
_Result: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
_MARKS = ("opengis", "matches", "\\u", "\\U")  # one of them stands in a query that names such a function
_AWAKE_SECONDS = 0.0004  # after a job
_YIELDED_SECONDS = 0.00005  # in which nobody else has used the processor
_SPARE_SECONDS = 10  # of processor time beyond the limit of a query
_LIMITED_SECONDS = 1.0  # for which a limit on processor time is good enough
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def main(descriptor: int, memory: int) -> None:
    """Answer jobs from the connection at `descriptor` until it closes."""
    limit(memory)
    connection = Connection(descriptor)
    reader = Reader(partial(send, connection), Confinement())
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while True:
        try:
            look(poll.poll)
            job = receive(connection)
        except EOFError:
            return
        send(connection, reader.answer(job))


def limit(memory: int) -> None:
    """Set what a process that queries may break may not have more of."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the web process ends us
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def look(poll: Callable[[int], _Events]) -> _Events:
    """What a poll without waiting finds within a moment, before the process goes to sleep.

    To be woken takes longer than most queries. It is over as soon as somebody else wants the processor.
    """
    now = time.perf_counter()
    end = now + _AWAKE_SECONDS
    while not (events := poll(0)) and now < end:
        os.sched_yield()
        before, now = now, time.perf_counter()
        if now - before > _YIELDED_SECONDS:
            break
    return events


class Reader:
    """The state of the process: the checkpoint that is open, if any. `deliver` sends a piece of an answer."""

    def __init__(self, deliver: Callable[[Chunk], None], confinement: Confinement) -> None:
        self._deliver = deliver
        self._confinement = confinement
        self._path: str | None = None
        self._store: ox.Store | None = None
        self._union: UnionView | None = None
        self._merged = False
        self._functions: Functions = {}
        self._granted, self._granted_at = 0.0, 0.0  # seconds granted, and when
        if not confinement.by_kernel:  # a query may then lose the right to open what they import
            import_all()

    def answer(self, job: Job | Lookup) -> Reply:
        """The last reply to a job; pieces of a long answer are delivered before it."""
        try:
            store = self._open(job.checkpoint)
            view = self._view(store, job)
        except (OSError, RuntimeError):  # the engine may take a file that is gone for damage
            return Gone()
        self._limit_processor_time(job.seconds)
        try:
            if isinstance(job, Lookup):
                return look_up(store, job)
            if self._confinement.by_kernel:
                return self._evaluated(view, job)
            with self._confinement.held(job.text):
                return self._evaluated(view, job)
        except SyntaxError as error:
            return Failed(400, one_line("the query cannot be parsed", error))
        except (RuntimeError, ValueError) as error:
            return Failed(400, one_line("the query cannot be answered", error))
        except MemoryError:
            return Failed(400, "the query needs more memory than a query is granted")
        except OSError as error:
            if isinstance(job, Job) and is_refused(error, job.text):  # a clause that was not seen
                return Failed(400, SERVICE_REFUSED)
            if not os.path.exists(job.checkpoint):  # the engine opens files as it goes; these are gone
                return Gone()
            return Failed(500, one_line("the store cannot be read", error))

    def _limit_processor_time(self, seconds: float) -> None:
        """Ends the process some seconds after its time limit, should the web process be gone."""
        now = time.monotonic()
        if self._granted == seconds and now - self._granted_at < _LIMITED_SECONDS:
            return  # that little it has used since
        used = time.process_time()
        _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + _SPARE_SECONDS, hard))
        self._granted, self._granted_at = seconds, now

    def _open(self, path: str) -> ox.Store:
        """The store at `path`, opened if it is another one than before; OSError where it is gone."""
        if self._store is None or path != self._path:
            self._store = self._union = None
            self._store, self._path = ox.Store.read_only(path), path
            self._merged = is_merged(Path(path))
            self._functions = custom_functions(Path(path))
        return self._store

    def _view(self, store: ox.Store, job: Job | Lookup) -> UnionView:
        """The database with the default graph that the job wants."""
        if isinstance(job, Lookup) or not job.union or job.dataset.given:
            return UnionView(store, by_engine=False, hidden=self._merged)
        if self._merged:
            return UnionView(store, by_engine=False)
        if self._union is None:
            self._union = open_union(Path(job.checkpoint))
        return self._union

    def _callable(self, text: str) -> Functions:
        """The functions that a query may call; to hand them over costs as much as a small query."""
        return self._functions if "(" in text and any(mark in text for mark in _MARKS) else {}

    def _evaluated(self, view: UnionView, job: Job) -> Reply:
        if asks_others(job.text):
            return Failed(400, SERVICE_REFUSED)
        if job.existing is not None and not view.database.contains_named_graph(ox.NamedNode(job.existing)):
            return Failed(404, f"there is no graph {job.existing}")
        if isinstance(job.answer, Rows):
            return _table(self._result(view, job, job.text), job.answer.limit)
        result, limited = self._limited(view, job)
        media_type = _media_type(result, job.answer)
        if media_type is None:
            kind = "a graph" if isinstance(result, ox.QueryTriples) else "a table or a truth value"
            return Failed(406, f"the query gives {kind}, and Accept names no format for that")
        output = Output(self._deliver, media_type, most=job.most_bytes)
        file = cast("IO[bytes]", output)  # what the engine needs of one
        if isinstance(result, ox.QueryTriples):
            result.serialize(file, format=_rdf_format(media_type))
        else:
            result.serialize(file, format=_results_format(media_type))
        return output.rest(most_rows=job.most_rows if limited else None)

    def _limited(self, view: UnionView, job: Job) -> tuple[_Result, bool]:
        """The result, and whether its rows are limited by us and not by the query."""
        text = with_row_limit(job.text, job.most_rows)
        if text is None:
            return self._result(view, job, job.text), False
        try:
            return self._result(view, job, text), True
        except SyntaxError:
            self._result(view, job, job.text)  # says where, in the text that the client knows
            raise

    def _result(self, view: UnionView, job: Job, text: str) -> _Result:
        return with_unknown(lambda functions: _result(view, job, text, functions), self._callable(text))


def _result(view: UnionView, job: Job, text: str, functions: Functions) -> _Result:
    text = with_search(text, job.checkpoint)
    if job.dataset.given:
        return view.database.query(
            text,
            base_iri=job.base_iri,
            default_graph=[ox.NamedNode(iri) for iri in job.dataset.default],
            named_graphs=[ox.NamedNode(iri) for iri in job.dataset.named],
            custom_functions=functions,
        )
    # The engine would take the union, or no default graph, in place of what FROM names.
    is_ours = (view.by_engine or view.hidden) and not names_dataset(job.text)
    return view.database.query(
        text,
        base_iri=job.base_iri,
        use_default_graph_as_union=is_ours and view.by_engine,
        default_graph=[] if is_ours and view.hidden else None,
        custom_functions=functions,
    )


def _media_type(result: object, formats: Formats) -> str | None:
    return formats.graph if isinstance(result, ox.QueryTriples) else formats.solutions


@lru_cache
def _rdf_format(media_type: str) -> ox.RdfFormat:
    found = ox.RdfFormat.from_media_type(media_type)
    if found is None:
        raise ValueError(f"unexpected media type {media_type!r}")
    return found


@lru_cache
def _results_format(media_type: str) -> ox.QueryResultsFormat:
    found = ox.QueryResultsFormat.from_media_type(media_type)
    if found is None:
        raise ValueError(f"unexpected media type {media_type!r}")
    return found


def _table(result: _Result, limit: int) -> Table:
    """At most `limit` rows of the result."""
    if isinstance(result, ox.QueryBoolean):
        return Table((), (), boolean=bool(result))
    rows: Iterable[tuple[Cell | None, ...]]
    if isinstance(result, ox.QueryTriples):
        columns: tuple[str, ...] = ("subject", "predicate", "object")
        rows = (tuple(_cell(term) for term in triple) for triple in result)
    else:
        columns = tuple(variable.value for variable in result.variables)
        rows = (tuple(_cell(term) for term in solution) for solution in result)
    taken = tuple(islice(rows, limit + 1))
    is_graph = isinstance(result, ox.QueryTriples)
    return Table(columns, taken[:limit], truncated=len(taken) > limit, is_graph=is_graph)


def _cell(term: object) -> Cell | None:
    match term:
        case None:
            return None
        case ox.NamedNode():
            return Cell("iri", term.value)
        case ox.BlankNode():
            return Cell("blank", term.value)
        case ox.Literal():
            datatype = None if term.language or term.datatype.value == _XSD_STRING else term.datatype.value
            return Cell("literal", term.value, datatype, term.language)
        case ox.Triple():
            return Cell("triple", str(term))
    raise ValueError(f"unexpected term {term!r}")
