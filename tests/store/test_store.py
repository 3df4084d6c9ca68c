from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg import iri
from kg.errors import StoreError
from kg.named import Database
from kg.search import write_index
from kg.settings import DEFAULT_BASE_IRI
from kg.store import FORMAT, Store, newest_checkpoint
from kg.vocab import SIT

BASE = "http://example.org/id/"
SOME = ox.NamedNode(f"{BASE}some")
Triples = Callable[..., rdflib.Graph]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create_or_open(tmp_path / "store", base_iri=BASE)


COUNT_UP = """
import sys
from pathlib import Path
from kg.store import Store

store = Store.open(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    with store.writing() as batch:
        batch.database.update("DELETE {?s ?p ?n} INSERT {?s ?p ?m} WHERE {?s ?p ?n BIND (1 + ?n AS ?m)}")
"""


def count(store: Store) -> int:
    """What COUNT_UP counted."""
    (quad,) = store.reading()
    assert isinstance(quad.object, ox.Literal)
    return int(quad.object.value)


def dump(store: Store) -> list[bytes]:
    """The store's N-Quads, sorted."""
    data = ox.serialize(store.reading(), format=ox.RdfFormat.N_QUADS)
    assert data is not None
    return sorted(data.splitlines())


def labels(database: Database, graph: str) -> set[str]:
    quads = database.quads_for_pattern(None, None, None, ox.NamedNode(graph))
    return {quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)}


def test_new_store_is_empty_and_readable(store: Store) -> None:
    assert len(store.reading()) == 0
    assert store.version() == "00000001"
    assert Store.open(store.path).base_iri == BASE


def test_base_iri_defaults(tmp_path: Path) -> None:
    assert Store.create_or_open(tmp_path, base_iri=None).base_iri == DEFAULT_BASE_IRI


def test_batch_is_published_as_a_new_version(store: Store, triples: Triples) -> None:
    report = iri.report(BASE, "a")
    with store.writing() as batch:
        batch.put_report(report, triples("first", count=3))
        assert len(store.reading()) == 0  # readers see checkpoints only
    assert store.version() == "00000002"
    assert len(store.reading()) == 3


def test_report_is_replaced(store: Store, triples: Triples) -> None:
    report = iri.report(BASE, "a")
    for text in ("first", "second"):
        with store.writing() as batch:
            batch.put_report(report, triples(text, count=2))
    assert labels(store.reading(), report) == {"second"}


def test_report_is_removed_once(store: Store, triples: Triples) -> None:
    report = iri.report(BASE, "a")
    with store.writing() as batch:
        batch.put_report(report, triples("first"))
    with store.writing() as batch:
        assert batch.remove_report(report)
        assert not batch.remove_report(report)
    assert not list(store.reading().named_graphs())


GET_LOCKS = """
import fcntl
import sys
import time

for name in sys.argv[1:]:
    with open(name, "r+") as file:
        for _ in range(100):
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                time.sleep(0.1)
        else:
            sys.exit(f"{name} is held")
"""


@pytest.mark.parametrize("graph", ["", iri.report(BASE, "a")])
def test_database_is_closed_while_the_index_is_written(
    store: Store, triples: Triples, monkeypatch: pytest.MonkeyPatch, graph: str
) -> None:
    seen: list[subprocess.CompletedProcess[str]] = []

    def write(*arguments: object, **options: object) -> None:
        locks = map(str, (store.path / "live").glob("*/LOCK"))
        command = [sys.executable, "-c", GET_LOCKS, *locks]
        seen.append(subprocess.run(command, capture_output=True, text=True, check=False))
        write_index(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("kg.store.write_index", write)
    with store.writing(compact_up_to=0) as batch:
        clusters = batch.altering(iri.graph(BASE, "clusters"))
        clusters.add([ox.Triple(SOME, ox.NamedNode(str(SIT.date)), ox.Literal("2024-01-01"))])
        batch.touching([graph])
        batch.put_report(iri.report(BASE, "a"), triples("kept"))
    assert [(one.returncode, one.stderr) for one in seen] == [(0, "")]
    assert "kept" in labels(store.reading(), iri.report(BASE, "a"))


def test_failed_batch_leaves_no_trace(store: Store, triples: Triples) -> None:
    with store.writing() as batch:
        batch.put_report(iri.report(BASE, "a"), triples("kept"))
    before = dump(store)

    def fail() -> None:
        with store.writing() as batch:
            batch.put_report(iri.report(BASE, "a"), triples("lost"))
            batch.put_report(iri.report(BASE, "b"), triples("lost"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert dump(store) == before
    with store.writing():
        pass
    assert dump(store) == before


def test_same_content_whatever_the_order(tmp_path: Path, triples: Triples) -> None:
    dumps = []
    for number, order in enumerate((["a", "b"], ["b", "a"], ["a", "b", "a"])):
        store = Store.create_or_open(tmp_path / str(number), base_iri=BASE)
        for identifier in order:
            with store.writing() as batch:
                batch.put_report(iri.report(BASE, identifier), triples(identifier, count=5))
        dumps.append(dump(store))
    assert dumps[0] == dumps[1] == dumps[2]


def test_blank_nodes_get_the_same_labels_each_time(tmp_path: Path) -> None:
    turtle = "<a:s> <a:p> [ <a:q> 1, [ <a:q> 2 ] ] , ( 1 2 3 ) ."
    dumps = []
    for number in range(2):
        store = Store.create_or_open(tmp_path / str(number), base_iri=BASE)
        with store.writing() as batch:
            batch.put_graph("a:g", rdflib.Graph().parse(data=turtle, format="turtle"))
            batch.put_graph("a:h", rdflib.Graph().parse(data=turtle, format="turtle"))
        dumps.append(dump(store))
    assert dumps[0] == dumps[1]
    in_graph = [
        {word for line in dumps[0] if line.endswith(name) for word in line.split() if word[:2] == b"_:"}
        for name in (b"<a:g> .", b"<a:h> .")
    ]
    assert len(in_graph[0]) == len(in_graph[1]) == 5
    assert not in_graph[0] & in_graph[1]


def test_mentioned_counts_reports_only(store: Store) -> None:
    here, elsewhere, nowhere = (f"{BASE}entity/{key}" for key in ("here", "elsewhere", "nowhere"))
    for subject, graph in ((here, iri.report(BASE, "a")), (elsewhere, "http://example.org/foreign")):
        mention = rdflib.Graph()
        mention.add((rdflib.URIRef(subject), SIT.mentionedIn, rdflib.URIRef(graph)))
        with store.writing() as batch:
            batch.put_graph(graph, mention)
    with store.writing() as batch:
        assert batch.mentioned([nowhere, elsewhere, here]) == [here]


def test_what_reports_mention_is_found_batch_by_batch(store: Store) -> None:
    """As if all were searched each time: what a batch adds, changes and takes out, and what stays."""
    known, folder = iri.graph(BASE, "entities"), f"{BASE}entity/"
    label = rdflib.URIRef("http://example.org/label")

    def batch(reports: dict[str, str], *, removed: tuple[str, ...] = ()) -> list[str]:
        with store.writing() as writing:
            for identifier, names in reports.items():
                graph = rdflib.Graph()
                for name in names:
                    report = rdflib.URIRef(iri.report(BASE, identifier))
                    graph.add((rdflib.URIRef(folder + name), SIT.mentionedIn, report))
                    graph.add((rdflib.URIRef(f"{BASE}person/{name}"), SIT.mentionedIn, report))
                writing.put_graph(iri.report(BASE, identifier), graph)
            for identifier in removed:
                writing.remove_report(iri.report(BASE, identifier))
            found = writing.mentioned_under(folder, known=known)
            described = rdflib.Graph()
            for entity in (*found, f"{folder}parent"):
                described.add((rdflib.URIRef(entity), label, rdflib.Literal("x")))
            writing.put_graph(known, described)
        with store.writing() as writing:
            assert writing.database  # from here on any graph may have changed: all is searched
            assert writing.mentioned_under(folder, known=known) == found
        return [entity.removeprefix(folder) for entity in found]

    assert batch({"1": "ba", "2": "bc"}) == ["a", "b", "c"]
    assert batch({"1": "bd"}) == ["b", "c", "d"]
    assert batch({}) == ["b", "c", "d"]
    assert batch({}, removed=("2",)) == ["b", "d"]
    assert batch({}, removed=("1",)) == []


def test_old_checkpoints_go_but_the_last_two(store: Store, triples: Triples) -> None:
    reader = store.reading()
    for number in range(5):
        with store.writing() as batch:
            batch.put_report(iri.report(BASE, "a"), triples(str(number)))
    assert sorted(entry.name for entry in (store.path / "checkpoints").iterdir()) == ["00000005", "00000006"]
    assert len(reader) == 0  # an open reader keeps what it opened


def test_leftovers_of_dead_writers_are_cleaned_up(store: Store, triples: Triples) -> None:
    for leftover in ("checkpoints/00000002.part", "checkpoints/00000002", "checkpoints/00000009", "live"):
        (store.path / leftover).mkdir(exist_ok=True)
        (store.path / leftover / "junk").write_text("half-written")
    with store.writing() as batch:
        batch.put_report(iri.report(BASE, "a"), triples("new"))
    assert sorted(entry.name for entry in (store.path / "checkpoints").iterdir()) == ["00000001", "00000002"]
    assert labels(store.reading(), iri.report(BASE, "a")) == {"new"}


def test_readers_open_while_a_writer_is_busy(store: Store) -> None:
    with store.writing() as batch:
        batch.database.update("INSERT DATA { <a:s> <a:p> 0 }")
    with subprocess.Popen([sys.executable, "-c", COUNT_UP, store.path, "40"]) as writer:
        seen = [count(store)]
        while writer.poll() is None:
            seen.append(count(store))
    assert writer.returncode == 0
    assert count(store) == 40
    assert seen == sorted(seen)
    assert len(set(seen)) > 5  # it was read in between


def test_broken_checkpoint_is_one_line(store: Store) -> None:
    (newest_checkpoint(store.path) / "CURRENT").unlink()
    with pytest.raises(StoreError, match="cannot read the store"):
        store.reading()


def test_writers_take_turns(store: Store) -> None:
    with (store.path / "lock").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write("4711\n")
        file.flush()
        with pytest.raises(StoreError, match="process 4711 has been writing"), store.writing(timeout=0.1):
            pass
    with store.writing(timeout=0.1):
        pass


def test_a_writer_without_a_pause_lets_others_in(store: Store) -> None:
    with store.writing() as batch:
        batch.database.update("INSERT DATA { <a:s> <a:p> 0 }")
    with subprocess.Popen([sys.executable, "-c", COUNT_UP, store.path, "100000"]) as busy:
        try:
            while count(store) < 3:
                assert busy.poll() is None
            for turn in range(5):
                before = count(store)
                with store.writing(timeout=30) as batch:
                    batch.touching(["b:g"]).update(f"INSERT DATA {{ GRAPH <b:g> {{ <b:s> <b:p> {turn} }} }}")
                    batch.touching(["b:g"]).update("DROP GRAPH <b:g>")
                assert count(store) < before + 20  # its turn came soon, a batch takes a hundredth of a second
        finally:
            busy.kill()


def test_concurrent_writers_lose_nothing(store: Store) -> None:
    with store.writing() as batch:
        batch.database.update("INSERT DATA { <a:s> <a:p> 0 }")
    writers = [subprocess.Popen([sys.executable, "-c", COUNT_UP, store.path, "10"]) for _ in range(3)]
    assert [writer.wait(timeout=30) for writer in writers] == [0, 0, 0]
    assert count(store) == 30


def test_other_base_iri_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match=f"made with the base IRI {BASE}, not http://other/"):
        Store.create_or_open(store.path, base_iri="http://other/")
    assert Store.create_or_open(store.path, base_iri=None).base_iri == BASE


@pytest.mark.parametrize("base", ["relative/", "http://example.org/id", "http://with space/", ""])
def test_unusable_base_iri_is_refused(tmp_path: Path, base: str) -> None:
    with pytest.raises(StoreError, match="base IRI"):
        Store.create_or_open(tmp_path / "store", base_iri=base)
    assert not (tmp_path / "store").exists()


def test_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(StoreError, match="not empty and not a store"):
        Store.create_or_open(tmp_path, base_iri=None)
    with pytest.raises(StoreError, match="not a store"):
        Store.open(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match="file"):
            Store.create_or_open(path, base_iri=None)


def test_missing_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store here"):
        Store.open(tmp_path / "none")
    with pytest.raises(StoreError, match="no finished store"):
        newest_checkpoint(tmp_path / "none")


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        (json.dumps({"format": FORMAT + 1, "base_iri": BASE}), f"has format {FORMAT + 1}"),
        (json.dumps({"base_iri": BASE}), "cannot be read"),
        ("[]", "cannot be read"),
        ("{", "cannot be read"),
    ],
)
def test_meta_of_another_version_is_refused(store: Store, meta: str, message: str) -> None:
    (store.path / "meta.json").write_text(meta)
    with pytest.raises(StoreError, match=message):
        Store.create_or_open(store.path, base_iri=None)


def test_making_is_taken_up_where_it_stopped(store: Store) -> None:
    (store.path / "meta.json").unlink()  # as after a kill just before the last step
    assert len(Store.create_or_open(store.path, base_iri=BASE).reading()) == 0


@pytest.mark.parametrize(
    ("identifier", "name"),
    [("hasaka-2022", "hasaka-2022"), ("a/b", "a%2Fb"), ("..", "%2E%2E"), ("ا", "%D8%A7")],
)
def test_rejects_file_stays_in_its_folder(store: Store, identifier: str, name: str) -> None:
    assert store.rejects_file(identifier) == store.path / "rejects" / f"{name}.jsonl"


def test_rejects_files_of_long_identifiers_differ(store: Store) -> None:
    first, second = (store.rejects_file("ا" * 300 + end) for end in "ab")
    assert first != second
    assert len(first.name) < 255
