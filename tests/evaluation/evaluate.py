"""Builds a folder of gold reports once and scores the graph: `python tests/evaluation/evaluate.py DIR`.

DIR holds either an `index.json` (id and date of each report) with the texts `ID.txt` and gold `ID.json`, or
an `inputs.jsonl` with a `gold.json`. The scorer lies one folder above: `score.py` for the first, `re3d.py`
for the second. Options are the scorer's, such as --misses and --json, or `--pin [--allow-lower]`: write what
was measured, less a margin, into floors.toml, where the tests find it. Without --allow-lower a floor only
ever rises.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

KG = (sys.executable, "-m", "kg")
FLOORS = Path(__file__).with_name("floors.toml")
MARGIN = 0.02  # models and libraries of the same version differ by a little between machines

_HEAD = f"""\
# What the reading must reach on each folder of gold reports, told by the digest of its files.
# Written by `python tests/evaluation/evaluate.py DIR --pin`: what was measured less {MARGIN}; ceilings plus.
"""


class EvaluationError(Exception):
    """Why there is nothing to score, in one line."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """What is pinned for a folder of gold reports: the digest of its files, and bounds by metric."""

    digest: str = ""
    floors: Mapping[str, float] = field(default_factory=dict)
    ceilings: Mapping[str, float] = field(default_factory=dict)

    def broken(self, figures: Mapping[str, float]) -> list[str]:
        """Each bound that the figures break, as a line; a metric that is not measured breaks its bound."""
        low = [
            (name, figures.get(name), f">= {bar}")
            for name, bar in self.floors.items()
            if figures.get(name, float("-inf")) < bar
        ]
        high = [
            (name, figures.get(name), f"<= {bar}")
            for name, bar in self.ceilings.items()
            if figures.get(name, float("inf")) > bar
        ]
        return [
            f"{name} is {'not measured' if got is None else got}, pinned {bar}"
            for name, got, bar in low + high
        ]


def check_gold(gold: Path) -> None:
    """Raises EvaluationError where the folder is not one of gold reports or its scorer is missing."""
    if not gold.is_dir():
        raise EvaluationError(f"{gold}: there is no such folder")
    if not (gold / "index.json").is_file() and not (gold / "inputs.jsonl").is_file():
        within = sorted(
            path.parent.name for name in ("index.json", "inputs.jsonl") for path in gold.glob(f"*/{name}")
        )
        hint = f"; try {' or '.join(str(gold / name) for name in within)}" if within else ""
        raise EvaluationError(
            f"{gold}: no gold reports, for there is no index.json and no inputs.jsonl{hint}"
        )
    if not scorer(gold).is_file():
        raise EvaluationError(
            f"{scorer(gold)}: the scorer is missing; it belongs beside the folder of gold reports"
        )


def scorer(gold: Path) -> Path:
    """The program that compares a graph with this folder's gold."""
    return gold.parent / ("re3d.py" if (gold / "inputs.jsonl").is_file() else "score.py")


def digest(gold: Path) -> str:
    """SHA-256 of the names and bytes of the folder's files."""
    found = hashlib.sha256()
    for path in sorted(path for path in gold.iterdir() if path.is_file()):
        data = path.read_bytes()
        found.update(f"{path.name}\0{len(data)}\0".encode() + data)
    return found.hexdigest()


def records(gold: Path) -> str:
    """The reports of the folder as JSON Lines: id, date, text and what else is known."""
    ready = gold / "inputs.jsonl"
    if ready.is_file():
        return ready.read_text(encoding="utf-8")
    index = json.loads((gold / "index.json").read_text(encoding="utf-8"))
    rows = (
        {
            "id": row["id"],
            "date": row["date"],
            "text": (gold / f"{row['id']}.txt").read_text(encoding="utf-8"),
        }
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
    given = [str(gold)] if scorer(gold).name == "re3d.py" else ["--gold", str(gold)]
    command = [sys.executable, str(scorer(gold)), str(graph), *given, *options]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def measure(gold: Path, graph: Path) -> dict[str, float]:
    """The F1, accuracy or mean of each metric of the scorer, those of single types left out."""
    result = score(gold, graph, "--json")
    result.check_returncode()
    figures, _ = json.JSONDecoder().raw_decode(result.stdout.lstrip())
    return {
        f"{metric}.{name}": fields[name]
        for metric, fields in figures.items()
        for name in ("f1", "accuracy", "mean")
        if name in fields and not metric.rpartition(".")[2][0].isupper()
    }


def read_floors(path: Path = FLOORS) -> dict[str, Pinned]:
    """What is pinned, by the name of the folder of gold reports."""
    if not path.exists():
        return {}
    return {name: Pinned(**table) for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def pin(old: Pinned, figures: Mapping[str, float], *, digest: str, allow_lower: bool) -> Pinned:
    """The bounds that the figures give; EvaluationError where they break a bound and may not lower it."""
    broken = [] if allow_lower else old.broken(figures)
    if broken:
        raise EvaluationError(f"not pinned: {'; '.join(broken)}; --allow-lower gives in")
    floors = {name: round(got - MARGIN, 3) for name, got in figures.items() if not _is_ceiling(name)}
    ceilings = {name: round(got + MARGIN, 3) for name, got in figures.items() if _is_ceiling(name)}
    if not allow_lower:
        floors = {name: max(bar, old.floors.get(name, bar)) for name, bar in floors.items()}
        ceilings = {name: min(bar, old.ceilings.get(name, bar)) for name, bar in ceilings.items()}
    return Pinned(digest, floors, ceilings)


def _is_ceiling(metric: str) -> bool:
    return metric.startswith("fragments.")


def write_floors(pinned: Mapping[str, Pinned], path: Path = FLOORS) -> None:
    """Write what is pinned as TOML."""
    parts = [_HEAD]
    for name, found in sorted(pinned.items()):
        parts.append(f'\n[{name}]\ndigest = "{found.digest}"\n')
        for title, bounds in (("floors", found.floors), ("ceilings", found.ceilings)):
            lines = "".join(f'"{metric}" = {bar}\n' for metric, bar in bounds.items())
            parts.append(f"\n[{name}.{title}]\n{lines}" if lines else "")
    path.write_text("".join(parts), encoding="utf-8")


def run(gold: Path, options: list[str], *, pinning: bool, allow_lower: bool) -> int:
    """Build, score, print; exit status of the scorer."""
    check_gold(gold)
    with tempfile.TemporaryDirectory() as name:
        graph = build(gold, Path(name))
        result = score(gold, graph, *options)
        sys.stdout.write(result.stdout)
        sys.stderr.write(result.stderr)
        if pinning and result.returncode == 0:
            pinned = read_floors()
            old = pinned.get(gold.name, Pinned())
            new = pin(old, measure(gold, graph), digest=digest(gold), allow_lower=allow_lower)
            write_floors(pinned | {gold.name: new})
    return result.returncode


def main() -> None:
    """Exit status that of the scorer, 2 where there is nothing to score."""
    parser = argparse.ArgumentParser(
        usage="make eval EVAL=DIR [OPTIONS='--misses | --json | --pin [--allow-lower] | --min METRIC=VALUE']",
        description="Scores the reading against a folder of gold reports.",
    )
    parser.add_argument("gold", metavar="DIR")
    parser.add_argument("--pin", action="store_true")
    parser.add_argument("--allow-lower", action="store_true")
    known, options = parser.parse_known_args()
    if not known.gold:
        parser.error("EVAL is not set: name a folder of gold reports")
    try:
        sys.exit(run(Path(known.gold).resolve(), options, pinning=known.pin, allow_lower=known.allow_lower))
    except EvaluationError as error:
        parser.error(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)  # the command has said why


if __name__ == "__main__":
    main()
