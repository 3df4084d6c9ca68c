"""Reads random texts for some minutes: `python fuzz.py [MINUTES] [SEED]`.

Half of a text's pieces are words and marks that the reading knows, half are characters of any script,
marks, controls and rubbish. Checks offsets and anchors, and that a second reading says the same. The first
text that fails is printed with its number, from which `SEED` gives it again; exit status 1.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Sequence

import click
from checks import check_graph, check_offsets
from material import ordinary_reports, resident, shipped_reader

from kg.facts import Report

BLOCKS = ((0x20, 0x7F), (0xA0, 0x250), (0x300, 0x370), (0x400, 0x530), (0x590, 0x780), (0x900, 0x980))
MORE_BLOCKS = ((0x2000, 0x2070), (0x3000, 0x3100), (0x4E00, 0x9FFF), (0x1F300, 0x1FAFF), (0xFE00, 0xFFFE))
RUBBISH = (
    *(
        "\n",
        "\n\n",
        "\t",
        "\r",
        "\x00",
        "\x0b",
        "\x1c",
        "\x85",
        "\u2028",
        "\u200b",
        "\u200d",
        "\u202e",
        "\ufeff",
    ),
    *(
        "<p>",
        "</div>",
        "&nbsp;",
        "&#x1F4A3;",
        "<br/>",
        "http://a.b/c?d=e",
        "a@b.c",
        "[1]",
        "(",
        ")",
        "((",
        "--",
    ),
    *("“", "”", "’", "'s", '"', "...", "…", "—", "•", ";", ":", ",", ".", "!?", "%", "$5m", "№", "½", "²"),
)


def pieces(reports: Sequence[Report]) -> list[str]:
    """The words and marks of the reports, each as often as it stands there."""
    return [piece for report in reports for piece in re.findall(r"\w+|[^\w\s]|\n+", report.text)]


def random_text(source: random.Random, known: Sequence[str], sentences: Sequence[str]) -> str:
    """One text of up to a few hundred pieces."""
    share = source.random()
    parts: list[str] = []
    for _ in range(source.choice((1, 5, 20, 80, 300))):
        draw = source.random()
        if draw < share * 0.3:
            parts.append(source.choice(sentences))
        elif draw < share:
            parts.append(source.choice(known))
        elif draw < share + (1 - share) / 2:
            parts.append(source.choice(RUBBISH) * source.choice((1, 1, 1, 2, 50)))
        else:
            first, last = source.choice((*BLOCKS, *MORE_BLOCKS))
            parts.append(
                "".join(chr(source.randrange(first, last)) for _ in range(source.choice((1, 3, 12))))
            )
        parts.append(source.choice((" ", " ", " ", "", "\n")))
    return "".join(parts)


def main(minutes: float, seed: int) -> int:
    """Prints how many texts were read; exit status."""
    reader, reports = shipped_reader(), ordinary_reports()
    known = pieces(reports)
    sentences = [line for report in reports for line in re.split(r"(?<=\.) ", report.text)]
    deadline = time.monotonic() + 60 * minutes
    read = anchors = facts_found = 0
    while time.monotonic() < deadline:
        text = random_text(random.Random(seed), known, sentences)  # noqa: S311 - to be had again
        report = Report("fuzz", text)
        try:
            facts = reader.read(report)
            check_offsets(facts)
            anchors += check_graph(facts)
            same = reader.read(report) == facts
        except Exception:
            click.echo(f"seed {seed}: {text!r}", err=True)
            raise
        if not same:
            click.echo(f"seed {seed}: read twice, two answers: {text!r}", err=True)
            return 1
        read, seed = read + 1, seed + 1
        facts_found += len(facts.entities) + len(facts.events) + len(facts.relations)
    click.echo(
        f"{read} texts, {facts_found} facts, {anchors} anchors, {resident() / 2**20:.0f} MiB at the end"
    )
    return 0


if __name__ == "__main__":
    given = [*sys.argv[1:], *("5", "1")[len(sys.argv) - 1 :]]
    sys.exit(main(float(given[0]), int(given[1])))
