"""The command as users run it, in processes of its own, and the stores that several tests look at."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

CHECKOUT = Path(__file__).parents[2]
SAMPLES = CHECKOUT / "samples"
COMMAND = (sys.executable, "-m", "kg")

Kg: TypeAlias = Callable[..., bytes]
Rows: TypeAlias = list[dict[str, str]]
Ask: TypeAlias = Callable[[Path, str], Rows]


@pytest.fixture(scope="session")
def kg() -> Kg:
    """Runs `kg` with the arguments; its standard output. The message of a command that fails is shown."""

    def run(*arguments: str | Path) -> bytes:
        ended = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, check=False)
        assert ended.returncode == 0, ended.stderr.decode()
        return ended.stdout

    return run


@pytest.fixture(scope="session")
def ask(kg: Kg) -> Ask:
    """The rows of a query over a store, by column."""

    def rows(store: Path, query: str) -> Rows:
        answer = kg("query", query, "--store", store, "--format", "csv")
        return list(csv.DictReader(io.StringIO(answer.decode(), newline="")))

    return rows


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The samples built twice at the same time: as they lie there, and last one first by two workers."""
    folder = tmp_path_factory.mktemp("stores")
    lines = (SAMPLES / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "reversed.jsonl").write_text("\n".join(reversed(lines)) + "\n", encoding="utf-8")
    others = sorted((path for path in SAMPLES.iterdir() if path.suffix != ".jsonl"), reverse=True)
    builds = [
        _build([SAMPLES], folder / "plain"),
        _build([*others, folder / "reversed.jsonl"], folder / "mixed", "--workers", "2"),
    ]
    for build in builds:
        _, messages = build.communicate()
        assert (build.returncode, messages) == (0, "")
    return folder / "plain", folder / "mixed"


def _build(inputs: Sequence[Path], store: Path, *options: str) -> subprocess.Popen[str]:
    command = [*COMMAND, "build", *map(str, inputs), "--store", str(store), *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="session")
def samples(stores: tuple[Path, Path]) -> Path:
    """The store that `kg build samples` makes; for reading only."""
    return stores[0]


@pytest.fixture(scope="session")
def sample_ids() -> set[str]:
    """The identifiers of the sample reports."""
    lines = (SAMPLES / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    files = {path.stem for path in SAMPLES.iterdir() if path.suffix != ".jsonl"}
    return {json.loads(line)["id"] for line in lines} | files


@pytest.fixture(scope="session")
def prison(gold_reports: Path, kg: Kg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with nothing but the report on the prison in Hasaka."""
    text = gold_reports / "dev" / "hasaka-2022.txt"
    if not text.is_file():
        pytest.skip(f"{text.name} is not among the gold reports in {gold_reports}")
    store = tmp_path_factory.mktemp("prison") / "store"
    kg("build", text, "--date", "2022-01-24", "--id", "hasaka-2022", "--store", store)
    return store
