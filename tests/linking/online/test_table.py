"""The table of links in a store's folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DataError
from kg.links import COLUMNS, FILE, Level, Link, read_links, write_links

HEADER = "\t".join(COLUMNS)
LINE = "http://x/a\tsure\tQ1\t0.97\thttp://s/\t2026-01-02\twhy"
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
LINKS = st.builds(
    Link,
    entity=WORDS.map(lambda word: f"http://x/{word}"),
    level=st.sampled_from((Level.SURE, Level.LIKELY)),
    item=st.integers(1, 10**9).map(lambda number: f"Q{number}"),
    confidence=st.integers(0, 100).map(lambda number: number / 100),
    source=WORDS,
    retrieved=st.dates(dt.date(1900, 1, 1)),
    reason=WORDS,
)


@given(st.lists(LINKS, unique_by=lambda link: link.entity))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, links: list[Link]) -> None:
    folder = tmp_path_factory.mktemp("table")
    write_links(folder, links)
    assert read_links(folder) == {link.entity: link for link in links}
    first = (folder / FILE).read_bytes()
    write_links(folder, reversed(links))
    assert (folder / FILE).read_bytes() == first


def test_no_table(tmp_path: Path) -> None:
    assert read_links(tmp_path) == {}


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["entity\titem"], ":1: the header must name"),
        ([HEADER, "http://x/a"], ":2: 1 cells where 7 are due"),
        ([HEADER, LINE, LINE], ":3: http://x/a has a line already"),
        (
            [HEADER, LINE.replace("Q1", "P1")],
            ":2: unexpected entity 'http://x/a', level 'sure' and item 'P1'",
        ),
        ([HEADER, LINE.replace("Q1", "")], ":2: unexpected entity"),
        ([HEADER, LINE.replace("sure", "none")], ":2: unexpected entity"),
        ([HEADER, LINE.replace("sure", "maybe")], ":2: 'maybe' is not a valid Level"),
        ([HEADER, LINE.replace("0.97", "97")], ":2: confidence '97' is not from 0 to 1"),
        ([HEADER, LINE.replace("0.97", "high")], ":2: could not convert"),
        ([HEADER, LINE.replace("2026-01-02", "today")], ":2: Invalid isoformat"),
    ],
)
def test_a_line_that_is_wrong(lines: list[str], problem: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_links(tmp_path)
    assert problem in str(caught.value)
    assert str(tmp_path / FILE) in str(caught.value)
