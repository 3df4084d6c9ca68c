"""The plan says of damaged graphs what pySHACL says of them, and prunes them in the same way.

So it does with damaged shapes, where it does not leave them to pySHACL. SITREP_DAMAGED says how many graphs
(`make test-long`: 2000), and half as many shapes files; each is made from its number alone.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.errors import DataError
from kg.validation import Pruned, Validator
from kg.validation.constraints import UndecidedError
from kg.validation.plan import Plan
from kg.validation.pruning import prune
from kg.validation.reference import Reference
from kg.validation.results import Breach, ShapeResult
from kg.validation.unsupported import UnsupportedError
from kg.vocab import DCTERMS, ITSRDF, NIF, OWL, PROV, RDF, RDFS, SH, SIT, SKOS, XSD

NUMBER = int(os.environ.get("SITREP_DAMAGED", "100"))
BATCHES = 20  # so that a failure is found early and its neighbours run on
FOREIGN = URIRef("http://example.org/Foreign")
CLASSES = (
    *(SIT[name] for name in ("Report", "Entity", "Actor", "Group", "Country", "Prison", "Vehicle", "Event")),
    *(SIT[name] for name in ("Clash", "Killing", "Statement", "Denial", "Attack", "EventCluster")),
    *(NIF.Context, NIF.Sentence, NIF.Phrase, RDF.Statement, FOREIGN),
)
PREDICATES = (
    *(SIT[name] for name in ("agent", "target", "place", "speaker", "about", "causedBy", "evidence")),
    *(SIT[name] for name in ("date", "endDate", "timeText", "status", "confidence", "mentionedIn")),
    *(SIT[name] for name in ("fights", "attacks", "memberOf", "locatedIn", "conducts", "alliedWith")),
    *(SIT[name] for name in ("minCount", "maxCount", "partOfCluster", "toldIn", "deadLow", "deadBest")),
    *(NIF.beginIndex, NIF.endIndex, NIF.referenceContext, NIF.sentence, NIF.anchorOf, ITSRDF.taIdentRef),
    *(SKOS.prefLabel, SKOS.altLabel, SKOS.closeMatch, RDFS.label, OWL.sameAs, DCTERMS.issued),
    *(DCTERMS.source, DCTERMS.language, RDF.type, RDF.subject, RDF.predicate, RDF.object),
    *(PROV.wasDerivedFrom, RDFS.subClassOf, RDFS.subPropertyOf),
)
VALUES = (
    *(Literal(number) for number in (-1, 0, 7, 10**30)),
    *(Literal(text) for text in ("", "en", "soon", "http://example.org/a b", "2022-01-20")),
    *(Literal("1", datatype=d) for d in (XSD.nonNegativeInteger, XSD.double, XSD.boolean, XSD.string)),
    *(Literal(text, datatype=XSD.integer) for text in ("many", "01", "1.5")),
    *(Literal(text, datatype=XSD.decimal) for text in ("0.5", "1.01", "-0.1", "half")),
    *(Literal(text, datatype=XSD.double) for text in ("NaN", "INF", "0.5")),
    *(Literal(text, datatype=XSD.date) for text in ("2022-01-20", "2022-13-40", "2021-12-31Z")),
    *(Literal(text, datatype=XSD.gYearMonth) for text in ("2022-01", "2022-13")),
    Literal("2022", datatype=XSD.gYear),
    Literal("2022-01-20T10:00:00", datatype=XSD.dateTime),
    Literal("2022-01-20T10:00:00Z", datatype=XSD.dateTime),
    Literal("-5", datatype=XSD.nonNegativeInteger),
    Literal("x", datatype=FOREIGN),
    *(Literal("a name", lang=tag) for tag in ("en", "EN", "en-GB")),
    *(SIT.Reported, SIT.Denied, SIT.fights, SIT.memberOf, SKOS.closeMatch, FOREIGN),
    URIRef("http://www.wikidata.org/entity/Q1"),
    BNode("b"),
)


PARAMETERS = (
    *(SH[name] for name in ("severity", "class", "nodeKind", "deactivated", "targetClass", "targetNode")),
    *(SH[name] for name in ("property", "node", "not", "closed", "in", "minCount", "hasValue", "pattern")),
)
TERMS = (SH.Warning, SH.IRI, SIT.Event, Literal(True), Literal(1), Literal("a"), RDF.nil)
T = TypeVar("T")
Triple = tuple[Node, Node, Node]
Damage = Callable[[Graph, Random], None]


# rdflib asks what it cannot compare whether that is true; it is so for pySHACL and for the plan.
pytestmark = pytest.mark.filterwarnings("ignore:NotImplemented should not be used:DeprecationWarning")


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_damaged_graph_has_the_same_breaches_and_is_pruned_alike(
    batch: int, sound: Sequence[Graph], plan: Plan, reference: Reference, validator: Validator
) -> None:
    for number in range(batch, NUMBER, BATCHES):
        graph = damaged(sound, number)
        by_plan = attempt(lambda g: told(plan.run(g)), graph)
        by_reference = attempt(lambda g: told(reference.run(g)[1]), graph)
        assert by_plan == by_reference, number
        if number % 3 == 0:  # pySHACL prunes in several rounds, so this takes long
            pruned = attempt(lambda g: kept(validator.prune(g)), graph)
            assert pruned == attempt(lambda g: kept(prune(g, lambda g: reference.run(g)[1])), graph), number


def test_damaged_graphs_are_told_apart(sound: Sequence[Graph], plan: Plan) -> None:
    """Most damage is seen; else the other test would compare nothing with nothing."""
    outcomes = [attempt(lambda g: told(plan.run(g)), damaged(sound, number)) for number in range(200)]
    shapes = {shape for told_ in outcomes if told_ is not None for _, _, _, shape, *_ in told_}
    assert len(shapes) > 40
    assert 0 < sum(told_ is None for told_ in outcomes) < 30  # values that cannot be compared


@pytest.mark.parametrize("batch", range(BATCHES))
def test_damaged_shapes_say_the_same_or_are_left_to_pyshacl(
    batch: int, sound: Sequence[Graph], shapes: Graph, tree: list[Triple], tmp_path: Path
) -> None:
    for number in range(batch, NUMBER // 2, BATCHES):
        spoilt, graph = damaged_shapes(shapes, number), damaged(sound, number)
        with suppress(UnsupportedError):
            plan = Plan(spoilt, tree)
            reference = Reference(spoilt, tree, shapes_file=tmp_path)
            by_plan = attempt(lambda g: told(plan.run(g)), graph)  # noqa: B023, called at once
            by_reference = attempt(lambda g: told(reference.run(g)[1], spoilt), graph)  # noqa: B023
            assert by_plan == by_reference, number


def test_many_damaged_shapes_still_make_a_plan(shapes: Graph, tree: list[Triple]) -> None:
    made = 0
    for number in range(40):
        with suppress(UnsupportedError):
            Plan(damaged_shapes(shapes, number), tree)
            made += 1
    assert 10 < made < 35


def attempt(run: Callable[[Graph], T], graph: Graph) -> T | None:
    """What comes of it; None where values cannot be compared."""
    try:
        return run(graph)
    except (DataError, UndecidedError, TypeError, ArithmeticError):
        return None


def told(breaches: Iterable[Breach], shapes: Graph | None = None) -> Counter[tuple[object, ...]]:
    """Breaches with their whole terms, to be compared; of words only those of the shapes, where given."""
    return Counter(
        (
            b.focus,
            b.path,
            b.value,
            str(b.shape),
            b.component,
            b.severity,
            b.message if shapes is None or (b.shape, SH.message, None) in shapes else None,
        )
        for b in breaches
    )


def kept(pruned: Pruned) -> tuple[set[Triple], tuple[ShapeResult, ...], tuple[ShapeResult, ...]]:
    return set(pruned.graph), pruned.rejects, pruned.warnings


def damaged(sound: Sequence[Graph], number: int) -> Graph:
    """One of the graphs with one to five damages."""
    random = Random(number)  # noqa: S311, to be the same each time
    graph = Graph(bind_namespaces="none")
    for triple in random.choice(sound):
        graph.add(triple)
    for damage in random.choices(DAMAGES, k=random.choice((1, 1, 2, 3, 5))):
        damage(graph, random)
    return graph


def damaged_shapes(shapes: Graph, number: int) -> Graph:
    """The shapes with one to three damages."""
    random = Random(number)  # noqa: S311
    found = Graph(bind_namespaces="none")
    for triple in shapes:
        found.add(triple)
    told_ = {SH.message, SH.declare, SH.prefix, SH.namespace}
    all_ = [triple for triple in shapes if str(triple[1]).startswith(str(SH)) and triple[1] not in told_]
    for _ in range(random.choice((1, 1, 2, 3))):
        (subject, predicate, value), (other, other_predicate, other_value) = random.choices(all_, k=2)
        same = [triple[2] for triple in all_ if triple[1] == predicate]
        if random.random() < 0.6:
            found.remove((subject, predicate, value))
        found.add(
            random.choice(
                (
                    (subject, predicate, other_value),
                    (subject, other_predicate, value),
                    (subject, other_predicate, other_value),
                    (subject, predicate, random.choice(VALUES)),
                    (subject, predicate, random.choice(same)),
                    (subject, random.choice(PARAMETERS), other),
                    (subject, random.choice(PARAMETERS), random.choice(TERMS)),
                )
            )
        )
    return found


def some(graph: Graph, random: Random, predicate: Node | None = None) -> Triple:
    """One triple of a graph, in an order that does not change from run to run."""
    found = list(graph.triples((None, predicate, None))) or list(graph) or [(FOREIGN, RDF.type, FOREIGN)]
    # By text, for not all literals can be compared.
    return random.choice(sorted(found, key=lambda triple: [repr(term) for term in triple]))


def drop(graph: Graph, random: Random) -> None:
    for _ in range(random.choice((1, 3, 20))):
        graph.remove(some(graph, random))


def drop_predicate(graph: Graph, random: Random) -> None:
    graph.remove((None, random.choice(PREDICATES), None))


def other_predicate(graph: Graph, random: Random) -> None:
    subject, predicate, value = some(graph, random)
    graph.remove((subject, predicate, value))
    graph.add((subject, random.choice(PREDICATES), value))


def other_value(graph: Graph, random: Random) -> None:
    subject, predicate, _ = some(graph, random, random.choice(PREDICATES))
    graph.set((subject, predicate, random.choice(VALUES)))


def other_number(graph: Graph, random: Random) -> None:
    """Numbers are compared with each other, and not all of these can be."""
    predicate = random.choice((NIF.beginIndex, NIF.endIndex, SIT.minCount, SIT.maxCount, SIT.deadLow))
    graph.set((some(graph, random, predicate)[0], predicate, random.choice(VALUES)))


def second_value(graph: Graph, random: Random) -> None:
    subject, predicate, _ = some(graph, random, random.choice(PREDICATES))
    graph.add((subject, predicate, random.choice((*VALUES, some(graph, random, predicate)[2]))))


def new_triple(graph: Graph, random: Random) -> None:
    subject = some(graph, random)[0]
    graph.add((subject, random.choice(PREDICATES), random.choice((*VALUES, some(graph, random)[0]))))


def crossed(graph: Graph, random: Random) -> None:
    """The values of a predicate change places between two nodes."""
    predicate = random.choice(PREDICATES)
    one, other = some(graph, random, predicate), some(graph, random, predicate)
    for triple in (one, other):
        graph.remove(triple)
    graph.add((one[0], one[1], other[2]))
    graph.add((other[0], other[1], one[2]))


def swapped_offsets(graph: Graph, random: Random) -> None:
    node = some(graph, random, NIF.endIndex)[0]
    begin, end = graph.value(node, NIF.beginIndex), graph.value(node, NIF.endIndex)
    if begin is not None and end is not None:
        graph.set((node, NIF.beginIndex, end))
        graph.set((node, NIF.endIndex, begin))


def other_datatype(graph: Graph, random: Random) -> None:
    subject, predicate, value = some(graph, random, random.choice(PREDICATES))
    datatype = random.choice((XSD.string, XSD.integer, XSD.decimal, XSD.double, XSD.date, XSD.gYear, FOREIGN))
    graph.remove((subject, predicate, value))
    graph.add((subject, predicate, Literal(str(value), datatype=datatype)))


def other_class(graph: Graph, random: Random) -> None:
    graph.set((some(graph, random, RDF.type)[0], RDF.type, random.choice(CLASSES)))


def second_class(graph: Graph, random: Random) -> None:
    graph.add((some(graph, random)[0], RDF.type, random.choice(CLASSES)))


def own_tree(graph: Graph, random: Random) -> None:
    """Classes and relations of the graph's own, in circles too."""
    predicate = random.choice((RDFS.subClassOf, RDFS.subPropertyOf))
    terms = CLASSES if predicate == RDFS.subClassOf else (*PREDICATES, SIT.relatedTo)
    for _ in range(3):
        graph.add((random.choice(terms), predicate, random.choice(terms)))


def blank_node(graph: Graph, random: Random) -> None:
    """A node loses its name."""
    replace(graph, some(graph, random)[0], BNode("blank"))


def same_node(graph: Graph, random: Random) -> None:
    """Two nodes become one."""
    replace(graph, some(graph, random)[0], some(graph, random)[0])


def replace(graph: Graph, old: Node, new: Node) -> None:
    for triple in [*graph.triples((old, None, None)), *graph.triples((None, None, old))]:
        graph.remove(triple)
        subject, predicate, value = (new if term == old else term for term in triple)
        graph.add((subject, predicate, value))


DAMAGES: tuple[Damage, ...] = (
    drop,
    drop_predicate,
    other_predicate,
    other_value,
    other_number,
    second_value,
    new_triple,
    crossed,
    swapped_offsets,
    other_datatype,
    other_class,
    second_class,
    own_tree,
    blank_node,
    same_node,
)
