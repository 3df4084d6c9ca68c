"""The search field of every page: names are suggested, by keyboard as by mouse."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def typed(page: Page, words: str) -> None:
    field = page.get_by_role("combobox", name="Search")
    field.focus()
    field.press_sequentially(words, delay=20)
    expect(field).to_have_attribute("aria-expanded", "true")


def test_a_name_is_found_by_keyboard(window) -> None:
    page = window.open("/")
    typed(page, "shabaa")
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_contain_text("al-Shabaab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/entity/al-shabaab")


def test_a_name_is_found_by_mouse(window) -> None:
    page = window.open("/ontology")
    typed(page, "ghwayran")
    page.get_by_role("option", name="Ghwayran prison").first.click()
    page.wait_for_url("**/id/entity/ghwayran-prison")


def test_escape_closes_the_list_and_enter_searches_for_what_was_typed(window) -> None:
    page = window.open("/ontology")
    typed(page, "prison")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=prison*")


def test_what_no_name_begins_with_suggests_nothing(window) -> None:
    page = window.open("/ontology")
    field = page.get_by_role("combobox", name="Search")
    with page.expect_response("**/search/suggest?q=zzzz*"):
        field.press_sequentially("zzzz")
    expect(page.get_by_role("listbox")).to_be_hidden()
