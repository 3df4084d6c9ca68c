"""`kg read` as a process, with the real reader."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TEXT = (
    "Islamic State fighters attacked a prison in Hasaka, Syria, on Thursday.\n"
    "The ministry denied that anyone had escaped, café owners said."
)
RECORDS = [{"id": "day", "date": "2022-01-24", "title": "A day", "text": TEXT}, {"id": "none"}]


def read(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kg", "read", "-", *options],
        cwd=folder,
        input="\n".join(json.dumps(record) for record in RECORDS),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_facts_as_lines_and_as_json(tmp_path: Path) -> None:
    shown = read(tmp_path)
    assert (shown.returncode, shown.stderr) == (1, "kg: stdin:2: the record has no text\n")
    assert shown.stdout.startswith("day: ")
    assert "2022-01-20" in shown.stdout
    assert "[Denied]" in shown.stdout
    assert all(f"      {sentence}\n" in shown.stdout for sentence in TEXT.split("\n"))
    found = json.loads(read(tmp_path, "--format", "json").stdout)
    assert found["report"] == RECORDS[0]
    words = {TEXT[begin:end] for begin, end, _ in found["mentions"]}
    assert {"Hasaka", "attacked", "denied"} <= words
    assert list(tmp_path.iterdir()) == []  # nothing is stored
