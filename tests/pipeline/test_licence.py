"""Which licence the dataset states."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest

from kg.errors import StoreError
from kg.pipeline import BuildOptions, build
from kg.store import Store

QUERY = "SELECT ?licence { GRAPH ?g { ?dataset a <http://rdfs.org/ns/void#Dataset> ; %s ?licence } }"


@pytest.fixture
def licences(tmp_path: Path, stand_in: ModuleType, ontology: Path):
    """What the store states after a build with this licence."""
    report = tmp_path / "reports.jsonl"
    report.write_text(json.dumps({"id": "a", "text": "Islamic State fought Reds."}))

    def run(licence: str | None) -> list[str]:
        options = BuildOptions(store=tmp_path / "store", ontology=ontology, licence=licence)
        build([str(report)], options=options, load_reader=stand_in.load)
        found = Store.open(tmp_path / "store").reading().query(QUERY % "<http://purl.org/dc/terms/license>")
        assert isinstance(found, ox.QuerySolutions)
        return [row["licence"].value for row in found]  # type: ignore[union-attr]

    return run


def test_the_licence_is_kept_until_another_is_told(licences) -> None:
    assert licences(None) == ["https://creativecommons.org/licenses/by/4.0/"]
    assert licences("https://e.org/mine") == ["https://e.org/mine"]
    assert licences(None) == ["https://e.org/mine"]


def test_a_licence_that_is_no_iri_is_refused(licences) -> None:
    with pytest.raises(StoreError, match="'CC BY' is not an absolute IRI"):
        licences("CC BY")
