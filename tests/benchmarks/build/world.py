"""Who fights where: names from the gazetteer by country, and people and villages of our own."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kg.gazetteer import Entry, load_gazetteer
from kg.settings import ontology_directory

COUNTRIES = (
    "syria", "iraq", "yemen", "somalia", "sudan", "ukraine", "afghanistan", "mali", "myanmar", "ethiopia",
    "democratic-republic-of-the-congo", "nigeria", "libya", "lebanon", "burkina-faso", "pakistan",
)  # fmt: skip
_FORCES = ("StateForce", "SecurityForce")
_FIRST = (
    "Adan", "Amina", "Andriy", "Aye", "Bakari", "Dawit", "Elena", "Fadel", "Farah", "Hadiza", "Hamza",
    "Idris", "Ismail", "Jamila", "Joseph", "Khalil", "Kofi", "Layla", "Mahmoud", "Mariam", "Marko", "Moussa",
    "Nadia", "Oksana", "Omar", "Patrick", "Rahel", "Rashid", "Salma", "Samir", "Tariq", "Thida",
    "Viktor", "Yusuf", "Zahra",
)  # fmt: skip
_LAST_BEGIN = ("Abd", "Bar", "Dar", "Fal", "Gha", "Had", "Kar", "Kov", "Lam", "Mah", "Nas", "Osm", "Qas",
               "Raj", "Sal", "Tes", "Ung", "Vas", "War", "Zak")  # fmt: skip
_LAST_END = ("ani", "awi", "ene", "enko", "iri", "ko", "oud", "ouri", "ov", "umi", "urai", "win")
_VILLAGE_BEGIN = ("Tal ", "Kafr ", "Bir ", "Ain ", "Kala", "Mbu", "Nova ", "Old ", "Sin", "Umm ")
_VILLAGE_END = ("barak", "dara", "gawa", "hamra", "ivka", "karoun", "madi", "rousse", "tembo", "zeit")


@dataclass(frozen=True, slots=True)
class War:
    """The names of one country. Each has some groups, forces and towns; the others may be empty."""

    country: str
    demonym: str
    groups: Sequence[str]
    forces: Sequence[str]
    towns: Sequence[str]
    regions: Sequence[str]
    monitors: Sequence[str]
    governments: Sequence[str]
    leaders: Sequence[str]
    prisons: Sequence[str]


def wars() -> list[War]:
    """The countries with their names, in the order of `COUNTRIES`."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    gazetteer = load_gazetteer(ontology_directory() / "gazetteer")
    for entry in gazetteer.values():
        if entry.country in COUNTRIES and not entry.guarded:
            found[entry.country, entry.class_name].append(entry.label)
    return [_war(gazetteer[key], key, found) for key in COUNTRIES]


def _war(country: Entry, key: str, found: defaultdict[tuple[str, str], list[str]]) -> War:
    return War(
        country=country.label,
        demonym=country.demonyms[0],
        groups=found[key, "ArmedGroup"],
        forces=[name for kind in _FORCES for name in found[key, kind]],
        towns=found[key, "Settlement"],
        regions=found[key, "Region"],
        monitors=found[key, "MonitoringGroup"],
        governments=found[key, "Government"],
        leaders=found[key, "Person"],
        prisons=found[key, "Prison"],
    )


def person(chance: random.Random) -> str:
    """A made-up name of a person; there are ten thousand."""
    return f"{chance.choice(_FIRST)} {chance.choice(_LAST_BEGIN)}{chance.choice(_LAST_END)}"


def village(chance: random.Random) -> str:
    """A made-up name of a village, which the gazetteer need not have; there are a hundred."""
    return (chance.choice(_VILLAGE_BEGIN) + chance.choice(_VILLAGE_END)).title()
