"""Amounts: which words state how many, the least and the most, and what is no amount of things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DataError
from kg.facts import Amount
from kg.reading.amounts import AmountLexicon, AmountMention, find_amounts, load_amount_lexicon

LEXICON = Path(__file__).parents[2] / "ontology" / "lexicon" / "amounts.toml"
TOKEN = re.compile(
    r"US\$|[$€£%#/]|Lt\.|No\.|p\.m\.|\d[\d,.]*\d(?=(?:m|k|bn|km|mm)\b)|\d(?=(?:m|k|bn|km|mm)\b)"
    r"|\d[\d,.:/]*\d|\w+(?:-\d+)+|\w+|[^\w\s]"
)

SOME_WORDS = [
    "at",
    "least",
    "up",
    "to",
    "-",
    "and",
    "no",
    "one",
    "two",
    "5",
    "3,000",
    "hundred",
    "million",
    "dozens",
]


@pytest.fixture(scope="module")
def lexicon() -> AmountLexicon:
    return load_amount_lexicon(LEXICON)


def split(text: str) -> list[str]:
    """Words and marks; hyphens between letters stand alone, as in spaCy's English."""
    return TOKEN.findall(text)


def told(text: str, lexicon: AmountLexicon) -> list[tuple[str, int | None, int | None]]:
    tokens = split(text)
    mentions = find_amounts(tokens, lexicon=lexicon)
    assert all(m.amount.words == " ".join(tokens[m.start : m.stop]) for m in mentions)
    return [(m.amount.words, m.amount.least, m.amount.most) for m in mentions]


@pytest.mark.parametrize(
    ("text", "words", "least", "most"),
    [
        # plain numbers
        ("Two soldiers fell.", "Two", 2, 2),
        ("They buried 12 men.", "12", 12, 12),
        ("One civilian fell.", "One", 1, 1),
        ("The town lost seventeen boys.", "seventeen", 17, 17),
        ("It holds 3,500 suspects.", "3,500", 3500, 3500),
        ("It holds 3 500 suspects.", "3 500", 3500, 3500),
        ("It holds 12 345 678 people.", "12 345 678", 12345678, 12345678),
        ("It holds 1,234,567 people.", "1,234,567", 1234567, 1234567),
        ("They buried twenty-seven men.", "twenty - seven", 27, 27),
        ("They buried twenty seven men.", "twenty seven", 27, 27),
        ("They buried one hundred and fifty men.", "one hundred and fifty", 150, 150),
        ("They buried one hundred fifty men.", "one hundred fifty", 150, 150),
        ("They buried a hundred men.", "a hundred", 100, 100),
        ("They buried a hundred and five men.", "a hundred and five", 105, 105),
        ("A thousand men came.", "A thousand", 1000, 1000),
        (
            "Two thousand three hundred and forty-one came.",
            "Two thousand three hundred and forty - one",
            2341,
            2341,
        ),
        ("Two hundred thousand people fled.", "Two hundred thousand", 200_000, 200_000),
        ("Some 5 thousand people fled.", "Some 5 thousand", 5000, 5000),
        ("Then 1.2 million people fled.", "1.2 million", 1_200_000, 1_200_000),
        ("Then 3 million people fled.", "3 million", 3_000_000, 3_000_000),
        ("Then one million people fled.", "one million", 1_000_000, 1_000_000),
        ("Then 2m people fled.", "2 m", 2_000_000, 2_000_000),
        ("Then 1.5m people fled.", "1.5 m", 1_500_000, 1_500_000),
        ("Then half a million people fled.", "half a million", 500_000, 500_000),
        ("Then one and a half million people fled.", "one and a half million", 1_500_000, 1_500_000),
        # dozens, pairs
        ("A dozen men came.", "A dozen", 12, 12),
        ("Two dozen men came.", "Two dozen", 24, 24),
        ("Half a dozen men came.", "Half a dozen", 6, 6),
        ("Then a half-dozen men came.", "half - dozen", 6, 6),
        ("Both men came.", "Both", 2, 2),
        ("A pair of gunmen came.", "A pair", 2, 2),
        ("A couple of gunmen came.", "A couple", 2, 2),
        ("A single gunman came.", "A single", 1, 1),
        # open words
        ("Dozens fell.", "Dozens", 12, None),
        ("Scores of people fell.", "Scores", 40, None),
        ("It killed hundreds.", "hundreds", 100, None),
        ("It killed thousands of people.", "thousands", 1000, None),
        ("It displaced tens of thousands.", "tens of thousands", 10_000, None),
        ("It displaced hundreds of thousands.", "hundreds of thousands", 100_000, None),
        ("It displaced millions of people.", "millions", 1_000_000, None),
        ("It killed several hundred people.", "several hundred", 100, None),
        ("It killed a few dozen people.", "a few dozen", 12, None),
        ("It killed many hundreds of people.", "many hundreds", 100, None),
        ("It killed some hundreds of people.", "some hundreds", 100, None),
        ("Dozens more were hurt.", "Dozens more", 12, None),
        ("It killed tens of people.", "tens", 10, None),
        # about
        ("About 30 men came.", "About 30", 30, 30),
        ("Around 450 troops came.", "Around 450", 450, 450),
        ("Nearly 500 were hurt.", "Nearly 500", 500, 500),
        ("Some 40 men came.", "Some 40", 40, 40),
        ("Almost three dozen suspects came.", "Almost three dozen", 36, 36),
        ("Approximately 600 men came.", "Approximately 600", 600, 600),
        ("Roughly 600 men came.", "Roughly 600", 600, 600),
        ("Close to 3 million people fled.", "Close to 3 million", 3_000_000, 3_000_000),
        ("An estimated 200 men came.", "An estimated 200", 200, 200),
        ("A further 12 men came.", "A further 12", 12, 12),
        ("Another 12 men came.", "Another 12", 12, 12),
        ("A total of 12 men came.", "A total of 12", 12, 12),
        ("Only 12 men came.", "Only 12", 12, 12),
        ("There were 12 more men.", "12 more", 12, 12),
        ("There were 12 others.", "12", 12, 12),
        ("All 23 men came.", "23", 23, 23),
        ("The two men came.", "two", 2, 2),
        ("There were 100 or so men.", "100 or so", 100, 100),
        ("Then one more civilian fell.", "one more", 1, 1),
        # at least
        ("At least 77 men fell.", "At least 77", 77, None),
        ("More than 50 men fell.", "More than 50", 50, None),
        ("Over a hundred men fell.", "Over a hundred", 100, None),
        ("Well over 100 men fell.", "Well over 100", 100, None),
        ("No fewer than 9 men fell.", "No fewer than 9", 9, None),
        ("No less than nine men fell.", "No less than nine", 9, None),
        ("A minimum of 9 men fell.", "A minimum of 9", 9, None),
        ("Upwards of 90 men fell.", "Upwards of 90", 90, None),
        ("At least another 30 men fell.", "At least another 30", 30, None),
        ("At least a dozen men fell.", "At least a dozen", 12, None),
        ("More than two dozen men fell.", "More than two dozen", 24, None),
        ("Twenty or more men fell.", "Twenty or more", 20, None),
        ("There were 1000+ men.", "1000 +", 1000, None),
        # at most
        ("Up to 200 men fell.", "Up to 200", None, 200),
        ("As many as 200 men fell.", "As many as 200", None, 200),
        ("Fewer than 20 men fell.", "Fewer than 20", None, 20),
        ("Less than 20 men fell.", "Less than 20", None, 20),
        ("A maximum of 20 men fell.", "A maximum of 20", None, 20),
        ("No more than 20 men fell.", "No more than 20", None, 20),
        ("Up to a further 20 men fell.", "Up to a further 20", None, 20),
        ("There were 20 or fewer men.", "20 or fewer", None, 20),
        # both ends
        ("Then 30 to 40 men fell.", "30 to 40", 30, 40),
        ("Then 30-40 men fell.", "30 - 40", 30, 40),
        ("Then 30–40 men fell.", "30 – 40", 30, 40),
        ("Between 20 and 30 men fell.", "Between 20 and 30", 20, 30),
        ("Between one hundred and two hundred men fell.", "Between one hundred and two hundred", 100, 200),
        ("It rose from 63 to 89 men.", "from 63 to 89", 63, 89),
        ("Two or three men fell.", "Two or three", 2, 3),
        ("Two to three million people fled.", "Two to three million", 2_000_000, 3_000_000),
        ("About 5,000 to 7,000 people fled.", "About 5,000 to 7,000", 5000, 7000),
        # nobody
        ("No civilians fell.", "No", None, 0),
        ("None of the men fell.", "None", None, 0),
        ("Not a single civilian fell.", "Not a single", None, 0),
        ("It had zero casualties.", "zero", None, 0),
        # hyphens
        ("The 200-strong force fled.", "200 - strong", 200, 200),
        ("A 1,500-strong force fled.", "1,500 - strong", 1500, 1500),
    ],
)
def test_an_amount(
    text: str, words: str, least: int | None, most: int | None, lexicon: AmountLexicon
) -> None:
    assert told(text, lexicon) == [(words, least, most)]


@pytest.mark.parametrize(
    "text",
    [
        "Several men came, many of them old, and a few young.",
        "A man and an officer came.",
        "A number of men came.",
        "It took 40 % of the land.",
        "It took 40 percent of the land.",
        "It cost $5 million.",
        "It cost US$5 and €30.",
        "It cost 30 million dollars.",
        "The 22-year-old came.",
        "A man aged 32 came.",
        "Men aged between 20 and 30 came.",
        "Ali Hassan, 32, came.",
        "Then she, 32, came.",
        "Children under 5 came.",
        "He came at 6 p.m. sharp.",
        "He came at 7:45 sharp.",
        "He came third, then 7th.",
        "Two-thirds of them came.",
        "One third of them came.",
        "He ran 40 km.",
        "He ran 500 metres.",
        "He ran 40km and wore 155mm shells.",
        "The 72-hour truce held.",
        "It held for 12 hours, then two days, then five weeks and 20 years.",
        "It was struck four times.",
        "The F-16 and the T-72 came.",
        "The M23 and the G20 came.",
        "Resolution 2254 was read.",
        "Brigade 47 came.",
        "The 42nd Brigade came.",
        "He lives in block No. 5 there.",
        "They won 10-1 there.",
        "It measured 7.62 there.",
        "A two-man team came.",
        "He lives at 48 Kremlin Street.",
        "One of the group's leaders came.",
        "He is the one who came.",
        "No one came any longer.",
        "It is no longer there.",
        "They fought one another.",
        "He came one day.",
        "One in five came.",
        "Both soldiers and police came.",
        "The wall is 2m high.",
        "Up to several men came.",
        "They came 24/7 there.",
        "The couple came.",
        "",
    ],
)
def test_what_is_no_amount_of_things(text: str, lexicon: AmountLexicon) -> None:
    assert told(text, lexicon) == []


def test_several_amounts_come_in_text_order(lexicon: AmountLexicon) -> None:
    text = "It says at least 77 fighters and 39 guards fell, among them two boys; dozens fled."
    assert told(text, lexicon) == [
        ("at least 77", 77, None),
        ("39", 39, 39),
        ("two", 2, 2),
        ("dozens", 12, None),
    ]


def test_of_a_share_only_the_part_counts(lexicon: AmountLexicon) -> None:
    assert told("Two out of six rockets fell.", lexicon) == [("Two", 2, 2)]
    assert told("Nine of the 12 hostages fell.", lexicon) == [("Nine", 9, 9), ("12", 12, 12)]


def test_falling_figures_are_no_range(lexicon: AmountLexicon) -> None:
    assert told("It fell from 89 to 63 men.", lexicon) == [("89", 89, 89), ("63", 63, 63)]


def test_excluded_tokens_are_not_read(lexicon: AmountLexicon) -> None:
    tokens = split("On 22 January 15 men and 2014 others fell in 2014")
    found = find_amounts(tokens, lexicon=lexicon, excluded=[(1, 3), (len(tokens) - 1, len(tokens))])
    assert [mention.amount.words for mention in found] == ["15", "2014"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At least 77 men fell.", True),
        ("Dozens of men fell.", True),
        ("Then 12 were hurt.", False),
        ("It killed 12.", False),
        ("It killed 12, he said.", False),
        ("It killed 12 and hurt some.", False),
        ("It killed 12 more men.", True),
    ],
)
def test_whether_a_noun_follows(text: str, expected: bool, lexicon: AmountLexicon) -> None:
    (mention,) = find_amounts(split(text), lexicon=lexicon)
    assert mention.before_noun is expected


def test_words_joined_by_a_hyphen_may_be_one_token(lexicon: AmountLexicon) -> None:
    found = find_amounts(
        ["twenty-seven", "men", ",", "20–30", "boys", ",", "a", "22-year-old"], lexicon=lexicon
    )
    assert [(m.start, m.stop, m.amount.least, m.amount.most) for m in found] == [
        (0, 1, 27, 27),
        (3, 4, 20, 30),
    ]


def test_an_amount_moves_into_the_document() -> None:
    mention = AmountMention(1, 4, Amount(77, None, "at least 77"), before_noun=True)
    assert mention.moved(10, "at  least 77") == AmountMention(
        11, 14, Amount(77, None, "at  least 77"), before_noun=True
    )


@given(number=st.integers(min_value=0, max_value=9_999_999))
def test_figures_come_back(number: int, lexicon: AmountLexicon) -> None:
    (mention,) = find_amounts(["they", "counted", f"{number:,}", "men"], lexicon=lexicon)
    assert mention.amount.most == number


TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]


def spelled(number: int) -> list[str]:
    """The number in English words, as one writes it out."""
    for scale, word in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if number >= scale:
            head, rest = divmod(number, scale)
            joint = ["and"] if 0 < rest < 100 else []
            return [*spelled(head), word, *joint, *(spelled(rest) if rest else [])]
    if number < 20:
        return [SMALL[number]]
    tens, unit = divmod(number, 10)
    return [TENS[tens], "-", SMALL[unit]] if unit else [TENS[tens]]


@given(number=st.integers(min_value=2, max_value=999_999_999))
def test_numbers_in_words_come_back(number: int, lexicon: AmountLexicon) -> None:
    (mention,) = find_amounts(["they", "counted", *spelled(number), "men"], lexicon=lexicon)
    assert (mention.amount.least, mention.amount.most) == (number, number)


@given(tokens=st.lists(st.sampled_from(SOME_WORDS)))
def test_any_tokens_are_read_without_overlaps(tokens: list[str], lexicon: AmountLexicon) -> None:
    stop = 0
    for mention in find_amounts(tokens, lexicon=lexicon):
        assert stop <= mention.start < mention.stop <= len(tokens)
        assert (mention.amount.least or 0) <= (mention.amount.most or 10**18)
        stop = mention.stop


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[numbers]", "[numbers", "is not TOML"),
        ("[open]", "[other]", "'open' is missing"),
        ("three = 3", 'three = "x"', "wrong kind"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = tmp_path / "amounts.toml"
    path.write_text(LEXICON.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=reason) as caught:
        load_amount_lexicon(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.toml: cannot be read"):
        load_amount_lexicon(tmp_path / "none.toml")
