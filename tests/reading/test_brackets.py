"""Brackets that the language model is not shown."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.reading.brackets import Bracketed, bracketed_acronyms


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Rapid Support Forces ( RSF ) shelled", [Bracketed(3, 6)]),
        ("People 's Defence Force ( Kani PDF ) said", [Bracketed(4, 8)]),
        ("the units ( PYD - YPG ) left", [Bracketed(2, 7)]),
        ("said so . [ 3 ] Then", []),
        ("said so [ 3 ] Then", [Bracketed(2, 5)]),
        ("Moroz ( aged 61 ) said", []),
        ("the town ( see map ) fell", []),
        ("( RSF ) fighters", []),
        ("Forces ( RSF fighters left", []),
        ("A Front ( AF ) and B Front ( BF )", [Bracketed(2, 5), Bracketed(8, 11)]),
    ],
)
def test_which_brackets_are_left_out(words: str, expected: list[Bracketed]) -> None:
    assert list(bracketed_acronyms(words.split())) == expected


@given(st.lists(st.sampled_from(["(", ")", "[", "]", "RSF", "the", "3", "-", "Force"])))
def test_brackets_never_overlap_and_close(words: list[str]) -> None:
    found = list(bracketed_acronyms(words))
    assert all(one.stop <= other.start for one, other in pairwise(found))
    for bracket in found:
        assert words[bracket.start] + words[bracket.stop - 1] in ("()", "[]")
