"""Weight and speed of the pages in Chromium, over any store: make page-speed STORE=DIR.

For each page, in a browser with nothing in its cache: kilobytes as sent, milliseconds until the first byte
comes, until the largest thing of the page is painted (largest contentful paint), and until all is loaded. The
best of the rounds, after one that warms the server up. Chromium must be installed; no other host is asked.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PAGES = ("/", "/search?q=attack", "/sources", "/query", "/ontology", "/void")
MEASURE = """() => new Promise((done) => {
    const [page] = performance.getEntriesByType("navigation");
    const parts = [page, ...performance.getEntriesByType("resource")];
    const sent = parts.reduce((sum, part) => sum + part.transferSize, 0) / 1000;
    new PerformanceObserver((list) => {
        done([sent, page.responseStart, list.getEntries().at(-1).startTime, page.loadEventEnd]);
    }).observe({ type: "largest-contentful-paint", buffered: true });
})"""


@contextmanager
def served(store: Path) -> Iterator[str]:
    """A server over a store; its address, with no slash at its end."""
    command = [sys.executable, "-m", "kg", "serve", "--store", str(store), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        if " on http://" not in line:
            sys.exit(line.strip())
        yield line.split()[-1].rstrip("/")
    finally:
        process.terminate()
        process.wait()


def measured(browser: Browser, address: str) -> list[float]:
    """Kilobytes sent, milliseconds to the first byte, the largest paint and the end of loading."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    found: list[float] = page.evaluate(MEASURE)
    context.close()
    return found


def main() -> None:
    """Print a line for each page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("store", type=Path)
    parser.add_argument(
        "paths", nargs="*", default=PAGES, help="of the pages; without any, those of every store"
    )
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or sys.exit("no Chromium here: apt-get install chromium")
    with served(options.store) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        print(f"{'page':40}{'kB':>8}{'first':>8}{'largest':>9}{'loaded':>8}  milliseconds")  # noqa: T201
        for path in options.paths:
            rounds = [measured(browser, site + path) for _ in range(options.rounds + 1)][1:]
            sent, *times = (min(column) for column in zip(*rounds, strict=True))
            first, largest, loaded = times
            print(f"{path:40}{sent:8.0f}{first:8.0f}{largest:9.0f}{loaded:8.0f}")  # noqa: T201
        browser.close()


if __name__ == "__main__":
    main()
