"""Which known thing a name of a whole report means, with the shipped gazetteer."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.facts import Entity, Report
from kg.reading import Reader

DATE = dt.date(2022, 1, 24)


def read(reader: Reader, text: str, *, issued: dt.date = DATE) -> tuple[Entity, ...]:
    return reader.read(Report("x", text, issued=issued)).entities


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Kurdish forces shelled Derik on Monday, Syrian state media said.", "derik"),
        ("Turkish police raided a flat in Derik, in the province of Mardin.", "derik-turkey"),
        ("Hezbollah fighters entered Tripoli on Friday, the Lebanese army said.", "tripoli-lebanon"),
        ("Haftar's forces shelled Tripoli, the Libyan government said.", "tripoli"),
        ("Georgia accused Russia of shelling Gori.", "georgia"),
        ("RSF fighters shelled El Fasher, Sudan's army said.", "rapid-support-forces"),
        ("RSF condemned the arrest of a journalist in Paris, France.", "reporters-without-borders"),
        ("Syrian rebels overran Hassakeh.", "hasaka"),
        ("Ukrainian troops left Kharkov.", "kharkiv"),
        ("Air strikes by the coalition killed 40 people in Sanaa, Yemen.", "saudi-led-coalition"),
        ("The coalition bombed a depot in Raqqa, Syria.", "us-led-coalition"),
        ("NAIROBI, Kenya (Reuters) - Gunmen raided Hasaka, Syria.", "hasaka"),
    ],
)
def test_a_name_is_the_thing_of_its_report(reader: Reader, text: str, known: str) -> None:
    assert known in {entity.known.key for entity in read(reader, text) if entity.known}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Michael Jordan said he would not play in Syria.", "jordan"),
        ("The coalition of parties won the vote in Yemen.", "saudi-led-coalition"),
        ("The coalition bombed a depot in Mariupol, Ukraine.", "us-led-coalition"),
        ("Troops from Georgia, Alabama and Texas trained in the United States.", "georgia"),
    ],
)
def test_a_name_is_not_a_thing_of_elsewhere(reader: Reader, text: str, known: str) -> None:
    assert known not in {entity.known.key for entity in read(reader, text) if entity.known}


def test_the_coalition_is_the_one_of_the_year(reader: Reader) -> None:
    text = "The coalition bombed a house in Baghdad, Iraq."
    found = {
        year: {e.known.key for e in read(reader, text, issued=dt.date(year, 5, 1)) if e.known}
        for year in (2006, 2012, 2017)
    }
    assert "multi-national-force-iraq" in found[2006]
    assert not {"multi-national-force-iraq", "us-led-coalition"} & found[2012]
    assert "us-led-coalition" in found[2017]


def test_what_is_only_likely_is_not_the_thing(reader: Reader) -> None:
    text = "Troops from Georgia, Alabama and Texas trained in the United States."
    (georgia,) = (e for e in read(reader, text) if e.name == "Georgia")
    assert georgia.known is None
    assert georgia.likely is not None
    assert georgia.likely.item == "Q1428"
    assert 0.4 <= georgia.likely.score < 0.8
    assert "one of 2 known things" in georgia.likely.why


def test_an_unlisted_body_of_state_is_of_its_country(reader: Reader) -> None:
    text = "The Kasiro Police Service arrested five men in Nyala, Sudan's government said."
    (police,) = (e for e in read(reader, text) if e.name.startswith("Kasiro Police"))
    assert police.known is None
    assert police.country == "sudan"
