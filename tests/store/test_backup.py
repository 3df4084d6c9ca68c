"""Backups while others read and write, and what a restore refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg import iri
from kg.backup import back_up, restore
from kg.errors import StoreError
from kg.store import Store

BASE = "http://example.org/id/"
Triples = Callable[..., rdflib.Graph]

COUNT_UP = """
import sys
from pathlib import Path
from kg.store import Store

store = Store.open(Path(sys.argv[1]))
for number in range(10_000):
    with store.writing() as batch:
        for graph in range(3):
            batch.put_triples(f"{store.base_iri}report/{graph}", f'<a:s> <a:p> "{number}" .'.encode())
    print(number, flush=True)
"""


@pytest.fixture
def store(tmp_path: Path, triples: Triples) -> Store:
    made = Store.create_or_open(tmp_path / "store", base_iri=BASE)
    with made.writing() as batch:
        batch.put_report(iri.report(BASE, "a"), triples("first", count=3))
    (made.path / "links.tsv").write_text("links")
    made.rejects_file("x").parent.mkdir()
    made.rejects_file("x").write_text("rejects")
    return made


def dump(store: Store) -> list[bytes]:
    data = ox.serialize(store.reading(), format=ox.RdfFormat.N_QUADS)
    assert data is not None
    return sorted(data.splitlines())


def change(store: Store, triples: Triples) -> None:
    with store.writing() as batch:
        batch.put_report(iri.report(BASE, "a"), triples("second"))
        batch.put_report(iri.report(BASE, "b"), triples("more"))
    (store.path / "links.tsv").unlink()
    (store.path / "overrides.tsv").write_text("later")


def test_what_was_backed_up_comes_back(store: Store, tmp_path: Path, triples: Triples) -> None:
    before = dump(store)
    made = back_up(store, tmp_path / "backup")
    assert (made.version, made.base_iri) == ("00000002", BASE)
    change(store, triples)
    restore(tmp_path / "backup", store.path, force=True)
    assert dump(store) == before
    assert store.version() == "00000004"  # a new version, so that servers and caches see it
    assert (store.path / "links.tsv").read_text() == "links"
    assert store.rejects_file("x").read_text() == "rejects"
    assert not (store.path / "overrides.tsv").exists()
    with store.writing() as batch:  # it can be written to
        batch.put_report(iri.report(BASE, "c"), triples("on"))
    assert len(dump(store)) == len(before) + 1


def test_a_restore_makes_a_store_where_there_is_none(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "other", force=False)
    assert dump(Store.open(tmp_path / "other")) == dump(store)


def test_a_backup_shares_no_file_with_the_store(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "backup")
    assert {entry.stat().st_nlink for entry in (tmp_path / "backup").rglob("*") if entry.is_file()} == {1}
    assert not list(store.path.glob("backup-*"))
    assert [entry.name for entry in tmp_path.iterdir() if "part" in entry.name] == []


def test_a_store_is_not_overwritten_without_force(store: Store, tmp_path: Path, triples: Triples) -> None:
    back_up(store, tmp_path / "backup")
    change(store, triples)
    now = dump(store)
    with pytest.raises(StoreError, match="--force"):
        restore(tmp_path / "backup", store.path, force=False)
    assert dump(store) == now


def test_a_backup_goes_into_a_new_folder_only(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "backup")
    with pytest.raises(StoreError, match="something here already"):
        back_up(store, tmp_path / "backup")
    with pytest.raises(StoreError, match="something here already"):
        back_up(store, store.path)


def test_another_base_is_refused(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "backup")
    other = Store.create_or_open(tmp_path / "other", base_iri="http://other/")
    with pytest.raises(StoreError, match="base IRI http://other/"):
        restore(tmp_path / "backup", other.path, force=True)


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("damage", [_flip, Path.unlink, lambda path: os.truncate(path, 1)])
def test_damage_is_found_and_nothing_changes(
    store: Store, tmp_path: Path, triples: Triples, damage: Callable[[Path], object]
) -> None:
    back_up(store, tmp_path / "backup")
    change(store, triples)
    now, files = dump(store), sorted(entry.name for entry in store.path.iterdir())
    names = json.loads((tmp_path / "backup/backup.json").read_text())["files"]
    largest = max((tmp_path / "backup" / name for name in names), key=lambda path: path.stat().st_size)
    damage(largest)
    for path in (store.path, tmp_path / "other"):
        with pytest.raises(StoreError):
            restore(tmp_path / "backup", path, force=True)
    assert not (tmp_path / "other").exists()
    assert dump(store) == now
    assert sorted(entry.name for entry in store.path.iterdir()) == files


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not a backup"),
        ("[]", "not a backup"),
        ('{"format": 1}', "not a backup"),
        ('{"format": 9, "version": "1", "base_iri": "http://e/", "files": {}}', "has format 9"),
        ('{"format": 1, "version": "1", "base_iri": "http://e/", "files": {"../x": ""}}', "outside"),
        ('{"format": 1, "version": "1", "base_iri": "http://e/", "files": {"files/../../x": ""}}', "outside"),
        ('{"format": 1, "version": "1", "base_iri": "http://e/", "files": {"/etc/passwd": ""}}', "outside"),
    ],
)
def test_what_is_no_backup(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "backup.json").write_text(text)
    with pytest.raises(StoreError, match=reason):
        restore(tmp_path, tmp_path / "store", force=False)
    assert not (tmp_path / "store").exists()


def test_backups_taken_while_a_writer_is_busy_are_of_one_moment(store: Store, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", COUNT_UP, store.path], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        try:
            for number in range(5):
                back_up(store, tmp_path / str(number))
                time.sleep(0.1)
        finally:
            writer.kill()
    seen = []
    for number in range(5):
        restore(tmp_path / str(number), tmp_path / f"store{number}", force=False)
        database = Store.open(tmp_path / f"store{number}").reading()
        values = {quad.object.value for quad in database.quads_for_pattern(ox.NamedNode("a:s"), None, None)}  # type: ignore[union-attr]
        assert len(values) == 1
        seen.append(int(values.pop()))
    assert seen == sorted(seen)
    assert len(set(seen)) > 1


def test_what_a_killed_backup_left_goes_with_the_next(store: Store, tmp_path: Path) -> None:
    (store.path / "backup-dead").mkdir()
    (store.path / "backup-dead" / "file").write_text("x")
    back_up(store, tmp_path / "backup")
    assert not list(store.path.glob("backup-*"))
