"""The way of reports into the store.

    input → Report → Facts → rdflib Graph → SHACL → store
            ingest   reading  mapping        validation

`build.py` is the whole way on one screen; `report.py` is the part that one report goes alone, `workers.py`
does that part in several processes, `summary.py` counts.
"""

from kg.pipeline.build import BuildOptions, Progress, build, remove
from kg.pipeline.report import LoadReader, Reader
from kg.pipeline.seconds import Seconds
from kg.pipeline.summary import Summary
from kg.pipeline.watching import watch

__all__ = [
    "BuildOptions",
    "LoadReader",
    "Progress",
    "Reader",
    "Seconds",
    "Summary",
    "build",
    "remove",
    "watch",
]
