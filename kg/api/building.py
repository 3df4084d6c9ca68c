"""Inputs into a store."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kg import settings
from kg.api.reader import date_of
from kg.errors import InputError
from kg.ingest import IngestOptions, usage_problem
from kg.pipeline import BuildOptions as BuildOptions
from kg.pipeline import Summary as Summary
from kg.pipeline import build as run


def build(
    inputs: str | Path | Iterable[str | Path],
    *,
    store: str | Path = settings.DEFAULT_STORE,
    date: str | dt.date | dt.datetime | None = None,
    options: BuildOptions | None = None,
) -> Summary:
    """Read files and folders into a store as `kg build` does; the summary counts and names what was rejected.

    `date` is the day of publication of reports that have none of their own; `options` holds all else that
    `kg build` can be told, such as `BuildOptions(workers=2, keep_text=True)`. Raises StoreError, ModelError,
    DataError, and InputError where inputs and options do not go together.
    """
    names = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    paths = [os.fspath(name) for name in names]
    chosen = replace(options or BuildOptions(), store=Path(store))
    if date is not None:
        chosen = replace(chosen, date=date_of(date))
    problem = usage_problem(paths, options=IngestOptions(date=chosen.date, identifier=chosen.identifier))
    if problem is not None:
        raise InputError(" ".join(paths), problem)
    return run(paths, options=chosen)
