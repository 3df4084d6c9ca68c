"""The lexicon of head nouns: its tables are classes of the ontology and say one thing of each noun."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg.vocab import SIT

PEOPLE = {"fighters", "forces", "officials", "victims", "civilians"}
TITLES = {"honorifics", "ranks", "offices"}
COLLECTIVES = {"bodies", "places", "facilities", "people"}


@pytest.fixture(scope="module")
def kinds() -> dict[str, Any]:
    path = Path(__file__).parents[2] / "ontology" / "lexicon" / "kinds.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def class_tables(kinds: dict[str, Any]) -> dict[str, list[str]]:
    other = {"people", "titles", "collectives"}
    return {name: table["nouns"] for name, table in kinds.items() if name not in other}


def test_every_table_is_a_class_of_the_contract(kinds: dict[str, Any]) -> None:
    for name in class_tables(kinds):
        assert name[0].isupper()
        assert str(SIT[name]).endswith(name)  # a closed namespace: an unknown name raises


def test_class_tables_hold_nouns_only(kinds: dict[str, Any]) -> None:
    for name in class_tables(kinds):
        assert set(kinds[name]) == {"nouns"}, name


@pytest.mark.parametrize(
    ("table", "lists"), [("people", PEOPLE), ("titles", TITLES), ("collectives", COLLECTIVES)]
)
def test_the_lists_of_the_other_tables(kinds: dict[str, Any], table: str, lists: set[str]) -> None:
    assert lists <= set(kinds[table])
    assert all(isinstance(word, str) for words in kinds[table].values() for word in words)


def test_no_noun_stands_twice(kinds: dict[str, Any]) -> None:
    nouns = [noun for table in class_tables(kinds).values() for noun in table]
    nouns += [noun for table in kinds["people"].values() for noun in table]
    assert [noun for noun, count in Counter(nouns).items() if count > 1] == []


def test_words_are_lower_case_and_single_spaced(kinds: dict[str, Any]) -> None:
    lists = [*class_tables(kinds).values(), *kinds["people"].values(), *kinds["titles"].values()]
    for word in [word for table in lists for word in table]:
        assert word == " ".join(word.lower().split())


def test_nouns_have_no_hyphen(kinds: dict[str, Any]) -> None:
    lists = [*class_tables(kinds).values(), *kinds["people"].values()]
    assert [noun for table in lists for noun in table if "-" in noun] == []


def test_every_table_has_nouns_in_plenty(kinds: dict[str, Any]) -> None:
    tables = class_tables(kinds)
    assert len(tables) >= 36
    assert [name for name, nouns in tables.items() if len(nouns) < 8] == []


@pytest.mark.parametrize(
    ("noun", "name"),
    [
        ("prison", "Prison"),
        ("detention center", "Prison"),
        ("detention centre", "Prison"),
        ("refugee camp", "Camp"),
        ("air base", "MilitaryBase"),
        ("armored vehicle", "Vehicle"),
        ("armoured vehicle", "Vehicle"),
        ("warplane", "Aircraft"),
        ("drone", "Aircraft"),
        ("car bomb", "Explosive"),
        ("governorate", "Region"),
        ("militia", "ArmedGroup"),
        ("army", "StateForce"),
        ("police", "SecurityForce"),
        ("rights group", "MonitoringGroup"),
    ],
)
def test_well_known_nouns_have_their_class(kinds: dict[str, Any], noun: str, name: str) -> None:
    assert [found for found, nouns in class_tables(kinds).items() if noun in nouns] == [name]
