"""What the union of all graphs as a set costs and saves.

.venv/bin/python tests/benchmarks/union_cost.py DATA.nq

DATA.nq is what tests/benchmarks/endpoint/generate.py makes. Prints how long a store takes to be made from it,
then to take one more report, and counts over the engine's own union and over ours.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from kg.batch import Batch
from kg.store import Store, newest_checkpoint
from kg.union import FOLDER, write_union

PREFIXES = (
    "PREFIX sit: <https://w3id.org/sitrep/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)
QUERIES = {
    "all triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "who did it, by name": "SELECT (COUNT(*) AS ?n) { ?e sit:agent/rdfs:label ?name ; sit:status ?s }",
    "events by status": "SELECT (COUNT(*) AS ?n) { ?e a ?kind ; sit:status sit:Reported }",
    "with GRAPH": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?e sit:agent ?a } ?a rdfs:label ?l }",
}
REPORT = "https://w3id.org/sitrep/id/report/new"


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print the seconds of the block, by the clock and of the processor."""
    begin, used = time.perf_counter(), time.process_time()
    yield
    print(f"{what:<32}{time.perf_counter() - begin:8.2f} s{time.process_time() - used:8.2f} s of processor")  # noqa: T201


def main(data: Path) -> None:
    """Measure on a copy of the data in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create_or_open(Path(folder) / "store", base_iri=None)
        with store.writing() as batch:
            batch.database.bulk_load(path=str(data), format=ox.RdfFormat.N_QUADS)
        again = Path(folder) / "again"
        again.mkdir()
        with timed("the union, made anew"):
            write_union(store.reading(), previous=None, folder=again)
        for number in range(3):
            with timed("one more report, as a batch"), store.writing() as batch:
                _add_report(batch, number)
        newest = newest_checkpoint(store.path)
        sizes = f"{_megabytes(newest):8} MB, of which the union {_megabytes(newest / FOLDER)} MB"
        print(f"{'disk, of both':<32}{sizes}")  # noqa: T201
        engine, view = store.reading(), store.reading_union()
        for name, query in QUERIES.items():
            with timed(f"engine: {name}"):
                print(_count(engine, query, union=True), end="  ")  # noqa: T201
            with timed(f"set: {name}"):
                print(_count(view.database, query, union=view.by_engine), end="  ")  # noqa: T201


def _add_report(batch: Batch, number: int) -> None:
    triples = "".join(
        f'<{REPORT}/{number}/{n}> <http://www.w3.org/2000/01/rdf-schema#label> "Label {n}" .\n'
        for n in range(300)
    )
    batch.put_triples(REPORT, triples.encode())


def _count(database: ox.Store, query: str, *, union: bool) -> str:
    (row,) = database.query(PREFIXES + query, use_default_graph_as_union=union)
    return f"{row['n'].value:>10}"


def _megabytes(folder: Path) -> int:
    """Of the files in the folder that no other name in the store shares."""
    seen = {entry.stat().st_ino: entry.stat().st_size for entry in folder.rglob("*") if entry.is_file()}
    if folder.name == FOLDER:
        shared = {entry.stat().st_ino for entry in folder.parent.iterdir() if entry.is_file()}
        seen = {node: size for node, size in seen.items() if node not in shared}
    return sum(seen.values()) >> 20


if __name__ == "__main__":
    main(Path(sys.argv[1]))
