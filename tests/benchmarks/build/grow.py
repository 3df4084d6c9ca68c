"""A store of many reports, without reading any: made-up graphs, put in as a build puts those that it read.

The graphs are those of the endpoint's benchmark, from a world of fixed size, fifty reports a day up to the
day before the generated texts begin: an archive grows by days, not by reports of one day.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "endpoint"))

import generate
import reports as texts

from kg.store import Store

A_BATCH = 5000  # reports
ACTORS, PLACES = 2000, 5000


def graphs(*, number: int, events: int, seed: int = 7) -> Iterator[tuple[str, bytes]]:
    """So many graphs with their names, as N-Triples."""
    chance = generate.Chance(seed)
    writer = generate.Writer(chance, generate.World(chance, actors=ACTORS, places=PLACES), 0.05)
    generate.DAYS = 1
    for at in range(number):
        generate.FIRST_DAY = texts.FIRST_DAY - dt.timedelta(days=1 + (number - 1 - at) // texts.A_DAY)
        name = f"{generate.BASE}report/g{at:06}"
        lines = "".join(writer.report(at, events)).replace(f"{generate.BASE}report/r{at}", name)
        yield name, lines.replace(f" <{name}> .\n", " .\n").encode()


def grow(path: Path, *, reports: int, events: int) -> dict[str, float]:
    """Make the store at `path`; its figures."""
    began, quads = time.perf_counter(), 0
    store = Store.create_or_open(path, base_iri=None)
    some: dict[str, bytes] = {}
    for at, (name, triples) in enumerate(graphs(number=reports, events=events), start=1):
        some[name] = triples
        quads += triples.count(b"\n")
        if len(some) == A_BATCH or at == reports:
            with store.writing(compact_up_to=None if at == reports else 0) as batch:
                batch.put_all(some)
            some = {}
    return {"reports": reports, "quads": quads, "clock": time.perf_counter() - began}
