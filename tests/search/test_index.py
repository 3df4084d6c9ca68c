"""The index is a function of the store's content, however that came about."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.changes import AlteredGraph, Changes
from kg.search import FILE_NAME, Index, NoIndexError, terms, write_index
from kg.search.terms import Kind
from kg.store import Store, newest_checkpoint
from kg.vocab import NIF, RDF, RDFS, SIT, SKOS

BASE = "http://example.org/id/"
EVERY = tuple(Kind)
PROLOGUE = (
    f"PREFIX sit: <{SIT._NS}> PREFIX rdfs: <{RDFS._NS}> PREFIX nif: <{NIF._NS}> PREFIX skos: <{SKOS._NS}> "
)
FIRST = """INSERT DATA {
  GRAPH <g:ontology> { sit:Prison rdfs:subClassOf sit:Facility . sit:Facility rdfs:subClassOf sit:Entity .
                       sit:Clash rdfs:subClassOf sit:Event }
  GRAPH <g:one> {
    <a:prison> a sit:Prison ; rdfs:label "Ghwayran Prison" ; skos:altLabel "al-Sinaa", "Gefängnis"@de .
    <a:clash> a sit:Clash ; rdfs:label "Clash: stormed" .
    <a:s1> a nif:Sentence ; nif:anchorOf "Fighters stormed the prison." .
    <a:p1> a nif:Phrase ; nif:anchorOf "stormed the gates" .
    <a:report> a sit:Report ; rdfs:label "Assault in Hasaka" .
    [] rdfs:label "nameless" }
  GRAPH <g:two> { <a:prison> a sit:Prison ; rdfs:label "Ghwayran Prison" .
    <a:town> sit:mentionedIn <a:report> ; rdfs:label "Hasaka" .
    <a:what> rdfs:label "whatever" ; sit:confidence 1 . }
}"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.create_or_open(tmp_path / "store", base_iri=BASE)
    update(store, FIRST)
    return store


def update(store: Store, text: str, graphs: list[str] | None = None) -> None:
    with store.writing() as batch:
        batch.touching(graphs).update(PROLOGUE + text)


def opened(store: Store) -> Index:
    return Index.open(newest_checkpoint(store.path))


def content(path: Path) -> set[tuple[object, ...]]:
    """Everything an index says, without its row numbers; its full-text tables are checked against it."""
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT graph.name, iri, field, kind, iris, language, text, doc.name, uses FROM source "
        "JOIN graph ON graph.id = source.graph JOIN doc ON doc.id = source.doc "
        "JOIN node ON node.id = doc.node JOIN classes ON classes.id = doc.classes"
    )
    found = set(rows)
    assert connection.execute("SELECT COUNT(*) FROM source").fetchone() == (len(found),)
    docs = {row[1:7] for row in found}
    assert connection.execute("SELECT COUNT(*) FROM doc").fetchone() == (len(docs),)
    for table in ("names", "sentences", "grams"):
        connection.execute(
            f"CREATE VIRTUAL TABLE temp.{table}_terms USING fts5vocab(main, {table}, instance)"
        )
        found |= set(
            connection.execute(
                f"SELECT '{table}', term, offset, iri, text, language, kind, iris FROM {table}_terms "  # noqa: S608
                f"LEFT JOIN doc ON doc.id = {table}_terms.doc LEFT JOIN node ON node.id = doc.node "
                "LEFT JOIN classes ON classes.id = doc.classes"
            )
        )
    connection.close()
    return found


def rebuilt(store: Store, folder: Path) -> set[tuple[object, ...]]:
    """What an index made from nothing says."""
    folder.mkdir(exist_ok=True)
    (folder / FILE_NAME).unlink(missing_ok=True)
    write_index(store.reading(), previous=None, folder=folder)
    return content(folder / FILE_NAME)


def kept(store: Store, folder: Path) -> set[tuple[object, ...]]:
    """What the index of the newest checkpoint says."""
    folder.mkdir(exist_ok=True)
    copy = folder / "copy.sqlite"
    copy.write_bytes((newest_checkpoint(store.path) / FILE_NAME).read_bytes())
    return content(copy)


def test_terms_are_those_of_the_vocabulary() -> None:
    assert str(RDF.type) == terms.TYPE
    assert str(RDFS.subClassOf) == terms.SUBCLASS
    assert str(RDFS.label) == terms.LABEL
    assert str(SKOS.altLabel) == terms.ALIAS
    assert (str(NIF.anchorOf), str(NIF.Sentence)) == (terms.WORDS, terms.SENTENCE)
    assert (str(SIT.Entity), str(SIT.Event)) == (terms.ENTITY, terms.EVENT)
    assert (str(SIT.Report), str(SIT.mentionedIn)) == (terms.REPORT, terms.MENTIONED)
    assert str(SIT.status) == terms.STATUS


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("prison", ["a:prison", "a:s1"]),
        ("GHWAYRAN prison", ["a:prison"]),
        ("prison ghwayran", ["a:prison"]),
        ('"prison ghwayran"', []),
        ('"ghwayran prison"', ["a:prison"]),
        ("gefangnis", ["a:prison"]),
        ("sinaa", ["a:prison"]),
        ("stormed", ["a:clash", "a:s1"]),  # not the phrase
        ("hasaka", ["a:report", "a:town"]),
        ("nameless", []),  # a blank node
        ("pris", []),
        ("", []),
        ("...", []),
        ('"', []),
        ("prison AND NOT", []),
        ("prison*", ["a:prison", "a:s1"]),
        ("text:prison", []),
        ("prison) OR (x", []),
        ("NEAR(prison)", []),
        ("prison\0", ["a:prison", "a:s1"]),
        ("^prison", ["a:prison", "a:s1"]),
        ("{prison}", ["a:prison", "a:s1"]),
        ("-prison", ["a:prison", "a:s1"]),
    ],
)
def test_words_are_found(store: Store, text: str, nodes: list[str]) -> None:
    assert sorted(opened(store).nodes(text)) == nodes
    assert sorted(found.node for found in opened(store).search(text, kinds=EVERY, limit=10)) == nodes


def test_kinds(store: Store) -> None:
    index = opened(store)
    names = ("ghwayran", "stormed the", "clash", "assault", "hasaka", "whatever")
    kinds = {name: index.search(name, kinds=EVERY, limit=1)[0].kind for name in names}
    assert kinds == {
        "ghwayran": Kind.ENTITY,
        "stormed the": Kind.SENTENCE,
        "clash": Kind.EVENT,
        "assault": Kind.REPORT,
        "hasaka": Kind.ENTITY,  # mentioned somewhere
        "whatever": Kind.OTHER,
    }
    assert index.counts("prison") == {Kind.ENTITY: 1, Kind.SENTENCE: 1}
    assert [found.node for found in index.search("prison", kinds=[Kind.SENTENCE], limit=9)] == ["a:s1"]


def test_snippet_marks_the_words(store: Store) -> None:
    (found,) = opened(store).search("fighters prison", kinds=EVERY, limit=5)
    assert found.snippet == (("Fighters", True), (" stormed the ", False), ("prison", True), (".", False))


def test_prefixes_and_slips(store: Store) -> None:
    index = opened(store)
    assert [name.node for name in index.beginning("ghw", kinds=EVERY, limit=5)] == ["a:prison"]
    assert [name.node for name in index.beginning("pri", kinds=EVERY, limit=5)] == ["a:prison"]
    assert [name.node for name in index.beginning("has", kinds=[Kind.ENTITY], limit=5)] == ["a:town"]
    assert [name.text for name in index.named("The GHWAYRAN-Prison", limit=5)] == ["Ghwayran Prison"]
    assert "a:prison" in {name.node for name in index.alike("Gweiran prisson", limit=5)}
    assert not {name.node for name in index.alike("clash stormed", limit=5)} & {"a:clash"}  # no entity
    assert [name.text for name in index.names_of("a:prison")] == ["Ghwayran Prison", "Gefängnis", "al-Sinaa"]


UPDATES = {
    "a name goes": ('DELETE DATA { GRAPH <g:one> { <a:prison> rdfs:label "Ghwayran Prison" } }', ["g:one"]),
    "its last one too": ('DELETE DATA { GRAPH <g:two> { <a:prison> rdfs:label "Ghwayran Prison" } }', None),
    "a class goes": ("DELETE DATA { GRAPH <g:one> { <a:prison> a sit:Prison } }", ["g:one"]),
    "a graph goes": ("DROP GRAPH <g:one>", ["g:one"]),
    "all go": ("DROP ALL", None),
    "default graph": ('INSERT DATA { <a:x> rdfs:label "out here" }', [""]),
    "by pattern": ('DELETE { GRAPH ?g { ?s rdfs:label ?o } } INSERT { GRAPH ?g { ?s rdfs:label "same" } } '
                   "WHERE { GRAPH ?g { ?s rdfs:label ?o } }", None),
    "a new class": ("INSERT DATA { GRAPH <g:ontology> { sit:Thing rdfs:subClassOf sit:Entity } }",
                    ["g:ontology"]),
    "a class no more": ("DELETE DATA { GRAPH <g:ontology> { sit:Facility rdfs:subClassOf sit:Entity } }",
                        ["g:ontology"]),
    "a move": ("MOVE <g:one> TO <g:three>", ["g:one", "g:three"]),
}  # fmt: skip


@pytest.mark.parametrize("name", UPDATES)
def test_index_follows_updates(store: Store, tmp_path: Path, name: str) -> None:
    before = kept(store, tmp_path / "kept")
    update(store, *UPDATES[name])
    after = kept(store, tmp_path / "kept")
    assert after == rebuilt(store, tmp_path / "rebuilt")
    assert after != before or name == "a new class"


def test_file_is_shared_where_no_text_changed(store: Store) -> None:
    before = newest_checkpoint(store.path) / FILE_NAME
    update(store, "INSERT DATA { GRAPH <g:one> { <a:x> <a:y> 1 } }", ["g:one"])
    assert os.path.samefile(before, newest_checkpoint(store.path) / FILE_NAME)
    before = newest_checkpoint(store.path) / FILE_NAME
    update(store, 'INSERT DATA { GRAPH <g:one> { <a:x> rdfs:label "x" } }', ["g:one"])
    assert not os.path.samefile(before, newest_checkpoint(store.path) / FILE_NAME)


@pytest.mark.parametrize("damage", [None, b"", b"junk" * 1000])
def test_missing_or_broken_index_is_made_anew(store: Store, tmp_path: Path, damage: bytes | None) -> None:
    path = newest_checkpoint(store.path) / FILE_NAME
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(NoIndexError):
        opened(store)
    with store.writing():
        pass
    assert kept(store, tmp_path / "kept") == rebuilt(store, tmp_path / "rebuilt")
    assert opened(store).nodes("ghwayran") == ["a:prison"]


words = st.sampled_from(["prison", "Hasaka", "al-Hol", "é\0x", 'q"q\n\r\u2028 .', "北京 市", ""])
nodes = st.sampled_from([ox.NamedNode(f"a:{name}") for name in "abc"])
quads = st.builds(
    ox.Quad,
    nodes,
    st.sampled_from([ox.NamedNode(name) for name in (terms.LABEL, terms.ALIAS, terms.WORDS)]),
    st.builds(ox.Literal, words),
    st.sampled_from([ox.NamedNode("g:1"), ox.NamedNode("g:2"), ox.DefaultGraph()]),
) | st.builds(
    ox.Quad,
    nodes,
    st.just(ox.NamedNode(terms.TYPE)),
    st.sampled_from([ox.NamedNode(name) for name in (terms.SENTENCE, terms.ENTITY, terms.REPORT)]),
    st.sampled_from([ox.NamedNode("g:1"), ox.NamedNode("g:2"), ox.DefaultGraph()]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(st.sets(quads, max_size=12), min_size=2, max_size=4), altering=st.booleans())
def test_any_history_gives_the_index_of_its_end(
    tmp_path_factory: pytest.TempPathFactory, states: list[set[ox.Quad]], altering: bool
) -> None:
    root = tmp_path_factory.mktemp("history")
    database, previous = ox.Store(), None
    for number, state in enumerate(states):
        gone, new = set(database) - state, state - set(database)
        there = {quad.graph_name for quad in database}
        for quad in gone:
            database.remove(quad)
        database.extend(new)
        folder = root / str(number)
        folder.mkdir()
        names = {q.graph_name.value if isinstance(q.graph_name, ox.NamedNode) else "" for q in gone | new}
        added = {
            name: database.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(name)) or b""
            for name in names - {""}
            if ox.NamedNode(name) not in there
        }
        altered = {name: AlteredGraph(database, name) for name in names - {""} - added.keys() if altering}
        for graph in altered.values():
            graph.touched = {quad for quad in gone | new if quad.graph_name == graph.name}
        changes = Changes(frozenset(names), added, altered)
        write_index(database, previous=previous, folder=folder, changes=changes)
        previous = folder
    fresh = root / "fresh"
    fresh.mkdir()
    write_index(database, previous=None, folder=fresh)
    assert content(folder / FILE_NAME) == content(fresh / FILE_NAME)


WRITER = """
import sys
from pathlib import Path
from kg.store import Store

store = Store.open(Path(sys.argv[1]))
for turn in range(10_000):
    with store.writing() as batch:
        label = "<http://www.w3.org/2000/01/rdf-schema#label>"
        lines = "".join(f'<a:{n}> {label} "turn {turn} of {sys.argv[2]}" .\\n' for n in range(50))
        batch.put_triples("g:turns", lines.encode())
    print(turn, flush=True)
"""


def test_killed_writers_leave_whole_indexes(store: Store, tmp_path: Path) -> None:
    for kill in range(3):
        arguments = [sys.executable, "-c", WRITER, str(store.path), str(kill)]
        writer = subprocess.Popen(arguments, stdout=subprocess.PIPE)
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"0\n"
        time.sleep(0.07 * kill)
        writer.kill()
        writer.wait(timeout=10)
        writer.stdout.close()
        assert kept(store, tmp_path / "kept") == rebuilt(store, tmp_path / "rebuilt")
        assert len(opened(store).nodes(f"of {kill}")) == 50
