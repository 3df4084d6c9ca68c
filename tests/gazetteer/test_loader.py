from pathlib import Path

import pytest

from kg.errors import DataError
from kg.gazetteer import COLUMNS, Gazetteer, load_gazetteer

HEADER = "\t".join(COLUMNS)


def row(key: str, **cells: str) -> str:
    values = {"key": key, "label": key.title(), "class": "Settlement", "source": "editors", **cells}
    return "\t".join(values.get(column, "") for column in COLUMNS)


def write(folder: Path, *rows: str, name: str = "places.tsv", header: str = HEADER) -> Path:
    path = folder / name
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def load(folder: Path) -> Gazetteer:
    return load_gazetteer(folder, cache=folder / "cache")


def test_reads_every_column(tmp_path: Path) -> None:
    write(
        tmp_path,
        row("ruritania", **{"class": "Country"}, demonyms="Ruritanian|Ruritanians"),
        row("north", **{"class": "Region"}, country="ruritania"),
        row(
            "zelda",
            aliases="Zelda City|Old Zelda",
            wikidata="Q12",
            lat="-1.5",
            lon="30",
            population="1200",
            country="ruritania",
            within="north",
            guard="name",
        ),
    )
    gazetteer = load(tmp_path)
    entry = gazetteer["zelda"]
    assert (entry.label, entry.class_name, entry.source) == ("Zelda", "Settlement", "editors")
    assert entry.aliases == ("Zelda City", "Old Zelda")
    assert (entry.wikidata, entry.latitude, entry.longitude) == ("Q12", -1.5, 30.0)
    assert entry.population == 1200
    assert (entry.country, entry.within, entry.guarded) == ("ruritania", "north", True)
    country = gazetteer.get("ruritania")
    assert country is not None
    assert country.demonyms == ("Ruritanian", "Ruritanians")
    assert (country.wikidata, country.latitude, country.guarded) == (None, None, False)
    assert gazetteer.get("nowhere") is None


def test_ancestors_are_nearest_first(tmp_path: Path) -> None:
    write(
        tmp_path, row("prison", **{"class": "Prison"}, within="town", country="land"), name="facilities.tsv"
    )
    write(
        tmp_path,
        row("land", **{"class": "Country"}),
        row("region", **{"class": "Region"}, country="land"),
        row("town", within="region", country="land"),
    )
    gazetteer = load(tmp_path)
    assert [entry.key for entry in gazetteer.ancestors("prison")] == ["town", "region", "land"]
    assert gazetteer.ancestors("land") == ()


def test_entries_keep_the_order_of_files_and_rows(tmp_path: Path) -> None:
    write(tmp_path, row("b"), row("a"), name="2.tsv")
    write(tmp_path, row("c"), name="1.tsv")
    assert list(load(tmp_path)) == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row("Zelda"), "lower-case"),
        (row("zelda-"), "lower-case"),
        (row("ruritania"), "'ruritania' is taken by places.tsv:2"),
        (row("zelda", label=""), "no label"),
        (row("zelda", **{"class": "Town"}), "'Town'"),
        (row("zelda", **{"class": "Attack"}), "'Attack'"),
        (row("zelda", source=""), "names no source"),
        (row("zelda", wikidata="Q0"), "'Q0'"),
        (row("zelda", wikidata="12"), "'12'"),
        (row("zelda", wikidata="Q1"), "Q1 is taken by places.tsv:2"),
        (row("zelda", lat="91", lon="0"), "'91' is not within -90 and 90"),
        (row("zelda", lat="0", lon="-181"), "'-181' is not within"),
        (row("zelda", lat="nan", lon="0"), "'nan' is not within"),
        (row("zelda", lat="north", lon="0"), "'north' is not a number"),
        (row("zelda", lat="1"), "only one of its two coordinates"),
        (row("zelda", population="many"), "'many' is not a number"),
        (row("zelda", population="-1"), "'-1' is not a number"),
        (row("zelda", guard="yes"), "'yes'"),
        (row("zelda", aliases="Old Zelda|Old Zelda"), "twice"),
        (row("zelda", aliases="Zelda"), "twice"),
        (row("zelda", aliases="Old Zelda|"), "empty name"),
        (row("zelda", aliases=" Old Zelda"), "space at its edge"),
        (row("zelda", country="atlantis"), "no entry has the key 'atlantis'"),
        (row("zelda", within="atlantis"), "no entry has the key 'atlantis'"),
        (row("zelda", within="zelda"), "'zelda' lies within itself"),
        (row("zelda") + "\textra", "14 cells where 13 are due"),
        ("zelda", "1 cells where 13 are due"),
    ],
)
def test_an_error_names_file_and_line(tmp_path: Path, bad: str, reason: str) -> None:
    path = write(tmp_path, row("ruritania", **{"class": "Country"}, wikidata="Q1"), "", bad)
    with pytest.raises(DataError) as error:
        load(tmp_path)
    assert str(error.value).startswith(f"{path}:4: ")
    assert reason in str(error.value)


def test_a_country_must_be_a_country(tmp_path: Path) -> None:
    path = write(tmp_path, row("town"), row("village", country="town"))
    with pytest.raises(DataError, match="'town' is not a Country") as error:
        load(tmp_path)
    assert str(error.value).startswith(f"{path}:3: ")


def test_a_cycle_of_several_entries_is_found(tmp_path: Path) -> None:
    write(tmp_path, row("a", within="b"), row("b", within="c"), row("c", within="b"))
    with pytest.raises(DataError, match=r":3: 'b' lies within itself"):
        load(tmp_path)


def test_columns_are_checked(tmp_path: Path) -> None:
    path = write(tmp_path, header=HEADER.replace("guard", "guarded"))
    with pytest.raises(DataError, match="the header must name these columns") as error:
        load(tmp_path)
    assert str(error.value).startswith(f"{path}:1: ")


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "places.tsv"
    path.write_bytes(HEADER.encode() + b"\n\xff\n")
    with pytest.raises(DataError, match="cannot be read") as error:
        load(tmp_path)
    assert str(error.value).startswith(f"{path}: ")


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no gazetteer file"):
        load(tmp_path)
