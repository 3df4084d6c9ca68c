"""What the web process and its reader and writer processes say to each other. Standard library only.

What every query sends says how it is pickled: what dataclasses do by themselves takes five times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

Reduced: TypeAlias = tuple[type, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Dataset:
    """The dataset that a request names (SPARQL 1.1 Protocol, 2.1.4 and 2.2.3); empty: the store's."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __reduce__(self) -> Reduced:
        return Dataset, (self.default, self.named)

    @property
    def given(self) -> bool:
        """Whether the request names a dataset at all."""
        return bool(self.default or self.named)


@dataclass(frozen=True, slots=True)
class Formats:
    """Media type of the answer for either kind of query; None where the client accepts none of that kind."""

    solutions: str | None
    graph: str | None

    def __reduce__(self) -> Reduced:
        return Formats, (self.solutions, self.graph)


@dataclass(frozen=True, slots=True)
class Rows:
    """Asks for at most `limit` rows as a `Table` instead of a serialised answer."""

    limit: int


class Job(NamedTuple):  # one is made for each query, and a frozen dataclass takes four times as long
    """One query for a reader, on the checkpoint folder `checkpoint`.

    `union`: the default graph is the union of all graphs, unless query or dataset say otherwise.
    `existing`: a graph that must exist, else the answer is 404. `seconds`: processor time granted.
    `most_rows` and `most_bytes`: of a serialised answer.
    """

    checkpoint: str
    text: str
    answer: Formats | Rows
    union: bool
    seconds: float
    dataset: Dataset = Dataset()
    base_iri: str | None = None
    existing: str | None = None
    most_rows: int = 1_000_000
    most_bytes: int = 1 << 30

    def __reduce__(self) -> Reduced:
        return Job, tuple(self)

    def __hash__(self) -> int:  # quicker than that of all fields, and as good: the others hardly differ
        return hash((self.text, self.base_iri, self.dataset.default, self.dataset.named))


@dataclass(frozen=True, slots=True)
class SearchFor:
    """Asks for the best `limit` nodes whose names or sentences have all words of `text`; `kind` "" is any."""

    text: str
    kind: str
    limit: int


@dataclass(frozen=True, slots=True)
class Suggest:
    """Asks for nodes with names that begin with `prefix`, the best `limit` after the first `skip`."""

    prefix: str
    kind: str
    limit: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question to the search index of the checkpoint folder; `seconds` as for `Job`.

    `question` is a message of this module or of `server.reconcile.messages`, and says what answers it.
    """

    checkpoint: str
    seconds: float
    question: object


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The answer to a `Lookup`."""

    answer: object


@dataclass(frozen=True, slots=True)
class Hit:
    """A node that was found; `snippet` is a text of it in pieces, True for the words asked for."""

    node: str
    kind: str
    label: str
    classes: tuple[str, ...]
    snippet: tuple[tuple[str, bool], ...]
    report: str | None = None  # of a sentence
    report_label: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, best first; `counts` says how many texts of each kind have the words."""

    hits: tuple[Hit, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a serialised answer."""

    media_type: str
    body: bytes
    last: bool

    def __reduce__(self) -> Reduced:
        return Chunk, (self.media_type, self.body, self.last)


@dataclass(frozen=True, slots=True)
class Cell:
    """One RDF term: `kind` is iri, literal, blank or triple; a plain string has no datatype here."""

    kind: str
    value: str
    datatype: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of an answer; `truncated` if there were more. A graph has columns subject, predicate, object."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    truncated: bool = False
    boolean: bool | None = None  # the answer of an ASK query, which has no rows
    is_graph: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The job failed: an HTTP status and one line for the client."""

    status: int
    message: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The checkpoint was removed before it could be opened; ask again with the newest one."""


@dataclass(frozen=True, slots=True)
class Update:
    """A SPARQL update; `dataset` holds its using-graph-uri and using-named-graph-uri.

    `documents` are what its LOAD operations ask for, in order; None for one that failed and is SILENT.
    """

    text: str
    dataset: Dataset
    base_iri: str
    documents: tuple[Document | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """An RDF document that was fetched; relative IRIs in it are resolved against `base_iri`."""

    media_type: str
    body: bytes
    base_iri: str


@dataclass(frozen=True, slots=True)
class Payload:
    """One RDF document of a graph store request."""

    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class GraphWrite:
    """Adds `payloads` to a graph (None: the default graph); `replace` empties it first."""

    graph: str | None
    payloads: tuple[Payload, ...]
    replace: bool
    base_iri: str


@dataclass(frozen=True, slots=True)
class GraphPatch:
    """Applies the update `text` to a graph (None: the default graph) and to no other."""

    graph: str | None
    text: str
    base_iri: str


@dataclass(frozen=True, slots=True)
class GraphDelete:
    """Drops a graph (None: empties the default graph)."""

    graph: str | None


@dataclass(frozen=True, slots=True)
class Done:
    """A write is in the store; `existed`: the graph was there before."""

    existed: bool = True


Reply = Chunk | Table | LookedUp | Failed | Gone
Write = Update | GraphWrite | GraphPatch | GraphDelete
