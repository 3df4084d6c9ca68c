"""Time expressions: where they stand, what day, month or year they mean, and what is none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DataError
from kg.reading.times import TimeExpression, TimeLexicon, find_times, load_time_lexicon

LEXICON = Path(__file__).parents[2] / "ontology" / "lexicon" / "times.toml"
MONDAY = dt.date(2022, 1, 24)


@pytest.fixture(scope="module")
def lexicon() -> TimeLexicon:
    return load_time_lexicon(LEXICON)


def told(text: str, times: list[TimeExpression]) -> list[tuple[str, str | None]]:
    """Each expression's words with its time: "2022-01-20", "2022-01-20/2022-01-22" or None."""
    found: list[tuple[str, str | None]] = []
    for time in times:
        words = text[time.begin : time.end]
        if time.when is None:
            found.append((words, None))
            continue
        assert time.when.words == words
        found.append((words, "/".join(filter(None, (time.when.begin, time.when.end)))))
    return found


@pytest.mark.parametrize(
    ("text", "words", "when"),
    [
        # full dates
        ("Shells fell on 22 January 2022.", "22 January 2022", "2022-01-22"),
        ("Shells fell on January 22, 2022, at noon.", "January 22, 2022", "2022-01-22"),
        ("Shells fell on January 22 2022.", "January 22 2022", "2022-01-22"),
        ("Shells fell on Jan. 22, 2022.", "Jan. 22, 2022", "2022-01-22"),
        ("Shells fell on the 22nd of January, 2022.", "22nd of January, 2022", "2022-01-22"),
        ("Shells fell on 3rd Sept 2014.", "3rd Sept 2014", "2014-09-03"),
        ("KABUL, 4 OCT 2012 - a patrol was hit", "4 OCT 2012", "2012-10-04"),
        ("Log entry 2022-01-22: quiet.", "2022-01-22", "2022-01-22"),
        ("Log entry 2022-01-22T10:15 quiet.", "2022-01-22", "2022-01-22"),
        ("Entered on 22/01/2022 by hand.", "22/01/2022", "2022-01-22"),
        ("Entered on 01/22/2022 by hand.", "01/22/2022", "2022-01-22"),
        ("Entered on 05/05/2021 by hand.", "05/05/2021", "2021-05-05"),
        ("Entered on 22.01.2022.", "22.01.2022", "2022-01-22"),
        ("On Saturday, January 22, 2022, guns opened up.", "Saturday, January 22, 2022", "2022-01-22"),
        ("On Sat 22 Jan 2022 guns opened up.", "Sat 22 Jan 2022", "2022-01-22"),
        ("It fell on May 9, 1945.", "May 9, 1945", "1945-05-09"),
        ("It fell on 22\u00a0January\n2022.", "22\u00a0January\n2022", "2022-01-22"),
        # a day without a year: the latest such day, or the next where it is near
        ("On 22 January the gate was rammed.", "22 January", "2022-01-22"),
        ("On January 24 the gate was rammed.", "January 24", "2022-01-24"),
        ("On the morning of 21 January they fled.", "21 January", "2022-01-21"),
        ("On the night of December 31 they fled.", "December 31", "2021-12-31"),
        ("On 3 March the bridge was cut.", "3 March", "2021-03-03"),
        ("The truce begins on January 28.", "January 28", "2022-01-28"),
        ("On Thursday, 20 January, sirens were heard.", "Thursday, 20 January", "2022-01-20"),
        ("Sirens were heard (Jan. 20).", "Jan. 20", "2022-01-20"),
        ("The 20 January raid failed.", "20 January", "2022-01-20"),
        ("January 20's raid failed.", "January 20", "2022-01-20"),
        ("They fled on 12 December last year.", "12 December last year", "2021-12-12"),
        ("They fled on Christmas Day.", "Christmas Day", "2021-12-25"),
        ("They fled on New Year’s Eve.", "New Year’s Eve", "2021-12-31"),
        # months
        ("An assault in August 2018 killed many.", "August 2018", "2018-08"),
        ("An assault in Aug. 2018 killed many.", "Aug. 2018", "2018-08"),
        ("An assault in August of 2018 killed many.", "August of 2018", "2018-08"),
        ("An assault in August, 2018, killed many.", "August, 2018", "2018-08"),
        ("In November of last year she flew there.", "November of last year", "2021-11"),
        ("In November last year she flew there.", "November last year", "2021-11"),
        ("In December he was freed.", "December", "2021-12"),
        ("He was freed in November.", "November", "2021-11"),
        ("He was freed in Nov.", "Nov.", "2021-11"),
        ("In May he was freed.", "May", "2021-05"),
        ("Last March he was freed.", "Last March", "2021-03"),
        ("It ended in late March.", "late March", "2021-03"),
        ("It ended in mid-October.", "mid-October", "2021-10"),
        ("It ended in early March 2020.", "early March 2020", "2020-03"),
        ("The first week of March was calm.", "The first week of March", "2021-03"),
        ("Protests have gone on since December.", "since December", "2021-12"),
        ("Since December roads are shut.", "Since December", "2021-12"),
        ("The village has been empty since May 2016.", "since May 2016", "2016-05"),
        # years
        ("It was overrun in 2012.", "2012", "2012"),
        ("It has burned since 2014.", "since 2014", "2014"),
        ("It recalled the 2019 attempt.", "2019", "2019"),
        ("He rose in a 2001 military coup.", "2001", "2001"),
        ("Rwanda's 1994 genocide came up.", "1994", "1994"),
        ("Their 2003 invasion came up.", "2003", "2003"),
        ("The uprising of 2011 came up.", "2011", "2011"),
        ("In early 2022 the line froze.", "early 2022", "2022"),
        ("By mid-2021 the line froze.", "By mid-2021", None),
        ("The line froze in the summer of 2014.", "the summer of 2014", "2014"),
        ("It was quiet throughout the year, as in the year 2016.", "the year 2016", "2016"),
        # weekdays: the latest, today among them
        ("He spoke on Monday.", "Monday", "2022-01-24"),
        ("He spoke on Sunday.", "Sunday", "2022-01-23"),
        ("He spoke Tuesday.", "Tuesday", "2022-01-18"),
        ("Fighting has gone on since Thursday.", "since Thursday", "2022-01-20"),
        ("Jets flew on Friday night.", "Friday night", "2022-01-21"),
        ("Jets flew early on Saturday morning.", "Saturday morning", "2022-01-22"),
        ("Last Tuesday jets flew.", "Last Tuesday", "2022-01-18"),
        ("Last Monday jets flew.", "Last Monday", "2022-01-17"),
        ("This past Wednesday jets flew.", "This past Wednesday", "2022-01-19"),
        ("Next Sunday a vote is due.", "Next Sunday", "2022-01-30"),
        ("Next Monday a vote is due.", "Next Monday", "2022-01-31"),
        ("Sunday's attack was the worst.", "Sunday", "2022-01-23"),
        ("Soon after Sunday’s attack it rained.", "Sunday", "2022-01-23"),
        ("Ahead of Sunday's vote it rained.", "Ahead of Sunday", "2022-01-30"),
        ("They met on Tuesday last week.", "Tuesday last week", "2022-01-18"),
        ("They met on Friday of last week.", "Friday of last week", "2022-01-21"),
        ("They meet on Friday next week.", "Friday next week", "2022-02-04"),
        # told from the day of issue
        ("It happened today.", "today", "2022-01-24"),
        ("In today's shelling a roof fell.", "today", "2022-01-24"),
        ("It happened earlier today.", "earlier today", "2022-01-24"),
        ("It happened yesterday.", "yesterday", "2022-01-23"),
        ("It happened this morning.", "this morning", "2022-01-24"),
        ("It happened last night.", "last night", "2022-01-23"),
        ("It happens tomorrow.", "tomorrow", "2022-01-25"),
        ("It happened the day before yesterday.", "the day before yesterday", "2022-01-22"),
        ("It happened overnight.", "overnight", "2022-01-23/2022-01-24"),
        ("It happened two days ago.", "two days ago", "2022-01-22"),
        ("It happened 10 days ago.", "10 days ago", "2022-01-14"),
        ("It happened two weeks ago.", "two weeks ago", "2022-01"),
        ("It happened last week.", "last week", "2022-01"),
        ("It happened earlier this week.", "earlier this week", "2022-01"),
        ("It happened earlier this month.", "earlier this month", "2022-01"),
        ("It happened last month.", "last month", "2021-12"),
        ("It happened three months ago.", "three months ago", "2021-10"),
        ("It happened about three months ago.", "about three months ago", "2021"),
        ("It happened last year.", "last year", "2021"),
        ("It happens later this year.", "later this year", "2022"),
        ("It happened late last year.", "late last year", "2021"),
        ("It fell nearly three years ago.", "nearly three years ago", "2019"),
        ("It fell a year ago.", "a year ago", "2021"),
        ("It happened over the weekend.", "over the weekend", "2022-01"),
        # spans
        ("Between 20 and 27 January many left.", "Between 20 and 27 January", "2022-01-20/2022-01-27"),
        ("They held it from 2 to 9 June 2020.", "from 2 to 9 June 2020", "2020-06-02/2020-06-09"),
        ("The siege (20–22 January) is over.", "20–22 January", "2022-01-20/2022-01-22"),
        ("The siege of January 20-22, 2021 is over.", "January 20-22, 2021", "2021-01-20/2021-01-22"),
        (
            "From 28 December to 3 January it snowed.",
            "From 28 December to 3 January",
            "2021-12-28/2022-01-03",
        ),
        (
            "From December 28, 2020 to January 3, 2021 it snowed.",
            "From December 28, 2020 to January 3, 2021",
            "2020-12-28/2021-01-03",
        ),
        (
            "In the night of 31 December 2020/1 January 2021 it blew up.",
            "31 December 2020/1 January 2021",
            "2020-12-31/2021-01-01",
        ),
        ("On 12 and 13 March 2021 they talked.", "12 and 13 March 2021", "2021-03-12/2021-03-13"),
        ("From March to May 2021 it held.", "From March to May 2021", "2021-03/2021-05"),
        (
            "From November 2020 to May 2021 it held.",
            "From November 2020 to May 2021",
            "2020-11/2021-05",
        ),
        ("From November to February 2021 it held.", "From November to February 2021", "2020-11/2021-02"),
        ("It ruled from 2014 to 2017.", "from 2014 to 2017", "2014/2017"),
        ("It ruled between 2014 and 2017.", "between 2014 and 2017", "2014/2017"),
        ("The 2014-17 war is over.", "2014-17", "2014/2017"),
        ("From Thursday to Saturday it rained.", "From Thursday to Saturday", "2022-01-20/2022-01-22"),
        ("From late 2013 to early 2014 it held.", "From late 2013 to early 2014", "2013/2014"),
        # found, but not to be resolved
        ("They have until April 8 to disarm.", "until April 8", None),
        ("By Friday all were gone.", "By Friday", None),
        ("All stayed until 2017.", "until 2017", None),
        ("Before January 2021 it was calm.", "Before January 2021", None),
        ("By late Monday afternoon all were gone.", "By late Monday afternoon", None),
        ("It was the deadliest day since December 2020.", "since December 2020", None),
        ("It was in the week of 3 January.", "the week of 3 January", None),
        ("Entered on 03/04/2021 by hand.", "03/04/2021", None),
        ("It was signed on 30 February 2020.", "30 February 2020", None),
        ("On 20 February the bridge was cut.", "20 February", None),
        ("On 12 and 19 March 2021 they talked.", "12 and 19 March 2021", None),
        ("Recently it has been calm.", "Recently", None),
        ("Three weeks earlier it was calm.", "Three weeks earlier", None),
        ("Two days later it fell.", "Two days later", None),
        ("The next day it fell.", "The next day", None),
        ("It fell on the fifth day.", "on the fifth day", None),
        ("It fell several months ago.", "several months ago", None),
        ("It fell more than two years ago.", "more than two years ago", None),
        ("They were held for the past year.", "for the past year", None),
        ("Numbers rose in the last six months.", "in the last six months", None),
        ("It goes back to the 1990s.", "the 1990s", None),
        ("It goes back to the late 1980s.", "the late 1980s", None),
        ("Every Friday they march.", "Every Friday", None),
        ("The following Tuesday they left.", "The following Tuesday", None),
        ("Since the September 11 attacks he hid.", "September 11 attacks", None),
        ("Police fired on Bloody Sunday.", "Bloody Sunday", None),
        ("It fell last summer.", "last summer", None),
    ],
)
def test_a_time_is_found_and_resolved(text: str, words: str, when: str | None, lexicon: TimeLexicon) -> None:
    assert told(text, find_times(text, issued=MONDAY, lexicon=lexicon)) == [(words, when)]


@pytest.mark.parametrize(
    "text",
    [
        "The rebels may have left.",
        "May they rest in peace.",
        "Theresa May said so.",
        "Augustin marched on, and the march went well.",
        "A 22-year-old was shot.",
        "The man, aged 32, was shot.",
        "A 72-hour ultimatum was ignored.",
        "He served seventeen years.",
        "It lasted for two days.",
        "The Sun wrote of it.",
        "The Sunday Times wrote of it.",
        "Russia Today wrote of it.",
        "At 6:00 p.m. a siren was heard.",
        "It began at 23:57 and ended at 00:30.",
        "About 2000 fighters are there.",
        "The force of 1700 men was beaten.",
        "In 2000 homes there is no water.",
        "They fired 2,014 shells in 2,019 places.",
        "The March 23 Movement advanced.",
        "The 6 October Bridge was shut.",
        "Resolution 2254 was passed.",
        "Record 2012-10-S-005 was published.",
        "The T-72 and the F-16 are old.",
        "It cost $2000 and €1999.",
        "The score was 10-1.",
        "He is the second man in the group.",
        "They moved north, then east.",
        "Shops were open, 24/7.",
        "The brigade has 1950-strong ranks.",
        "",
    ],
)
def test_what_is_no_time(text: str, lexicon: TimeLexicon) -> None:
    assert find_times(text, issued=MONDAY, lexicon=lexicon) == []


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("The sides will meet on Thursday.", "2022-01-27"),
        ("The sides will meet on Monday.", "2022-01-24"),
        ("The truce will begin on July 5.", "2022-07-05"),
        ("The truce will begin on 28 January.", "2022-01-28"),
        ("The deal of 3 January will hold.", "2022-01-03"),
        ("A vote will be held in March.", "2022-03"),
        ("A vote will be held in January.", "2022-01"),
        ("A vote will be held next year.", "2023"),
        ("A vote will be held next month.", "2022-02"),
        ("Those killed in October will be buried.", "2021-10"),
        ("A vote will be held next March.", "2022-03"),
        ("All will leave overnight.", None),
    ],
)
def test_a_sentence_that_looks_ahead(text: str, when: str | None, lexicon: TimeLexicon) -> None:
    times = find_times(text, issued=MONDAY, verb_is_future=True, lexicon=lexicon)
    assert [found for _, found in told(text, times)] == [when]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("It fell on 22 January 2022.", "2022-01-22"),
        ("It fell in August 2018.", "2018-08"),
        ("It fell in 2012.", "2012"),
        ("It fell from 20 to 22 January 2021.", "2021-01-20/2021-01-22"),
        ("It fell on 22 January.", None),
        ("It fell on Monday.", None),
        ("It fell on Monday last week.", None),
        ("It fell in May.", None),
        ("It fell yesterday.", None),
        ("It fell in May last year.", None),
        ("It fell two days ago.", None),
        ("It fell overnight.", None),
        ("It fell from Thursday to Saturday.", None),
        ("It fell on Christmas Day.", None),
    ],
)
def test_without_a_day_of_issue_only_full_dates_resolve(
    text: str, when: str | None, lexicon: TimeLexicon
) -> None:
    times = find_times(text, issued=None, lexicon=lexicon)
    assert [found for _, found in told(text, times)] == [when]


@pytest.mark.parametrize(
    ("text", "issued", "when"),
    [
        ("It fell this week.", dt.date(2022, 2, 3), "2022"),  # days of January and of February
        ("It fell last week.", dt.date(2022, 1, 5), None),
        ("It fell last month.", dt.date(2022, 1, 31), "2021-12"),
        ("It fell over the weekend.", dt.date(2022, 1, 23), None),  # on a Sunday: this one or the last
        ("It fell on 29 February.", dt.date(2020, 3, 2), "2020-02-29"),
        ("It fell on Monday, 3 March.", dt.date(2025, 3, 5), "2025-03-03"),
        ("It fell on Sunday, 3 March.", dt.date(2025, 1, 5), "2024-03-03"),  # the weekday chooses the year
        ("It fell three months ago.", dt.date(2022, 5, 31), "2022-02"),
        ("It fell on Wednesday.", dt.date(2022, 3, 1), "2022-02-23"),
    ],
)
def test_other_days_of_issue(text: str, issued: dt.date, when: str | None, lexicon: TimeLexicon) -> None:
    times = find_times(text, issued=issued, lexicon=lexicon)
    assert [found for _, found in told(text, times)] == [when]


def test_several_times_come_in_text_order(lexicon: TimeLexicon) -> None:
    text = "On Monday he spoke of 2011 and 2014, of August 2018 and of last month."
    assert told(text, find_times(text, issued=MONDAY, lexicon=lexicon)) == [
        ("Monday", "2022-01-24"),
        ("2011", "2011"),
        ("2014", "2014"),
        ("August 2018", "2018-08"),
        ("last month", "2021-12"),
    ]


def test_overnight_is_open_where_another_time_tells_the_night(lexicon: TimeLexicon) -> None:
    text = "Jets flew overnight on Friday."
    assert told(text, find_times(text, issued=MONDAY, lexicon=lexicon)) == [
        ("overnight", None),
        ("Friday", "2022-01-21"),
    ]


def test_counted_people_after_a_month_are_no_day(lexicon: TimeLexicon) -> None:
    text = "In December 22 people were killed."
    assert told(text, find_times(text, issued=MONDAY, lexicon=lexicon)) == [("December", "2021-12")]


def test_the_hour_of_issue_does_not_matter(lexicon: TimeLexicon) -> None:
    moment = dt.datetime(2022, 1, 24, 23, 59, tzinfo=dt.UTC)
    text = "It fell on Monday and on 20 January."
    assert find_times(text, issued=moment, lexicon=lexicon) == find_times(
        text, issued=MONDAY, lexicon=lexicon
    )


@given(day=st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2099, 12, 31)))
@pytest.mark.parametrize("form", ["{0.day} {0:%B} {0.year}", "{0:%B} {0.day}, {0.year}", "{0:%Y-%m-%d}"])
def test_full_dates_come_back(form: str, day: dt.date, lexicon: TimeLexicon) -> None:
    text = f"It fell on {form.format(day)}."
    times = find_times(text, issued=None, lexicon=lexicon)
    assert [time.when.begin for time in times if time.when] == [day.isoformat()]


@given(text=st.text(alphabet=" 0123456789/-,.'aeMondyJur", max_size=60), issued=st.dates() | st.none())
def test_any_text_is_read_without_overlaps(text: str, issued: dt.date | None, lexicon: TimeLexicon) -> None:
    end = 0
    for time in find_times(text, issued=issued, verb_is_future=True, lexicon=lexicon):
        assert end <= time.begin < time.end <= len(text)
        end = time.end


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[months]", "[months", "is not TOML"),
        ("[words]", "[other]", "'words' is missing"),
        ('12 = ["December", "Dec"]', "twelve = 3", "wrong kind"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = tmp_path / "times.toml"
    path.write_text(LEXICON.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=reason) as caught:
        load_time_lexicon(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.toml: cannot be read"):
        load_time_lexicon(tmp_path / "none.toml")
