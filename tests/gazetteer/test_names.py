"""Names: their words, and what is found by them."""

from hashlib import sha256

import pytest

from kg.gazetteer import Entry, Gazetteer, folded_words, gazetteer_of, likeness, skeleton, written_words
from kg.gazetteer.snapshot import FORMAT


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Deir ez-Zor", "deir ez zor"),
        ("Sa'ada", "saada"),
        ("Sa’ada", "saada"),
        ("Al-Shaddadi", "al shaddadi"),
        ("U.S. Army", "u.s. army"),
        ("F-16", "f 16"),
        ("People's Defence Units", "people s defence units"),
        ("People’s Defence Units", "people s defence units"),
        ("Workers' Party", "workers ' party"),
        ("Kobanê", "kobane"),
        ("Diyarbakır", "diyarbakir"),
        ("ʿAyn ʿIssa", "ayn issa"),
        ("'Ataq", "ataq"),
        ("AT&T", "at & t"),
        ("Iran — Iraq", "iran — iraq"),
        ("Iran--Iraq", "iran -- iraq"),
        ("-", ""),
        ("'", "'"),
        ("'s", "s"),
        (" \n", ""),
    ],
)
def test_words(name: str, words: str) -> None:
    assert " ".join(folded_words(name)) == words
    assert len(written_words(name)) == len(folded_words(name))


SPELLINGS = [
    ("Hasaka", "Hasakeh", "Al-Hasakah", "Hassakeh", "Hasakah", "Hesekê"),
    ("Kobani", "Kobane", "Kobanê"),
    ("Kharkiv", "Kharkov"),
    ("Deir ez-Zor", "Deir al-Zour", "Dayr az Zawr", "Deir Ezzor", "Deirezzor"),
    ("Saada", "Sa'dah", "Sa’ada", "Saadah"),
    ("Raqqa", "Ar-Raqqah", "Rakka", "Raqqah"),
    ("Hodeidah", "Al Hudaydah", "Hudaida"),
    ("El Fasher", "Al-Fashir"),
    ("Luhansk", "Lugansk"),
    ("Zaporizhzhia", "Zaporozhye"),
    ("Idlib", "Edleb", "Edlib"),
    ("Khan Sheikhoun", "Khan Shaykhun"),
    ("Ghwayran", "Ghuwayran", "Gweiran"),
    ("Homs", "Hims"),
    ("Manbij", "Menbij"),
    ("Qamishli", "Kamishly", "Al-Qamishli"),
    ("Muhammad", "Mohammed", "Mohamed"),
    ("Jarablus", "Jarabulus"),
]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: spellings[0])
def test_spellings_of_one_name_are_alike(spellings: tuple[str, ...]) -> None:
    assert {skeleton(name) for name in spellings} == {skeleton(spellings[0])}
    assert all(
        0.7 <= likeness(a, b) < 1 for a in spellings for b in spellings if folded_words(a) != folded_words(b)
    )
    assert all(likeness(a, b) == likeness(b, a) for a in spellings for b in spellings)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mosul", "Mosel"),
        ("Chad", "Sa'dah"),
        ("Idlib", "Dalaba"),
        ("Raqqa", "Iraq"),
        ("Kunduz", "Kandahar"),
        ("Camp 7", "Camp 8"),
        ("Mali", "Malawi"),
    ],
)
def test_other_names_are_less_like(one: str, other: str) -> None:
    assert likeness(one, other) < 0.88


@pytest.mark.parametrize("name", ["", "-", "Ao", "Oueiya", "7", "你"])
def test_too_short_for_a_skeleton(name: str) -> None:
    assert skeleton(name) == ""


def test_the_snapshot_has_a_new_format_when_names_are_taken_apart_otherwise() -> None:
    """Where this fails, raise `kg.gazetteer.snapshot.FORMAT`: snapshots of before would be wrong."""
    names = sorted({name for spellings in SPELLINGS for name in spellings})
    made = "|".join(f"{'_'.join(folded_words(name))}:{skeleton(name)}" for name in names)
    assert (FORMAT, sha256(made.encode()).hexdigest()[:8]) == (2, "ca16d931")


def entry(key: str, label: str, **values: object) -> Entry:
    known: dict[str, object] = {
        **dict.fromkeys(("aliases", "demonyms"), ()),
        **dict.fromkeys(("wikidata", "latitude", "longitude", "population", "country", "within")),
    }
    rest = {"class_name": "Settlement", "guarded": False, "source": "invented"}
    return Entry(key=key, label=label, **(known | rest | values))  # type: ignore[arg-type]


GAZETTEER = gazetteer_of(
    [
        entry("hasaka-region", "Hasaka", class_name="Region"),
        entry("hasaka", "Hasaka", aliases=("Al-Hasakah",)),
        entry("is", "Islamic State", class_name="ArmedGroup", aliases=("IS", "Islamic State group")),
        entry("syria", "Syria", class_name="Country", demonyms=("Syrian",)),
        entry("hisn", "Hisn"),
    ]
)


def test_names_lead_to_all_their_entries_in_order() -> None:
    found = GAZETTEER.named(("hasaka",))
    assert [(alias.entry.key, alias.name, alias.demonym) for alias in found] == [
        ("hasaka-region", "Hasaka", False),
        ("hasaka", "Hasaka", False),
    ]
    assert [alias.demonym for alias in GAZETTEER.named(("syrian",))] == [True]
    assert GAZETTEER.named(("nowhere",)) == GAZETTEER.named(()) == ()


def test_acronyms_stand_in_capitals() -> None:
    (acronym,) = GAZETTEER.named(("is",))
    assert acronym.acronym
    assert acronym.fits(("IS",))
    assert not acronym.fits(("is",))
    (name,) = GAZETTEER.named(("islamic", "state", "group"))
    assert not name.acronym
    assert name.fits(("Islamic", "State", "Group"))
    assert not name.fits(("islamic", "State", "group"))


def test_longest() -> None:
    assert {w: GAZETTEER.longest(w) for w in ("islamic", "al", "syria", "state", "")} == {
        "islamic": 3,
        "al": 2,
        "syria": 1,
        "state": 0,
        "": 0,
    }


def test_similar_names_are_sorted_by_likeness() -> None:
    found = GAZETTEER.similar("Hassake")
    assert [similar.alias.entry.key for similar in found] == ["hasaka-region", "hasaka"]
    found = GAZETTEER.similar("al Hasakah")
    assert [similar.alias.entry.key for similar in found] == ["hasaka", "hasaka-region"]
    assert found[0].likeness == 1.0  # an alias of the town


def test_acronyms_and_words_for_people_have_no_other_spellings() -> None:
    assert [similar.alias.name for similar in GAZETTEER.similar("Surya")] == ["Syria"]
    assert GAZETTEER.similar("Surian") == GAZETTEER.similar("ISS") == GAZETTEER.similar("") == ()


def test_a_missing_key() -> None:
    gazetteer: Gazetteer = GAZETTEER
    assert gazetteer.get("nowhere") is None
    assert "nowhere" not in gazetteer
    with pytest.raises(KeyError, match="nowhere"):
        gazetteer.ancestors("nowhere")
