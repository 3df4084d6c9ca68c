"""What reading one report after another leaves behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kg.facts import Report
from kg.mapping.triples import TripleSet
from kg.pipeline.overruling import Rules
from kg.pipeline.report import ReadReport, ReportOptions, ReportReader
from kg.settings import DEFAULT_BASE_IRI


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Only what nothing holds any more goes, as between two collections of a long build."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
def test_nothing_is_kept_of_the_graph_of_a_report(stand_in: ModuleType, ontology: Path) -> None:
    options = ReportOptions("", ontology, DEFAULT_BASE_IRI, False, stand_in.load, Rules(DEFAULT_BASE_IRI))
    reader = ReportReader(options)
    for name in "abc":
        read = reader.read(Report(name, "Reds fought Greens."))
        assert isinstance(read, ReadReport)
        assert b"Greens" in read.triples
    assert [len(one) for one in gc.get_objects() if isinstance(one, TripleSet) and len(one)] == []
