"""A real browser on a real server: Debian's Chromium, with no way out of this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    Route,
    sync_playwright,
)

CHECKOUT = Path(__file__).parents[2]
AXE = CHECKOUT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TOKEN = "a-long-secret"  # noqa: S105
HOME = "127.0.0.1"
NARROW, WIDE, PAPER = 360, 1280, 700  # pixels


@dataclass(frozen=True)
class Site:
    """A running server."""

    url: str

    def rows(self, query: str) -> list[list[str]]:
        """The rows of a SELECT, without their names."""
        address = f"{self.url}sparql?{urlencode({'query': query, 'format': 'json'})}"
        with urlopen(address, timeout=30) as answer:  # noqa: S310
            found = json.load(answer)
        names = found["head"]["vars"]
        return [
            [row[name]["value"] if name in row else "" for name in names]
            for row in found["results"]["bindings"]
        ]


@dataclass
class Visitor:
    """A browser window in which nothing may go wrong: what does is listed in `faults`."""

    site: Site
    context: BrowserContext
    faults: list[str] = field(default_factory=list)
    allowed: set[int] = field(default_factory=set)  # statuses of refusals that a test asks for

    def open(self, path: str, *, settled: bool = False) -> Page:
        """A page of the site in a new tab, once it is loaded; if `settled`, once scripts ask for nothing."""
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("response", self._answered)
        page.goto(self.site.url + path.lstrip("/"), wait_until="networkidle" if settled else "load")
        return page

    def guard(self, route: Route) -> None:
        """Lets through what stays on this machine."""
        parts = urlsplit(route.request.url)
        if parts.scheme in ("data", "blob") or parts.hostname == HOME:
            route.continue_()
        else:
            self.faults.append(f"request to {route.request.url}")
            route.abort()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(
            f"status of {code}" in message.text for code in self.allowed
        ):
            self.faults.append(f"console {message.type}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.allowed:
            self.faults.append(f"{response.status} {response.url}")


Visit = Callable[..., Visitor]


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium the first test here is skipped for all of them, with one line that says why."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    if here and _chromium() is None:
        reason = f"no Chromium here for {len(here)} tests: `apt-get install chromium` lets them run"
        here[0].add_marker(pytest.mark.skip(reason=reason))
        config.hook.pytest_deselected(items=here[1:])
        left_out = set(here[1:])
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is."""
    path = _chromium()
    assert path is not None
    return path


@pytest.fixture(scope="session")
def store(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, built once."""
    path = tmp_path_factory.mktemp("browser") / "store"
    command = [sys.executable, "-m", "kg", "build", str(CHECKOUT / "samples"), "--store", str(path)]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    return path


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., Site]]:
    """Starts a server over a store; all are ended with the test session."""
    processes = []

    def start(store: Path, *options: str, token: str | None = None) -> Site:
        command = [sys.executable, "-m", "kg", "serve", "--store", str(store), "--port", "0", *options]
        environment = {**os.environ, **({"KG_TOKEN": token} if token else {})}
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
        processes.append(process)
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith(f"Sitrep serves {store} on http://{HOME}:"), line
        return Site(line.split()[-1])

    yield start
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(timeout=20)
        if process.stderr is not None:
            process.stderr.close()


@pytest.fixture(scope="session")
def site(serve: Callable[..., Site], store: Path) -> Site:
    """A server that only reads, over the samples, once it has counted what they hold."""
    found = serve(store, "--workers", "2")
    until = time.monotonic() + 30
    while any(b"being counted" in _read(f"{found.url}{path}") for path in ("", "sources")):
        assert time.monotonic() < until
    return found


def _read(address: str) -> bytes:
    with urlopen(Request(address, headers={"Accept": "text/html"}), timeout=30) as answer:  # noqa: S310
        return bytes(answer.read())


@pytest.fixture(scope="module")
def writable(serve: Callable[..., Site], store: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A server that takes reports from those who have the token, over a copy of the samples."""
    own = Path(shutil.copytree(store, tmp_path_factory.mktemp("writable") / "store"))
    return serve(own, "--workers", "2", "--allow-update", token=TOKEN)


@pytest.fixture(scope="session")
def token() -> str:
    """What lets one write."""
    return TOKEN


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium with no window. For a module, as its event loop would be in the way of other tests."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """Opens windows of a width, light or dark, with or without scripts. The test fails if one has faults."""
    visitors: list[Visitor] = []

    def start(
        *, width: int = 1280, scheme: str = "light", scripts: bool = True, site: Site = site, **options: Any
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            **options,
        )
        context.set_default_timeout(20_000)
        visitor = Visitor(site, context)
        context.route("**/*", visitor.guard)
        visitors.append(visitor)
        return visitor

    yield start
    for visitor in visitors:
        visitor.context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@pytest.fixture
def window(visit: Visit) -> Visitor:
    """A wide, light window with scripts."""
    return visit()


@pytest.fixture(scope="session")
def inspect() -> Callable[[Page], None]:
    """Asserts that a page fits wide and narrow screens and paper, and that axe-core finds no serious fault.

    Light on the wide screen, dark on the narrow one.
    """
    if not AXE.is_file():
        pytest.skip(f"no axe-core here: `make setup` puts it at {AXE.relative_to(CHECKOUT)}")
    axe = AXE.read_text(encoding="utf-8")

    def look(page: Page) -> None:
        page.wait_for_load_state("networkidle")
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.emulate_media(color_scheme="light")
        _fits(page)
        _has_no_barrier(page, axe)
        page.set_viewport_size({"width": NARROW, "height": 740})
        page.emulate_media(color_scheme="dark")
        _fits(page)
        _has_no_barrier(page, axe)
        page.set_viewport_size({"width": PAPER, "height": 990})
        page.emulate_media(color_scheme="light", media="print")
        _fits(page)
        _is_printable(page)
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": WIDE, "height": 900})

    return look


def _fits(page: Page) -> None:
    width, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert width <= room, f"{page.url}: one has to scroll sideways, {width} pixels at {room}"


def _has_no_barrier(page: Page, axe: str) -> None:
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    serious = [entry for entry in found if entry["impact"] in ("serious", "critical")]
    assert not serious, "\n".join(
        f"{page.url}: {entry['id']}: {[node['html'][:160] for node in entry['nodes'][:3]]}"
        for entry in serious
    )


def _is_printable(page: Page) -> None:
    assert not page.locator("body > header nav").is_visible()
    assert page.locator("h1").is_visible()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"), f"{page.url}: ink is spent on the ground"
