"""The pages of reports, events and sources: what is marked, what it leads to, who else tells of it."""

from __future__ import annotations

from playwright.sync_api import expect

REPORT = "/id/report/ghwayran-agency"
TERMS = "PREFIX sit: <https://w3id.org/sitrep/ontology#>"


def test_entities_and_events_are_marked_where_they_are_named(window) -> None:
    page = window.open(REPORT)
    marks = page.locator(".text mark")
    assert marks.count() > 20
    expect(marks.filter(has_text="Syrian Democratic Forces").first).to_be_visible()
    colours = {
        page.locator(f".text mark.kind-{kind}").first.evaluate(
            "mark => getComputedStyle(mark).backgroundColor"
        )
        for kind in ("event", "organisation", "place", "person")
    }
    assert len(colours) == 4


def test_a_mark_tells_its_facts_on_hover_and_leads_to_its_page(window) -> None:
    page = window.open(REPORT)
    link = page.locator(".text .marked > a").get_by_text("stormed", exact=True)
    tip = link.locator("xpath=..").get_by_role("tooltip")
    expect(tip).to_be_hidden()
    link.hover()
    expect(tip).to_be_visible()
    expect(tip).to_contain_text("Islamic State")
    page.mouse.move(0, 0)
    link.focus()
    expect(tip).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/event/*")


def test_a_tip_stays_on_a_narrow_screen(visit) -> None:
    page = visit(width=360).open(REPORT)
    for mark in page.locator(".text .marked > a").all()[:12]:
        mark.focus()
        box = mark.locator("xpath=..").get_by_role("tooltip").bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 360


def test_a_report_names_as_many_events_as_the_graph_has_of_it(window, site) -> None:
    page = window.open(REPORT)
    query = f"""{TERMS} SELECT (COUNT(DISTINCT ?event) AS ?events) {{
        GRAPH <https://w3id.org/sitrep{REPORT}> {{ ?event sit:status ?status }} }}"""
    assert page.locator("li.happening").count() == int(site.rows(query)[0][0])


def test_reports_of_one_event_stand_side_by_side(window, site) -> None:
    query = f"""{TERMS} SELECT ?event (COUNT(DISTINCT ?other) AS ?others) {{
        ?event sit:partOfCluster ?cluster . ?other sit:partOfCluster ?cluster
    }} GROUP BY ?event ORDER BY DESC(?others) ?event LIMIT 1"""
    event, others = site.rows(query)[0]
    page = window.open(event.removeprefix("https://w3id.org/sitrep"))
    assert int(others) > 1
    expect(page.locator("table.tellings tbody tr")).to_have_count(int(others))
    expect(page.locator("#evidence + figure blockquote")).to_be_visible()


def test_sources_lead_to_what_each_of_them_says(window) -> None:
    page = window.open("/sources")
    page.get_by_role("table").last.get_by_role("link").nth(1).click()
    page.wait_for_load_state()
    assert "/sources" not in page.url.removesuffix("/sources") or "?" in page.url
    assert page.locator("blockquote, .rows li").count() > 0


def test_new_reports_and_events_are_fed(window) -> None:
    page = window.open("/")
    feeds = page.locator("link[rel=alternate][type='application/atom+xml']")
    address = feeds.first.get_attribute("href")
    assert address is not None
    answer = page.request.get(window.site.url + address.lstrip("/"))
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert answer.text().count("<entry>") > 5
