"""What search costs on a million quads: .venv/bin/python tests/benchmarks/search_speed.py [EVENTS]

Makes reports of ten events each with the shapes of real ones (seeded; 100,000 events are 1.3 million quads),
and prints times in milliseconds, the best of three.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from time import perf_counter

import pyoxigraph as ox

from kg.functions import Functions, custom_functions, with_search
from kg.search import FILE_NAME, Index
from kg.search.terms import Kind
from kg.settings import DEFAULT_BASE_IRI
from kg.store import Store, newest_checkpoint
from server.reconcile.answering import match_batch
from server.reconcile.messages import Batch, Query
from server.search import Graph

SIT = "https://w3id.org/sitrep/ontology#"
NIF = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
ALIAS = "http://www.w3.org/2004/02/skos/core#altLabel"
SYLLABLES = (
    *("ka", "ra", "mo", "sul", "ha", "sa", "da", "ma", "gh", "way", "ran", "de", "rik", "ba", "ya", "ni"),
    *("ta", "bo", "li", "fa", "ru", "tu", "qa", "zin", "lo", "pe", "ke", "sha", "ir", "an", "um", "el"),
)
PROLOGUE = f"PREFIX sit: <{SIT}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


class Maker:
    """Makes reports whose words and names are as unevenly frequent as real ones."""

    def __init__(self) -> None:
        self._random = random.Random(7)  # noqa: S311 - no secrets
        self._words = [self._word() for _ in range(20_000)]
        kinds = ("Person", "Settlement", "ArmedGroup", "Prison")
        self.names = [
            (" ".join(self._word().capitalize() for _ in range(self._random.randint(1, 3))), kinds[n % 4])
            for n in range(20_000)
        ]
        self._weights = list(accumulate(1 / (rank + 1) for rank in range(20_000)))

    def _word(self) -> str:
        return "".join(self._random.choices(SYLLABLES, k=self._random.randint(2, 4)))

    def report(self, number: int) -> Iterator[str]:
        """The triples of a report of ten events, as N-Triples."""
        report = f"{DEFAULT_BASE_IRI}report/{number}"
        yield f'<{report}> <{TYPE}> <{SIT}Report> .\n<{report}> <{LABEL}> "Report {number}" .\n'
        entities = sorted({*self._random.choices(range(20_000), cum_weights=self._weights, k=12)})
        for key in entities:
            name, kind = self.names[key]
            node = f"<{DEFAULT_BASE_IRI}entity/{key}>"
            yield f'{node} <{TYPE}> <{SIT}{kind}> .\n{node} <{LABEL}> "{name}" .\n'
            yield f'{node} <{ALIAS}> "{name.split()[0]}" .\n{node} <{SIT}mentionedIn> <{report}> .\n'
        for place in range(10):
            yield from self._event(report, place, entities)

    def _event(self, report: str, place: int, entities: list[int]) -> Iterator[str]:
        event, sentence = f"<{report}/event/{place}>", f"<{report}/sentence/{place}>"
        key, kind = self._random.choice(entities), self._random.choice(("AirStrike", "Clash", "Raid"))
        words = " ".join(self._random.choices(self._words, cum_weights=self._weights, k=18))
        yield f'{sentence} <{TYPE}> <{NIF}Sentence> .\n{sentence} <{NIF}beginIndex> "{place}" .\n'
        yield f'{sentence} <{NIF}anchorOf> "{words} {self.names[key][0]}" .\n'
        yield f'{event} <{TYPE}> <{SIT}{kind}> .\n{event} <{LABEL}> "{kind}: {words.split()[0]}" .\n'
        yield f"{event} <{SIT}status> <{SIT}Reported> .\n{event} <{SIT}evidence> {sentence} .\n"
        yield f"{event} <{SIT}agent> <{DEFAULT_BASE_IRI}entity/{key}> .\n"


def timed(what: str, call: Callable[[], object]) -> None:
    """Print the best time of three."""
    times = []
    for _ in range(3):
        began = perf_counter()
        found = call()
        times.append(perf_counter() - began)
    size = f"{len(found):,}" if isinstance(found, list | dict) else ""
    print(f"{what:<58}{min(times) * 1000:>10.1f} ms {size:>9}", flush=True)  # noqa: T201


def write(path: Path, events: int) -> Maker:
    """Fill a store; print what indexing all and indexing a batch cost."""
    maker, store = Maker(), Store.create_or_open(path, base_iri=None)
    file = path.parent / "reports.nq"
    with file.open("w") as output:
        for number in range(events // 10):
            graph = f" <{DEFAULT_BASE_IRI}report/{number}> ."
            output.writelines(part.replace(" .\n", f"{graph}\n") for part in maker.report(number))
    with store.writing() as batch:
        batch.database.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)
        began = perf_counter()
    size = (newest_checkpoint(path) / FILE_NAME).stat().st_size
    print(f"{'index of everything':<58}{perf_counter() - began:>10.1f} s  {size >> 20:>6} MB")  # noqa: T201
    with store.writing() as batch:
        for number in range(100):
            triples = "".join(maker.report(number)).encode()
            batch.put_triples(f"{DEFAULT_BASE_IRI}report/{number}", triples)
        began = perf_counter()
    print(f"{'publishing 100 reports that were read again':<58}{perf_counter() - began:>10.1f} s")  # noqa: T201
    return maker


def rows(database: ox.Store, query: str, functions: Functions) -> list[ox.QuerySolution]:
    """All rows of an answer."""
    found = database.query(query, custom_functions=functions, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return list(found)


def main(events: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        maker = write(Path(folder) / "store", events)
        checkpoint = newest_checkpoint(Path(folder) / "store")
        database, index = ox.Store.read_only(str(checkpoint)), Index.open(checkpoint)
        functions = custom_functions(checkpoint)
        print(f"{len(database):,} quads")  # noqa: T201
        common, rare = maker.names[3][0].split()[0], maker.names[900][0]
        for what, words in (("a name in many sentences", common), ("a rare name", rare)):
            timed(f"search for {what}", lambda w=words: index.search(w, kinds=tuple(Kind), limit=20))
            timed("  its counts", lambda w=words: index.counts(w))
            timed("  all its nodes", lambda w=words: index.nodes(w))
            for pattern in (
                f'?s sit:search "{words}" . ?e sit:evidence ?s ; sit:agent ?a',
                f'?e sit:evidence ?s ; sit:agent ?a FILTER(sit:matches(?s, "{words}"))',
                f'?e sit:evidence ?s ; sit:agent ?a . ?s <{NIF}anchorOf> ?t FILTER(CONTAINS(?t, "{words}"))',
            ):
                query = f"{PROLOGUE} SELECT ?e ?a {{ {pattern} }}"
                timed(
                    f"  {pattern[:54]}", lambda q=query: rows(database, with_search(q, checkpoint), functions)
                )
        for prefix in ("k", "kar"):
            timed(
                f"suggestions for {prefix!r}",
                lambda p=prefix: index.beginning(p, kinds=tuple(Kind), limit=10),
            )
        for what, slip in (("as they stand", ""), ("misspelt", "x")):
            queries = tuple(Query(name + slip, (), "any", 10, ()) for name, _ in maker.names[:100])
            batch = Batch(queries, DEFAULT_BASE_IRI)
            timed(
                f"reconciliation of 100 names {what}", lambda b=batch: match_batch(Graph(database, index), b)
            )
        index.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
