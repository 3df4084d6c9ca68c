"""Batches follow each other, whoever else writes between them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kg import clustering
from kg.facts import Report
from kg.gazetteer import load_gazetteer
from kg.mapping import map_dataset
from kg.pipeline import remove
from kg.pipeline.overruling import Rules
from kg.pipeline.report import ReadReport, ReportOptions, ReportReader
from kg.pipeline.summary import Tally
from kg.pipeline.unchanged import Why
from kg.pipeline.writing import Sources, Writer
from kg.store import Store


def test_what_was_read_is_kept_until_others_write(
    tmp_path: Path, stand_in: ModuleType, ontology: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memories: list[clustering.Memory | None] = []
    usual = clustering.update

    def noting(*arguments: Any, memory: clustering.Memory | None = None, **options: Any) -> None:
        memories.append(memory)
        usual(*arguments, memory=memory, **options)

    monkeypatch.setattr(clustering, "update", noting)
    store = Store.create_or_open(tmp_path / "store", base_iri=None)
    rules = Rules(store.base_iri)
    options = ReportOptions("", ontology, store.base_iri, False, stand_in.load, rules)
    reader = ReportReader(options)
    sources = Sources(
        map_dataset(base_iri=store.base_iri), ontology, load_gazetteer(ontology / "gazetteer"), rules
    )
    tally = Tally()
    with Writer(store, sources, tally) as writer:
        for name in "abcd":
            report = Report(name, "Reds fought Greens.")
            tally.expect(report, Why.NEW)
            read = reader.read(report)
            assert isinstance(read, ReadReport)
            writer.add(read)
            writer.finish()
            if name == "b":
                assert remove(["a"], store=store, ontology=ontology) == ()
    first, second, of_others, third, fourth = memories
    assert of_others is None
    assert first is second is not None
    assert third is fourth is not None
    assert second is not third
    assert store.identifiers() == ["b", "c", "d"]
