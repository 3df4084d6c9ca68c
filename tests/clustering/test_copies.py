"""Which of several reports is a copy of which."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.clustering.copies import SHINGLE, Telling, copies, originals

STORY = tuple(
    f"In paragraph {n} the agency wrote that {who} had seen smoke over the {where} for several hours."
    for n, (who, where) in enumerate(
        [("a farmer", "hill"), ("two nurses", "harbour"), ("drivers", "bridge"), ("a guard", "old mill")]
    )
)
OTHER = tuple(sentence.replace("smoke over", "a crowd of people near").upper() + " !" for sentence in STORY)


def tell(name: str, issued: str, *sentences: str) -> Telling:
    return Telling(name, issued, frozenset(sentences))


@pytest.mark.parametrize(
    ("later", "is_copy"),
    [
        (STORY, True),
        (STORY[:3], True),
        ((*STORY[:3], STORY[3].replace("several", "many")), True),
        ((*STORY[:3], "Our own reporter could reach nobody there by telephone."), True),
        ((*STORY[:2], *OTHER), False),
        ((STORY[0],), False),  # too short to say
        (tuple(sentence.replace("agency", "paper") for sentence in STORY), False),  # no sentence is the same
        (OTHER, False),
        ((), False),
    ],
)
def test_copies(later: tuple[str, ...], is_copy: bool) -> None:
    assert copies(tell("b", "2022-01-02", *later), tell("a", "2022-01-01", *STORY)) is is_copy


@pytest.mark.parametrize(("same", "is_copy"), [(0, False), (1, False), (2, True), (8, True)])
def test_a_quarter_of_the_long_sentences_is_the_same(same: int, is_copy: bool) -> None:
    """Else a report would have to be compared with each that has one sentence of it."""
    story = [f"{sentence} {n} of {len(STORY)} {n}" for sentence in STORY for n in ("one", "two")]
    later = [sentence if at < same else f"{sentence} then" for at, sentence in enumerate(story)]
    assert copies(tell("b", "2022-01-02", *later), tell("a", "2022-01-01", *story)) is is_copy


@pytest.mark.parametrize(("common", "is_copy"), [(0, True), (2, True), (3, False), (4, False)])
def test_sentences_that_lead_to_nothing_do_not_count(common: int, is_copy: bool) -> None:
    """Of eight that are long, four are the same."""
    story = [f"{sentence} {n} of {len(STORY)} {n}" for sentence in STORY for n in ("one", "two")]
    later = [sentence if at < 4 else f"{sentence} then" for at, sentence in enumerate(story)]
    leads = story[common:4]
    found = copies(
        tell("b", "2022-01-02", *later), tell("a", "2022-01-01", *story), leads=lambda one: one in leads
    )
    assert found is is_copy


def in_words(sentences: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Five words in a row, as they are."""
    split = [sentence.lower().split() for sentence in sentences]
    return {tuple(words[at : at + SHINGLE]) for words in split for at in range(len(words) - SHINGLE + 1)}


several = st.lists(st.lists(st.sampled_from("abAB"), max_size=9).map(" ".join), max_size=6).map(tuple)


@given(several, several)
def test_fingerprints_stand_for_words(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    first, second = tell("a", "", *one).shingles, tell("b", "", *other).shingles
    assert len(first) == len(in_words(one))
    assert len(np.intersect1d(first, second)) == len(in_words(one) & in_words(other))


def test_the_first_is_the_original_whatever_its_name() -> None:
    found = originals(
        [
            tell("a", "", *STORY),
            tell("b", "2022-01-03T08:00:00Z", *STORY),
            tell("c", "2022-01-02", *STORY),
            tell("d", "2022-01-02", *STORY),
        ]
    )
    assert found == {"a": "c", "b": "c", "d": "c"}


@given(
    st.lists(
        st.builds(
            lambda name, issued, words: tell(name, issued, *words),
            st.sampled_from("abcdefgh"),
            st.sampled_from(["", "2022-01-01", "2022-01-02"]),
            st.sampled_from(
                [STORY, STORY[:3], STORY[1:], (*STORY[:3], *OTHER[:2]), (*OTHER, *STORY[:1]), OTHER]
            ),
        ),
        unique_by=lambda one: one.report,
    ),
    st.randoms(use_true_random=False),
)
def test_no_chains_and_no_order(tellings: list[Telling], random: object) -> None:
    found = originals(tellings)
    assert not found.keys() & set(found.values())
    shuffled = list(tellings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert originals(shuffled) == found
