"""`kg backup` and `kg restore` beside a running server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ASK = "ASK { <http://e/s> <http://e/p> %s }"
INSERT = "INSERT DATA { <http://e/s> <http://e/p> %s }"


def kg(*arguments: object) -> None:
    command = [sys.executable, "-m", "kg", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def test_a_running_server_goes_on_with_what_was_restored(
    start: Callable, own_store: Path, tmp_path: Path
) -> None:
    site = start(own_store, workers=1, allow_update=True, token="a-long-secret")  # noqa: S106

    def has(value: int) -> bool:
        return bool(json.loads(site.query(ASK % value).body)["boolean"])

    assert site.update(INSERT % 1).status == 204
    kg("backup", tmp_path / "backup", "--store", own_store)
    assert site.update(INSERT % 2).status == 204
    assert (has(1), has(2)) == (True, True)
    kg("restore", tmp_path / "backup", "--store", own_store, "--force")
    assert (has(1), has(2)) == (True, False)
    assert site.update(INSERT % 3).status == 204
    assert (has(1), has(2), has(3)) == (True, False, True)
