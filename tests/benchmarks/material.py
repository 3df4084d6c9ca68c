"""What the benchmarks read: the gold reports where there are some, else the samples; and the reader."""

from __future__ import annotations

import os
import resource
from pathlib import Path

from kg.facts import Report
from kg.ingest import IngestOptions, read_inputs
from kg.reading import Reader, load_reader
from kg.settings import DEFAULT_MODEL, ontology_directory

CHECKOUT = Path(__file__).parents[2]


def shipped_reader(model: str = DEFAULT_MODEL) -> Reader:
    """The reader over the checkout's ontology."""
    return load_reader(model=model, ontology=ontology_directory())


def ordinary_reports() -> list[Report]:
    """The texts of SITREP_EVAL or of a folder `eval/` beside the checkout, else the samples."""
    named = os.environ.get("SITREP_EVAL")
    folders = [Path(named)] if named else sorted(f.parent for f in CHECKOUT.parent.glob("*/eval/score.py"))
    gold = sorted(folders[0].glob("dev/*.txt")) if folders else []
    inputs = [str(path) for path in gold] or [str(CHECKOUT / "samples")]
    return [found for found in read_inputs(inputs, options=IngestOptions()) if isinstance(found, Report)]


def resident() -> int:
    """Bytes of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def peak() -> int:
    """The most bytes of memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
