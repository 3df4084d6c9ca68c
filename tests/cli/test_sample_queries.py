"""The sample queries on a report of which all facts are known."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from kg.store import Store

QUERIES = sorted((Path(__file__).parents[2] / "server" / "queries").glob("*.rq"))
DENIED = "The ministry denied an attack by rebels."
STRIKE = "The coalition carried out air strikes on Sinaa prison in Hasaka, the Pentagon confirmed."
STRUCK = "Air strike: carried out air strikes"

ANSWERS = {
    "01": [["Syrian forces", "Islamic State", "day", "Syrian forces fought Islamic State in the town."]],
    "02": [["coalition", "Sinaa prison", "Hasaka", "Pentagon", "day"]],
    "03": [["Sinaa prison", "fighters", "3500", "3500", "3,500", "day"]],
    "04": [["inmates", "77", "at least 77", "Militants", "Observatory", "day"]],
    "05": [
        ["denied", "Attack", "rebels", "ministry", "day", DENIED],
        [
            "possible",
            "Destruction: exploded",
            "",
            "(the report itself)",
            "day",
            "An oil tanker may have exploded.",
        ],
    ],
    "06": [["0", "Hasaka", STRUCK, "day", STRIKE], ["0", "Sinaa prison", STRUCK, "day", STRIKE]],
    "07": [[STRUCK, "Hasaka", "Reported", "day"]],
    "08": [],  # one report makes no cluster; the sample reports have answers
}


def test_each_has_its_answer() -> None:
    assert [path.name[:2] for path in QUERIES] == list(ANSWERS)


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_answer(path: Path, store: Store, kg: Callable[..., Result]) -> None:
    answer = kg("query", "-f", str(path), "--format", "csv")
    assert answer.exit_code == 0
    assert list(csv.reader(io.StringIO(answer.stdout)))[1:] == ANSWERS[path.name[:2]]


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_begins_with_its_title_and_has_an_order(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(r"# [A-Z][^\n]+[^.\n]\n(?!#)", text)
    assert "SELECT DISTINCT" in text or "GROUP BY" in text
    # what tells rows apart: all columns, or what they are grouped by
    columns = text.partition("GROUP BY")[2] or text.partition("SELECT DISTINCT")[2]
    selected = re.findall(r"\?\w+", columns.partition("\n")[0])
    ordered = re.findall(r"\?\w+", text.partition("ORDER BY")[2].partition("LIMIT 20\n")[0])
    assert sorted(selected) == sorted(ordered)
