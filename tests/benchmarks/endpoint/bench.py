"""Compares `kg serve` with the Oxigraph server and rdflib-endpoint on the same generated data.

make bench-endpoint [OPTIONS="--seconds 4 --rounds 5 --only lookup"]

Servers take turns within each round, each time the other way round, since machines are noisy, and a ratio is
the median of the rounds'.
Rates are answers in a second; times are of single answers, over all rounds. rdflib-endpoint holds its data
as Python objects in memory; `--rdflib-events 5000` gives it a part, `--rdflib-events 0` leaves it out.
"""

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import generate
import load
import queries
import servers
from queries import QueryClass
from servers import Server

_PORT = 18780
_REQUESTS = 10_000  # of a class and round: more than are answered, so that none is asked twice


_HEAD = """\
| queries | ours /s | median ms | p95 ms | Oxigraph /s | p95 ms | ours : Oxigraph | ours : rdflib |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


@dataclass(slots=True)
class Figures:
    """What the rounds of one class on one server gave."""

    runs: list[load.Timings] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(run.rate for run in self.runs)

    def time(self, share: float) -> float:
        """Milliseconds that this share of all answers took at most."""
        each = sorted(seconds for run in self.runs for seconds in run.each)
        return each[min(len(each) - 1, int(share * len(each)))] * 1000


def compared(
    kind: QueryClass, running: Sequence[Server], rounds: int, seconds: float, events: dict[str, int]
) -> dict[str, Figures]:
    """The figures of a class on each server."""
    figures = {server.name: Figures() for server in running}
    for turn in range(rounds):
        for server in running if turn % 2 == 0 else reversed(running):
            own = next(k for k in queries.classes(events=events[server.name], seed=turn) if same(k, kind))
            texts = queries.texts(own, _REQUESTS, begin=turn * _REQUESTS)
            requests = [load.request(server.url, text, kind.accept) for text in texts]
            try:
                run = load.run(server.url, requests, clients=kind.clients, seconds=seconds)
            except (load.WrongAnswerError, ConnectionError) as error:
                raise SystemExit(f"{server.name}, {kind.name}: {error}") from error
            figures[server.name].runs.append(run)
    return figures


def same(one: QueryClass, other: QueryClass) -> bool:
    """Whether two classes are the same one over different data."""
    return (one.name, one.clients) == (other.name, other.clients)


def line(kind: QueryClass, figures: dict[str, Figures]) -> str:
    """A row of the table."""
    mine = figures["ours"]
    name = f"{kind.name}, {kind.clients} clients" if kind.clients > 1 else kind.name
    cells = [name, f"{mine.rate:.0f}", f"{mine.time(0.5):.2f}", f"{mine.time(0.95):.2f}"]
    for peer in ("oxigraph", "rdflib-endpoint"):
        if peer not in figures:
            cells += ["", ""] if peer == "oxigraph" else [""]
            continue
        theirs = figures[peer]
        ratios = [a.rate / b.rate for a, b in zip(mine.runs, theirs.runs, strict=True)]
        if peer == "oxigraph":
            cells += [f"{theirs.rate:.0f}", f"{theirs.time(0.95):.2f}"]
        cells.append(f"{statistics.median(ratios):.2f}")
    return f"| {' | '.join(cells)} |"


def prepared(folder: Path, options: argparse.Namespace) -> tuple[Path, Path]:
    """The data for all and the part for rdflib, made unless an earlier run has."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for events in (options.events, options.rdflib_events):
        file = folder / f"events-{events}.nq"
        if not file.exists():
            part = file.with_suffix(".part")
            with part.open("w", encoding="utf-8") as output:
                output.writelines(generate.quads(events=events))
            os.replace(part, file)
        files.append(file)
    servers.loaded(folder / "store", files[0])
    servers.oxigraph_loaded(folder, files[0])
    return files[0], files[1]


def say(text: str) -> None:
    """Print it now: a run takes minutes."""
    print(text, flush=True)  # noqa: T201


def main() -> None:
    """Start the servers, compare them, print a table."""
    parser = argparse.ArgumentParser(description="Compare the endpoint with its peers.")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rdflib-events", type=int, default=100_000, help="0 leaves rdflib-endpoint out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="of a class on a server in a round")
    parser.add_argument("--workers", type=int, default=4, help="of kg serve")
    parser.add_argument("--only", default="", help="classes whose name has this in it")
    options = parser.parse_args()
    folder: Path = options.folder
    _data, part = prepared(folder, options)
    events = dict.fromkeys(("ours", "oxigraph"), options.events)
    events["rdflib-endpoint"] = options.rdflib_events
    with ExitStack() as stack:
        running = [
            stack.enter_context(
                servers.ours(folder / "store", folder / "ours.log", _PORT, workers=options.workers)
            ),
            stack.enter_context(servers.oxigraph(folder, folder / "oxigraph.log", _PORT + 1)),
        ]
        if options.rdflib_events:
            log = folder / "rdflib.log"
            running.append(stack.enter_context(servers.rdflib_endpoint(folder, part, log, _PORT + 2)))
        say(_HEAD)
        for kind in queries.classes(events=options.events):
            if options.only in kind.name:
                figures = compared(kind, running, options.rounds, options.seconds, events)
                say(line(kind, figures))


if __name__ == "__main__":
    main()
