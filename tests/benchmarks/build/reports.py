"""Makes reports of wars from a seed, with the shapes of real ones, each different from all others.

    .venv/bin/python tests/benchmarks/build/reports.py [-o FILE.jsonl] [--reports N] [--seed N]

A report is 100 to 600 words about one incident: a dateline or none, what happened, details, quotes, what else
happened around, and lines that tell of nothing. They come fifty a day, day after day. Three in ten tell of an
incident that another report has told, in other words, and with other numbers; one in fifty reprints a report
of another agency word for word, with an end of its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import re
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sentences
from world import War, person, village, wars

FIRST_DAY, A_DAY = dt.date(2019, 1, 1), 50
RETOLD, REPRINTED = 0.3, 0.02
REMEMBERED = 50  # incidents that are told again, and reports that are reprinted: the newest, of a day or two
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Incident:
    """What a report is about."""

    war: War
    kind: str
    day: dt.date
    town: str
    region: str
    group: str
    force: str
    target: str
    dead: int
    injured: int


@dataclass(frozen=True, slots=True)
class Written:
    """A record of a `.jsonl` file."""

    id: str
    title: str
    date: str
    publisher: str
    url: str
    text: str

    def line(self) -> str:
        """The record as JSON on one line."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields | {"language": "en"}, ensure_ascii=False) + "\n"


class Desk:
    """Writes one report after another."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 (no secret)
        self._wars = wars()
        self._incidents: deque[Incident] = deque(maxlen=REMEMBERED)
        self._printed: deque[Written] = deque(maxlen=REMEMBERED)

    def report(self, number: int) -> Written:
        """The next report."""
        draw = self._chance.random()
        if self._printed and draw < REPRINTED:
            return self._reprint(number, self._chance.choice(self._printed))
        if self._incidents and draw < REPRINTED + RETOLD:
            incident = self._chance.choice(self._incidents)
        else:
            incident = self._incident(FIRST_DAY + dt.timedelta(days=number // A_DAY))
            self._incidents.append(incident)
        issued = FIRST_DAY + dt.timedelta(days=number // A_DAY)
        written = self._write(number, incident, issued)
        self._printed.append(written)
        return written

    def _incident(self, day: dt.date) -> Incident:
        chance, war = self._chance, self._chance.choice(self._wars)
        kinds = [kind for kind in sentences.LEADS if kind != "prison" or war.prisons]
        dead = 1 + int(chance.paretovariate(0.9)) % 300
        return Incident(
            war=war,
            kind=chance.choice(kinds),
            day=day - dt.timedelta(days=chance.choice((0, 0, 1, 2))),
            town=chance.choice(war.towns),
            region=chance.choice(war.regions),
            group=chance.choice(war.groups),
            force=chance.choice(war.forces),
            target=chance.choice(sentences.TARGETS),
            dead=dead,
            injured=dead + chance.randrange(40),
        )

    def _write(self, number: int, incident: Incident, issued: dt.date) -> Written:
        chance = self._chance
        agency = chance.choice(sentences.AGENCIES)
        told = _Teller(chance, incident, issued, agency)
        paragraphs = [told.one(sentences.DATELINES) + told.one(sentences.LEADS[incident.kind])]
        words, wanted = 0, chance.randint(100, 560)
        kinds = (sentences.DETAILS, sentences.AROUND, sentences.QUOTES, sentences.PLAIN)
        while words < wanted:
            among = chance.choices(kinds, (5, 6, 2, 4))[0]
            lines = [told.one(among) for _ in range(chance.choice((1, 2, 2, 3)))]
            paragraphs.append(" ".join(lines))
            words = sum(len(paragraph.split()) for paragraph in paragraphs)
        return Written(
            id=f"r{number:06}",
            title=told.one(sentences.TITLES),
            date=issued.isoformat(),
            publisher=agency,
            url=f"https://news.example.org/{number}",
            text="\n\n".join(paragraphs),
        )

    def _reprint(self, number: int, first: Written) -> Written:
        agency = self._chance.choice([name for name in sentences.AGENCIES if name != first.publisher])
        return Written(
            id=f"r{number:06}",
            title=first.title,
            date=first.date,
            publisher=agency,
            url=f"https://news.example.org/{number}",
            text=f"{first.text}\n\nThis is report {number} of {agency}, from {first.publisher}.",
        )


class _Teller:
    """Fills patterns for one report; each pattern is used once, as long as there are others."""

    def __init__(self, chance: random.Random, incident: Incident, issued: dt.date, agency: str) -> None:
        self._chance = chance
        self._incident = incident
        self._issued = issued
        self._agency = agency
        self._used: set[str] = set()

    def one(self, patterns: tuple[str, ...]) -> str:
        """A sentence of one of the patterns, with a capital."""
        fresh = [pattern for pattern in patterns if pattern not in self._used] or list(patterns)
        pattern = self._chance.choice(fresh)
        self._used.add(pattern)
        text = self._filled(pattern)
        return text[:1].upper() + text[1:]

    def _filled(self, text: str) -> str:
        while (choice := _CHOICE.search(text)) is not None:
            text = text[: choice.start()] + self._chance.choice(choice[1].split("|")) + text[choice.end() :]
        text = _SLOT.sub(lambda slot: self._value(slot[1]), text)
        return re.sub(r"\b([Tt]he) [Tt]he\b", r"\1", text)

    def _value(self, name: str) -> str:
        told, chance, war = self._incident, self._chance, self._incident.war
        match name:
            case "town" | "region" | "group" | "force" | "target":
                return str(getattr(told, name))
            case "TOWN":
                return told.town.upper()
            case "dead" | "injured":
                number = getattr(told, name)  # one report in three has another number
                return str(number if chance.random() < 0.7 else number + chance.randint(1, 3))
            case "dead2":
                return str(told.dead + chance.randint(0, 9))
            case "few" | "distance" | "age" | "many":
                low, high = {"few": (2, 9), "distance": (5, 90), "age": (19, 80), "many": (20, 900)}[name]
                return f"{chance.randint(low, high) * (100 if name == 'many' else 1):,}"
            case "name":
                return person(chance)
            case "village":
                return village(chance)
            case "official":
                return self._filled(chance.choice(sentences.OFFICIALS))
            case "monitor":
                return chance.choice(war.monitors or ["a monitoring group"])
            case "prison":
                return chance.choice(war.prisons or ["the central prison"])
            case "agency":
                return self._agency
            case "country":
                return war.country
            case "weekday":
                return sentences.WEEKDAYS[told.day.weekday()]
            case "earlier":
                day = told.day - dt.timedelta(days=chance.randint(2, 25))
                return f"{day.day} {sentences.MONTHS[day.month - 1]}"
            case "day":
                return str(self._issued.day)
            case "month":
                return sentences.MONTHS[self._issued.month - 1]
            case "year":
                return str(self._issued.year - chance.randint(1, 4))
        of_war = {
            "town2": war.towns,
            "group2": war.groups,
            "leader": war.leaders,
            "government": war.governments,
        }
        if name not in of_war:
            raise ValueError(f"unexpected slot {name!r}")
        return chance.choice(of_war[name])


def reports(*, number: int, seed: int = 7) -> Iterator[Written]:
    """So many reports; the same seed gives the same, and a smaller number the first of them."""
    desk = Desk(seed)
    return (desk.report(at) for at in range(number))


def write(path: Path, *, number: int, seed: int = 7) -> Path:
    """The reports as a `.jsonl` file; returns its path."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(one.line() for one in reports(number=number, seed=seed))
    return path


def main() -> None:
    """Write reports to a file or to standard output."""
    parser = argparse.ArgumentParser(description="Make reports of wars, a record a line.")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    if options.output is not None:
        write(options.output, number=options.reports, seed=options.seed)
    else:
        sys.stdout.writelines(one.line() for one in reports(number=options.reports, seed=options.seed))


if __name__ == "__main__":
    main()
