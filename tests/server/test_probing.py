"""Updates that leave open which graphs they change are asked; index and union are then as if made anew."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.search import Index, write_index
from kg.search.terms import Kind
from kg.store import Store, newest_checkpoint
from server.probing import changed_by, operations

BASE = "http://base/"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
GRAPHS = ("http://e/1", "http://e/2", "http://e/3")
P = "PREFIX e: <http://e/> "
UPDATES = [
    ("DELETE WHERE { GRAPH ?g { ?s e:n 1 } }", [{"1"}]),
    ("DELETE { GRAPH ?g { ?s e:n ?n } } INSERT { GRAPH ?g { ?s e:n 7 } } WHERE { GRAPH ?g { ?s e:n ?n "
     "FILTER (?n > 1) } }", [{"2", "3"}]),
    ("INSERT { GRAPH ?g { ?s e:n ?n } } USING e:1 USING NAMED e:2 WHERE { ?s e:n ?n GRAPH ?g { ?x e:n ?m } }",
     [{"2"}]),
    ("INSERT { GRAPH ?g { ?s e:n ?n } } USING e:1 WHERE { ?s e:n ?n GRAPH ?g { ?x e:n ?m } }", [set()]),
    ("WITH e:1 DELETE { ?s e:n ?n } INSERT { GRAPH ?g { ?s e:n ?n } } WHERE { ?s e:n ?n "
     "GRAPH ?g { ?s e:n 3 } }", [{"1", "3"}]),
    ("INSERT { GRAPH ?g { ?s e:n ?n } ?s e:n ?n } WHERE { GRAPH e:3 { ?s e:n ?n } VALUES ?g { e:4 e:5 } }",
     [{"4", "5", ""}]),
    ("INSERT { GRAPH ?g { e:s e:n 8 } GRAPH $h { e:s e:n 9 } } WHERE { GRAPH ?g { ?s e:n 1 } "
     "GRAPH ?h { ?s e:n 2 } }", [{"1", "2"}]),
    ("INSERT { GRAPH ?g { ?s e:n 8 } } WHERE { GRAPH e:1 { ?s e:n ?g } }", [set()]),  # a number is no graph
    ("INSERT { GRAPH ?none { ?s e:n 8 } GRAPH e:2 { ?s e:n 8 } } WHERE { GRAPH e:1 { ?s e:n ?n } }", [{"2"}]),
    ("INSERT DATA { GRAPH e:6 { e:s e:n 6 } } ; # a word; another\n"
     "INSERT { GRAPH ?g { e:s e:n ';' } } WHERE { GRAPH ?g { ?s e:n 6 ; e:n 6 } } ; "
     "DELETE WHERE { GRAPH ?g { ?s e:n ';' } } ;", [{"6"}, {"6"}, {"6"}, set()]),
    ("DELETE WHERE { GRAPH ?g { ?s e:n 1 } } ; CLEAR NAMED", [{"1"}, None]),
    ("INSERT { GRAPH ?g { e:s e:n 6 } } WHERE { BIND (BNODE() AS ?g) }", [None]),
    ("INSERT { GRAPH ?g { e:s e:n 6 } } WHERE { BIND (IRI(CONCAT('e:', STR(RAND()))) AS ?g) }", [None]),
    ("INSERT { GRAPH ?g { e:s e:n 6 } } WHERE { { SELECT ?g { GRAPH ?g { ?s e:n ?n } } LIMIT 1 } }", [None]),
    ("INSERT { GRAPH ?g { e:s e:n 6 } GRAPH <rel> { e:s e:n 6 } } WHERE { GRAPH ?g { ?s e:n 1 } }", [None]),
    ("WITH <rel> INSERT { GRAPH ?g { e:s e:n 6 } } WHERE { GRAPH ?g { ?s e:n 1 } }", [None]),
]  # fmt: skip


def named(names: set[str] | None) -> set[str] | None:
    return None if names is None else {f"http://e/{name}" if name else "" for name in names}


def filled() -> str:
    """Graphs that share triples, each with a label of its own."""
    graphs = " ".join(
        f'GRAPH <{name}> {{ <http://e/s> <http://e/n> {number} ; {LABEL} "label {number}" . '
        "<http://e/s> <http://e/p> <http://e/shared> }"
        for number, name in enumerate(GRAPHS, start=1)
    )
    return f"INSERT DATA {{ {graphs} }}"


@pytest.mark.parametrize(("update", "graphs"), UPDATES)
def test_the_graphs_of_each_operation(update: str, graphs: list[set[str] | None]) -> None:
    database = ox.Store()
    database.update(filled())
    steps = operations(P + update)
    assert len(steps) == len(graphs)
    for step, expected in zip(steps, graphs, strict=True):
        before = set(database)
        assert changed_by(database, step, BASE) == named(expected)
        database.update(step, base_iri=BASE)
        changed = {
            quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
            for quad in before ^ set(database)
        }
        assert expected is None or changed <= (named(expected) or set())


@pytest.mark.parametrize(("update", "_graphs"), UPDATES)
def test_in_pieces_an_update_does_what_it_does_whole(update: str, _graphs: object) -> None:
    if "RAND" in update or "BNODE" in update:
        return
    whole, pieces = ox.Store(), ox.Store()
    for database, texts in ((whole, [P + update]), (pieces, operations(P + update))):
        database.update(filled())
        for text in texts:
            database.update(text, base_iri=BASE)
    assert set(whole) == set(pieces)


@pytest.mark.parametrize("update", [update for update, _ in UPDATES])
def test_index_and_union_are_as_if_made_anew(writable, tmp_path: Path, update: str) -> None:
    relabel = (
        f"DELETE {{ GRAPH ?g {{ ?s {LABEL} ?l }} }} INSERT {{ GRAPH ?g {{ ?s {LABEL} 'new' }} }} "
        f"WHERE {{ GRAPH ?g {{ ?s {LABEL} ?l ; e:n 2 }} }}"
    )
    for text in ("DROP ALL", filled(), P + update, P + relabel):
        assert writable.update(text).status == 204
    database = Store.open(writable.store).reading()
    write_index(database, previous=None, folder=tmp_path)
    newest = newest_checkpoint(writable.store)
    for word in ("label", "new"):
        assert hits(newest, word) == hits(tmp_path, word)
    view = Store.open(writable.store).reading_union()
    named_quads = {quad for quad in database if quad.graph_name != ox.DefaultGraph()}
    if not view.by_engine:
        unnamed = {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in database}
        assert set(view.database) == named_quads | unnamed


def hits(folder: Path, word: str) -> list[tuple[str, str]]:
    index = Index.open(folder)
    try:
        return [(found.node, str(found.snippet)) for found in index.search(word, kinds=list(Kind), limit=10)]
    finally:
        index.close()


def test_a_broken_update_is_told_with_its_own_place(writable) -> None:
    answer = writable.update("DELETE { GRAPH ?g { ?s ?p ?o } }\nWHERE { GRAPH ?g { ?s ?p } }")
    assert (answer.status, "error at 2:" in answer.detail) == (400, True)


def test_declarations_hold_for_what_follows() -> None:
    update = "PREFIX a: <b:> INSERT DATA {} ; BASE <c:> CLEAR ALL; DROP ALL"
    assert [" ".join(text.split()) for text in operations(update)] == [
        "PREFIX a: <b:> INSERT DATA {}",
        "PREFIX a: <b:> BASE <c:> CLEAR ALL",
        "PREFIX a: <b:> BASE <c:> DROP ALL",
    ]
