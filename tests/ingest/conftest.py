"""Helpers to read what a test has written into its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg.facts import Report
from kg.ingest import IngestOptions, Rejected, Skipped, read_inputs

Outcome = list[Report | Rejected | Skipped]


@pytest.fixture
def read() -> Callable[..., Outcome]:
    """Read the given paths with the given options."""

    def run(*paths: Path | str, options: IngestOptions | None = None) -> Outcome:
        return list(read_inputs([str(path) for path in paths], options=options or IngestOptions()))

    return run
