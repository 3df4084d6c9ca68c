"""The reading keeps the quality that was reached on the gold reports."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

FOLDERS = ("dev", "re3d-dev")


@pytest.fixture(scope="module")
def measured(
    evaluate: ModuleType, gold_reports: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, float]]:
    """The figures of each folder of gold reports that is here; they are built at the same time."""

    def measure(gold: Path) -> dict[str, float]:
        figures: dict[str, float] = evaluate.measure(gold, evaluate.build(gold, folders[gold.name]))
        return figures

    found = [gold_reports / name for name in FOLDERS if (gold_reports / name).is_dir()]
    folders = {gold.name: tmp_path_factory.mktemp(gold.name) for gold in found}
    with ThreadPoolExecutor() as pool:
        return dict(zip(folders, pool.map(measure, found), strict=True))


@pytest.mark.parametrize("name", FOLDERS)
def test_floors_hold(
    name: str, evaluate: ModuleType, gold_reports: Path, measured: dict[str, dict[str, float]]
) -> None:
    if name not in measured:
        pytest.skip(f"there is no {name} in {gold_reports}")
    pinned = evaluate.read_floors()[name]
    assert evaluate.digest(gold_reports / name) == pinned.digest, (
        "the gold has changed: measure again and pin"
    )
    assert pinned.broken(measured[name]) == []


@pytest.mark.parametrize("name", FOLDERS)
def test_floors_are_pinned(name: str, evaluate: ModuleType) -> None:
    """Also where the gold reports are missing."""
    pinned = evaluate.read_floors()[name]
    assert len(pinned.floors) > 10
    assert all(0 < bar < 1 for bar in pinned.floors.values())
