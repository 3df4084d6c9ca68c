"""What a gazetteer of ten times the rows costs: `python gazetteer_growth.py [TIMES]`.

The added rows are invented places, their names joined from halves of the names that ship, so that they begin
and sound as those do. For each size, in a process of its own: seconds to compile and to open the snapshot,
memory held once it is open, and the processor time to read one report, the least of some rounds and the
first; of each the least of several turns. Exit status 1 where opening what ships takes more than 0.3 s or
150 MB, or a report 1.3 times as long with the larger one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from time import perf_counter, process_time

import click
from material import ordinary_reports, resident

from kg.gazetteer import COLUMNS, load_gazetteer, read_entries
from kg.reading import load_reader
from kg.settings import DEFAULT_MODEL, ontology_directory

OPEN_SECONDS, OPEN_BYTES, SLOWER = 0.3, 150e6, 1.3
ROUNDS = 5
TURNS = 3  # by turns with each size, so that a busy machine is as unkind to both


def invented(names: list[str], number: int) -> Iterator[str]:
    """So many lines of rows; no name twice."""
    seen = set(names)
    made = 0
    for i in count():
        one, other = names[i * 7 % len(names)], names[(i * 13 + i // len(names)) % len(names)]
        name = one[: (len(one) + 1) // 2] + other[len(other) // 2 :]
        if name in seen or name != name.strip() or "|" in name:
            continue
        seen.add(name)
        cells = {"key": f"invented-{i}", "label": name, "class": "Settlement", "country": "syria"}
        cells |= {"lat": "35.5", "lon": "40.1", "population": str(i % 5000), "source": "invented"}
        yield "\t".join(cells.get(column, "") for column in COLUMNS)
        made += 1
        if made == number:
            return


def grown(folder: Path, times: int) -> Path:
    """An ontology folder whose gazetteer has so many times the rows that ship."""
    shipped = ontology_directory()
    folder.mkdir()
    for path in shipped.iterdir():
        if path.name != "gazetteer":
            (folder / path.name).symlink_to(path)
    (folder / "gazetteer").mkdir()
    for path in (shipped / "gazetteer").glob("*.tsv"):
        (folder / "gazetteer" / path.name).symlink_to(path)
    entries, _ = read_entries(shipped / "gazetteer")
    if times > 1:
        names = [entry.label for entry in entries.values() if entry.label.isascii()]
        lines = ("\t".join(COLUMNS), *invented(names, (times - 1) * len(entries)))
        (folder / "gazetteer" / "zz-invented.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def measure(ontology: Path) -> dict[str, float]:
    """The figures of one gazetteer; the snapshot is there already."""
    before, began = resident(), perf_counter()
    gazetteer = load_gazetteer(ontology / "gazetteer")
    figures = {
        "open": perf_counter() - began,
        "bytes": float(resident() - before),
        "rows": float(len(gazetteer)),
    }
    reader, reports = load_reader(model=DEFAULT_MODEL, ontology=ontology), ordinary_reports()
    rounds = []
    for _ in range(ROUNDS):
        began = process_time()  # what other programs take does not count
        for report in reports:
            reader.read(report)
        rounds.append((process_time() - began) / len(reports))
    return figures | {"report": min(rounds), "first": rounds[0]}


def in_own_process(ontology: Path, cache: Path) -> dict[str, float]:
    """The figures, measured where nothing else is in memory."""
    began = perf_counter()
    load_gazetteer(ontology / "gazetteer", cache=cache)
    compiling = perf_counter() - began
    arguments = [sys.executable, __file__, "--measure", str(ontology)]
    environment = os.environ | {"KG_CACHE": str(cache)}
    done = subprocess.run(arguments, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures | {"compile": compiling}


def main(times: int) -> int:
    """Prints a line for each size; exit status."""
    with tempfile.TemporaryDirectory() as name:
        sizes = [(n, grown(Path(name) / str(n), n)) for n in (1, times)]
        turns = [
            {n: in_own_process(folder, Path(name) / "cache") for n, folder in sizes} for _ in range(TURNS)
        ]
    figures = {n: {key: min(turn[n][key] for turn in turns) for key in turns[0][n]} for n, _ in sizes}
    for n, _ in sizes:
        figures[n]["compile"] = turns[0][n]["compile"]  # later turns find the snapshot made
    for f in figures.values():
        click.echo(
            f"{f['rows']:>8,.0f} rows  compile {f['compile']:6.1f} s  open {f['open'] * 1000:6.0f} ms, "
            f"{f['bytes'] / 1e6:4.0f} MB  report {f['report'] * 1000:6.1f} ms, "
            f"at first {f['first'] * 1000:6.1f} ms"
        )
    ratio = figures[times]["report"] / figures[1]["report"]
    first = figures[times]["first"] / figures[1]["first"]
    click.echo(f"time per report: {ratio:.2f} times, at first {first:.2f} times")
    small = figures[1]
    return int(small["open"] > OPEN_SECONDS or small["bytes"] > OPEN_BYTES or ratio > SLOWER)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        click.echo(json.dumps(measure(Path(sys.argv[2]))))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
