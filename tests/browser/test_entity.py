"""The page of an entity: its events can be narrowed down, each leads to its sentence and its report."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

PATH = "/id/entity/al-shabaab"


def events(page: Page) -> int:
    return page.locator("li.happening").count()


def test_events_are_narrowed_down_by_kind_and_period(window) -> None:
    page = window.open(PATH)
    every = events(page)
    kind = page.get_by_label("Kind")
    name = kind.locator("option").nth(1).get_attribute("value") or ""
    kind.select_option(name)
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url(f"**{PATH}?*kind={name}*")
    assert 0 < events(page) < every
    expect(page.get_by_label("Kind")).to_have_value(name)
    page.get_by_role("link", name="show all").click()
    page.wait_for_load_state()
    assert events(page) == every


def test_a_period_without_events_says_so(window) -> None:
    page = window.open(f"{PATH}?from=1990&to=1991")
    assert events(page) == 0
    expect(page.locator(".found")).to_contain_text("0 events fit")


def test_an_event_has_the_sentence_it_rests_on_and_leads_to_its_page(window) -> None:
    page = window.open(PATH)
    event = page.locator("li.happening").first
    assert len(event.locator("blockquote").first.inner_text()) > 20
    event.locator("a.kind-event").first.click()
    page.wait_for_url("**/event/*")
    assert page.locator("blockquote").count() >= 1


def test_the_page_carries_itself_as_json_ld(window) -> None:
    page = window.open(PATH)
    carried = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
    assert "al-Shabaab" in json.dumps(carried, ensure_ascii=False)
    assert carried.get("@context")


def test_its_data_is_linked_in_every_format(window) -> None:
    page = window.open(PATH)
    for name, media_type in (
        ("Turtle", "text/turtle"),
        ("N-Triples", "application/n-triples"),
        ("JSON-LD", "application/ld+json"),
        ("RDF/XML", "application/rdf+xml"),
    ):
        address = page.get_by_role("link", name=name, exact=True).get_attribute("href")
        assert address is not None
        answer = page.request.get(window.site.url + address.lstrip("/"))
        assert answer.headers["content-type"].partition(";")[0] == media_type
