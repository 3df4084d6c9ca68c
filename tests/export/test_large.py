"""Large exports: flat memory, the same bytes however much is held at a time, compressed files."""

import gzip
import io
import os
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat

from kg.cli import main
from kg.export import Format, write
from kg.export.sorting import sorted_lines
from kg.store import Store

EX = "http://example.org/"


def _lines(numbers: Iterable[int]) -> Iterator[bytes]:
    return (b"%d\n" % number for number in numbers)


def _quads(subjects: int) -> Iterator[Quad]:
    """Four triples a subject in ten graphs; a few have a blank node."""
    for number in range(subjects):
        graph, subject = NamedNode(f"{EX}g{number % 10}"), NamedNode(f"{EX}s{number * 7919 % subjects}")
        for name in "abc":
            yield Quad(subject, NamedNode(f"{EX}{name}"), Literal(f"{name} " * 20), graph)
        yield Quad(
            subject, NamedNode(f"{EX}is"), BlankNode() if number < 3 else NamedNode(f"{EX}thing"), graph
        )


def _written(form: Format, memory: int, subjects: int = 400) -> bytes:
    output = io.BytesIO()
    write(_quads(subjects), output, format=form, memory=memory)
    return output.getvalue()


@given(st.lists(st.integers(0, 300)), st.integers(1, 40))
def test_lines_come_once_and_in_order(numbers: list[int], run_bytes: int) -> None:
    with sorted_lines(_lines(numbers), run_bytes=run_bytes) as lines:
        assert list(lines) == sorted(set(_lines(numbers)))


def test_many_files_are_merged_before_there_are_more() -> None:
    before = len(os.listdir("/proc/self/fd"))
    with sorted_lines(_lines(range(300, 0, -1)), run_bytes=1) as lines:
        assert len(os.listdir("/proc/self/fd")) < before + 70
        assert list(lines) == sorted(_lines(range(1, 301)))
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("form", list(Format))
def test_the_bytes_do_not_depend_on_what_is_held(form: Format) -> None:
    assert _written(form, 1000) == _written(form, 10**9)


class _Nowhere(io.RawIOBase):
    """Takes all and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return memoryview(data).nbytes  # type: ignore[arg-type]


def _peak(form: Format, subjects: int) -> int:
    tracemalloc.start()
    try:
        write(_quads(subjects), io.BufferedWriter(_Nowhere()), format=form, memory=400_000)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", [Format.NQUADS, Format.TURTLE, Format.JSONLD])
def test_memory_is_flat(form: Format) -> None:
    _peak(form, 10)  # what is made once
    # Three times as much: more files take buffers (up to 1.3 times); what is held takes twice as much.
    assert _peak(form, 4800) < 1.6 * _peak(form, 1600)


def test_a_file_named_gz_is_compressed(tmp_path: Path) -> None:
    with Store.create_or_open(tmp_path / "store", base_iri=None).writing() as batch:
        batch.database.load(b"<http://example.org/a> a <http://example.org/B> .", format=RdfFormat.TURTLE)
    files = [tmp_path / "a.nq", tmp_path / "a.nq.gz", tmp_path / "b.nq.gz"]
    for file in files:
        options = ["--store", str(tmp_path / "store"), "--format", "nquads", "-o", str(file)]
        assert CliRunner().invoke(main, ["export", *options]).exit_code == 0
        os.utime(tmp_path, (time.time(), 0))
    plain, one, two = (file.read_bytes() for file in files)
    assert one == two
    assert gzip.decompress(one) == plain
    assert one[4:8] == b"\0\0\0\0"  # no time
    assert not list(tmp_path.glob("*.part"))


def test_what_fails_leaves_the_old_file(tmp_path: Path) -> None:
    with Store.create_or_open(tmp_path / "store", base_iri=None).writing() as batch:
        batch.database.load(b"<http://example.org/a> <http://example.org/1> 1 .", format=RdfFormat.TURTLE)
    file = tmp_path / "a.rdf.gz"
    file.write_bytes(b"old")
    options = ["--store", str(tmp_path / "store"), "--format", "rdfxml", "-o", str(file)]
    assert CliRunner().invoke(main, ["export", *options]).exit_code == 1
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.rdf.gz"]
