"""Reports given on a page: what is shown, stored and refused. Real server, model and reader."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import pytest

from kg import iri
from kg.errors import RequestError
from kg.store import Store
from server.given import File, read_given
from server.login import SESSION_SECONDS, form_token, new_session, session_key
from server.reading import MOST_AT_ONCE, Input, Readings

SAMPLES = Path(__file__).parents[2] / "samples"
TEXT = (
    "Islamic State fighters attacked <b>Ghwayran</b> prison in Hasaka, Syria, on Thursday.\n\n"
    "At least 77 inmates were killed, the Observatory said. The ministry denied that anyone had escaped."
)
KNOWN = {
    "title": 'A "day" & more',
    "date": "2022-01-24",
    "publisher": "Notes",
    "url": "https://example.org/day",
}
MARKED = r'<mark[^>]*><span class="marked"[^>]*>(.*?)<span class="tip"'
SECRET = "a-long-secret"  # noqa: S105


@dataclass
class Answer:
    """What the server answered; header names in lower case."""

    status: int
    headers: dict[str, str]
    text: str


class Browser:
    """A person who is logged in; sends forms as browsers do."""

    def __init__(self, site) -> None:
        self.site = site
        self.origin = site.url.rstrip("/")
        answer = self._post("/login", {"token": SECRET})
        assert answer.status == 303
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        self.token = hidden(self.get("/add").text, "form-token")

    cookie = ""

    def get(self, path: str):
        return self.site.ask("GET", path, headers={"Cookie": self.cookie, "Accept": "text/html"})

    def add(self, fields: dict[str, str], file: tuple[str, bytes] | None = None, **headers: str):
        return self._post("/add", {"form-token": self.token, **fields}, file, headers)

    def store(self, page, **fields: str):
        return self.add({"records": hidden(page.text, "records"), **fields})

    def _post(self, path, fields, file=None, headers=None):
        boundary, pieces = "----part", []
        for name, value in fields.items():
            crlf = value.replace("\r\n", "\n").replace("\n", "\r\n")  # as HTML demands
            pieces.append(f'Content-Disposition: form-data; name="{name}"\r\n\r\n{crlf}'.encode())
        if file is not None:
            head = f'Content-Disposition: form-data; name="file"; filename="{file[0]}"\r\n\r\n'
            pieces.append(head.encode() + file[1])
        body = b"".join(b"--" + boundary.encode() + b"\r\n" + piece + b"\r\n" for piece in pieces)
        sent = {
            "Cookie": self.cookie,
            "Accept": "text/html",
            "Origin": self.origin,
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        end = f"--{boundary}--\r\n".encode()
        connection = self.site.connect(timeout=120)  # a busy machine takes its time to read
        connection.request("POST", path, body + end, {**sent, **(headers or {})})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, found, response.read().decode())
        connection.close()
        return answer


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page[:2000]
    return html.unescape(found[1])


def error(answer) -> str:
    found = re.search(r'<p class="error" role="alert"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    assert found, answer.text[:2000]
    return html.unescape(found[1])


def graph(store: Path, identifier: str) -> bytes:
    """The report's graph, sorted."""
    opened = Store.open(store)
    found = opened.reading().quads_for_pattern(None, None, None, None)
    name = f"<{iri.report(opened.base_iri, identifier)}>"
    return "\n".join(sorted(str(quad) for quad in found if str(quad.graph_name) == name)).encode()


@pytest.fixture(scope="module")
def site(start: Callable, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("add") / "store"
    Store.create_or_open(path, base_iri="http://example.org/id/")
    return start(path, workers=1, allow_update=True, token=SECRET)


@pytest.fixture(scope="module")
def browser(site) -> Browser:
    return Browser(site)


def test_a_text_is_shown_then_stored_as_a_build_stores_it(browser: Browser, tmp_path: Path) -> None:
    version = Store.open(browser.site.store).version()
    page = browser.add({"text": TEXT, "id": "day", **KNOWN})
    assert page.status == 200
    assert Store.open(browser.site.store).version() == version  # shown, not stored
    marks = [html.unescape(words) for words in re.findall(MARKED, page.text)]
    assert {"Hasaka", "attacked", "denied"} <= set(marks)
    assert "&lt;b&gt;" in page.text
    assert "<b>" not in page.text
    assert 'class="status status-Denied"' in page.text
    assert "Observatory</span>" in page.text  # who says so
    done = browser.store(page)
    assert (done.status, "/id/report/day" in done.text) == (200, True)
    record = {"id": "day", **KNOWN, "text": TEXT}
    (tmp_path / "r.jsonl").write_text(json.dumps(record))
    base = ["--base-iri", "http://example.org/id/"]
    build = [sys.executable, "-m", "kg", "build", "r.jsonl", "--store", "built", *base]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)
    assert graph(browser.site.store, "day") == graph(tmp_path / "built", "day") != b""
    assert browser.get("/id/report/day").status == 200


def test_a_page_and_its_text_are_kept_as_a_build_keeps_them(browser: Browser, tmp_path: Path) -> None:
    page = SAMPLES / "tigray-agreement.html"
    shown = browser.add({}, (page.name, page.read_bytes()))
    assert shown.status == 200
    title = re.search(r"<h2 id=[^>]*title[^>]*>(.*?)</h2>", shown.text)
    assert title
    assert title[1] == "Ethiopia and Tigray leaders agree to end war"  # as the page says
    browser.store(shown, **{"keep-text": "1"})
    base = ["--base-iri", "http://example.org/id/", "--keep-text"]
    build = [sys.executable, "-m", "kg", "build", str(page), "--store", "built", *base]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)
    assert graph(browser.site.store, page.stem) == graph(tmp_path / "built", page.stem) != b""
    assert b"isString" in graph(browser.site.store, page.stem)


def test_records_are_read_each_and_a_bad_one_costs_itself(browser: Browser) -> None:
    lines = [json.dumps({"id": f"r{number}", "text": TEXT}) for number in range(2)]
    shown = browser.add({}, ("many.jsonl", "\n".join([lines[0], '{"id": "bad"}', lines[1]]).encode()))
    assert shown.status == 200
    assert error(shown) == "line 2: the record has no text"
    assert [json.loads(line)["id"] for line in hidden(shown.text, "records").splitlines()] == ["r0", "r1"]
    done = browser.store(shown)
    assert re.findall(r'<a href="/id/report/(r\d)">', done.text) == ["r0", "r1"]
    broken = "\n".join([json.dumps({"id": "r0", "text": TEXT, "date": "soon"}), lines[1]])
    half = browser.add({"records": broken})
    assert (half.status, error(half).startswith("date 'soon' is not a date")) == (400, True)
    assert re.findall(r'<a href="/id/report/(r\d)">', half.text) == ["r1"]
    again = browser.add({"id": "r0", "text": TEXT})
    assert "already; storing replaces it" in " ".join(again.text.split())


@pytest.mark.parametrize(
    ("fields", "file", "reason"),
    [
        ({"text": " \n"}, None, "there is nothing to read"),
        ({"text": "x"}, ("a.txt", b"y"), "not both"),
        ({}, ("a.pdf", b"%PDF"), "a.pdf: choose a .txt, .html or .jsonl file"),
        ({}, ("a.txt", b"caf\xe9"), "a.txt is not UTF-8"),
        ({"title": "T"}, ("a.html", b"<p>x"), "leave it empty: title"),
        ({"id": "i"}, ("a.jsonl", b"{}"), "leave it empty: id"),
        ({"text": "x", "records": "nonsense"}, None, "must hold reports"),
        ({"records": '{"id": ""}'}, None, "must hold reports"),
        ({"records": "[1]"}, None, "must hold reports"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    browser: Browser, fields: dict[str, str], file: tuple[str, bytes] | None, reason: str
) -> None:
    answer = browser.add(fields, file)
    assert answer.status == 400
    assert reason in error(answer)


def test_a_wrong_date_is_said_and_the_text_is_not_lost(browser: Browser) -> None:
    answer = browser.add({"text": TEXT, "date": "yesterday"})
    assert answer.status == 400
    assert error(answer).startswith("date 'yesterday' is not a date")
    assert html.escape(TEXT) in answer.text.replace("\r\n", "\n")
    page = browser.add({"date": "yesterday"}, ("a.html", b"<html><body><p>Some words.</p></body></html>"))
    assert (page.status, "is not a date" in error(page)) == (400, True)


def test_only_the_own_page_of_the_session_may_send(browser: Browser) -> None:
    version = Store.open(browser.site.store).version()
    record = json.dumps({"id": "evil", "text": TEXT})
    wrong = browser.add({"form-token": "0" * 64, "records": record})
    assert (wrong.status, "of another login" in error(wrong)) == (403, True)
    missing = browser.add({"form-token": "", "text": "what was written"})
    assert (missing.status, "what was written" in missing.text) == (403, True)
    assert browser.add({"records": record}, Origin="http://evil.example").status == 403
    assert browser.add({"records": record}, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    key = session_key(SECRET)
    expired = new_session(key, now=time.time() - SESSION_SECONDS - 1, nonce="a")
    fields = {"form-token": form_token(expired, key), "records": record}
    late = browser.add(fields, Cookie=f"sitrep-session={expired}")
    assert (late.status, "your login has ended" in late.text) == (403, True)
    assert Store.open(browser.site.store).version() == version


def test_a_text_that_is_too_large_is_refused(browser: Browser) -> None:
    connection = browser.site.connect()
    connection.putrequest("POST", "/add")
    for name, value in (
        ("Cookie", browser.cookie),
        ("Origin", browser.origin),
        ("Content-Length", 10 * 2**20 + 1),
    ):
        connection.putheader(name, str(value))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    long = browser.add({"text": "All is well. " * 100_000})
    assert (long.status, "more than 1,000,000" in error(long)) == (400, True)


def test_reading_is_stopped_in_time(start: Callable, site) -> None:
    hasty = Browser(start(site.store, workers=1, allow_update=True, token=SECRET, read_timeout=0.5))
    version = Store.open(site.store).version()
    for fields in ({"text": TEXT}, {"records": json.dumps({"id": "late", "text": TEXT})}):
        answer = hasty.add(fields)
        assert (answer.status, "longer than 0.5 s" in error(answer)) == (503, True)
        assert html.escape(TEXT) in answer.text.replace("\r\n", "\n")  # what was written is not lost
    assert Store.open(site.store).version() == version
    assert not children(hasty.site.process.pid)


@pytest.mark.parametrize("command", ["read", "build"])
def test_a_reader_that_is_killed_leaves_one_line(browser: Browser, command: str) -> None:
    version = Store.open(browser.site.store).version()
    record = json.dumps({"id": "killed", "text": TEXT})
    with ThreadPoolExecutor() as threads:
        fields = {"text": TEXT} if command == "read" else {"records": record}
        waiting = threads.submit(browser.add, fields)
        deadline = time.monotonic() + 20
        while not (found := children(browser.site.process.pid)) and time.monotonic() < deadline:
            time.sleep(0.02)
        (reader,) = found
        assert Path(f"/proc/{reader}/cmdline").read_bytes().split(b"\0")[4] == command.encode()
        os.kill(reader, signal.SIGKILL)
        answer = waiting.result()
    assert (answer.status, "ended by SIGKILL" in error(answer)) == (400, True)
    assert Store.open(browser.site.store).version() == version
    assert browser.get("/id/report/killed").status == 404


def test_readers_are_limited_and_told_no_secret(site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_TOKEN", SECRET)
    small = Readings(store=site.store, seconds=60, memory=100 * 2**20)
    given = Input(json.dumps({"id": "r", "text": TEXT}).encode(), ".jsonl")
    with pytest.raises(RequestError) as raised:
        small.read(given)
    assert raised.value.status in (400, 500)
    readings = Readings(store=site.store, seconds=60, memory=2**31)
    with ThreadPoolExecutor(MOST_AT_ONCE + 1) as threads:
        tried = [threads.submit(readings.read, given) for _ in range(MOST_AT_ONCE + 1)]
        while len(found := children(os.getpid())) < MOST_AT_ONCE:
            time.sleep(0.02)
        assert all(SECRET.encode() not in Path(f"/proc/{one}/environ").read_bytes() for one in found)
    failed = [one.exception() for one in tried if one.exception() is not None]
    assert [getattr(one, "status", one) for one in failed] == [429]


@pytest.mark.parametrize(
    ("fields", "file", "record"),
    [
        ({"text": "a\r\nb"}, None, {"id": "text-7e18f737311b", "text": "a\nb"}),
        (
            {"text": "a", "title": "A day: in May!"},
            None,
            {"id": "a-day-in-may", "title": "A day: in May!", "text": "a"},
        ),
        ({"text": "a", "id": "x y"}, None, {"id": "x y", "text": "a"}),
        (
            {"publisher": "P"},
            File("b.1.TXT", "\ufeffé\r".encode()),
            {"id": "b-1", "publisher": "P", "text": "é\n"},
        ),
        ({}, File("ضربة.txt", b"a"), {"id": "text-ca978112ca1b", "text": "a"}),
    ],
)
def test_a_text_becomes_a_record(fields: dict[str, str], file: File | None, record: dict[str, str]) -> None:
    assert json.loads(read_given(fields, file).data) == record


def children(process: int) -> list[int]:
    """The readers of reports that the server has started."""
    listed = Path(f"/proc/{process}/task").glob("*/children")
    found = [int(number) for path in listed for number in path.read_text().split()]
    return [number for number in found if b"report." in Path(f"/proc/{number}/cmdline").read_bytes()]


def test_readers_end_with_the_server(start: Callable, site) -> None:
    own = Browser(start(site.store, workers=1, allow_update=True, token=SECRET))
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(own.add, {"text": f"{TEXT}\n\n" * 2000})
        while not (found := children(own.site.process.pid)):
            time.sleep(0.02)
        own.site.process.terminate()
        time.sleep(0.3)
        own.site.process.terminate()  # the second time it ends at once
        assert own.site.process.wait(timeout=20) is not None
        assert isinstance(waiting.exception(), OSError | HTTPException) or waiting.result().status >= 500
    deadline = time.monotonic() + 5
    while Path(f"/proc/{found[0]}/cmdline").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{found[0]}/cmdline").exists()
