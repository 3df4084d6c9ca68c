"""Search from within SPARQL."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.functions import custom_functions, with_search
from kg.search import FILE_NAME
from kg.store import Store, newest_checkpoint

PREFIXES = "PREFIX sit: <https://w3id.org/sitrep/ontology#> PREFIX s: <https://w3id.org/sitrep/ontology#> "
DATA = """
PREFIX sit: <https://w3id.org/sitrep/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
INSERT DATA { GRAPH <g:1> {
  <a:prison> rdfs:label "Ghwayran \\"Prison\\"" ; sit:mentionedIn <a:r> .
  <a:event> sit:evidence <a:s> ; sit:status sit:Reported .
  <a:s> a nif:Sentence ; nif:anchorOf "They stormed Ghwayran prison." } }"""


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store.create_or_open(tmp_path_factory.mktemp("store"), base_iri=None)
    with store.writing() as batch:
        batch.database.update(DATA)
    return newest_checkpoint(store.path)


def ask(checkpoint: Path, query: str) -> list[str]:
    result = ox.Store.read_only(str(checkpoint)).query(
        with_search(PREFIXES + query, checkpoint),
        custom_functions=custom_functions(checkpoint),
        use_default_graph_as_union=True,
    )
    assert isinstance(result, ox.QuerySolutions)
    return sorted(" ".join("-" if term is None else str(term.value) for term in row) for row in result)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT ?e { ?e sit:evidence ?s FILTER(sit:matches(?s, 'stormed prison')) }", ["a:event"]),
        ("SELECT ?e { ?e sit:evidence ?s FILTER(sit:matches(?s, 'stormed camp')) }", []),
        ("SELECT ?e { ?e sit:evidence ?s FILTER(!sit:matches(?s, 'camp')) }", ["a:event"]),
        ("SELECT ?b { BIND(sit:matches(<a:prison>, 'ghwayran') AS ?b) }", ["true"]),
        ("SELECT ?b { BIND(sit:matches('ghwayran', 'ghwayran') AS ?b) }", ["false"]),
        ("SELECT ?b { BIND(sit:matches(<a:prison>, <a:prison>) AS ?b) }", ["-"]),
        ("SELECT ?b { BIND(sit:matches(<a:prison>) AS ?b) }", ["-"]),
        ('SELECT ?n { ?n sit:search "ghwayran" }', ["a:prison", "a:s"]),
        ('SELECT ?n { ?n s:search "ghwayran" . }', ["a:prison", "a:s"]),
        ("SELECT ?n { ?n <https://w3id.org/sitrep/ontology#search> 'ghwayran' }", ["a:prison", "a:s"]),
        ('SELECT ?e { ?n sit:search "stormed" . ?e sit:evidence ?n }', ["a:event"]),
        ('SELECT ?e { ?e sit:evidence ?n . ?n sit:search "stormed" }', ["a:event"]),
        ('SELECT ?r { ?n sit:search "ghwayran" ; sit:mentionedIn ?r }', ["a:r"]),
        ('SELECT ?n { { ?n sit:search "stormed" } UNION { ?n sit:search "ghwayran" } }',
         ["a:prison", "a:s", "a:s"]),
        (r'SELECT ?n { ?n sit:search "\"ghwayran prison\"" }', ["a:prison", "a:s"]),
        (r'SELECT ?n { ?n sit:search "\"prison ghwayran\"" }', []),
        ('SELECT ?n { ?n sit:search "nothing of the kind" }', []),
        ('SELECT ?n { ?n sit:search "" }', []),
        ('SELECT ?n { # ?n sit:search "x" , \n ?n sit:search "stormed" }', ["a:s"]),
        ("SELECT ?x { BIND('?n sit:search \"x\" ,' AS ?x) }", ['?n sit:search "x" ,']),
        ("SELECT ?x { BIND(<a:search> AS ?x) }", ["a:search"]),
    ],
)  # fmt: skip
def test_search_in_queries(checkpoint: Path, query: str, rows: list[str]) -> None:
    assert ask(checkpoint, query) == rows


@pytest.mark.parametrize(
    "pattern",
    ['<a:x> sit:search "a"', '?n sit:search "a", "b"', "?n sit:search ?w", '?n a ?c ; sit:search "a"',
     '?n sit:search "a"@en', "sit:search ?p ?o", "?n sit:search", '?n sit:search """a"""',
     "?n sit:search <a:b>", "?n sit:status/sit:search ?o"],
)  # fmt: skip
def test_other_uses_are_refused(checkpoint: Path, pattern: str) -> None:
    with pytest.raises(ValueError, match="sit:search must begin a pattern"):
        ask(checkpoint, f"SELECT * {{ {pattern} }}")


def test_without_an_index(checkpoint: Path, tmp_path: Path) -> None:
    assert not (tmp_path / FILE_NAME).exists()
    with pytest.raises(ValueError, match="no search index"):
        with_search(PREFIXES + 'SELECT ?n { ?n sit:search "x" }', tmp_path)
    (function,) = (f for name, f in custom_functions(tmp_path).items() if name.value.endswith("#matches"))
    with pytest.raises(ValueError, match="no search index"):
        function(ox.NamedNode("a:prison"), ox.Literal("x"))


def test_long_texts_are_scanned_in_linear_time(checkpoint: Path) -> None:
    for filler in ('"', "'''", "<", "#", "\\", "?", "x:", "a" * 5, '"\\', "-", "a.", "%", "\\'"):
        query = f"search {filler * (200_000 // len(filler))}"
        assert with_search(query, checkpoint) == query
