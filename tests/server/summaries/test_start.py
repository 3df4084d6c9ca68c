"""The start page follows the data."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kg.store import Store

TOKEN = "a-long-secret"  # noqa: S105
UPDATE = """PREFIX sit: <https://w3id.org/sitrep/ontology#>
INSERT DATA { <urn:r> a sit:Report . <urn:e> a sit:Raid ; sit:status sit:Reported }"""


def counts(page: str) -> dict[str, str]:
    """The numbers at the head of the page."""
    return dict(re.findall(r"<dt>([a-z]+)</dt><dd>([0-9,]+)</dd>", page))


def test_a_write_changes_the_numbers(start: Any, counted: Any, own_store: Any) -> None:
    site = counted(start(own_store, workers=1, timeout=20.0, allow_update=True, token=TOKEN))
    assert counts(site.get("/", "text/html").text) == {
        "reports": "2",
        "events": "2",
        "entities": "3",
        "relations": "0",
    }
    assert site.update(UPDATE, TOKEN).status == 204
    assert counts(counted(site).get("/", "text/html").text) == {
        "reports": "3",
        "events": "3",
        "entities": "3",
        "relations": "0",
    }


def test_a_number_leads_to_as_many_events_with_a_date_or_without(told: Any) -> None:
    page = told.get("/", "text/html").text
    links = re.findall(r'<a href="(/query[?][^"]*)">[A-Za-z ]+</a> (?:<span class="amount">)?([0-9]+)', page)
    assert len(links) > 2
    for address, amount in links:
        (query,) = parse_qs(urlsplit(unescape(address)).query)["query"]
        found = json.loads(told.query(query, "application/sparql-results+json").body)
        assert len(found["results"]["bindings"]) == int(amount), query


def test_an_empty_store_says_how_to_fill_it(start: Any, counted: Any, tmp_path: Any) -> None:
    Store.create_or_open(tmp_path / "empty", base_iri="https://w3id.org/sitrep/id/")
    page = counted(start(tmp_path / "empty", workers=1, timeout=20.0)).get("/", "text/html").text
    assert "kg build" in page
    assert "<dt>" not in page


def test_the_map_has_places_whatever_they_are_called(told: Any) -> None:
    page = told.get("/", "text/html").text
    (points,) = re.findall(r'<script type="application/json" id="places">(.*?)</script>', page)
    assert json.loads(points) == [
        {
            "lat": 36.5,
            "lon": 40.75,
            "label": "</script><b>",
            "url": "/id/nasty",
            "count": 1,
            "kind": "place",
        }
    ]
    assert "&lt;/script&gt;&lt;b&gt;" in page  # in the caption
