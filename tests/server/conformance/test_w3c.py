"""The W3C suites over HTTP, where their data and a runner are at hand: what fails is what the table lists.

Runner and data are not part of the project: the fixture says where they are looked for. Small cases of our
own for the same rules are in test_rules.py.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
TABLE = Path(__file__).with_name("expected_failures.txt")
QUICK = "protocol,gsp,gspdirect,sd,formats,results11"
LONG = "query11,update11,syntax11,query10,query12,syntax12"
EVERY, SOME = ".", "01$"  # names of tests; some are a tenth of them, from all chapters
all_of_them = pytest.mark.skipif("W3C_ALL" not in os.environ, reason="takes minutes: set W3C_ALL")


@pytest.fixture(scope="session")
def runner() -> Path:
    """SPARQL_CONFORMANCE, or `eval/sparql_conformance.py` and `w3c-sparql/` in one beside the checkout."""
    named = os.environ.get("SPARQL_CONFORMANCE")
    if named:
        assert Path(named).is_file(), f"SPARQL_CONFORMANCE is {named!r}, where there is no file"
        return Path(named)
    for found in sorted(CHECKOUT.parent.glob("*/eval/sparql_conformance.py")):
        if (found.parents[1] / "w3c-sparql").is_dir():
            return found
    pytest.skip("no W3C suites here: set SPARQL_CONFORMANCE to a runner of them (docs/endpoint.md)")


def listed(suites: str, names: str = EVERY) -> set[str]:
    lines = (line.partition("#")[0].strip() for line in TABLE.read_text().splitlines())
    parted = (line.partition(":") for line in lines if line)
    return {
        f"{suite}:{name}"
        for suite, _, name in parted
        if suite in suites.split(",") and re.search(names, name)
    }


def test_the_table_is_in_order() -> None:
    names = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    assert len(names) == len(set(names)) == len(listed(f"{QUICK},{LONG}")) == 30


@pytest.mark.parametrize(
    ("suites", "names", "least"),
    [
        (QUICK, EVERY, 100),
        (LONG, SOME, 80),
        pytest.param(LONG, EVERY, 900, marks=all_of_them),
    ],
)
def test_only_what_is_listed_fails(
    runner: Path, writable, tmp_path: Path, suites: str, names: str, least: int
) -> None:
    outcome = tmp_path / "outcome.json"
    command = [sys.executable, runner, "--query-url", f"{writable.url}sparql", "--wipe", "--min", "all=0"]
    command += ["--update-url", f"{writable.url}update", "--gsp-url", f"{writable.url}graph-store"]
    command += ["--suites", suites, "--only", names, "--json", outcome]
    environment = {**os.environ, "SPARQL_TOKEN": writable.token}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(outcome.read_text())["suites"]
    failed = {f"{suite}:{name}" for suite, result in found.items() for name in result["failed"]}
    assert failed == listed(suites, names)
    assert sum(len(result["passed"]) for result in found.values()) >= least
