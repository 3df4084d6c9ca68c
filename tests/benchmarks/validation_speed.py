"""What validating a report costs, by the plan and by pySHACL: `python tests/benchmarks/validation_speed.py`.

Prints for the sample reports, in processor time for one of them, the median over several rounds of reading,
mapping and pruning, and what part of these three pruning is. Exit status 1 where that is above BAR.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import click
from material import CHECKOUT, shipped_reader

from kg.facts import Report
from kg.ingest import IngestOptions, read_inputs
from kg.mapping import map_report
from kg.settings import DEFAULT_BASE_IRI, ontology_directory
from kg.validation import Validator
from kg.validation.pruning import prune

BAR = 0.05
ROUNDS = 5

Given = TypeVar("Given")
Made = TypeVar("Made")


def main() -> int:
    """Measure and judge."""
    validator = Validator(ontology_directory())
    reference = validator._reference  # what `Validator.validate` runs
    inputs = read_inputs([str(CHECKOUT / "samples")], options=IngestOptions())
    reports = [found for found in inputs if isinstance(found, Report)]
    facts, reading = timed(shipped_reader().read, reports)
    graphs, mapping = timed(partial(map_report, base_iri=DEFAULT_BASE_IRI, keep_text=False), facts)
    plan = timed(validator.prune, graphs)[1]
    pyshacl = timed(lambda graph: prune(graph, lambda kept: reference.run(kept)[1]), graphs)[1]
    click.echo(f"{len(reports)} reports of {statistics.mean(map(len, graphs)):,.0f} triples")
    click.echo(f"reading  {1000 * reading:5.1f} ms")
    click.echo(f"mapping  {1000 * mapping:5.1f} ms")
    for name, spent in (("pySHACL", pyshacl), ("plan", plan)):
        share = spent / (reading + mapping + spent)
        click.echo(f"{name:8} {1000 * spent:5.1f} ms, {share:.1%} of all three")
    return share > BAR


def timed(work: Callable[[Given], Made], given: list[Given]) -> tuple[list[Made], float]:
    """What comes of each thing, and the processor time of one in seconds."""
    made: list[Made] = []
    spent = []
    for _ in range(ROUNDS):
        gc.collect()
        before = time.process_time()
        made = [work(thing) for thing in given]
        spent.append((time.process_time() - before) / len(given))
    return made, statistics.median(spent)


if __name__ == "__main__":
    sys.exit(main())
