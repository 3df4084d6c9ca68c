"""OWL RL reasoning: no clash in the ontology and its examples, planted ones found, right things inferred.

owlrl runs in a process of its own: it changes how rdflib reads literals in the whole process.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from rdflib import Graph, Namespace, URIRef

from kg.vocab import PROV, RDF, SIT

EX = Namespace("http://example.org/")
ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")  # how owlrl reports a clash


EXPAND = """
import sys
from owlrl import DeductiveClosure, OWLRL_Semantics
from rdflib import Graph, Literal

graph = Graph().parse(sys.stdin.buffer, format="nt")
DeductiveClosure(OWLRL_Semantics).expand(graph)
kept = Graph()
for triple in graph:  # rules also give literals as subjects, which no format can write
    if not isinstance(triple[0], Literal):
        kept.add(triple)
sys.stdout.buffer.write(kept.serialize(format="nt", encoding="utf-8"))
"""


def expand(graph: Graph) -> tuple[Graph, list[str]]:
    """The closure of a graph, and its clashes."""
    run = subprocess.run(
        [sys.executable, "-c", EXPAND],
        input=graph.serialize(format="nt", encoding="utf-8"),
        stdout=subprocess.PIPE,
        check=True,
    )
    closure = Graph().parse(data=run.stdout, format="nt")
    return closure, sorted(str(message) for message in closure.objects(None, ERROR))


@pytest.fixture(scope="module")
def closure(folder: Path) -> tuple[Graph, list[str]]:
    """The closure of ontology, alignments, valid examples and some relations, and its clashes."""
    graph = Graph(bind_namespaces="none")
    for path in (
        folder / "sitrep.ttl",
        folder / "alignments.ttl",
        *sorted((folder / "examples" / "valid").glob("*.ttl")),
    ):
        graph.parse(path)
    graph.add((EX.army, SIT.alliedWith, EX.militia))
    graph.add((EX.square, SIT.locatedIn, EX.town))
    graph.add((EX.town, SIT.locatedIn, EX.province))
    graph.add((EX.statement, SIT.speaker, EX.minister))
    return expand(graph)


@pytest.fixture(scope="module")
def planted(terms: Graph) -> list[str]:
    """The clashes of an ontology with one individual in each pair of disjoint classes, and other errors."""
    graph = Graph(bind_namespaces="none")
    graph += terms
    for first, second in (
        *combinations(("Raid", "Report", "Company", "Missile"), 2),
        *combinations(("Person", "Company", "Group"), 2),
        ("Country", "Prison"),
    ):
        graph.add((EX[first + second], RDF.type, SIT[first]))
        graph.add((EX[first + second], RDF.type, SIT[second]))
    graph.add((EX.event, SIT.speaker, EX.missile))
    graph.add((EX.missile, RDF.type, SIT.Missile))
    graph.add((EX.denial, SIT.status, SIT.Reported))
    graph.add((EX.denial, SIT.status, SIT.Possible))  # not Denied: owlrl never compares a list's last member
    return expand(graph)[1]


def test_ontology_and_examples_have_no_clash(closure: tuple[Graph, list[str]]) -> None:
    assert closure[1] == []


@pytest.mark.parametrize(
    "individual",
    [
        "RaidReport",
        "RaidCompany",
        "RaidMissile",
        "ReportCompany",
        "ReportMissile",
        "CompanyMissile",
        "PersonCompany",
        "PersonGroup",
        "CompanyGroup",
        "CountryPrison",
        "missile",
    ],
)
def test_a_planted_clash_of_disjoint_classes_is_found(planted: list[str], individual: str) -> None:
    assert [m for m in planted if m.startswith("Disjoint classes") and m.endswith(f" {EX[individual]}")]


def test_two_statuses_of_one_event_clash(planted: list[str]) -> None:
    assert [m for m in planted if str(SIT.Reported) in m and str(SIT.Possible) in m]


@pytest.mark.parametrize(
    "triple",
    [
        (EX.militia, SIT.alliedWith, EX.army),  # symmetric
        (EX.square, SIT.locatedIn, EX.province),  # transitive
        (EX.province, SIT.locationOf, EX.town),  # inverse
        (EX.army, SIT.relatedTo, EX.militia),  # a kind of relation
        (EX.minister, RDF.type, SIT.Actor),  # range
        (EX.minister, RDF.type, SIT.Entity),  # superclass
        (EX.minister, RDF.type, PROV.Agent),  # alignment
        (EX.statement, RDF.type, SIT.Event),  # domain
    ],
)
def test_what_follows_is_inferred(
    closure: tuple[Graph, list[str]], triple: tuple[URIRef, URIRef, URIRef]
) -> None:
    assert triple in closure[0]


def test_nothing_is_inferred_to_be_an_actor_for_being_an_agent(closure: tuple[Graph, list[str]]) -> None:
    """An agent may be a weapon or a facility, so its class must not follow from the role."""
    base = URIRef("https://w3id.org/sitrep/id/report/raid/group/base")
    assert (base, RDF.type, SIT.Facility) in closure[0]
    assert (base, RDF.type, SIT.Actor) not in closure[0]
