"""Builds a folder of gold reports once and scores the graph: `python tests/evaluation/evaluate.py DIR [scorer's options]`.

DIR holds either an `index.json` (id and date of each report) with the texts `ID.txt` and gold `ID.json`, or an
`inputs.jsonl` with a `gold.json`. The scorer lies one folder above: `score.py` for the first, `re3d.py` for the second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

KG = (sys.executable, "-m", "kg")


def records(gold: Path) -> str:
    """The reports of the folder as JSON Lines: id, date, text and what else is known."""
    ready = gold / "inputs.jsonl"
    if ready.exists():
        return ready.read_text(encoding="utf-8")
    index = json.loads((gold / "index.json").read_text(encoding="utf-8"))
    rows = (
        {"id": row["id"], "date": row["date"], "text": (gold / f"{row['id']}.txt").read_text(encoding="utf-8")}
        for row in index
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def build(gold: Path, folder: Path) -> Path:
    """The graph of the folder's reports, as N-Quads in `folder`."""
    inputs, graph = folder / "records.jsonl", folder / "graph.nq"
    inputs.write_text(records(gold), encoding="utf-8")
    store = ("--store", str(folder / "store"))
    subprocess.run([*KG, "build", str(inputs), *store], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*KG, "export", *store, "--format", "nquads", "-o", str(graph)], check=True)
    return graph


def score(gold: Path, graph: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs the folder's scorer; its answer is text, or JSON with the option `--json`."""
    if (gold / "inputs.jsonl").exists():
        command = [str(gold.parent / "re3d.py"), str(graph), str(gold)]
    else:
        command = [str(gold.parent / "score.py"), str(graph), "--gold", str(gold)]
    return subprocess.run([sys.executable, *command, *options], check=False, capture_output=True, text=True)


def main() -> None:
    """Prints the figures; exit status that of the scorer, 2 where there is nothing to score."""
    if len(sys.argv) < 2 or not sys.argv[1] or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: make eval EVAL=DIR, a folder of gold reports; none was found")
    gold = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        result = score(gold, build(gold, Path(folder)), *sys.argv[2:])
    sys.stdout.write(result.stdout)
    sys.stderr.write(result.stderr)
    sys.exit(result.returncode)


if __name__ == "__main__":
    main()
