"""Who has the token adds a report on a page, and sees what is read from it before it is stored."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

TEXT = (
    "Rebels attacked the town of Goma on 27 January. At least 17 people were killed, the United Nations "
    "said. Rwanda denied that its army had crossed the border."
)


def log_in(page: Page, token: str) -> None:
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Log in").click()


@pytest.fixture
def desk(visit, writable, token: str):
    """The page on which reports are added, with a login."""
    visitor = visit(site=writable)
    page = visitor.open("/add")
    page.wait_for_url("**/login*")
    log_in(page, token)
    page.wait_for_url("**/add")
    return page


def test_a_wrong_token_is_refused_in_words(visit, writable) -> None:
    visitor = visit(site=writable)
    visitor.allowed.update({401, 403})
    page = visitor.open("/login")
    log_in(page, "something else")
    expect(page.get_by_role("alert")).to_be_visible()


def test_login_and_form_have_no_serious_barrier(visit, writable, desk, inspect) -> None:
    inspect(desk)
    inspect(visit(site=writable).open("/login"))


def test_the_login_is_no_business_of_scripts(desk) -> None:
    cookies = desk.context.cookies()
    assert cookies
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Strict" for cookie in cookies)
    assert desk.evaluate("document.cookie") == ""


def test_a_report_is_read_marked_stored_and_found(desk, inspect) -> None:
    desk.set_default_timeout(60_000)  # a reader starts and loads its language model
    desk.get_by_label("Text", exact=True).fill(TEXT)
    desk.get_by_label("Identifier").fill("goma-note")
    desk.get_by_label("Date of publication").fill("2025-01-28")
    desk.get_by_role("button", name="Read it").click()
    expect(desk.get_by_text("Nothing is stored yet.")).to_be_visible()
    expect(desk.get_by_label("The text, marked").locator("mark").first).to_be_visible()
    assert "Goma" in desk.get_by_label("The text, marked").locator("mark").all_inner_texts()
    inspect(desk)
    desk.get_by_role("button", name="Store").click()
    expect(desk.get_by_role("status").filter(has_text="Stored")).to_be_visible()
    desk.get_by_role("link", name="goma-note").click()
    desk.wait_for_url("**/id/report/goma-note")
    expect(desk.locator(".text mark").first).to_be_visible()
    killing = desk.get_by_role("link", name="Killing", exact=True)
    expect(desk.locator("li.happening").filter(has=killing)).to_contain_text("At least 17 people")


def test_who_logs_out_is_out(desk, writable) -> None:
    desk.get_by_role("button", name="Log out").click()
    desk.wait_for_load_state()
    desk.goto(f"{writable.url}add")
    desk.wait_for_url("**/login*")


def test_a_server_that_only_reads_offers_no_login(window) -> None:
    page = window.open("/")
    assert page.get_by_role("link", name="Log in").count() == 0
    assert page.get_by_role("link", name="Add").count() == 0
