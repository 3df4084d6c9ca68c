"""Property paths (SHACL, section 2.3.1): read from a graph, written as SPARQL has them, and followed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from kg.validation.data import Data
from kg.vocab import RDF, SH

_SIGNS = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}
_DEEPEST = 12  # pySHACL refuses deeper ones


@dataclass(frozen=True, slots=True)
class Inverse:
    """A path backwards."""

    path: Path


@dataclass(frozen=True, slots=True)
class Sequence:
    """One path after the other."""

    steps: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Any of several paths."""

    choices: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A path any number of times (*), once at least (+), or once at most (?)."""

    path: Path
    sign: str


Path: TypeAlias = URIRef | Inverse | Sequence | Alternative | Repeat


def read_path(graph: Graph, node: Node, *, level: int = 0) -> Path:
    """The path that a node of a graph stands for. Raises ValueError where it stands for none."""
    if isinstance(node, URIRef):
        return node
    if not isinstance(node, BNode) or level > _DEEPEST:
        raise ValueError(f"unexpected property path {node!r}")

    def one(predicate: URIRef) -> Node | None:
        values = set(graph.objects(node, predicate))
        if len(values) > 1:
            raise ValueError(f"a property path has more than one {predicate}")
        return values.pop() if values else None

    def read(part: Node) -> Path:
        return read_path(graph, part, level=level + 1)

    def several(items: Node) -> tuple[Path, ...]:
        found = tuple(read(item) for item in graph.items(items))
        if len(found) < 2:
            raise ValueError("a list of property paths has less than two members")
        return found

    if one(RDF.first) is not None:
        return Sequence(several(node))
    if (inverse := one(SH.inversePath)) is not None:
        return Inverse(read(inverse))
    if (choices := one(SH.alternativePath)) is not None:
        return Alternative(several(choices))
    for predicate, sign in _SIGNS.items():
        if (repeated := one(predicate)) is not None:
            return Repeat(read(repeated), sign)
    raise ValueError(f"unexpected property path {node!r}")


def path_text(path: Path) -> str:
    """A property path as SPARQL writes it; one that is only a predicate as its bare IRI."""
    return str(path) if isinstance(path, URIRef) else _part_text(path)


def _part_text(path: Path) -> str:
    match path:
        case URIRef():
            return f"<{path}>"
        case Sequence(steps):
            return "/".join(map(_part_text, steps))
        case Inverse(inner):
            return f"^{_part_text(inner)}"
        case Alternative(choices):
            return "(" + "|".join(map(_part_text, choices)) + ")"
        case Repeat(inner, sign):
            return f"({_part_text(inner)}){sign}"


def depth(path: Path) -> int:
    """How deep pySHACL descends to follow a path; each step of a sequence lies below the one before."""
    match path:
        case URIRef():
            return 0
        case Sequence(steps):
            return max(at + 1 + depth(step) for at, step in enumerate(steps))
        case Alternative(choices):
            return 1 + max(map(depth, choices))
        case Inverse(inner) | Repeat(inner, _):
            return 1 + depth(inner)


def follow(data: Data, path: Path, node: Node) -> Collection[Node]:
    """The nodes that a path leads to from a node, each once. An inverse must be that of a predicate."""
    match path:
        case URIRef():
            return data.forward(path).get(node, ())
        case Inverse(URIRef() as predicate):
            return data.backward(predicate).get(node, ())
        case Sequence(steps):
            found: Collection[Node] = (node,)
            for step in steps:
                found = dict.fromkeys(end for start in found for end in follow(data, step, start))
            return found
        case Alternative(choices):
            return dict.fromkeys(end for choice in choices for end in follow(data, choice, node))
        case Repeat(inner, "?"):
            return dict.fromkeys((node, *follow(data, inner, node)))
        case Repeat(inner, sign):
            return _repeatedly(data, inner, node, itself=sign == "*")
    raise ValueError(f"unexpected property path {path!r}")


def _repeatedly(data: Data, path: Path, node: Node, *, itself: bool) -> Collection[Node]:
    found: dict[Node, None] = {node: None} if itself else {}
    waiting = list(follow(data, path, node))
    while waiting:
        current = waiting.pop()
        if current not in found:
            found[current] = None
            waiting += follow(data, path, current)
    return found
