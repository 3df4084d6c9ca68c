"""A build with workers that is stopped from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.store import Store

SCRIPT = """
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from kg.pipeline import BuildOptions, build
from stand_in_reader import load

if __name__ == "__main__":
    options = BuildOptions(store=Path("store"), ontology=Path(sys.argv[2]), workers=2)
    build(["many.jsonl"], options=options, load_reader=load)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_stopped_build_leaves_a_sound_store_and_no_workers(
    tmp_path: Path, ontology: Path, number: signal.Signals
) -> None:
    records = [json.dumps({"id": f"r{number}", "text": "Nothing."}) for number in range(20_000)]
    (tmp_path / "many.jsonl").write_text("\n".join(records))
    (tmp_path / "run.py").write_text(SCRIPT)
    arguments = [sys.executable, "run.py", str(Path(__file__).parent / "parts"), str(ontology)]
    build = subprocess.Popen(
        arguments, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while (
        build.poll() is None and version(tmp_path / "store") < 3
    ):  # the first batch is small on a busy machine
        time.sleep(0.05)
    if number is signal.SIGINT:
        os.killpg(build.pid, number)  # as a terminal does: the workers get it too
    else:
        build.kill()
    _, messages = build.communicate(timeout=30)
    assert build.returncode == -number
    assert "SpawnProcess" not in messages  # no worker complains
    assert messages.count("KeyboardInterrupt") == (number is signal.SIGINT)
    assert len(list(Store.open(tmp_path / "store").reading().named_graphs())) >= 100
    deadline = time.monotonic() + 20
    while alive(build.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(build.pid)


def version(path: Path) -> int:
    return int(Store.open(path).version()) if (path / "meta.json").exists() else 0


def alive(group: int) -> bool:
    """Whether a process of the group still runs."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
