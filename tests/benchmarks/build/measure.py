"""One measurement, in a process of its own that the bench starts: prints its figures as one line of JSON.

measure.py floor FILE | build FILE STORE WORKERS | export STORE | grow STORE REPORTS EVENTS
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grow import grow

WARM = 20  # texts that are read first, so that the floor does not pay for what is loaded at first use


def floor(file: str) -> dict[str, float]:
    """The bare language model over the texts of a file."""
    from kg.reading.model import load_model
    from kg.settings import DEFAULT_MODEL

    nlp = load_model(DEFAULT_MODEL)
    with Path(file).open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    for _ in nlp.pipe(texts[:WARM]):
        pass
    began, used = time.perf_counter(), time.process_time()
    with nlp.memory_zone():  # as a reading has it: otherwise words pile up
        for _ in nlp.pipe(texts):
            pass
    return {"reports": len(texts), "clock": time.perf_counter() - began, "used": time.process_time() - used}


def build(file: str, store: str, workers: str) -> dict[str, Any]:
    """A build with all that belongs to it, the loading of the model too."""
    from kg.pipeline import BuildOptions
    from kg.pipeline import build as run

    linking = _linking() if workers == "1" else lambda: 0.0
    began, used = time.perf_counter(), time.process_time()
    summary = run([file], options=BuildOptions(store=Path(store), workers=int(workers)))
    clock, used = time.perf_counter() - began, time.process_time() - used
    stages = asdict(summary.seconds)
    stages["linking"] = linking()
    stages["reading"] -= stages["linking"]
    return {"reports": summary.reports, "clock": clock, "used": used, "stages": stages}


def _linking() -> Callable[[], float]:
    """Time the components that link names, as `bench-reading` does; returns what tells the seconds so far."""
    from kg.reading import build as reading

    spent = 0.0

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal spent
            began = time.perf_counter()
            try:
                return function(*args, **options)
            finally:
                spent += time.perf_counter() - began

        return call

    for name in ("find_names", "link_definite"):
        setattr(reading, name, timed(getattr(reading, name)))
    return lambda: spent


def export(store: str) -> dict[str, float]:
    """`kg export` as N-Quads, to nowhere."""
    from kg.cli import main

    began, used = time.perf_counter(), time.process_time()
    command = ["export", "--store", store, "--format", "nquads", "-o", os.devnull]
    main(command, standalone_mode=False)
    return {"clock": time.perf_counter() - began, "used": time.process_time() - used}


def main() -> None:
    """Do what the arguments say."""
    what, *arguments = sys.argv[1:]
    if what == "grow":
        store, reports, events = arguments
        figures: dict[str, Any] = grow(Path(store), reports=int(reports), events=int(events))
    else:
        figures = {"floor": floor, "build": build, "export": export}[what](*arguments)
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
