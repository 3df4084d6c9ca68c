from __future__ import annotations

import re

import pytest

from server.summaries.sources import sources

BASE = "https://w3id.org/sitrep/id/"
BROWSER = "text/html"
GRAPH = """
:report\\/a a sit:Report ; dcterms:publisher "Wire" ; dcterms:issued "2022-01-20"^^xsd:date .
:report\\/b a sit:Report ; dcterms:publisher "Wire" ; dcterms:issued "2022-03-20"^^xsd:date .
:report\\/c a sit:Report ; dcterms:publisher :observatory .
:report\\/d a sit:Report .
:observatory a sit:MonitoringGroup ; rdfs:label "Observatory" .
:is a sit:ArmedGroup ; rdfs:label "Islamic State" .
:e1 a sit:Claim ; sit:status sit:Reported ; sit:speaker :is .
:e2 a sit:Claim ; sit:status sit:Denied ; sit:speaker :is .
:e3 a sit:Denial ; sit:status sit:Reported ; sit:speaker :observatory .
:e4 a sit:Killing ; sit:status sit:Possible ; sit:attributedTo :observatory .
:e5 a sit:Killing ; sit:status sit:Reported ; sit:attributedTo :report\\/a\\/group\\/1 .
:statement a rdf:Statement ; sit:attributedTo :observatory .
"""


def text_of(page: str) -> str:
    """The words of a page, in one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_publishers_and_sources_are_counted(asked) -> None:
    found = sources(asked(GRAPH))
    lines = [(line.publisher.label, line.reports, line.first, line.last) for line in found.publishers]
    assert lines == [("Wire", 2, "2022-01-20", "2022-03-20"), ("Observatory", 1, "", "")]
    assert (found.reports, found.unnamed) == (4, 1)
    assert found.chart is not None
    assert [bar.count for bar in found.chart.bars] == [1, 1]


def test_who_speaks_and_who_is_cited(asked) -> None:
    found = {line.source.label: line for line in sources(asked(GRAPH)).sources}
    assert set(found) == {"Islamic State", "Observatory"}  # nameless groups are no sources to look up
    assert (found["Islamic State"].speaks, found["Islamic State"].acts) == (2, {"Claim": 2})
    observatory = found["Observatory"]
    assert (observatory.acts, observatory.cited, observatory.statuses) == ({"Denial": 1}, 1, {"Possible": 1})


def test_a_graph_without_reports_has_no_sources(asked) -> None:
    found = sources(asked(""))
    assert (found.publishers, found.sources, found.chart) == ((), (), None)


def test_the_page_of_all_sources(told) -> None:
    page = told.get("/sources", BROWSER).text
    assert 'href="/sources?publisher=Wire+%26+Sons"' in page
    assert "1 report names no publisher" in text_of(page)
    row = "Islamic State armed group 1 1 – – 1"  # speaks, claims, denies, accuses, is cited for
    assert row in text_of(page)
    assert "Syrian Democratic Forces armed group 1 – 1 – 1" in text_of(page)


def test_the_reports_of_a_publisher(told) -> None:
    page = text_of(told.get("/sources", BROWSER, publisher="Wire & Sons").text)
    assert "2 reports, 2022-01-21 to 2022-01-23" in page
    newer, older = (
        "Forces deny escape 2022-01-23 · 3 events, 1 on the word of others, 2 not certain or denied Cites",
        "Prison attacked 2022-01-21 · 2 events, 1 on the word of others Cites Islamic State",
    )
    assert page.index(newer) < page.index(older)


@pytest.mark.parametrize(
    ("says", "kinds"),
    [
        ("own", ["Denial", "Raid", "Claim"]),
        ("others", ["Escape", "Release"]),
        ("uncertain", ["Raid"]),
        ("denied", ["Escape"]),
    ],
)
def test_what_a_publisher_says_and_how_sure_it_is(told, says: str, kinds: list[str]) -> None:
    page = told.get("/sources", BROWSER, publisher="Wire & Sons", says=says).text
    assert re.findall(r'<a class="kind kind-event"[^>]*>([^<]*)</a>', page) == kinds
    assert "The SDF denied that IS men &lt;escaped&gt;." in page


@pytest.mark.parametrize(
    ("since", "until", "titles"),
    [
        ("", "", ["Forces deny escape", "Prison attacked", "Without a date"]),
        ("2022", "", ["Forces deny escape", "Prison attacked"]),
        ("2022-01-22", "", ["Forces deny escape"]),
        ("", "2022-01-22", ["Prison attacked"]),
        ("2022-01", "2022-01", ["Forces deny escape", "Prison attacked"]),
        ("2022-01-23", "2022-01-23", ["Forces deny escape"]),
        ("2023", "2024", []),
    ],
)
def test_reports_by_date(told, since: str, until: str, titles: list[str]) -> None:
    page = told.get("/sources", BROWSER, **{"list": "reports", "from": since, "to": until}).text
    assert re.findall(r'<li><a href="/id/report/.">([^<]*)</a>', page) == titles
    assert ("publisher=Wire+%26+Sons" in page) == bool(titles)


def test_a_bar_leads_to_its_reports(told) -> None:
    page = told.get("/sources", BROWSER).text
    assert '<a href="/sources?list=reports&amp;from=2022-01&amp;to=2022-01" aria-label="Jan 2022: 2">' in page


@pytest.mark.parametrize(
    ("node", "does", "kinds"),
    [
        ("is", "", ["Claim"]),
        ("is", "Claim", ["Claim"]),
        ("is", "cited", ["Release"]),
        ("sdf", "Denial", ["Denial"]),
        ("sdf", "cited", ["Escape"]),
    ],
)
def test_what_a_source_says_and_is_cited_for(told, node: str, does: str, kinds: list[str]) -> None:
    page = told.get("/sources", BROWSER, source=BASE + node, does=does).text
    assert re.findall(r'<a class="kind kind-event"[^>]*>([^<]*)</a>', page) == kinds


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"publisher": "Nobody"}, 404),
        ({"publisher": "Wire & Sons", "says": "nothing"}, 400),
        ({"source": f"{BASE}hasaka"}, 404),
        ({"source": "not an IRI"}, 400),
        ({"source": f"{BASE}is", "does": "Denial"}, 404),
        ({"source": f"{BASE}is", "page": "0"}, 400),
        ({"list": "all"}, 400),
        ({"list": "reports", "from": "January"}, 400),
        ({"list": "reports", "from": "2022-13"}, 400),
        ({"list": "reports", "to": '2022" ) #'}, 400),
    ],
)
def test_what_there_is_no_page_of(told, parameters: dict[str, str], status: int) -> None:
    assert told.get("/sources", BROWSER, **parameters).status == status


@pytest.mark.parametrize("page", ["2", "1000"])
def test_a_page_after_the_last_is_empty(told, page: str) -> None:
    for more in ({}, {"publisher": "Wire & Sons"}, {"source": f"{BASE}is"}, {"list": "cited"}):
        assert told.get("/sources", BROWSER, page=page, **more).status == 200
