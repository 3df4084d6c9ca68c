from __future__ import annotations

import pyoxigraph as ox
import pytest

from server.touched import touched_graphs

P = "PREFIX e: <http://e/> "
UPDATES = [
    ("INSERT DATA { <a:s> <a:p> 1 }", {""}),
    ("INSERT DATA { GRAPH <g:1> { <a:s> <a:p> 1 } }", {"g:1"}),
    ("insert data { graph<g:1>{ <a:s> <a:p> 'GRAPH ?x' } }", {"g:1"}),
    ("DELETE DATA { GRAPH # <g:9>\n <g:1> { <a:s> <a:p> 1 } } ; INSERT DATA { GRAPH <g:2> { } }",
     {"g:1", "g:2"}),
    (P + "INSERT DATA { GRAPH e:x { <a:s> <a:p> 1 } }", {"http://e/x"}),
    (P + "INSERT DATA { GRAPH e:x.y { <a:s> <a:p> 1 } }", None),
    ("INSERT DATA { GRAPH e:x { <a:s> <a:p> 1 } }", None),
    (P + "PREFIX e: <http://f/> INSERT DATA { GRAPH e:x { <a:s> <a:p> 1 } }", None),
    ("INSERT DATA { GRAPH <x> { <a:s> <a:p> 1 } }", None),  # relative
    (r"INSERT DATA { GRAPH <g:\u0031> { <a:s> <a:p> 1 } }", None),
    ("DELETE WHERE { GRAPH <g:1> { ?s ?p ?o } }", {"g:1"}),
    ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", None),
    ("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", None),
    ("DELETE { GRAPH <g:1> { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", {"g:1"}),
    ("INSERT { GRAPH <g:3> { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", {"g:3"}),
    ("INSERT { GRAPH <g:3> { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } } ; "
     "DELETE WHERE { GRAPH ?g { ?s ?p 1 } }", None),
    ("WITH <g:1> DELETE { ?s ?p ?o } INSERT { ?s ?p 2 } WHERE { ?s ?p ?o }", {"g:1"}),
    ("INSERT { ?s ?p 3 } USING <g:1> WHERE { ?s ?p ?o }", {""}),
    ("INSERT { ?s ?p 3 } USING NAMED <g:1> WHERE { GRAPH ?g { ?s ?p ?o } }", {""}),
    ("CLEAR DEFAULT", {""}),
    ("CLEAR GRAPH <g:1>", {"g:1"}),
    ("CLEAR SILENT GRAPH <g:1>", {"g:1"}),
    ("CLEAR ALL", None),
    ("DROP NAMED", None),
    ("DROP SILENT ALL", None),
    ("CREATE GRAPH <g:4>", {"g:4"}),
    ("COPY <g:1> TO <g:2>", {"g:1", "g:2"}),
    ("MOVE SILENT GRAPH <g:1> TO GRAPH <g:2>", {"g:1", "g:2"}),
    ("ADD DEFAULT TO <g:2>", {"g:2", ""}),
    ("MOVE <g:1> TO DEFAULT", {"g:1", ""}),
    ("INSERT DATA { # nothing\n }", set()),
    ("INSERT DATA { GRAPH <g:1> { <a:s> <a:p> 4 } . <a:s> <a:p> 4 }", {"g:1", ""}),
    ("INSERT DATA { <a:s> <a:p> 4 GRAPH <g:1> { <a:s> <a:p> 4 } }", {"g:1", ""}),
    ("INSERT DATA { GRAPH <g:1> { <a:s> <a:p> 4 } . # bare\n GRAPH <g:2> { } }", {"g:1", "g:2"}),
    ("DELETE WHERE { GRAPH <g:1> { ?s ?p ?o } ?s ?p ?o }", {"g:1", ""}),
    ("WITH <g:1> DELETE { ?s ?p 1 } WHERE { ?s ?p ?o } ; DELETE { ?s ?p 1 } WHERE { ?s ?p ?o }",
     {"g:1", ""}),
    ("INSERT { <a:s> <a:p> [ <a:p> 5 ] } WHERE { }", {""}),
    # The engine takes a prefix that is a keyword for the keyword.
    ("PREFIX : <g:> INSERT DATA { GRAPH:1{ <a:s> <a:p> 9 } }", None),
    ("PREFIX : <g:> WITH:1 INSERT { <a:s> <a:p> 9 } WHERE { }", None),
    ("PREFIX : <g:> COPY:1 TO:9", None),
    ("PREFIX : <g:> DROP SILENT GRAPH:1", None),
    ("LOAD SILENT <file:///none> INTO GRAPH <g:2>", None),
]  # fmt: skip


@pytest.mark.parametrize(("update", "graphs"), UPDATES)
def test_graphs_are_told(update: str, graphs: set[str] | None) -> None:
    assert touched_graphs(update) == graphs


@pytest.mark.parametrize("update", [update for update, _ in UPDATES])
def test_no_other_graph_changes(update: str) -> None:
    """What the engine makes of it is the measure."""
    store = ox.Store()
    for name in ("g:1", "g:2", "http://e/x", "http://base/x"):
        store.update(f"INSERT DATA {{ <a:s> <a:p> 1 . GRAPH <{name}> {{ <a:s> <a:p> 1 , 2 }} }}")
    before = set(store)
    try:
        store.update(update, base_iri="http://base/")
    except SyntaxError:
        assert "e:x" in update  # the prefix that is not declared, or twice
        return
    found = touched_graphs(update)
    changed = {
        quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        for quad in before ^ set(store)
    }
    assert found is None or changed <= found


@pytest.mark.parametrize(
    "filler", ["GRAPH ", "GRAPH#", "PREFIX ", "PREFIX a", "e:", "<a:", "CLEAR ", "{", " \n#"]
)
def test_long_updates_are_read_quickly(filler: str) -> None:
    touched_graphs("INSERT DATA { } " + filler * (200_000 // len(filler)))
