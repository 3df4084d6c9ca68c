"""Atom feeds against a schema of RFC 4287 (section 4) and what a schema cannot say."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest
from lxml import etree

from server.feeds import Entry, Feed, document, instant

BASE = "https://w3id.org/sitrep/id/"
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def faults(body: bytes) -> list[str]:
    """What is wrong with a feed by RFC 4287."""
    root = etree.fromstring(body)
    found = [] if SCHEMA.validate(root) else [str(entry) for entry in SCHEMA.error_log]
    entries = root.findall("a:entry", ATOM)
    if root.find("a:author", ATOM) is None and any(each.find("a:author", ATOM) is None for each in entries):
        found.append("4.1.1: an author of the feed or of each entry")
    ids = [each.findtext("a:id", namespaces=ATOM) for each in entries]
    if len(set(ids)) != len(ids):
        found.append("4.1.2: entries with one id")
    links = [link.get("href", "") for link in root.iterfind(".//a:link", ATOM)]
    found += [f"a link that is not absolute: {href}" for href in links if urljoin("http://e/", href) != href]
    return found


def entry(**changed: str) -> Entry:
    values = {"iri": "urn:x", "title": "T", "page": "http://e/", "updated": "2022-01-21T00:00:00Z", **changed}
    return Entry(**values)


def feed(*entries: Entry) -> Feed:
    return Feed("key", "Title", "http://e/feed.atom", "http://e/", entries)


def titles(body: bytes) -> list[str]:
    return [each.text for each in etree.fromstring(body).iterfind("a:entry/a:title", ATOM)]


@pytest.mark.parametrize(
    "entries",
    [
        (),
        (entry(),),
        (entry(author="A", summary="S", kind="k", original="https://e/o"), entry(iri="urn:y")),
        (entry(title="", summary="\x00\x0b < & ]]> \ud800", author="\x01"),),
    ],
)
def test_feeds_are_valid(entries: tuple[Entry, ...]) -> None:
    assert faults(document(feed(*entries))) == []


@pytest.mark.parametrize(
    "entries",
    [
        (entry(), entry()),
        (entry(updated="2022-01-21"),),
        (entry(iri=""),),
        (entry(page="/relative"),),
    ],
)
def test_the_check_finds_what_is_wrong(entries: tuple[Entry, ...]) -> None:
    assert faults(document(feed(*entries))) != []


def test_a_feed_changed_when_its_newest_entry_did_whatever_the_time_zone() -> None:
    later, earlier = "2022-01-21T23:00:00-05:00", "2022-01-22T01:00:00+03:00"
    root = etree.fromstring(document(feed(entry(updated=earlier), entry(iri="urn:y", updated=later))))
    assert root.findtext("a:updated", namespaces=ATOM) == later


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        ("2022-01-21", "2022-01-21T00:00:00Z"),
        ("2022-01-21Z", "2022-01-21T00:00:00Z"),
        ("2022-01-21T10:00:00", "2022-01-21T10:00:00Z"),
        ("2022-01-21T10:00:00.5+03:00", "2022-01-21T10:00:00.5+03:00"),
        ("2022-02-30", None),
        ("2022-01-21T25:00:00Z", None),
        ("2022-01", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_of_publication_as_rfc_3339_has_them(issued: str, expected: str | None) -> None:
    assert instant(issued) == expected
    if expected is not None:
        assert datetime.fromisoformat(expected).tzinfo is not None


def test_the_feed_of_new_reports(told) -> None:
    answer = told.get("/feed.atom")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    assert faults(answer.body) == []
    root = etree.fromstring(answer.body)
    assert titles(answer.body) == ["Forces deny escape", "Prison attacked"]  # one without a date has no place
    assert root.findtext("a:updated", namespaces=ATOM) == "2022-01-23T10:00:00+03:00"
    last = root.findall("a:entry", ATOM)[-1]
    assert last.findtext("a:id", namespaces=ATOM) == f"{BASE}report/a"
    assert last.findtext("a:author/a:name", namespaces=ATOM) == "Wire & Sons"
    assert last.findtext("a:summary", namespaces=ATOM) == "Tells of 2 events."
    links = {link.get("rel"): link.get("href") for link in last.iterfind("a:link", ATOM)}
    assert links == {"alternate": f"{told.url}id/report/a", "via": "https://example.org/a"}


def test_the_feed_of_an_actor_and_of_a_place(told) -> None:
    actor = told.get("/feed.atom", about=f"{BASE}is")
    assert faults(actor.body) == []
    assert titles(actor.body) == [
        "Escape; by Islamic State (denied)",
        "Release: freed; by Islamic State; in Hasaka",
        "Claim: claimed; said by Islamic State",
    ]
    first = etree.fromstring(actor.body).find("a:entry", ATOM)
    assert first.findtext("a:updated", namespaces=ATOM) == "2022-01-23T10:00:00+03:00"
    assert first.findtext("a:summary", namespaces=ATOM) == "The SDF denied that IS men <escaped>."
    assert first.find("a:category", ATOM).get("term") == "escape"
    place = told.get("/feed.atom", about=f"{BASE}hasaka")
    assert titles(place.body) == ["Release: freed; by Islamic State; in Hasaka"]
    ids = {etree.fromstring(answer.body).findtext("a:id", namespaces=ATOM) for answer in (actor, place)}
    assert len(ids) == 2


def test_a_feed_is_asked_for_again_by_its_tag(told) -> None:
    answer = told.get("/feed.atom")
    assert told.get("/feed.atom").body == answer.body
    again = told.ask("GET", "/feed.atom", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status == 304


def test_what_has_no_feed(told) -> None:
    assert told.get("/feed.atom", about=f"{BASE}nobody").status == 404
    assert told.get("/feed.atom", about="not an IRI").status == 400


def test_an_empty_store_has_an_empty_feed(writable) -> None:
    answer = writable.get("/feed.atom")
    assert faults(answer.body) == []
    assert titles(answer.body) == []


@pytest.mark.parametrize("path", ["/", "/sources"])
def test_pages_name_the_feed(told, path: str) -> None:
    page = told.get(path, "text/html").text
    assert '<link rel="alternate" type="application/atom+xml" title="New reports" href="/feed.atom">' in page
