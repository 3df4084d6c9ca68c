"""What all pages of nodes ask the graph for: things, sentences, reports. Every query has a limit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from urllib.parse import quote as percent

from kg.vocab import DCTERMS, NIF, RDF, RDFS, SIT
from server.display import local_name
from server.messages import Cell, Table
from server.nodes.kinds import kinds

LABEL, TYPE = str(RDFS.label), str(RDF.type)
_PAIRS = 2000  # of a node and a property in one query, whose length has a limit
_ENDS = 6  # words of either end of a sentence by which it is found
_NAMES = 20  # triples that name a node, on average

Said: TypeAlias = Mapping[str, Sequence[Cell]]  # values by property


class Graph(Protocol):
    """The newest state of the data, all graphs together."""

    def table(self, query: str, *, limit: int) -> Table:
        """At most `limit` rows of the answer to a query that may use the prefixes of `kg.vocab`."""

    def rows(self, query: str) -> list[list[str]]:
        """All rows of the answer to a query that has a limit, as strings; kept until the data changes."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A node as it is named on a page.

    `kind` is its colour, `words` its classes in words and `of_class` the IRI of the first of them,
    `amount` how many people it is, if its label does not say that.
    """

    iri: str
    label: str
    kind: str = "other"
    words: str = ""
    amount: str = ""
    of_class: str = ""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as it is cited."""

    iri: str
    label: str
    issued: str = ""
    publisher: Thing | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a report, and where it begins in it (characters)."""

    iri: str
    words: str
    begin: int
    report: ReportLine | None

    @property
    def fragment(self) -> str:
        """What leads a browser to these words on the report's page (URL Fragment Text Directives)."""
        words = self.words.split()
        long = len(words) > 2 * _ENDS
        parts = (words[:_ENDS], words[-_ENDS:]) if long else (words,)
        return ":~:text=" + ",".join(percent(" ".join(part), safe="").replace("-", "%2D") for part in parts)


def text(cell: Cell | None) -> str:
    """The value of a cell, "" for none."""
    return cell.value if cell is not None else ""


def number(value: str) -> int | None:
    """A whole number, None for anything else."""
    return int(value) if re.fullmatch(r"\s*-?[0-9]{1,18}\s*", value) else None


def values(name: str, iris: Iterable[str]) -> str:
    """A VALUES clause with the IRIs."""
    return f"VALUES ?{name} {{ {' '.join(f'<{iri}>' for iri in iris)} }}"


def described(
    graph: Graph, nodes: Iterable[str], properties: Iterable[str], *, most: int
) -> dict[str, dict[str, list[Cell]]]:
    """Values of these properties by node, then property; `most` triples a node on average."""
    wanted, names = sorted(set(nodes)), list(properties)
    found: dict[str, dict[str, list[Cell]]] = {iri: {} for iri in wanted}
    step = max(1, _PAIRS // len(names))
    for begin in range(0, len(wanted), step):
        some = wanted[begin : begin + step]
        # Pairs, since the engine may otherwise look at all triples of a property.
        pairs = " ".join(f"(<{node}> <{name}>)" for node in some for name in names)
        query = f"SELECT DISTINCT * {{ VALUES (?node ?property) {{ {pairs} }} ?node ?property ?value }}"
        for node, name, value in graph.table(query, limit=len(some) * most).rows:
            if node is not None and name is not None and value is not None:
                found[node.value].setdefault(name.value, []).append(value)
    return found


def first(said: Said, name: str) -> str:
    """The least value of a property as a string, "" if it has none."""
    return min((cell.value for cell in said.get(str(name), ())), default="")


def iris(said: Said, name: str) -> tuple[str, ...]:
    """The values of a property that are IRIs, sorted."""
    return tuple(sorted(cell.value for cell in said.get(str(name), ()) if cell.kind == "iri"))


def things(graph: Graph, nodes: Iterable[str]) -> dict[str, Thing]:
    """The nodes by their IRIs, with labels and classes; all of them, known or not."""
    found = described(graph, nodes, (LABEL, TYPE, str(SIT.countText)), most=_NAMES)
    return {iri: thing(iri, said) for iri, said in found.items()}


def thing(iri: str, said: Said) -> Thing:
    """A node as it is named; the amount only where its label does not say it."""
    label, amount = first(said, LABEL) or local_name(iri), first(said, SIT.countText)
    classes = kinds().narrow(iris(said, TYPE))
    return Thing(
        iri,
        label,
        kind=kinds().colour(classes),
        words=kinds().words(classes),
        amount="" if amount in label else amount,
        of_class=classes[0] if classes else "",
    )


def reports(graph: Graph, nodes: Iterable[str]) -> dict[str, ReportLine]:
    """The reports by their IRIs; all of them, known or not."""
    found = described(graph, nodes, (LABEL, str(DCTERMS.issued), str(DCTERMS.publisher)), most=_NAMES)
    bodies = things(graph, (body for said in found.values() for body in iris(said, DCTERMS.publisher)))
    return {iri: _line(iri, said, bodies) for iri, said in found.items()}


def _line(iri: str, said: Said, bodies: Mapping[str, Thing]) -> ReportLine:
    by = first(said, DCTERMS.publisher)
    return ReportLine(
        iri,
        first(said, LABEL) or local_name(iri),
        first(said, DCTERMS.issued)[:10],
        bodies.get(by) or (Thing("", by) if by else None),
    )


def quotes(graph: Graph, nodes: Iterable[str]) -> dict[str, Quote]:
    """The sentences by their IRIs, those that have words."""
    names = (str(NIF.anchorOf), str(NIF.beginIndex), str(NIF.referenceContext))
    found = described(graph, nodes, names, most=_NAMES)
    cited = reports(graph, (report for said in found.values() for report in iris(said, NIF.referenceContext)))
    return {
        iri: Quote(
            iri,
            first(said, NIF.anchorOf),
            number(first(said, NIF.beginIndex)) or 0,
            next((cited[report] for report in iris(said, NIF.referenceContext)), None),
        )
        for iri, said in found.items()
        if first(said, NIF.anchorOf)
    }
