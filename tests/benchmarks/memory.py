"""Whether memory stays flat over thousands of reports: `python memory.py [MINUTES]`.

Reads the texts round and round, each time with words never met before, up to REPORTS reports or so many
minutes, and prints the memory held. Exit status 1 where it grows by more than GROWTH after the first tenth.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import click
from material import ordinary_reports, resident, shipped_reader

REPORTS = 10_000
GROWTH = 0.05  # of what is held after the first tenth; extrapolated to REPORTS where the time runs out


def main(minutes: float) -> int:
    """Prints the figures; exit status."""
    reader, reports = shipped_reader(), ordinary_reports()
    deadline = time.monotonic() + 60 * minutes
    held: list[int] = []
    step = REPORTS // 100
    for number in range(REPORTS):
        report = reports[number % len(reports)]
        new = f"Zor{number:x}ak"  # a name of its own, a number of its own
        reader.read(replace(report, text=f"{report.text}\n\n{new} killed {number} people in {new}abad."))
        if number % step == step - 1:
            held.append(resident())
            if len(held) % 10 == 0:
                click.echo(f"{number + 1} reports, {held[-1] / 2**20:.1f} MiB")
        if time.monotonic() > deadline:
            break
    first, last = held[len(held) // 10], held[-1]
    a_report = (last - first) / (step * max(len(held) - len(held) // 10 - 1, 1))
    grown = a_report * REPORTS / first
    click.echo(
        f"{len(held) * step} reports: {first / 2**20:.1f} MiB after the first tenth, {last / 2**20:.1f} MiB "
        f"at the end; {a_report:.0f} bytes a report, {100 * grown:.1f} % over {REPORTS}"
    )
    return int(grown > GROWTH)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 60))
