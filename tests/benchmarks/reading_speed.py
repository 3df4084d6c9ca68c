"""What reading costs beside the bare language model: `make bench-reading`.

Prints the median over several rounds of the ratio of `Reader.read` to `nlp.pipe` on the same texts, in
processor time so that other programs count little, what each component takes, and the share of those that
link names. Exit status 1 where the ratio is above BAR or the share above LINKING_BAR.
`python reading_speed.py MODEL` measures another model than the default.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from material import ordinary_reports, shipped_reader

from kg.facts import Report
from kg.reading import Reader, build
from kg.settings import DEFAULT_MODEL

BAR = 1.6
LINKING = ("find_names", "link_definite")  # the components that look names up and choose what they mean
LINKING_BAR = 0.2  # of the time of all components
ROUNDS = 7


def processor_seconds(work: Callable[[], object]) -> float:
    """Processor time of one call, of all its threads."""
    gc.collect()
    before = time.process_time()
    work()
    return time.process_time() - before


def bare(reader: Reader, reports: list[Report]) -> None:
    """The language model alone."""
    for _ in reader.nlp.pipe(report.text for report in reports):
        pass


def read(reader: Reader, reports: list[Report]) -> None:
    """The whole reading, report by report."""
    for report in reports:
        reader.read(report)


@contextmanager
def timed_components() -> Iterator[dict[str, float]]:
    """Seconds by component while the reader reads, the components being the functions that `build` calls."""
    spent: dict[str, float] = defaultdict(float)
    methods = build.Reader.read_together, build.Reader._facts, build.Reader._read
    code = [method.__code__ for method in methods]
    names = [n for c in code for n in c.co_names if n in vars(build) and n not in ("Draft", "Report")]
    originals = {name: vars(build)[name] for name in names}

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: object, **options: object) -> object:
            before = time.process_time()
            try:
                return function(*args, **options)
            finally:
                spent[name] += time.process_time() - before

        return call

    for name, function in originals.items():
        setattr(build, name, timed(name, function))
    try:
        yield spent
    finally:
        for name, function in originals.items():
            setattr(build, name, function)


def main(model: str) -> int:
    """Prints the figures; exit status."""
    reader, reports = shipped_reader(model), ordinary_reports()
    words = sum(len(report.text.split()) for report in reports)
    bare(reader, reports)
    read(reader, reports)  # both once, so that neither pays for what is loaded at first use
    rounds = [
        (
            processor_seconds(lambda: bare(reader, reports)),
            processor_seconds(lambda: read(reader, reports)),
        )
        for _ in range(ROUNDS)
    ]
    ratio = statistics.median(whole / alone for alone, whole in rounds)
    alone, whole = (statistics.median(column) for column in zip(*rounds, strict=True))
    with timed_components() as spent:
        for _ in range(ROUNDS):
            read(reader, reports)
    click.echo(f"{len(reports)} reports, {words} words, {ROUNDS} rounds, processor time")
    click.echo(f"nlp.pipe {alone:.3f} s, Reader.read {whole:.3f} s, {words / whole:.0f} words a second")
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        click.echo(f"{1000 * seconds / ROUNDS / len(reports):9.2f} ms a report  {name}")
    linking = sum(spent[name] for name in LINKING) / sum(spent.values())
    click.echo(f"linking {linking:.1%} of reading, bar {LINKING_BAR:.0%}")
    click.echo(f"ratio {ratio:.2f}, bar {BAR}")
    return int(ratio > BAR or linking > LINKING_BAR)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else DEFAULT_MODEL))
