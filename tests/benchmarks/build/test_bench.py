"""The bench of builds runs, on few reports; the bars are for a quiet machine, and not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    file = tmp_path_factory.mktemp("texts") / "texts.jsonl"
    command = [sys.executable, str(HERE / "reports.py"), "--reports", "300", "-o", str(file)]
    subprocess.run(command, check=True)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_reports_are_varied_and_as_long_as_real_ones(texts: list[dict[str, str]]) -> None:
    assert len({report["text"] for report in texts}) == len({report["id"] for report in texts}) == 300
    lengths = sorted(len(report["text"].split()) for report in texts)
    assert lengths[0] >= 90
    assert 250 <= lengths[150] <= 450
    assert lengths[-1] <= 650
    assert not any(mark in report["text"] for report in texts for mark in "{}[]|")


def test_the_same_seed_gives_the_same_reports(texts: list[dict[str, str]]) -> None:
    command = [sys.executable, str(HERE / "reports.py"), "--reports", "20"]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert [json.loads(line) for line in found] == texts[:20]


def test_it_prints_each_stage_and_each_bar() -> None:
    options = ["--reports", "4", "--grown", "20", "--added", "2"]
    command = [sys.executable, str(HERE / "bench.py"), *options]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    assert found.returncode in (0, 1), found.stderr
    lines = found.stdout.splitlines()
    rows = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]
    wanted = ["loading", "ingest", "reading", "linking", "mapping", "validation", "clustering", "store"]
    assert rows == ["stage", "---", *wanted, "other", "whole build", "(export)"]
    verdicts = [line for line in lines if line.startswith(("met ", "MISSED "))]
    assert len(verdicts) == 3
    assert (found.returncode == 0) == all(line.startswith("met ") for line in verdicts)
