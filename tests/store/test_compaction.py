"""Databases are compacted when much was written, at once or since the last time, and not otherwise."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.compaction import FILE_NAME, copy_compacted
from kg.named import is_merged
from kg.store import Store, newest_checkpoint
from kg.union import FOLDER

MANY = 4_000  # quads of a batch; more than a megabyte of files
P = ox.NamedNode("http://e/p")


def quads(graph: str, numbers: range) -> list[ox.Quad]:
    name = ox.NamedNode(f"http://e/{graph}")
    return [ox.Quad(ox.NamedNode(f"http://e/{n}"), P, ox.Literal(f"text {n}"), name) for n in numbers]


def databases(store: Store) -> list[Path]:
    """The folders of the newest checkpoint's databases."""
    checkpoint = newest_checkpoint(store.path)
    return [checkpoint] if is_merged(checkpoint) else [checkpoint, checkpoint / FOLDER]


def write(store: Store, graph: str, numbers: range, *, up_to: int | None = None) -> None:
    with store.writing(compact_up_to=up_to) as batch:
        batch.touching([f"http://e/{graph}"]).extend(quads(graph, numbers))


def files(folder: Path) -> dict[int, int]:
    """The bytes of each of the engine's tables in the folder."""
    found = (file.stat() for file in folder.glob("*.sst"))
    return {file.st_ino: file.st_size for file in found}


def compacted(folder: Path) -> bool:
    """Whether the folder has a database as it was left by compacting."""
    size = sum(file.stat().st_size for file in folder.glob("*.sst"))
    return int((folder / FILE_NAME).read_text(encoding="ascii")) == size


@pytest.fixture(params=[1, 2])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store of a few megabytes, in which graphs share triples; with one database, or two."""
    made = Store.create_or_open(tmp_path / "store", base_iri=None)
    if request.param == 2:
        with made.writing() as batch:
            batch.separate()
    write(made, "a", range(MANY))
    write(made, "b", range(MANY // 2, 2 * MANY))
    return made


def test_databases_are_compacted_after_much_was_written(store: Store) -> None:
    assert all(map(compacted, databases(store)))
    assert set(store.reading()) == {*quads("a", range(MANY)), *quads("b", range(MANY // 2, 2 * MANY))}
    union = store.reading_union().database.quads_for_pattern(None, None, None, ox.DefaultGraph())
    assert len(list(union)) == 2 * MANY
    assert not list(newest_checkpoint(store.path).glob("*.part"))


def test_what_is_there_is_not_rewritten_for_a_small_batch(store: Store) -> None:
    tables = list(map(files, databases(store)))
    write(store, "c", range(10))
    for table, folder in zip(tables, databases(store), strict=True):
        linked = table.keys() & files(folder).keys()
        # The engine itself may merge what a compaction ran into.
        assert sum(table[file] for file in linked) > sum(table.values()) / 2
        assert not compacted(folder)


def test_many_small_batches_add_up(store: Store) -> None:
    done = []
    for number in range(8):
        write(store, f"small{number}", range(number * MANY, number * MANY + MANY // 3))
        done.append(compacted(newest_checkpoint(store.path)))
    assert not all(done)
    assert any(done)


def test_one_batch_is_enough_where_it_is_large(store: Store) -> None:
    """One that writes more than a quarter; two small ones that write less than half together are not."""
    for number in (1, 2):
        write(store, f"small{number}", range(number * MANY, number * MANY + MANY // 10))
    assert not all(map(compacted, databases(store)))
    write(store, "large", range(9 * MANY, 9 * MANY + 3 * MANY // 4))
    assert all(map(compacted, databases(store)))


def test_a_database_larger_than_allowed_waits_for_a_batch_that_may(store: Store) -> None:
    write(store, "c", range(2 * MANY, 4 * MANY), up_to=1000)
    assert not any(map(compacted, databases(store)))
    write(store, "d", range(1))
    assert all(map(compacted, databases(store)))


def test_readers_of_older_checkpoints_read_on(store: Store) -> None:
    old, expected = store.reading(), set(store.reading())
    for number in range(1, 4):  # the checkpoint itself goes meanwhile
        write(store, f"large{number}", range(number * 4 * MANY))
        assert compacted(newest_checkpoint(store.path))
    assert set(old) == expected


@pytest.mark.parametrize("record", [None, "", "12", "many\n"])
def test_a_lost_record_costs_one_compaction(store: Store, tmp_path: Path, record: str | None) -> None:
    checkpoint = newest_checkpoint(store.path)
    (checkpoint / FILE_NAME).unlink()
    if record is not None:
        (checkpoint / FILE_NAME).write_text(record, encoding="ascii")
    database = ox.Store(str(tmp_path / "work"))
    database.extend(store.reading())
    copy_compacted(database, tmp_path / "copy", before=checkpoint, up_to=None)
    assert compacted(tmp_path / "copy")
    assert set(ox.Store.read_only(str(tmp_path / "copy"))) == set(store.reading())
