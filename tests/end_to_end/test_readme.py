"""What README.md shows is what happens: its commands run word for word, and what it shows is their output."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = "build", "export", "link", "query", "stats", "validate", "load", "remove", "serve"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the blocks of commands write, run one after the other in a folder like the checkout."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("kg", "ontology", "samples", "server"):
        (folder / name).symlink_to(CHECKOUT / name)
    (folder / ".venv").symlink_to(sys.prefix)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"

    def run(block: str) -> str:
        command = ["bash", "-euo", "pipefail", "-c", block]
        ended = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{block}\n{ended.stderr}"
        return ended.stdout

    found = {}
    for kind, block in BLOCKS:
        if kind == "turtle":
            found[block] = run("kg export --report hasaka")
        elif kind == "sh" and "kg serve" not in block:
            found[block] = run(block)
    return found


def test_it_begins_with_the_two_commands() -> None:
    indented = re.findall(r"^    (\S.*)$", README, re.MULTILINE)
    assert [re.split(r"\s{2,}", line)[0] for line in indented[:2]] == ["make run", "make test"]
    assert README.index(indented[1]) < README.index("```")


def test_the_first_screen_is_short() -> None:
    assert README.partition("\n## ")[0].count("\n") <= 60


def test_triples_are_those_of_the_report(outputs: dict[str, str]) -> None:
    """The lines that are shown come in this order among those that are written."""
    (shown,) = (block for kind, block in BLOCKS if kind == "turtle")
    written = iter(outputs[shown].splitlines())
    missing = [line for line in shown.splitlines() if line not in written]
    assert missing == []


def test_answers_are_those_of_the_queries(outputs: dict[str, str]) -> None:
    shown = [
        (command, answer)
        for (kind, command), (next_kind, answer) in itertools.pairwise(BLOCKS)
        if (kind, next_kind) == ("sh", "text")
    ]
    assert len(shown) == 1
    for command, answer in shown:
        assert outputs[command] == answer


def test_every_command_has_an_example(outputs: dict[str, str]) -> None:
    """And those that are run did what they say: there were two reports to count."""
    examples = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]
    assert [
        name for name in COMMANDS if not any(f"{line} ".startswith(f"kg {name} ") for line in examples)
    ] == []
    counted = next(output for block, output in outputs.items() if "kg stats" in block)
    assert re.search(r"^Reports +2$", counted, re.MULTILINE)


def test_files_that_are_named_exist() -> None:
    named = [
        name for name in re.findall(r"`([A-Za-z_.][A-Za-z_./]*)`", README) if re.search(r"\w/$|\.md$", name)
    ]
    folders = ("", "ontology/", "tests/")
    assert len(named) >= 8
    assert [
        name for name in named if not any((CHECKOUT / folder / name).exists() for folder in folders)
    ] == []
