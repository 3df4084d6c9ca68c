"""The gazetteer that ships: what every row must keep to."""

import csv
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from kg.gazetteer import ACTORS, FACILITIES, PLACES, Entry, Gazetteer

# what the seed reports and their neighbours rest on
VERIFIED = [
    ("islamic-state", "Q2429253"),
    ("syrian-democratic-forces", "Q21096224"),
    ("syria", "Q858"),
    ("iraq", "Q796"),
    ("united-states", "Q30"),
    ("united-kingdom", "Q145"),
    ("hasaka", "Q311321"),
    ("hasaka-governorate", "Q233914"),
    ("derik", "Q2603127"),
    ("reuters", "Q130879"),
    ("agence-france-presse", "Q40464"),
    ("bbc", "Q9531"),
    ("state-department", "Q789915"),
    ("pentagon", "Q11209"),
    ("autonomous-administration-of-north-and-east-syria", "Q619829"),
]

# known, but no source has name and id together: a wrong link is worse than none
UNLINKED = [
    "syrian-observatory-for-human-rights",
    "us-led-coalition",
    "ghwayran-prison",
    "ned-price",
    "houthis",
]

KILOMETRES = 111.2  # of a degree
# farther than this from what holds them, things are in the wrong place; a region's point is its middle
FARTHEST_KM = {"Settlement": 25.0, "Neighbourhood": 25.0, "Region": 1_620.0}
NEAREST_KM = 5.0  # two towns of one name in one country lie farther apart, or are one
# leased ground and a town on oil platforms, outside the boxes of their countries
BEYOND = {"guantanamo-bay-detention-camp", "neft-daslari"}

# ordinary words, given names and surnames; a lone one needs a guard
WORDS = """
    abbas ali ann bam bar bath best camp central chop danger dir east eastern elias engels extra
    gore hill hit hun hunter lake lakes manga march marks mobile most nasir nasser nice north
    northern of orange palma pole police port reading sale salt same sari shire south southern split
    summit tame temple union unity victoria west western ahmed hassan hussein ibrahim ismail john
    khan mary mohammed omar singh
"""

# phrases that fit anyone
GENERIC = {
    "army",
    "central government",
    "coalition",
    "defence ministry",
    "foreign ministry",
    "government",
    "interior ministry",
    "internal security forces",
    "militants",
    "police",
    "prison",
    "rebels",
    "security forces",
    "the army",
    "the coalition",
    "the government",
    "the observatory",
    "the prison",
    "troops",
}


def names(entry: Entry) -> Iterator[str]:
    yield entry.label
    yield from entry.aliases


def folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’")
    return re.sub(r"[\s–-]+", " ", letters)


def kind(entry: Entry) -> str:
    if entry.class_name == "Person":
        return "person"
    if entry.class_name in ACTORS:
        return "organization"
    return "place" if entry.class_name in PLACES else "facility"


def degrees(a: Entry, b: Entry) -> float:
    """The angle between two entries' points."""
    assert a.latitude is not None
    assert a.longitude is not None
    assert b.latitude is not None
    assert b.longitude is not None
    phi, psi = math.radians(a.latitude), math.radians(b.latitude)
    turn = math.radians(a.longitude - b.longitude)
    cosine = math.sin(phi) * math.sin(psi) + math.cos(phi) * math.cos(psi) * math.cos(turn)
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


@pytest.mark.parametrize(("key", "wikidata"), VERIFIED)
def test_verified_ids(gazetteer: Gazetteer, key: str, wikidata: str) -> None:
    assert gazetteer[key].wikidata == wikidata


@pytest.mark.parametrize("key", UNLINKED)
def test_no_id_where_none_is_verified(gazetteer: Gazetteer, key: str) -> None:
    assert gazetteer[key].wikidata is None


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("IS", "islamic-state"),
        ("Islamic State group", "islamic-state"),
        ("Daesh", "islamic-state"),
        ("SDF", "syrian-democratic-forces"),
        ("SOHR", "syrian-observatory-for-human-rights"),
        ("Syrian Observatory", "syrian-observatory-for-human-rights"),
        ("Pentagon", "pentagon"),
        ("Department of Defense", "pentagon"),
        ("US", "united-states"),
        ("U.S.", "united-states"),
        ("DRC", "democratic-republic-of-the-congo"),
        ("Burma", "myanmar"),
        ("Gweiran", "ghwayran-prison"),
        ("Deir al-Zor", "deir-ez-zor"),
        ("Kiev", "kyiv"),
        ("al-Malikiyah", "derik"),
        ("Russian defence ministry", "russian-ministry-of-defence"),
        ("Iraqi army", "iraqi-army"),
        ("Kurdish-led administration", "autonomous-administration-of-north-and-east-syria"),
        ("Médecins Sans Frontières", "medecins-sans-frontieres"),
        ("Hmeimim", "khmeimim-air-base"),
    ],
)
def test_names_lead_to_the_entry(gazetteer: Gazetteer, name: str, key: str) -> None:
    assert [entry.key for entry in gazetteer.values() if name in names(entry)] == [key]


def test_each_file_holds_its_kind(directory: Path) -> None:
    allowed = {
        "actors": ACTORS,
        "countries": {"Country"},
        "districts": {"Region"},
        "facilities": FACILITIES,
        "places": PLACES,
        "towns": {"Settlement"},
    }
    assert {path.stem for path in directory.glob("*.tsv")} == set(allowed)
    for stem, classes in allowed.items():
        with (directory / f"{stem}.tsv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        assert {row["class"] for row in rows} <= classes, stem


def test_there_is_enough_of_each_kind(gazetteer: Gazetteer) -> None:
    counts = Counter(map(kind, gazetteer.values()))
    assert counts["organization"] > 1000
    assert counts["person"] > 300
    assert counts["facility"] > 200
    assert 30_000 < counts["place"] < 50_000


def test_files_stay_small(directory: Path) -> None:
    assert all(path.stat().st_size < 3_500_000 for path in directory.glob("*.tsv"))


def test_every_country_has_a_point_and_a_link(gazetteer: Gazetteer) -> None:
    countries = [e for e in gazetteer.values() if e.class_name == "Country"]
    assert len(countries) > 200
    assert [e.key for e in countries if e.latitude is None or e.wikidata is None] == []


def test_points_lie_in_their_country(gazetteer: Gazetteer) -> None:
    """Within the box around the country, by Natural Earth; Crimea counts with Ukraine."""
    with (Path(__file__).parent / "bounds.tsv").open(encoding="utf-8", newline="") as lines:
        bounds = {row.pop("country"): row for row in csv.DictReader(lines, delimiter="\t")}
    assert len(bounds) > 200
    strays = []
    for entry in gazetteer.values():
        box = bounds.get(entry.country or "")
        if box is None or entry.latitude is None or entry.longitude is None or entry.key in BEYOND:
            continue
        inside = float(box["south"]) <= entry.latitude <= float(box["north"])
        if not inside or not float(box["west"]) <= entry.longitude <= float(box["east"]):
            strays.append((entry.key, entry.country, entry.latitude, entry.longitude))
    assert strays == []


def test_things_lie_near_what_holds_them(gazetteer: Gazetteer) -> None:
    entries = {entry.key: entry for entry in gazetteer.values()}
    strays = []
    for entry in entries.values():
        parent = entries[entry.within] if entry.within is not None else None
        if parent is not None and entry.latitude is not None and parent.latitude is not None:
            away = degrees(entry, parent) * KILOMETRES
            if away > FARTHEST_KM.get(parent.class_name, 25.0):
                strays.append((entry.key, parent.key, round(away)))
    assert strays == []


def test_what_holds_a_thing_is_of_its_country(gazetteer: Gazetteer) -> None:
    strays = [
        (entry.key, entry.within)
        for entry in gazetteer.values()
        if entry.within is not None and gazetteer[entry.within].country != entry.country
    ]
    assert strays == []


# acronyms of bodies that the countries of a report tell apart (tests/reading/test_linking.py)
SHARED: defaultdict[str, set[str]] = defaultdict(set, {"organization": {"rsf"}})


@pytest.mark.parametrize("coarse", ["person", "organization", "facility"])
def test_no_name_is_shared_within_a_kind(gazetteer: Gazetteer, coarse: str) -> None:
    owners = defaultdict(set)
    for entry in gazetteer.values():
        if kind(entry) == coarse:
            for name in names(entry):
                owners[folded(name)].add(entry.key)
    shared = {name for name, keys in owners.items() if len(keys) > 1}
    assert shared == SHARED[coarse]


def test_no_place_stands_twice(gazetteer: Gazetteer) -> None:
    """Places of one name, country and class have points, and these lie apart."""
    owners: defaultdict[tuple[str, str | None, str], dict[str, Entry]] = defaultdict(dict)
    for entry in gazetteer.values():
        if kind(entry) == "place":
            for name in names(entry):
                owners[folded(name), entry.country, entry.class_name][entry.key] = entry
    twice = [
        (name, one.key, other.key)
        for (name, _, _), entries in owners.items()
        for one, other in combinations(entries.values(), 2)
        if one.latitude is None or other.latitude is None or degrees(one, other) * KILOMETRES < NEAREST_KM
    ]
    assert twice == []


def test_no_actor_is_also_a_place(gazetteer: Gazetteer) -> None:
    actors = {folded(n) for e in gazetteer.values() if e.class_name in ACTORS for n in names(e)}
    shared = {
        n for e in gazetteer.values() if e.class_name in PLACES for n in names(e) if folded(n) in actors
    }
    assert shared == set()


def test_ordinary_words_are_guarded(gazetteer: Gazetteer) -> None:
    words = set(WORDS.split())
    naked = [
        (entry.key, name)
        for entry in gazetteer.values()
        for name in names(entry)
        if folded(name) in words and not entry.guarded
    ]
    assert naked == []


def test_words_that_reports_write_small_are_no_places(gazetteer: Gazetteer) -> None:
    """Such a word is an ordinary one, so a place of that name needs a guard."""
    root = Path(__file__).parents[2]
    files = [*(root / "samples").rglob("*.*"), *(root / "tests" / "cases").glob("*.toml")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    words = set(re.findall(r"(?<![\w'’-])[a-z]{3,}(?![\w-])", text))
    assert len(words) > 1000
    naked = [
        (entry.key, name)
        for entry in gazetteer.values()
        for name in names(entry)
        if kind(entry) == "place" and not (entry.guarded or name.isupper()) and folded(name) in words
    ]
    assert naked == []


def test_names_of_known_persons_are_guarded_places(gazetteer: Gazetteer) -> None:
    """A town that bears the family name of a known person needs support."""
    persons = {folded(e.label).split()[-1] for e in gazetteer.values() if kind(e) == "person"}
    naked = [
        e.key
        for e in gazetteer.values()
        if kind(e) == "place" and e.source == "GeoNames" and not e.guarded and folded(e.label) in persons
    ]
    assert naked == []


def test_countries_have_words_for_their_people(gazetteer: Gazetteer) -> None:
    peoples = [e.key for e in gazetteer.values() if e.class_name == "Country" and e.demonyms]
    assert len(peoples) >= 193  # members of the United Nations


def test_no_generic_phrases(gazetteer: Gazetteer) -> None:
    assert [e.key for e in gazetteer.values() for n in names(e) if folded(n) in GENERIC] == []


def test_names_are_in_latin_script(gazetteer: Gazetteer) -> None:
    odd = [
        name
        for entry in gazetteer.values()
        for name in (*names(entry), *entry.demonyms)
        if any(c.isalpha() and not unicodedata.name(c).startswith("LATIN") for c in name)
    ]
    assert odd == []


def test_places_bear_no_codes(gazetteer: Gazetteer) -> None:
    """No ISO or airport codes: an all-capital name of a place is one that news uses."""
    codes = {
        name
        for entry in gazetteer.values()
        if entry.class_name not in ACTORS
        for name in names(entry)
        if name.isupper() and len(name) < 6
    }
    in_news = "CAR DPRK DRC FATA GERD KPK KSA PNG PRC ROK SADR TRNC U.K. U.S. UAE UK US USA ZNPP"
    assert codes == set(in_news.split())


def test_sources_are_named_alike(gazetteer: Gazetteer) -> None:
    public = {"Wikidata", "GeoNames", "Natural Earth", "Who's On First", "editors"}
    assert {part for entry in gazetteer.values() for part in entry.source.split("; ")} == public


def test_a_link_names_wikidata_as_its_source(gazetteer: Gazetteer) -> None:
    for entry in gazetteer.values():
        assert (entry.wikidata is not None) <= ("Wikidata" in entry.source), entry.key
