"""Who may write on pages: the rules by themselves, then as a server keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.store import Store
from server.login import (
    FAILURE_SECONDS,
    MOST_FAILURES,
    SESSION_SECONDS,
    Failures,
    Place,
    foreign,
    form_token,
    is_form_token,
    is_private,
    is_session,
    new_session,
    session_key,
)

SECRET = "a-long-secret"  # noqa: S105
KEY, OTHER_KEY = session_key("one"), session_key("other")
SESSION = new_session(KEY, now=1000.5, nonce="abc")


@pytest.mark.parametrize(
    ("session", "key", "now", "holds"),
    [
        (SESSION, KEY, 1000.5, True),
        (SESSION, KEY, 1000 + SESSION_SECONDS - 1, True),
        (SESSION, KEY, 1000 + SESSION_SECONDS, False),
        (SESSION, OTHER_KEY, 1001.0, False),  # another token was set since
        (SESSION.replace(".abc.", ".abd."), KEY, 1001.0, False),
        (str(int(SESSION[0]) + 1) + SESSION[1:], KEY, 1001.0, False),  # a longer life
        (SESSION[:-1], KEY, 1001.0, False),
        (f"{SESSION}0", KEY, 1001.0, False),
        ("", KEY, 0.0, False),
        ("..", KEY, 0.0, False),
        (form_token(SESSION, KEY), KEY, 0.0, False),
    ],
)
def test_a_session_holds_until_it_expires(session: str, key: bytes, now: float, holds: bool) -> None:
    assert is_session(session, key, now=now) is holds


@given(st.text())
def test_nothing_else_is_a_session_or_form_token(text: str) -> None:
    assert not is_session(text, KEY, now=0.0)
    assert not is_form_token(text, SESSION, KEY)


def test_a_form_token_is_of_one_session() -> None:
    other = new_session(KEY, now=1000.5, nonce="xyz")
    assert is_form_token(form_token(SESSION, KEY), SESSION, KEY)
    assert not is_form_token(form_token(other, KEY), SESSION, KEY)
    assert not is_form_token(form_token(SESSION, OTHER_KEY), SESSION, KEY)


@pytest.mark.parametrize(
    ("scheme", "host", "private"),
    [
        ("https", "sitrep.example", True),
        ("http", "127.0.0.1:8000", True),
        ("http", "localhost", True),
        ("http", "LOCALHOST:8131", True),
        ("http", "[::1]:8000", True),
        ("http", "sitrep.example", False),
        ("http", "192.168.0.7:8000", False),
        ("http", "127.0.0.1.evil.example", False),
        ("http", "localhost.evil.example:8000", False),
        ("http", "evil.example@localhost:1@evil.example", False),
        ("http", "[::1", False),
        ("http", "", False),
    ],
)
def test_only_https_or_this_machine_is_private(scheme: str, host: str, private: bool) -> None:
    assert is_private(Place(scheme, host)) is private


@pytest.mark.parametrize(
    ("origin", "fetch_site", "ours"),
    [
        ("http://localhost:8000", "same-origin", True),
        ("http://localhost:8000", None, True),
        ("null", "same-origin", True),  # of a page that asks not to be named
        (None, "same-origin", True),
        (None, None, False),
        ("null", None, False),
        ("http://localhost:8001", None, False),
        ("https://localhost:8000", None, False),
        ("http://evil.example", "same-origin", False),
        ("http://localhost:8000", "cross-site", False),
        ("http://localhost:8000", "same-site", False),
        ("null", "cross-site", False),
        (None, "none", False),
    ],
)
def test_forms_of_other_pages_are_told(origin: str | None, fetch_site: str | None, ours: bool) -> None:
    place = Place("http", "localhost:8000", origin, fetch_site)
    assert (foreign(place) is None) is ours


def test_wrong_tokens_are_counted_by_address_for_a_minute() -> None:
    failures = Failures()
    for number in range(MOST_FAILURES):
        assert failures.may_try("a", now=float(number))
        failures.add("a", now=float(number))
    assert not failures.may_try("a", now=MOST_FAILURES)
    assert failures.may_try("b", now=MOST_FAILURES)
    assert failures.may_try("a", now=FAILURE_SECONDS + 0.5)  # the first one is forgotten


class Browser:
    """Sends forms as a browser does, and keeps its cookie."""

    def __init__(self, site) -> None:
        self.site, self.cookie = site, ""

    def get(self, path: str, **headers: str):
        return self._kept(self.site.ask("GET", path, headers=self._headers(headers)))

    def send(self, path: str, fields: dict[str, str], **headers: str):
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.site.url.rstrip("/")}
        return self._kept(self.site.ask("POST", path, urlencode(fields), self._headers({**form, **headers})))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Accept": "text/html", "Cookie": self.cookie} | {
            k.replace("_", "-"): v for k, v in more.items()
        }

    def _kept(self, answer):
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return answer


@pytest.fixture(scope="module")
def site(start: Callable, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("login") / "store"
    Store.create_or_open(path, base_iri=None)
    return start(path, workers=1, allow_update=True, token=SECRET)


def test_the_token_begins_a_session_and_logging_out_ends_it(site) -> None:
    browser = Browser(site)
    assert browser.get("/add").headers["location"] == "/login"
    answer = browser.send("/login", {"token": site.token})
    assert (answer.status, answer.headers["location"]) == (303, "/add")
    flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/"} <= flags
    assert "secure" not in flags  # plain HTTP on this machine
    assert site.token not in answer.headers["set-cookie"]
    page = browser.get("/add")
    assert (page.status, page.headers["cache-control"]) == (200, "no-store")
    assert "access-control-allow-origin" not in page.headers
    assert browser.get("/login").status == 303
    form_token_shown = re.search(r'name="form-token" value="(\w+)"', page.text)
    assert form_token_shown
    assert browser.send("/logout", {}).status == 403
    assert browser.send("/logout", {"form-token": form_token_shown[1]}).headers["location"] == "/login"
    assert browser.cookie == "sitrep-session="
    assert browser.get("/add").headers["location"] == "/login"


def test_a_foreign_page_can_neither_log_in_nor_out(site) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": "null"}):
        browser = Browser(site)
        answer = browser.send("/login", {"token": site.token}, **headers)
        assert (answer.status, browser.cookie) == (403, "")
        assert "refused" in answer.text


@pytest.mark.parametrize("path", ["/login", "/add"])
def test_in_the_open_there_is_no_login(site, path: str) -> None:
    answer = site.ask("GET", path, headers={"Host": "sitrep.example", "Accept": "text/html"})
    assert (answer.status, answer.media_type) == (403, "text/html")
    assert "needs HTTPS" in answer.text
    claimed = site.ask("GET", path, headers={"Host": "sitrep.example", "X-Forwarded-Proto": "https"})
    assert claimed.status == 403  # nobody said that there is a proxy


def test_no_other_header_makes_a_session(site) -> None:
    for cookie in ("sitrep-session=", "sitrep-session=9999999999.abc.def", f"sitrep-session={site.token}"):
        answer = site.ask(
            "POST", "/add", "text=x", {"Cookie": cookie, "Authorization": f"Bearer {site.token}"}
        )
        assert answer.status == 403


def test_wrong_tokens_are_limited(start: Callable, site) -> None:
    own = start(site.store, workers=1, allow_update=True, token=SECRET, trust_proxy=True)
    browser, proxy = Browser(own), {"X_Forwarded_For": "made-up, 203.0.113.5"}
    for _ in range(MOST_FAILURES):
        wrong = browser.send("/login", {"token": "wrong"}, **proxy)
        assert (wrong.status, browser.cookie) == (403, "")
        assert "not the token" in wrong.text
    limited = browser.send("/login", {"token": own.token}, X_Forwarded_For="else, 203.0.113.5")
    assert (limited.status, browser.cookie) == (429, "")
    assert limited.headers["retry-after"]
    secure = {"Host": "sitrep.example", "Origin": "https://sitrep.example", "X_Forwarded_Proto": "https"}
    answer = browser.send("/login", {"token": own.token}, X_Forwarded_For="203.0.113.6", **secure)
    assert answer.status == 303
    assert "; Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/add"), ("POST", "/add"), ("GET", "/login"), ("POST", "/login")]
)
def test_a_read_only_server_has_no_login(tight, method: str, path: str) -> None:
    answer = tight.ask(method, path, "token=x" if method == "POST" else None, {"Accept": "text/html"})
    assert (answer.status, answer.media_type) == (403, "text/html")
    assert "read-only" in answer.text
