"""Every page: readable on wide and narrow screens, light, dark and printed, with scripts and without."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

PAGES = {
    "start": "/",
    "search": "/search",
    "search found": "/search?q=prison",
    "search empty": "/search?q=zzzz",
    "reports": "/sources?list=reports",
    "publisher": "/sources?publisher=Sitrep+sample&says=denied",
    "source": "/sources?source=https%3A%2F%2Fw3id.org%2Fsitrep%2Fid%2Fentity%2Fislamic-state",
    "query": "/query",
    "query answered": "/query?query=SELECT+*+%7B+%3Fs+a+%3Fclass+%7D+LIMIT+20",
    "actor": "/id/entity/al-shabaab",
    "place": "/id/entity/hasaka",
    "facility": "/id/entity/ghwayran-prison",
    "report": "/id/report/ghwayran-agency",
    "event": "{event}",
    "cluster": "{cluster}",
    "sources": "/sources",
    "class": "/describe?iri=https://w3id.org/sitrep/ontology%23AirStrike",
    "ontology": "/ontology",
    "dataset": "/void",
}
TERMS = "PREFIX sit: <https://w3id.org/sitrep/ontology#>"
NARROW = 360


@pytest.fixture(scope="module")
def paths(site: Any) -> dict[str, str]:
    """The paths of the pages; events and clusters have no names that one could know before."""
    event = f"{TERMS} SELECT ?e {{ ?e a sit:AirStrike ; sit:partOfCluster ?c }} ORDER BY ?e LIMIT 1"
    cluster = f"{TERMS} SELECT ?c {{ ?c a sit:EventCluster }} ORDER BY ?c LIMIT 1"
    found = {"event": site.rows(event)[0][0], "cluster": site.rows(cluster)[0][0]}
    known = {name: iri.removeprefix("https://w3id.org/sitrep") for name, iri in found.items()}
    return {name: path.format(**known) for name, path in PAGES.items()}


@pytest.fixture(params=PAGES)
def path(request: pytest.FixtureRequest, paths: dict[str, str]) -> str:
    """The path of one page after the other."""
    return paths[request.param]


def test_a_page_fits_every_screen_and_paper_and_has_no_serious_barrier(window, path: str, inspect) -> None:
    inspect(window.open(path))


def test_a_page_is_read_without_scripts(visit, path: str) -> None:
    page = visit(scripts=False, width=NARROW).open(path)
    assert page.locator("h1").inner_text().strip()
    assert len(page.locator("main").inner_text()) > 40
    for part in ("header", "main", "footer"):  # measured from outside: no script runs in this page
        box = page.locator(f"body > {part}").bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= NARROW


def test_the_headings_of_a_page_make_an_outline(window, path: str) -> None:
    page = window.open(path)
    ranks = page.locator("h1, h2, h3, h4").evaluate_all("found => found.map(each => Number(each.tagName[1]))")
    assert ranks.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(ranks)), ranks


def test_a_page_that_is_not_there_is_a_page_too(visit, inspect) -> None:
    visitor = visit()
    visitor.allowed.add(404)
    page = visitor.open("/id/entity/nobody-at-all")
    inspect(page)
    page.get_by_role("link", name="start page").click()
    page.wait_for_url(visitor.site.url)


def test_the_links_of_the_start_page_lead_somewhere(window) -> None:
    page = window.open("/")
    addresses = set(page.locator("a[href^='/']").evaluate_all("found => found.map(each => each.href)"))
    assert len(addresses) > 10
    for address in sorted(addresses):
        assert page.request.get(address, headers={"Accept": "text/html,*/*;q=0.5"}).ok, address


def test_faults_are_found(visit, inspect) -> None:
    visitor = visit(bypass_csp=True)
    page = visitor.open("/ontology")
    page.evaluate(
        """() => {
            fetch("https://example.org/").catch(() => null);
            console.warn("careful");
            setTimeout(() => { throw new Error("broken"); });
            const picture = document.createElement("img");
            picture.src = "/static/missing.png";
            document.querySelector("main").append(picture);
        }"""
    )
    page.wait_for_load_state("networkidle")
    with pytest.raises(AssertionError, match="image-alt"):
        inspect(page)
    page.evaluate("() => { document.querySelector('main img').style.minWidth = '2000px'; }")
    with pytest.raises(AssertionError, match="scroll sideways"):
        inspect(page)
    for fault in ("request to https://example.org/", "careful", "script: broken", "404 http://127.0.0.1"):
        assert any(fault in found for found in visitor.faults), fault
    visitor.faults.clear()
