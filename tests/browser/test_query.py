"""The query page: questions are asked and answered; answers are drawn, linked, taken away."""

from __future__ import annotations

import csv
import io
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

QUERY = """PREFIX sit: <https://w3id.org/sitrep/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?place ?name { ?place a sit:Settlement ; skos:prefLabel ?name } ORDER BY ?name LIMIT 7"""


def write(page: Page, query: str) -> None:
    """Puts a query into the editor, as by pasting it."""
    page.get_by_label("SPARQL query").focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(query)


def run(page: Page) -> None:
    page.get_by_role("button", name="Run query").click()


def asked(page: Page) -> str:
    """The query in the address of the page."""
    page.wait_for_url("**/query?*query=*")
    return parse_qs(urlsplit(page.url).query)["query"][0]


def rows_shown(page: Page) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in page.locator("#query-answer tbody tr").all()]


def choose_example(page: Page, words: str) -> None:
    page.locator(".query-examples").get_by_role("link", name=words).click()


def test_a_query_is_written_and_answered(window, site) -> None:
    page = window.open("/query", settled=True)
    write(page, QUERY)
    run(page)
    expect(page.locator("#query-answer tbody tr")).to_have_count(7)
    for shown, (_, name) in zip(rows_shown(page), site.rows(QUERY), strict=True):
        assert name in shown
    assert asked(page) == QUERY


def test_control_and_enter_run_the_query(window) -> None:
    page = window.open("/query", settled=True)
    write(page, QUERY)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#query-answer tbody tr")).to_have_count(7)


def test_a_row_leads_to_the_page_of_its_thing(window) -> None:
    page = window.open(f"/query?{urlencode({'query': QUERY})}", settled=True)
    page.locator("#query-answer tbody a").first.click()
    page.wait_for_url("**/id/**")
    expect(page.locator("h1")).to_be_visible()


def test_what_cannot_be_parsed_is_refused_with_line_and_column(visit) -> None:
    visitor = visit()
    visitor.allowed.add(400)
    page = visitor.open("/query", settled=True)
    write(page, "SELECT ?x {\n  ?x ?y \n}")
    run(page)
    expect(page.get_by_role("alert")).to_contain_text("error at 3:")


def test_terms_of_the_ontology_are_completed(window) -> None:
    page = window.open("/query", settled=True)
    write(page, "PREFIX sit: <https://w3id.org/sitrep/ontology#>\nSELECT ?x { ?x a sit:AirStr")
    page.keyboard.press("Control+Space")
    write_end = page.locator(".CodeMirror-code")
    hint = page.locator(".CodeMirror-hint").first
    if hint.is_visible():  # a single completion is put in at once
        page.keyboard.press("Enter")
    expect(write_end).to_contain_text("sit:AirStrike")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_example_is_answered_at_one_click(visit, scripts: bool) -> None:
    page = visit(scripts=scripts).open("/query", settled=True)
    choose_example(page, "Who was killed, how many at least")
    answer = page.locator("#query-answer tbody tr" if scripts else "#query-result tbody tr")
    expect(answer.first).to_be_visible()
    assert answer.count() > 5


def test_an_example_is_answered_from_the_start_page(window) -> None:
    page = window.open("/")
    page.get_by_role("link", name="Who fights whom").click()
    expect(page.locator("#query-answer tbody tr").first).to_be_visible()


def test_the_map_has_a_circle_for_each_point(window, site) -> None:
    page = window.open("/query", settled=True)
    choose_example(page, "On a map")
    points = {row[2] for row in site.rows(asked(page))}
    assert len(points) > 5
    expect(page.locator("#query-answer path.map-circle")).to_have_count(len(points))


def test_the_timeline_lists_each_dated_row(window, site) -> None:
    page = window.open("/query", settled=True)
    choose_example(page, "On a timeline")
    dated = [row for row in site.rows(asked(page)) if row[1]]
    assert len(dated) > 5
    expect(page.locator("#query-answer ol.timeline > li")).to_have_count(len(dated))
    bar = page.locator("#query-answer").get_by_role("button", name="2022").first
    bar.press("Enter")
    expect(bar).to_have_attribute("aria-pressed", "true")
    assert 0 < page.locator("#query-answer ol.timeline > li").count() < len(dated)


def test_the_graph_has_a_node_for_each_end_of_a_relation(window, site) -> None:
    page = window.open("/query", settled=True)
    choose_example(page, "As a graph")
    inner = asked(page).partition("SELECT DISTINCT")[2].partition("\n  }")[0]
    prefix = "PREFIX sit: <https://w3id.org/sitrep/ontology#>"
    pairs = site.rows(f"{prefix} SELECT DISTINCT {inner}")
    ends = {end for one, _, other in pairs for end in (one, other)}
    assert len(ends) > 5
    expect(page.locator("#query-answer [data-nodes]")).to_have_attribute("data-nodes", str(len(ends)))


def test_an_answer_is_taken_away_in_every_format(window, site) -> None:
    page = window.open(f"/query?{urlencode({'query': QUERY})}", settled=True)
    links = page.locator(".query-downloads a")
    expect(links).to_have_text(["CSV", "JSON", "TSV", "XML"])
    for link in links.all():
        answer = page.request.get(link.get_attribute("href") or "")
        assert answer.ok
        if link.inner_text() == "CSV":
            assert list(csv.reader(io.StringIO(answer.text())))[1:] == site.rows(QUERY)


def test_the_link_of_an_answer_shows_it_again(visit) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.open("/query", settled=True)
    choose_example(page, "On a map")
    expect(page.locator("#query-answer path.map-circle").first).to_be_visible()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    circles = page.locator("#query-answer path.map-circle").count()
    again = visitor.open(link.removeprefix(visitor.site.url), settled=True)
    expect(again.locator("#query-answer path.map-circle")).to_have_count(circles)


@pytest.mark.parametrize("view", ["On a map", "On a timeline", "As a graph", "Who fights whom"])
def test_every_view_of_an_answer_has_no_serious_barrier(window, inspect, view: str) -> None:
    page = window.open("/query", settled=True)
    choose_example(page, view)
    expect(page.locator("#query-answer")).to_be_visible()
    page.wait_for_load_state("networkidle")
    inspect(page)
