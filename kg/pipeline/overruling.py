"""Overrides on graphs: what people say of a report, or of what is known, put in the place of what was read.

Pure functions. Applied twice they do what they do once, and the order of the lines does not matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from kg import iri
from kg.facts import Kind
from kg.gazetteer import Gazetteer
from kg.mapping.context import SYMMETRIC, labels
from kg.overrides import Override, Overrides, Verb
from kg.pipeline.kinds import kind_of
from kg.validation import remove_node
from kg.vocab import ITSRDF, NIF, OWL, PROV, RDF, RDFS, SIT, SKOS, WD, XSD

_CERTAIN = Literal("1", datatype=XSD.decimal)
_LINKS = (OWL.sameAs, SKOS.closeMatch)


@dataclass(frozen=True, slots=True)
class Thing:
    """What a thing is called in every report, and its class (local name) where the gazetteer has it."""

    iri: str
    label: str
    class_name: str | None


@dataclass(frozen=True, slots=True)
class Rules:
    """The overrides, with the things that others are said to be."""

    base_iri: str
    overrides: Overrides = field(default_factory=Overrides)
    things: tuple[Thing, ...] = ()


@dataclass(frozen=True, slots=True)
class Overruled:
    """A report's graph as people have it, and the lines that took something out as wrong."""

    graph: Graph
    wrong: tuple[Override, ...]


def make_rules(
    overrides: Overrides, *, base_iri: str, gazetteer: Gazetteer
) -> tuple[Rules, tuple[tuple[Override, str], ...]]:
    """The rules, and the lines that the gazetteer refuses, each with the reason: these are left out."""
    folder = iri.gazetteer_folder(base_iri)
    refused: list[tuple[Override, str]] = []
    things: dict[str, Thing] = {}
    for line in overrides.of(Verb.SAME):
        kinds = {_kind(name, base_iri, gazetteer) for name in (line.subject, line.object)} - {None}
        entry = gazetteer.get(line.subject.removeprefix(folder))
        if entry is None and line.subject.startswith(folder):
            refused.append((line, f"the gazetteer has no {line.subject}"))
        elif len(kinds) > 1:
            both = " and ".join(sorted(kind.value for kind in kinds if kind is not None))
            refused.append((line, f"{both} are things of two kinds, which are never one"))
        elif entry is not None:
            things[line.subject] = Thing(line.subject, entry.label, entry.class_name)
        elif "/group/" not in line.subject:
            things[line.subject] = Thing(line.subject, iri.name_of(line.subject), None)
    out = {line for line, _ in refused}
    kept = Overrides(tuple(line for line in overrides.lines if line not in out))
    return Rules(base_iri, kept, tuple(things[name] for name in sorted(things))), tuple(refused)


def _kind(thing: str, base_iri: str, gazetteer: Gazetteer) -> Kind | None:
    first, _, rest = thing.removeprefix(base_iri).partition("/")
    if first == "entity":
        entry = gazetteer.get(rest)
        return None if entry is None else kind_of([entry.class_name])
    return None if first == "report" else Kind(first)


def overrule_report(graph: Graph, report: str, rules: Rules) -> Overruled:
    """What a report's graph becomes; the graph given is left as it is."""
    found = Graph(bind_namespaces="none")
    found.namespace_manager = graph.namespace_manager
    for triple in graph:
        found.add(triple)
    overrides = rules.overrides.about(report)
    same = overrides.same(report)
    things = {thing.iri: thing for thing in rules.things}
    for old, new in same.items():
        _identify(found, URIRef(old), URIRef(new), things.get(new))
    if same:
        _tidy(found)
    for line in overrides.of(Verb.APART):
        _part(found, URIRef(same.get(line.subject, line.subject)), report, rules.base_iri)
    for line in overrides.of(Verb.LINK, Verb.NOLINK):
        # Sure links stand in the entity graph; in a report only likely ones, which give way to a sure one.
        item = WD[line.object] if line.verb is Verb.NOLINK else None
        _unlink(found, URIRef(same.get(line.subject, line.subject)), item)
    wrong = tuple(
        line for line in overrides.of(Verb.WRONG) if _leave_out(found, URIRef(line.subject), report)
    )
    for line in overrides.of(Verb.RIGHT):
        if (URIRef(line.subject), SIT.confidence, None) in found:
            found.set((URIRef(line.subject), SIT.confidence, _CERTAIN))
    return Overruled(found, wrong)


def overrule_known(graph: Graph, rules: Rules, *, is_mentioned: Callable[[str], bool]) -> None:
    """Change what is known of entities; `is_mentioned` tells whether a report of the store mentions one."""
    overrides, same = rules.overrides, rules.overrides.same()
    for old, new in same.items():
        _replace_known(graph, URIRef(old), URIRef(new))
    for line in overrides.of(Verb.NOLINK):
        _unlink(graph, URIRef(same.get(line.subject, line.subject)), WD[line.object])
    for line in overrides.of(Verb.LINK):
        node = URIRef(same.get(line.subject, line.subject))
        if (node, SKOS.prefLabel, None) in graph or is_mentioned(str(node)):
            _unlink(graph, node, None)
            graph.add((node, OWL.sameAs, WD[line.object]))


def _identify(graph: Graph, old: URIRef, new: URIRef, thing: Thing | None) -> None:
    """Make one thing another. It keeps that one's name, class and links; its own names are other names."""
    if not ((old, None, None) in graph or (None, None, old) in graph):
        return
    if thing is None and (new, None, None) not in graph:
        return  # a thing that is local to the report, and not in it
    names = {*graph.objects(old, SKOS.prefLabel), *graph.objects(old, SKOS.altLabel)}
    classes = set(graph.objects(new, RDF.type)) or set(graph.objects(old, RDF.type))
    if thing is not None and thing.class_name is not None:
        classes = {SIT[thing.class_name]} | (
            classes & {SIT.Actor} if thing.class_name == "Country" else set()
        )
    for predicate in (RDF.type, RDFS.label, SKOS.prefLabel, SKOS.altLabel):
        graph.remove((old, predicate, None))
    _unlink(graph, old, None)
    _rename(graph, old, new)
    graph.remove((new, RDF.type, None))
    for class_ in classes:
        graph.add((new, RDF.type, class_))
    if thing is not None:
        _name(graph, new, thing.label)
    for name in names - set(graph.objects(new, SKOS.prefLabel)):
        graph.add((new, SKOS.altLabel, name))


def _name(graph: Graph, node: URIRef, name: str) -> None:
    graph.remove((node, RDFS.label, None))
    graph.remove((node, SKOS.prefLabel, None))
    for triple in labels(node, name):
        graph.add(triple)
    graph.remove((node, SKOS.altLabel, Literal(name)))


def _rename(graph: Graph, old: URIRef, new: URIRef) -> None:
    for triple in [*graph.triples((old, None, None)), *graph.triples((None, None, old))]:
        subject, predicate, object_ = triple
        graph.remove(triple)
        graph.add((new if subject == old else subject, predicate, new if object_ == old else object_))


def _tidy(graph: Graph) -> None:
    """Drop what relates a thing to itself, and join Statements about one relation."""
    for triple in [t for t in graph if t[0] == t[2]]:
        graph.remove(triple)
    first: dict[tuple[Node | None, ...], Node] = {}
    for statement in sorted(graph.subjects(RDF.type, RDF.Statement), key=lambda s: _order(graph, s)):
        subject, predicate, object_ = (
            graph.value(statement, part) for part in (RDF.subject, RDF.predicate, RDF.object)
        )
        if subject == object_:
            remove_node(graph, statement)
            continue
        turned = (object_, predicate, subject)
        symmetric = predicate in {SIT[name] for name in SYMMETRIC}
        told = turned if symmetric and turned in first else (subject, predicate, object_)
        if told in first:
            _join(graph, first[told], statement)
            if told == turned and subject is not None and predicate is not None and object_ is not None:
                graph.remove((subject, predicate, object_))
        else:
            first[told] = statement


def _order(graph: Graph, statement: Node) -> tuple[int, str]:
    """In the order of the text."""
    begins = [
        int(str(b)) for s in graph.objects(statement, SIT.evidence) for b in graph.objects(s, NIF.beginIndex)
    ]
    return min(begins, default=0), str(statement)


def _join(graph: Graph, kept: Node, other: Node) -> None:
    """Give one Statement what another one rests on, and the greater confidence of the two."""
    for predicate in (SIT.evidence, SIT.attributedTo, PROV.wasDerivedFrom):
        for value in list(graph.objects(other, predicate)):
            graph.add((kept, predicate, value))
    found = [*graph.objects(kept, SIT.confidence), *graph.objects(other, SIT.confidence)]
    if found:
        graph.set((kept, SIT.confidence, max(found, key=lambda value: float(str(value)))))
    graph.remove((other, None, None))
    graph.remove((None, None, other))


def _part(graph: Graph, node: URIRef, report: str, base_iri: str) -> None:
    """Give a thing an IRI of this report alone, named by its first mention, without links and reasons."""
    if (node, None, None) not in graph:
        return
    phrases = sorted(
        graph.subjects(ITSRDF.taIdentRef, node), key=lambda p: int(str(graph.value(p, NIF.beginIndex) or 0))
    )
    words = [" ".join(str(graph.value(phrase, NIF.anchorOf)).split()) for phrase in phrases]
    names = {str(n) for p in (SKOS.prefLabel, SKOS.altLabel) for n in graph.objects(node, p)}
    name = next((word for word in words if word in names), next(iter(words), iri.name_of(node)))
    for phrase in phrases:
        graph.remove((phrase, SIT.reason, None))
        graph.remove((phrase, ITSRDF.taConfidence, None))
    _unlink(graph, node, None)
    graph.remove((node, SKOS.altLabel, None))
    new = URIRef(iri.apart(base_iri, report, node))
    _rename(graph, node, new)
    for word in (set(words) & names) - {name}:
        graph.add((new, SKOS.altLabel, Literal(word)))
    _name(graph, new, name)


def _unlink(graph: Graph, node: URIRef, item: URIRef | None) -> None:
    """Take out the links of a thing to an item, or to any, with the Statements about them."""
    for predicate in _LINKS:
        for statement in list(graph.subjects(RDF.subject, node)):
            about = (statement, RDF.predicate, predicate) in graph and (statement, RDF.object, item) in graph
            if about:
                graph.remove((statement, None, None))
        graph.remove((node, predicate, item))


def _leave_out(graph: Graph, node: URIRef, report: str) -> bool:
    """Take an event or statement out, with what hangs on it alone; whether it was there."""
    if (node, RDF.type, None) not in graph:
        return False
    fillers = [filler for filler in set(graph.objects(node)) if str(filler).startswith(f"{report}/group/")]
    remove_node(graph, node)
    for filler in fillers:
        counted = any((filler, count, None) in graph for count in (SIT.minCount, SIT.maxCount))
        if not counted and set(graph.predicates(None, filler)) <= {ITSRDF.taIdentRef}:
            remove_node(graph, filler)
    return True


def _replace_known(graph: Graph, old: URIRef, new: URIRef) -> None:
    """Put one thing in the place of another: what lies in that lies in it. Nothing else is kept of that."""
    parents = set(graph.objects(old, SIT.locatedIn))
    above = set(graph.transitive_objects(old, SIT.locatedIn))
    inside = set(graph.subjects(SIT.locatedIn, old)) - {new}
    for node in (old, URIRef(iri.geometry(old))):
        remove_node(graph, node)
    for thing in inside:
        graph.add((thing, SIT.locatedIn, new))
    here = inside or (new, RDF.type, None) in graph
    if here and new not in above and (new, SIT.locatedIn, None) not in graph:
        for parent in parents:
            graph.add((new, SIT.locatedIn, parent))
