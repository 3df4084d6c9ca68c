"""Processor time that clustering takes as the store grows: made-up reports, put in by batches as in a build.

    .venv/bin/python tests/benchmarks/clustering_speed.py [REPORTS] [BATCH]

Each report tells of ten events, some of which others tell too: days, towns and numbers are drawn from
small sets by a fixed rule, so that runs are alike. A tenth of the reports are reprints.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import tempfile
from collections.abc import Iterator
from time import thread_time

import pyoxigraph as ox

from kg import clustering
from kg.changes import AlteredGraph

BASE = "https://example.org/"
SIT = "https://w3id.org/sitrep/ontology#"
KINDS = (
    "AirStrike",
    "Shelling",
    "Attack",
    "Bombing",
    "Killing",
    "Killing",
    "Injury",
    "TakeControl",
    "Capture",
)
TOWNS, REPORTS_A_DAY, EVENTS = 200, 30, 10


def main() -> None:
    """Print the time of each tenth of the batches, and what came of them."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    batch = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    folder = tempfile.TemporaryDirectory()
    database = ox.Store(folder.name)  # on disk: in memory it has other indexes
    database.extend(geography())
    spent: list[float] = []
    memory = clustering.Memory()
    for first in range(0, reports, batch):
        names = range(first, min(first + batch, reports))
        for number in names:
            database.bulk_extend(quads(number))
        began = thread_time()  # the engine's threads may be at what was loaded before
        clusters = AlteredGraph(database, f"{BASE}graph/clusters")
        clustering.update(clusters, base_iri=BASE, reports=map(report_iri, names), memory=memory)
        spent.append(thread_time() - began)
    tenth = max(1, len(spent) // 10)
    for at in range(0, len(spent), tenth):
        print(f"batches from {at:4}: {sum(spent[at : at + tenth]) / tenth * 1000 / batch:7.2f} ms a report")  # noqa: T201
    graph = clusters.name
    for name in ("partOfCluster", "sourceCount", "copyOf"):
        found = database.quads_for_pattern(None, ox.NamedNode(SIT + name), None, graph)
        print(f"{name:14} {sum(1 for _ in found)}")  # noqa: T201
    print(f"{reports} reports, {len(database)} quads, {sum(spent):.1f} s")  # noqa: T201


def report_iri(number: int) -> str:
    """IRI of a report."""
    return f"{BASE}report/r{number:06}"


def node(text: str) -> ox.NamedNode:
    """An IRI of the ontology by its name, or any IRI."""
    return ox.NamedNode(text if ":" in text else SIT + text)


TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
NIF = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#"


def geography() -> Iterator[ox.Quad]:
    """Towns in twenty regions of two countries."""
    graph = node(f"{BASE}graph/entities")
    for town in range(TOWNS):
        region, country = f"{BASE}entity/region-{town % 20}", f"{BASE}entity/country-{town % 2}"
        yield ox.Quad(node(f"{BASE}entity/town-{town}"), node("locatedIn"), node(region), graph)
        yield ox.Quad(node(region), node("locatedIn"), node(country), graph)


def quads(number: int) -> Iterator[ox.Quad]:
    """The graph of a report; every tenth repeats the one before."""
    told = number - 1 if number % 10 == 9 else number
    chance, graph = random.Random(told), node(report_iri(number))  # noqa: S311
    issued = dt.date(2020, 1, 1) + dt.timedelta(days=told // REPORTS_A_DAY)
    yield ox.Quad(graph, node("http://purl.org/dc/terms/issued"), date(issued), graph)
    for at in range(EVENTS):
        event, sentence = (node(f"{graph.value}/{what}") for what in (f"event/{at}", f"sentence/{at}"))
        for predicate, value in facts(chance, issued, graph.value, at):
            yield ox.Quad(event, node(predicate), value, graph)
        for town in range(TOWNS if at == 0 else 0):
            yield ox.Quad(node(f"{BASE}entity/town-{town}"), TYPE, node("Settlement"), graph)
        words = " ".join(f"word{chance.randrange(5000)}" for _ in range(20))
        yield ox.Quad(event, node("evidence"), sentence, graph)
        yield ox.Quad(sentence, TYPE, node(f"{NIF}Sentence"), graph)
        yield ox.Quad(sentence, node(f"{NIF}anchorOf"), ox.Literal(words), graph)
        group = node(f"{graph.value}/group/{at}")
        yield ox.Quad(group, TYPE, node("Group"), graph)
        yield ox.Quad(group, node("minCount"), ox.Literal(chance.choice((3, 12, 15, 20, 60))), graph)
    for other in range(400):  # mentions and the like, which clustering must not have to read
        yield ox.Quad(graph, node("mentions"), ox.Literal(other), graph)


def facts(
    chance: random.Random, issued: dt.date, report: str, at: int
) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
    """What a report says of one event."""
    town = min(int(chance.expovariate(0.05)), TOWNS - 1)
    yield TYPE.value, node(chance.choice(KINDS))
    yield "status", node("Reported")
    yield "place", node(f"{BASE}entity/town-{town}")
    yield "target", node(f"{report}/group/{at}")
    yield "confidence", ox.Literal("0.8", datatype=node("http://www.w3.org/2001/XMLSchema#decimal"))
    if chance.random() < 0.6:
        yield "date", date(issued - dt.timedelta(days=int(chance.expovariate(0.7))))
    if chance.random() < 0.5:
        yield "agent", node(f"{BASE}entity/side-{chance.randrange(4)}")


def date(day: dt.date) -> ox.Literal:
    """A day as xsd:date."""
    return ox.Literal(day.isoformat(), datatype=node("http://www.w3.org/2001/XMLSchema#date"))


if __name__ == "__main__":
    main()
