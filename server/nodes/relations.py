"""What a node has to do with others: its direct relations, or the roles of an event. All have a limit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from kg.vocab import SIT
from server.display import in_words
from server.nodes.graph import (
    LABEL,
    TYPE,
    Graph,
    Quote,
    Thing,
    described,
    iris,
    quotes,
    text,
    thing,
    things,
    values,
)
from server.nodes.happenings import ROLE_NAMES

NAMES = {  # of a relation, as the subject's page says it and as the object's page does
    "fights": ("fights", "fights"),
    "attacks": ("attacks", "attacked by"),
    "supports": ("supports", "supported by"),
    "alliedWith": ("allied with", "allied with"),
    "holds": ("holds", "held by"),
    "captured": ("captured", "captured by"),
    "killed": ("killed", "killed by"),
    "controls": ("controls", "controlled by"),
    "leads": ("leads", "led by"),
    "memberOf": ("member of", "has as members"),
    "partOf": ("part of", "has as parts"),
    "locatedIn": ("located in", "contains"),
    "accuses": ("accuses", "accused by"),
    "metWith": ("met with", "met with"),
    "displacedFrom": ("displaced from", "those displaced from it"),
}
_OF_EVENTS = (*ROLE_NAMES, "attributedTo", "about", "causedBy")
MOST = 1000  # relations of one node that are looked at
NEIGHBOURS = 50  # of one node that a drawing gets at once
_STATEMENTS = 5000  # about them
_NAMED = 100  # triples that name a node


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of the node to another thing.

    `name` is the property's, `outgoing` whether the node is its subject, `statements` how many rdf:Statements
    say so (each report has one of its own), `statement` one of them.
    """

    name: str
    outgoing: bool
    other: Thing
    statements: int = 0
    statement: str = ""

    @property
    def label(self) -> str:
        """The relation as it leads from subject to object."""
        return NAMES.get(self.name, (in_words(self.name), ""))[0]

    @property
    def words(self) -> str:
        """The relation as the node's page says it."""
        return NAMES.get(self.name, (in_words(self.name), f"{in_words(self.name)} of"))[not self.outgoing]


@dataclass(frozen=True, slots=True)
class Group:
    """The relations of one kind, those with most statements first; `more` are not among them."""

    words: str
    relations: tuple[Relation, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Relations:
    """All relations of a node, those with most statements first; `truncated` if it has more than are told."""

    found: tuple[Relation, ...]
    truncated: bool

    def groups(self, each: int) -> tuple[Group, ...]:
        """By kind, at most `each` of a kind."""
        order = sorted(self.found, key=lambda one: one.words)
        found = [(words, tuple(some)) for words, some in groupby(order, key=lambda one: one.words)]
        return tuple(Group(words, some[:each], max(0, len(some) - each)) for words, some in found)


@dataclass(frozen=True, slots=True)
class _Edge:
    name: str
    outgoing: bool
    other: str


def read_relations(graph: Graph, node: str) -> Relations:
    """The direct relations of an entity, without their sentences."""
    edges, truncated = _edges(graph, node, NAMES)
    told: dict[_Edge, tuple[int, str]] = {}
    for outgoing in (True, False):
        for name, other, count, statement in graph.rows(_statements_query(node, outgoing)):
            told[_Edge(name.rpartition("#")[2], outgoing, other)] = int(count), statement
    named = things(graph, {edge.other for edge in edges})
    found = (Relation(e.name, e.outgoing, named[e.other], *told.get(e, (0, ""))) for e in edges)
    return Relations(tuple(sorted(found, key=_weight)), truncated)


def read_neighbours(graph: Graph, node: str) -> tuple[Thing, tuple[Relation, ...], bool] | None:
    """A node, at most `NEIGHBOURS` of its relations, and whether it has more; None for what is not known.

    For an event these are the things that have a role in it, and the events that one speaks of.
    """
    said = described(graph, [node], (LABEL, TYPE, str(SIT.status)), most=_NAMED)[node]
    if str(SIT.status) in said:
        edges, truncated = _edges(graph, node, _OF_EVENTS)
        named = things(graph, {edge.other for edge in edges})
        found = tuple(Relation(edge.name, edge.outgoing, named[edge.other]) for edge in edges)
    else:
        relations = read_relations(graph, node)
        found, truncated = relations.found, relations.truncated
    if not said and not found:
        return None
    return thing(node, said), found[:NEIGHBOURS], truncated or len(found) > NEIGHBOURS


def with_quotes(graph: Graph, shown: Sequence[Relation]) -> dict[Relation, Quote]:
    """A sentence for each of these relations, for those that have one."""
    nodes = (relation.statement for relation in shown if relation.statement)
    said = described(graph, nodes, (str(SIT.evidence),), most=20)
    sentences = quotes(graph, (iri for one in said.values() for iri in iris(one, SIT.evidence)))
    found = {}
    for relation in shown:
        evidence = iris(said.get(relation.statement, {}), SIT.evidence)
        quote = next((sentences[iri] for iri in evidence if iri in sentences), None)
        if quote is not None:
            found[relation] = quote
    return found


def _weight(relation: Relation) -> tuple[int, str, str, str, bool]:
    other = relation.other
    return -relation.statements, relation.name, other.label.casefold(), other.iri, relation.outgoing


def _edges(graph: Graph, node: str, names: Iterable[str]) -> tuple[list[_Edge], bool]:
    """The relations of these names, either way, in a fixed order, and whether there are more."""
    clause = values("property", (str(SIT[name]) for name in names))
    found: set[_Edge] = set()
    truncated = False
    for outgoing in (True, False):
        pattern = (
            f"<{node}> ?property ?other"
            if outgoing
            else f"?other ?property <{node}> FILTER (?other != <{node}>)"
        )
        query = f"SELECT DISTINCT ?property ?other {{ {clause} {pattern} FILTER (isIRI(?other)) }}"
        table = graph.table(query, limit=MOST)
        truncated = truncated or table.truncated
        found |= {_Edge(text(name).rpartition("#")[2], outgoing, text(other)) for name, other in table.rows}
    return sorted(found, key=lambda edge: (edge.name, not edge.outgoing, edge.other)), truncated


def _statements_query(node: str, outgoing: bool) -> str:
    """The statements of each relation of the node: property, other, how many, one of them."""
    own, others = ("subject", "object") if outgoing else ("object", "subject")
    return f"""SELECT ?property ?other (COUNT(?statement) AS ?count) (MIN(STR(?statement)) AS ?one) {{
  {{ SELECT ?statement {{ ?statement rdf:{own} <{node}> }} LIMIT {_STATEMENTS} }}
  ?statement rdf:predicate ?property ; rdf:{others} ?other FILTER (isIRI(?statement))
}} GROUP BY ?property ?other LIMIT {_STATEMENTS}"""
