import datetime as dt

import pytest

from kg.facts import (
    Amount,
    Entity,
    Event,
    Facts,
    Kind,
    Known,
    Relation,
    Report,
    Role,
    Span,
    Status,
    When,
)

TEXT = (
    "Karsk, 3 May 2021 - On Sunday the Vale Army attacked rebels near Karsk, the Ministry of Hills said. "
    "At least 12 of them were killed.\n"
    'The "Red Line" denied it.'
)


def _span(words: str, *, after: int = 0) -> Span:
    begin = TEXT.index(words, after)
    return Span(begin, begin + len(words))


FIRST = _span(TEXT[: TEXT.index(" At least")])
SECOND = _span("At least 12 of them were killed.")
THIRD = _span('The "Red Line" denied it.')


@pytest.fixture(scope="session")
def facts() -> Facts:
    """An invented report: an attack said by a ministry, a counted group killed, a denial."""
    report = Report(
        identifier="vale/1 a",
        text=TEXT,
        title="Attack near\nKarsk",
        issued=dt.date(2021, 5, 3),
        publisher="The Vale Post",
        source="https://vale.example/news/1?x=a b",
        language="en",
    )
    entities = (
        Entity(
            key="army",
            kind=Kind.ORGANIZATION,
            name="Vale Army",
            classes=("StateForce",),
            named=True,
            aliases=("VA", "Vale Army"),
            mentions=(_span("the Vale Army"),),
        ),
        Entity(
            key="karsk",
            kind=Kind.PLACE,
            name="Karsk",
            classes=("Settlement",),
            named=True,
            known=Known("karsk"),
            mentions=(_span("Karsk"), _span("Karsk", after=5)),
        ),
        Entity(
            key="ministry",
            kind=Kind.ORGANIZATION,
            name="Ministry of Hills",
            classes=("Government",),
            named=True,
            mentions=(_span("the Ministry of Hills"),),
        ),
        Entity(
            key="rebels",
            kind=Kind.GROUP,
            name="rebels",
            classes=("Group",),
            named=False,
            mentions=(_span("rebels"), _span("them")),
        ),
        Entity(
            key="dead",
            kind=Kind.GROUP,
            name="At least 12",
            classes=("Group",),
            named=False,
            mentions=(_span("At least 12"),),
            member_of="rebels",
            amount=Amount(least=12, most=None, words="At least 12"),
        ),
        Entity(
            key="red-line",
            kind=Kind.ORGANIZATION,
            name='"Red_Line"',
            classes=("ArmedGroup",),
            named=True,
            mentions=(_span('The "Red Line"'),),
        ),
    )
    events = (
        Event(
            key="1",
            kind="Attack",
            triggers=(_span("attacked"),),
            evidence=(FIRST,),
            status=Status.REPORTED,
            confidence=0.8499,
            roles=(Role("agent", "army"), Role("target", "rebels"), Role("place", "karsk")),
            when=When("2021-05-02", None, "On Sunday"),
            attributed_to=("ministry",),
        ),
        Event(
            key="2",
            kind="Killing",
            triggers=(_span("killed"),),
            evidence=(SECOND,),
            status=Status.REPORTED,
            confidence=1.0,
            roles=(Role("target", "dead"), Role("agent", "army")),
            caused_by=("1",),
        ),
        Event(
            key="3",
            kind="Denial",
            triggers=(_span("denied"),),
            evidence=(THIRD,),
            status=Status.REPORTED,
            confidence=0.5,
            roles=(Role("speaker", "red-line"),),
            about=("1",),
        ),
    )
    relations = (
        Relation("army", "attacks", "rebels", (FIRST,), 0.8, ("ministry",), ("1",)),
        Relation("army", "conducts", "1", (FIRST,), 0.8, ("ministry",), ("1",)),
        Relation("army", "killed", "dead", (SECOND,), 0.75, (), ("2",)),
    )
    return Facts(
        report=report, sentences=(FIRST, SECOND, THIRD), entities=entities, events=events, relations=relations
    )
