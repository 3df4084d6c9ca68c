"""The W3C suites over HTTP, where their data and a runner are at hand: what fails is what the table lists.

The runner and the data are not part of the project: `SPARQL_CONFORMANCE` names the script, which finds its
data. Small cases of our own for the same rules are in test_rules.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TABLE = Path(__file__).with_name("expected_failures.txt")
RUNNER = Path(os.environ.get("SPARQL_CONFORMANCE", "none"))
QUICK = "protocol,gsp,gspdirect,sd,formats,results11"
ALL = "protocol,gsp,gspdirect,sd,formats,results11,query11,update11,syntax11,query10,query12,syntax12"

needs_runner = pytest.mark.skipif(
    not RUNNER.is_file(), reason="the W3C suites are not at hand: set SPARQL_CONFORMANCE to their runner"
)


def listed(suites: str) -> set[str]:
    lines = (line.partition("#")[0].strip() for line in TABLE.read_text().splitlines())
    return {line for line in lines if line.partition(":")[0] in suites.split(",")}


def test_the_table_is_in_order() -> None:
    names = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    assert len(names) == len(set(names)) == len(listed(ALL)) == 30


@needs_runner
@pytest.mark.parametrize(
    "suites",
    [
        QUICK,
        pytest.param(
            ALL, marks=pytest.mark.skipif("W3C_ALL" not in os.environ, reason="takes minutes: set W3C_ALL")
        ),
    ],
)
def test_only_what_is_listed_fails(writable, tmp_path: Path, suites: str) -> None:
    outcome = tmp_path / "outcome.json"
    command = [sys.executable, RUNNER, "--query-url", f"{writable.url}sparql", "--wipe", "--min", "all=0"]
    command += ["--update-url", f"{writable.url}update", "--gsp-url", f"{writable.url}graph-store"]
    command += ["--suites", suites, "--json", outcome]
    environment = {**os.environ, "SPARQL_TOKEN": writable.token}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(outcome.read_text())["suites"]
    failed = {f"{suite}:{name}" for suite, result in found.items() for name in result["failed"]}
    assert failed == listed(suites)
