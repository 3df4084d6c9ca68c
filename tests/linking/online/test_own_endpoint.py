"""The client against `kg serve`: a store links its names to the Wikidata items that another one knows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import rdflib
from click.testing import Result

from kg.export import read_ontology
from kg.links import read_links
from kg.store import Store

ONTOLOGY = Path(__file__).parents[3] / "ontology"
BASE = "https://others.example/graph/"
# Of what the report names: a body, a town, a prison and a man twice, two by other names, a town of a
# person's name, a town that has no item, one with two, and an event of the name of a town.
KNOWN = """
@prefix : <https://others.example/graph/entity/> . @prefix sit: <https://w3id.org/sitrep/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix wd: <http://www.wikidata.org/entity/> .
@prefix wgs84: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
:syria a sit:Country ; rdfs:label "Syria" ; owl:sameAs wd:Q858 .
:turkey a sit:Country ; rdfs:label "Turkey" ; owl:sameAs wd:Q43 .
:vohr a sit:MonitoringGroup ; rdfs:label "Vale Observatory for Human Rights" ; owl:sameAs wd:Q900001 .
:price a sit:Person ; rdfs:label "Edward Price" ; skos:altLabel "Ned Price" ; owl:sameAs wd:Q900002 .
:derik a sit:Settlement ; rdfs:label "Derik" ; sit:locatedIn :syria ; owl:sameAs wd:Q900003 .
:derik-turkey a sit:Settlement ; rdfs:label "Derik" ; sit:locatedIn :turkey ; owl:sameAs wd:Q900004 .
:kirby a sit:Person ; rdfs:label "John Kirby" ; owl:sameAs wd:Q900005 .
:kirby-2 a sit:Person ; rdfs:label "John Kirby" ; owl:sameAs wd:Q900006 .
:columns a sit:ArmedGroup ; rdfs:label "Red Columns" ; owl:sameAs wd:Q900007 .
:prison a sit:Prison ; rdfs:label "Ghwayran prison" ; sit:locatedIn :syria ; owl:sameAs wd:Q900009 .
:prison-2 a sit:Prison ; rdfs:label "Ghwayran prison" ; owl:sameAs wd:Q900015 ;
  wgs84:lat 15.35 ; wgs84:long 44.2 .
:onymous a sit:Settlement ; rdfs:label "Ann Onymous" ; owl:sameAs wd:Q900010 .
:nowhereville a sit:Settlement ; rdfs:label "Nowhereville" ; skos:closeMatch wd:Q900011 .
:karsk a sit:Settlement ; rdfs:label "Karsk" ; owl:sameAs wd:Q900012, wd:Q900013 .
<https://others.example/graph/report/r/event/1> a sit:Attack ; rdfs:label "Karsk" ; owl:sameAs wd:Q900014 .
"""
SURE = {
    "Vale_Observatory_for_Human_Rights": "sure Q900001",
    "Derik": "sure Q900003",
    "ghwayran-prison": "sure Q900009",
}
LIKELY = {"Ned_Price": "likely Q900002", "Red_Column": "likely Q900007"}
UNKNOWN = dict.fromkeys(("John_Kirby", "Ann_Onymous", "Nowhereville", "Karsk"), "none None")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """`kg serve` over a store that knows items."""
    path = tmp_path_factory.mktemp("others") / "store"
    with Store.create_or_open(path, base_iri=BASE).writing() as batch:
        batch.put_graph(f"{BASE}graph/entities", rdflib.Graph().parse(data=KNOWN, format="turtle"))
        batch.put_quads("https://w3id.org/sitrep/ontology", read_ontology(ONTOLOGY))
    command = [sys.executable, "-m", "kg", "serve", "--store", str(path), "--port", "0", "--workers", "1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        assert "http://127.0.0.1:" in line, line
        yield SimpleNamespace(address=f"{line.split()[-1].rstrip('/')}/reconcile")
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


def found(store: Store) -> dict[str, str]:
    """Level and item of what was asked, by the last part of the entity's IRI."""
    table = read_links(store.path).values()
    return {link.entity.rpartition("/")[2]: f"{link.level.value} {link.item}" for link in table}


def test_names_get_the_items_that_another_graph_knows(
    endpoint: Any, link: Callable[..., Result], store: Store
) -> None:
    result = link("--online", "--service", endpoint.address)
    assert result.exit_code == 0, result.output
    assert found(store) == {**SURE, **LIKELY, **UNKNOWN}
    assert link("--format", "text", command="validate").exit_code == 0
    assert re.findall(r"(\w[\w ]+?) +(\d+)\n", result.stdout) == [
        ("Linked", "6"), ("Likely", "2"), ("Not known", "4"), ("Asked about", "9"),
    ]  # fmt: skip


def test_faults_on_the_way_change_nothing(
    endpoint: Any,
    proxy: Callable[[Any, Sequence[str]], Any],
    link: Callable[..., Result],
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kg.linking.online.client.time", SimpleNamespace(sleep=lambda _: None))
    between = proxy(endpoint, ["429 seconds", "", "500", "cut", "", "broken", "html", "", "other"])
    result = link("--online", "--service", between.address)
    assert result.exit_code == 0, result.output
    assert len(between.log) > 9
    assert found(store) == {**SURE, **LIKELY, **UNKNOWN}
