"""The reading keeps the quality that was reached on the gold reports."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest


@pytest.mark.parametrize("name", ["dev", "re3d-dev"])
def test_floors_hold(name: str, evaluate: ModuleType, gold_reports: Path, tmp_path: Path) -> None:
    gold = gold_reports / name
    if not gold.is_dir():
        pytest.skip(f"no gold reports {name} in {gold_reports}")
    pinned = evaluate.read_floors()[name]
    assert evaluate.digest(gold) == pinned.digest, "the gold has changed: measure again and pin"
    figures = evaluate.measure(gold, evaluate.build(gold, tmp_path))
    assert pinned.broken(figures) == []
