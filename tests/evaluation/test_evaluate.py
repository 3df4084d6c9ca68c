"""Pinning, and what the command says when there is nothing to score."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("evaluate.py")
FIGURES = {"entity.f1": 0.9, "type.accuracy": 0.8, "fragments.entity.mean": 1.2}


def pinned(evaluate: ModuleType, figures: dict[str, float]) -> Any:
    return evaluate.pin(evaluate.Pinned(), figures, digest="d", allow_lower=False)


def test_bounds_leave_a_margin(evaluate: ModuleType) -> None:
    found = pinned(evaluate, FIGURES)
    assert (found.floors, found.ceilings) == (
        {"entity.f1": 0.88, "type.accuracy": 0.78},
        {"fragments.entity.mean": 1.22},
    )
    assert found.broken(FIGURES) == []


@pytest.mark.parametrize(
    ("metric", "figure", "line"),
    [
        ("entity.f1", 0.879, "entity.f1 is 0.879, pinned >= 0.88"),
        ("fragments.entity.mean", 1.23, "fragments.entity.mean is 1.23, pinned <= 1.22"),
    ],
)
def test_a_broken_bound_is_named_and_not_lowered(
    evaluate: ModuleType, metric: str, figure: float, line: str
) -> None:
    old, worse = pinned(evaluate, FIGURES), FIGURES | {metric: figure}
    assert old.broken(worse) == [line]
    with pytest.raises(evaluate.EvaluationError, match=line):
        evaluate.pin(old, worse, digest="d", allow_lower=False)
    assert evaluate.pin(old, worse, digest="d", allow_lower=True).broken(worse) == []


def test_a_metric_that_is_gone_breaks_its_bound(evaluate: ModuleType) -> None:
    broken = pinned(evaluate, FIGURES).broken({})
    assert broken[0] == "entity.f1 is not measured, pinned >= 0.88"
    assert len(broken) == 3


def test_bounds_only_tighten(evaluate: ModuleType) -> None:
    """A figure a little worse, within the margin, leaves the bound where it was."""
    old = pinned(evaluate, FIGURES)
    mixed = {"entity.f1": 0.89, "type.accuracy": 0.85, "fragments.entity.mean": 1.21}
    new = evaluate.pin(old, mixed, digest="d", allow_lower=False)
    assert new.floors == {"entity.f1": 0.88, "type.accuracy": 0.83}
    assert new.ceilings == {"fragments.entity.mean": 1.22}


def test_what_is_written_is_read_again(evaluate: ModuleType, tmp_path: Path) -> None:
    table = {"dev": pinned(evaluate, FIGURES), "other-dev": pinned(evaluate, {"a.b.f1": 0.5})}
    evaluate.write_floors(table, tmp_path / "floors.toml")
    assert evaluate.read_floors(tmp_path / "floors.toml") == table


def test_the_digest_knows_names_and_bytes(evaluate: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    found = [evaluate.digest(tmp_path)]
    (tmp_path / "a.json").write_text("{ }")
    found.append(evaluate.digest(tmp_path))
    (tmp_path / "a.json").rename(tmp_path / "b.json")
    found.append(evaluate.digest(tmp_path))
    assert len(set(found)) == 3


def test_what_is_wrong_with_the_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "gold" / "dev").mkdir(parents=True)
    (tmp_path / "gold" / "dev" / "index.json").write_text("[]")
    for argument, reason in (
        ("", "EVAL is not set"),
        ("nowhere", "there is no such folder"),
        ("gold", f"no index.json and no inputs.jsonl; try {tmp_path / 'gold' / 'dev'}"),
        ("gold/dev", "the scorer is missing"),
    ):
        command = [sys.executable, str(PROGRAM), argument]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert reason in ended.stderr.splitlines()[-1]
        assert "Traceback" not in ended.stderr
