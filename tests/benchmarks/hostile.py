"""Reads large texts of the worst kind: `python hostile.py [NAME...]`.

Prints for each the characters, processor seconds of the reading, how many times the linear extrapolation
from ordinary reports that is, and the most memory held; each in a process of its own. Checks all offsets.
"""

from __future__ import annotations

import multiprocessing
import random
import re
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count

import click
from checks import check_offsets
from material import ordinary_reports, peak, shipped_reader

from kg.facts import Report

SIZE = 2**20


def filled(text: str) -> str:
    """The text again and again, up to a megabyte."""
    return (text * (SIZE // len(text) + 1))[:SIZE]


def news() -> str:
    """Ordinary reports again and again, each time with other names."""
    texts = [report.text for report in ordinary_reports()]
    written: list[str] = []
    size = 0
    for number in count():
        changed = re.sub(r"(?<=[a-z] )[A-Z][a-z]{3,}", partial(_renamed, number), texts[number % len(texts)])
        written.append(changed)
        size += len(changed)
        if size > SIZE:
            return "\n\n".join(written)[:SIZE]
    raise AssertionError("count() never ends")


def _renamed(number: int, name: re.Match[str]) -> str:
    return name[0][:3] + "".join("aeiounrd"[int(figure)] for figure in f"{number:o}")


def names(number: int, separator: str, *, last: str = "") -> str:
    """So many names of persons, all different."""
    source = random.Random(11)  # noqa: S311 - the same each time is what is wanted
    syllables = ["ba", "ko", "ri", "mel", "tan", "shu", "va", "dor", "li", "zen"]
    firsts = ["".join(source.choices(syllables, k=3)).capitalize() for _ in range(400)]
    return separator.join(
        f"{source.choice(firsts)} {last or ''.join(source.choices(syllables, k=4)).capitalize()}"
        for _ in range(number)
    )


def characters() -> str:
    """Characters of all kinds, those without meaning too."""
    source = random.Random(13)  # noqa: S311 - the same each time is what is wanted
    return "".join(chr(c) for c in source.choices(range(0xD800), k=SIZE // 2)) + "".join(
        chr(c) for c in source.choices(range(0xE000, 0x110000), k=SIZE // 2)
    )


TEXTS: Mapping[str, Callable[[], str]] = {
    "news with changed names": news,
    "one sentence": lambda: filled("Rebels killed 12 civilians in Goma on Monday, the army said. "),
    "one sentence without facts": lambda: filled("An attack killed people and they said it was the group. "),
    "one sentence without end": lambda: filled(
        "rebels attacked the town and then soldiers, who fled, said that "
    ),
    "100,000 names": lambda: names(100_000, ", "),
    "100,000 names, a sentence each": lambda: names(100_000, " was killed. "),
    "100,000 namesakes": lambda: names(100_000, " said. ", last="Hassan"),
    "one line of letters": lambda: filled("abcdefghij"),
    "one line of brackets": lambda: filled("(["),
    "one line of full stops": lambda: filled("."),
    "one line of dots and letters": lambda: filled("a.b-c/"),
    "capitals": lambda: filled("THE ARMY SAID THE IS KILLED 12 PEOPLE IN GOMA. "),
    "quotation marks": lambda: filled('"“”\'" '),
    "spaces": lambda: filled(" "),
    "newlines": lambda: filled("\n"),
    "newlines and spaces": lambda: filled("\n \t"),
    "headlines": lambda: filled("Goma falls\n"),
    "numbers": lambda: filled("at least 12 or 13 to 14 of 15, "),
    "months": lambda: filled("from 1 May to 2 June 2022 and between January "),
    "acronyms": lambda: filled("Free Army of Goma (FAG), United Rebel Front (URF) and the FAG "),
    "right to left": lambda: filled(
        "قال الجيش إن المتمردين قتلوا 12 مدنيا. The army said that it was not there. "
    ),
    "combining": lambda: filled("e\u0301\u0302\u0303 a\u0300"),
    "emoji": lambda: filled("👨‍👩‍👧‍👦💥 🇸🇾"),
    "markup": lambda: filled('<div class="a"><p>Rebels &amp; co</p><br/></div>'),
    "any characters": characters,
}


def read(name: str, answer: multiprocessing.Queue[tuple[int, float, int, int]]) -> None:
    """Reads one text and answers with characters, seconds, bytes held at most, and facts."""
    reader, text = shipped_reader(), TEXTS[name]()
    reader.read(Report("warm", "Rebels killed 12 civilians in Goma."))
    before = time.process_time()
    facts = reader.read(Report("hostile", text))
    seconds = time.process_time() - before
    check_offsets(facts)
    answer.put((len(text), seconds, peak(), len(facts.entities) + len(facts.events) + len(facts.relations)))


def main(wanted: list[str]) -> int:
    """Prints a line a text; exit status 1 where one could not be read."""
    reader, reports = shipped_reader(), ordinary_reports()
    reader.read(reports[0])
    before = time.process_time()
    for report in reports:
        reader.read(report)
    a_character = (time.process_time() - before) / sum(len(report.text) for report in reports)
    failed = 0
    processes = multiprocessing.get_context("spawn")
    for name in wanted or TEXTS:
        answer = processes.Queue()
        process = processes.Process(target=read, args=(name, answer))
        process.start()
        process.join()
        if process.exitcode:
            failed += 1
            click.echo(f"{name}: failed with exit status {process.exitcode}")
            continue
        size, seconds, held, facts = answer.get()
        click.echo(
            f"{name}: {size} characters, {seconds:.0f} s, {seconds / size / a_character:.1f} times linear, "
            f"{held / 2**20:.0f} MiB, {facts} facts"
        )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
