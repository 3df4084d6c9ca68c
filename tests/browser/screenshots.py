"""Pictures of the pages for the README: make screenshots writes docs/screenshots/*.png.

The pages are those of the sample reports. Few and small, as every clone carries them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
WIDTH = 1200  # pixels


@dataclass(frozen=True)
class Picture:
    """What a window of `height` pixels shows of a page, once something on it was done."""

    name: str
    path: str
    height: int
    scheme: str = "light"
    act: Callable[[Page], None] | None = None


def _point_at_an_event(page: Page) -> None:
    page.locator(".text .marked > a").get_by_text("stormed", exact=True).hover()


def _ask_for_a_map(page: Page) -> None:
    page.get_by_role("link", name="On a map").click()
    page.locator("#query-answer path.map-circle").first.wait_for()
    page.get_by_label("SPARQL query").evaluate("() => scrollTo(0, 400)")


PICTURES = (
    Picture("start", "/", 1000),
    Picture("report", "/id/report/ghwayran-agency", 720, act=_point_at_an_event),
    Picture("query", "/query", 1000, "dark", _ask_for_a_map),
)


def take(browser: Browser, site: str, picture: Picture) -> None:
    """Write the picture to its file."""
    page = browser.new_page(
        viewport={"width": WIDTH, "height": picture.height},
        color_scheme=picture.scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page.goto(site + picture.path, wait_until="networkidle")
    if picture.act:
        picture.act(page)
    page.wait_for_timeout(1000)  # drawings settle
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    page.close()


def main() -> None:
    """Serve the store that is named and take the pictures."""
    chromium = shutil.which("chromium") or sys.exit("no Chromium here: apt-get install chromium")
    command = [sys.executable, "-m", "kg", "serve", "--store", sys.argv[1], "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    line = process.stderr.readline()
    if " on http://" not in line:
        sys.exit(line.strip())
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, line.split()[-1].rstrip("/"), picture)
        browser.close()
    process.terminate()
    process.wait()


if __name__ == "__main__":
    main()
