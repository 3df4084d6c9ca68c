"""The clusters of the sample reports and the gold reports: which passages they join, and none falsely."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph

from kg.clustering.kinds import family
from kg.pipeline import BuildOptions, build
from kg.settings import ontology_directory
from kg.store import Store
from kg.validation import Validator

SAMPLES = Path(__file__).parents[2] / "samples"
TRUTH = tomllib.loads((Path(__file__).parent / "same_events.toml").read_text(encoding="utf-8"))["event"]
FAMILIES = {
    "attack": "Attack",
    "clash": "Clash",
    "control": "TakeControl",
    "destruction": "Destruction",
    "displacement": "Displacement",
    "escape": "Escape",
    "injury": "Injury",
    "killing": "Killing",
    "release": "Release",
    "siege": "Siege",
}
FLOOR = 12  # true pairs of reports that are found; 16 are, of 74 that the texts hold

PREFIXES = """PREFIX sit: <https://w3id.org/sitrep/ontology#>
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
"""


@dataclass(frozen=True)
class Told:
    """An event of a cluster: its report, family and sentences."""

    iri: str
    report: str
    family: str
    sentences: frozenset[str]

    @property
    def true_events(self) -> set[str]:
        """Names of the listed events that its sentences tell of."""
        return {
            event["name"]
            for event in TRUTH
            if FAMILIES[event["family"]] == self.family
            for passage in event["told"]
            if passage.partition(": ")[0] == self.report
            and any(passage.partition(": ")[2] in sentence for sentence in self.sentences)
        }


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    """The samples, and the gold reports where they are at hand, in one store."""
    folder = tmp_path_factory.mktemp("clusters")
    inputs = [str(SAMPLES)]
    gold = sorted(SAMPLES.parents[1].glob("*/eval/dev/index.json"))
    if gold:
        records = [
            {**record, "text": (gold[0].parent / f"{record['id']}.txt").read_text(encoding="utf-8")}
            for record in json.loads(gold[0].read_text(encoding="utf-8"))
        ]
        lines = [json.dumps({name: r[name] for name in ("id", "title", "date", "text")}) for r in records]
        (folder / "gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
        inputs.append(str(folder / "gold.jsonl"))
    summary = build(inputs, options=BuildOptions(store=folder / "store"))
    assert not summary.rejected
    return Store.open(folder / "store").reading()


@pytest.fixture(scope="module")
def clusters(store: ox.Store) -> dict[str, list[Told]]:
    """The events of each cluster."""
    sentences: dict[tuple[str, str], set[str]] = defaultdict(set)
    rows = ask(store, "SELECT ?c ?e ?s { ?e sit:partOfCluster ?c ; sit:evidence/nif:anchorOf ?s }")
    for cluster, event, sentence in rows:
        sentences[cluster, event].add(sentence)
    found: dict[str, list[Told]] = defaultdict(list)
    for (cluster, event), words in sorted(sentences.items()):
        report, _, key = event.rpartition("/report/")[2].partition("/event/")
        found[cluster].append(Told(event, report, family(key.rpartition("-")[2]), frozenset(words)))
    return dict(found)


def ask(store: ox.Store, query: str) -> Iterator[list[str]]:
    answer = store.query(PREFIXES + query, use_default_graph_as_union=True)
    assert isinstance(answer, ox.QuerySolutions)
    for row in answer:
        yield [getattr(value, "value", "") for value in row]


def test_passages_are_words_of_the_samples() -> None:
    texts = {
        record["id"]: record["text"]
        for record in map(json.loads, (SAMPLES / "reports.jsonl").read_text(encoding="utf-8").splitlines())
    } | {"hayat-hotel": (SAMPLES / "hayat-hotel.txt").read_text(encoding="utf-8")}
    passages = [passage.split(": ", 1) for event in TRUTH for passage in event["told"]]
    assert [p for p in passages if p[0] != "hasaka-2022" and p[1] not in texts[p[0]]] == []


def test_no_cluster_is_false(clusters: dict[str, list[Told]]) -> None:
    false = [
        (one.iri, other.iri)
        for events in clusters.values()
        for one, other in combinations(events, 2)
        if not one.true_events & other.true_events
    ]
    assert false == []


def test_true_pairs_are_found(clusters: dict[str, list[Told]]) -> None:
    found = {
        (name, *sorted({one.report, other.report}))
        for events in clusters.values()
        for one, other in combinations(events, 2)
        if one.report != other.report
        for name in one.true_events & other.true_events
    }
    listed = {
        (event["name"], *pair)
        for event in TRUTH
        for pair in combinations(sorted({passage.partition(": ")[0] for passage in event["told"]}), 2)
    }
    assert found <= listed
    assert len(found) >= FLOOR
    assert ("Attack on Ghwayran prison", "atmeh-raid", "ghwayran-monitor") in found


def test_the_reprint_is_a_copy_and_in_no_cluster(store: ox.Store, clusters: dict[str, list[Told]]) -> None:
    rows = ask(store, "SELECT ?a ?b { ?x sit:copyOf/dcterms:identifier ?b . ?x dcterms:identifier ?a }")
    assert list(rows) == [["solhan-reprint", "solhan-wire"]]
    reports = {told.report for events in clusters.values() for told in events}
    assert "solhan-wire" in reports
    assert "solhan-reprint" not in reports


def test_figures_of_the_strike_on_saada(store: ox.Store) -> None:
    """70 dead says one report and 82 the next; they are not added up."""
    rows = ask(
        store,
        "SELECT ?low ?high ?reports { ?c skos:prefLabel 'Air strike, Saada, 2022-01-21' ; "
        "sit:deadLow ?low ; sit:deadHigh ?high ; sit:reportCount ?reports }",
    )
    assert list(rows) == [["70", "82", "2"]]


def test_the_cluster_graph_conforms(store: ox.Store) -> None:
    (name,) = [graph for graph in store.named_graphs() if str(graph).endswith("graph/clusters>")]
    triples = (quad.triple for quad in store.quads_for_pattern(None, None, None, name))
    graph = Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    assert Validator(ontology_directory()).validate(graph).results == ()
