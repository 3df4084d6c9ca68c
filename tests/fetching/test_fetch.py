"""Fetching from a server that is there: what lies in the folder, and how politely it was asked for."""

from __future__ import annotations

import email.utils
import gzip
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kg.facts import Report
from kg.fetching import FetchOptions, Limits, Outcome, What, fetch
from kg.ingest import IngestOptions, read_inputs
from kg.ingest.metadata import identifier_of_url

PAGE = b"<!DOCTYPE html><html><body><p>There was a raid in Gao on Monday, the army said.</p></body></html>"
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>
<item><link>{0}/a</link></item><item><link>/b</link></item><item><link>{0}/a#top</link></item></channel></rss>"""
RSS = "application/rss+xml"


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., list[Outcome]]:
    """Fetch into the folder `pages` at once after one another, from this machine."""

    def run(*urls: str, delay: float = 0.0, agent: str = "test/1 (me)", **limits: Any) -> list[Outcome]:
        limits = {"allow_private": True, "seconds": 10.0} | limits
        options = FetchOptions(into=tmp_path / "pages", delay=delay, agent=agent, limits=Limits(**limits))
        return list(fetch(urls, options=options))

    return run


def reports(folder: Path) -> list[Report]:
    found = read_inputs([str(folder)], options=IngestOptions())
    return [item for item in found if isinstance(item, Report)]


def test_page_is_kept_with_its_url_and_read_by_a_build(
    site: Any, reply: Any, run: Any, tmp_path: Path
) -> None:
    url = f"{site.url}/news?id=1"
    site.replies["/news?id=1"] = reply(headers={"ETag": '"1"', "X-Note": "kept"})
    identifier = identifier_of_url(url)
    path = tmp_path / "pages" / f"{identifier}.warc.gz"
    assert run(f"{url}#part") == [Outcome(f"{url}#part", What.NEW, path)]
    [report] = reports(tmp_path / "pages")
    assert report == Report(
        identifier=identifier, text="There was a raid in Gao on Monday, the army said.", source=url
    )
    kept = gzip.decompress(path.read_bytes())
    assert b"\r\nWARC-Date: 20" in kept
    assert b"\r\nX-Note: kept\r\n" in kept
    assert site.asked[-1].headers["User-Agent"] == "test/1 (me)"


def test_what_has_not_changed_is_not_sent_and_not_written(
    site: Any, reply: Any, run: Any, tmp_path: Path
) -> None:
    site.replies |= {
        "/tag": reply(headers={"ETag": '"1"'}),
        "/date": reply(headers={"Last-Modified": "Wed, 26 Jan 2022 10:00:00 GMT"}),
        "/changed": [reply(), reply(body=PAGE.replace(b"Monday", b"Tuesday"))],
    }
    urls = [f"{site.url}{path}" for path in site.replies]
    assert [outcome.what for outcome in run(*urls)] == [What.NEW] * 3
    before = {path: path.read_bytes() for path in (tmp_path / "pages").iterdir()}
    assert [outcome.what for outcome in run(*urls)] == [What.UNCHANGED, What.UNCHANGED, What.CHANGED]
    after = {path: path.read_bytes() for path in (tmp_path / "pages").iterdir()}
    assert len([path for path in before if before[path] == after[path]]) == 2
    tag, date = (next(a for a in reversed(site.asked) if a.path == path) for path in ("/tag", "/date"))
    assert tag.headers["If-None-Match"] == '"1"'
    assert date.headers["If-Modified-Since"] == "Wed, 26 Jan 2022 10:00:00 GMT"


def test_feed_leads_to_its_pages_once(site: Any, reply: Any, run: Any, tmp_path: Path) -> None:
    feed = FEED.format(site.url).encode()
    site.replies |= {"/feed": reply(body=feed, media_type=RSS, headers={"ETag": '"f"'})}
    site.replies |= {"/a": reply(), "/b": reply()}
    outcomes = run(f"{site.url}/feed", f"{site.url}/b")
    assert [(outcome.url.removeprefix(site.url), outcome.what) for outcome in outcomes] == [
        ("/feed", What.FEED), ("/b", What.NEW), ("/a", What.NEW),
    ]  # fmt: skip
    assert len(reports(tmp_path / "pages")) == 2
    site.asked.clear()
    assert [outcome.what for outcome in run(f"{site.url}/feed")] == [What.FEED]
    assert site.paths() == ["/robots.txt", "/feed"]


def test_page_that_was_missing_from_an_unchanged_feed_is_asked_for_again(
    site: Any, reply: Any, run: Any
) -> None:
    feed = FEED.format(site.url).encode()
    site.replies |= {"/feed": reply(body=feed, media_type=RSS, headers={"ETag": '"f"'}), "/a": reply()}
    assert [outcome.what for outcome in run(f"{site.url}/feed")] == [What.FEED, What.NEW, What.FAILED]
    site.replies["/b"] = reply()
    assert [outcome.what for outcome in run(f"{site.url}/feed")] == [What.FEED, What.NEW]


def test_one_request_at_a_time_with_a_pause(site: Any, reply: Any, run: Any) -> None:
    site.replies |= {f"/{n}": reply(slow=0.05) for n in range(3)}
    run(*(f"{site.url}/{n}" for n in range(3)), delay=0.2)
    times = [asked.at for asked in site.asked if asked.path != "/robots.txt"]
    assert all(second - first >= 0.2 for first, second in pairwise(times))
    assert site.paths() == ["/robots.txt", "/0", "/1", "/2"]


def test_robots_are_obeyed_and_asked_once(site: Any, reply: Any, run: Any) -> None:
    rules = b"User-agent: *\nDisallow: /private\n\nUser-agent: test\nDisallow: /b\nCrawl-delay: 0.3\n"
    site.replies |= {"/robots.txt": reply(body=rules, media_type="text/plain")}
    site.replies |= {"/private": reply(), "/b": reply(), "/c": reply()}
    outcomes = run(f"{site.url}/private", f"{site.url}/b", f"{site.url}/c")
    assert [(outcome.what, outcome.reason) for outcome in outcomes] == [
        (What.NEW, ""), (What.FAILED, "its robots.txt forbids it"), (What.NEW, ""),
    ]  # fmt: skip
    assert site.paths() == ["/robots.txt", "/private", "/c"]
    assert site.asked[2].at - site.asked[1].at >= 0.3


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, ""),
        (403, ""),
        (429, "nothing is asked of this host: its robots.txt was answered with status 429"),
        (500, "nothing is asked of this host: its robots.txt was answered with status 500"),
    ],
)
def test_robots_that_are_not_there(status: int, reason: str, site: Any, reply: Any, run: Any) -> None:
    site.replies |= {"/robots.txt": reply(status, b"x"), "/a": reply()}
    [outcome] = run(f"{site.url}/a")
    assert outcome.reason == reason


@pytest.mark.parametrize(("status", "form"), [(429, "seconds"), (503, "date")])
def test_server_that_wants_to_be_asked_later_is(
    status: int, form: str, site: Any, reply: Any, run: Any
) -> None:
    later = "1" if form == "seconds" else email.utils.formatdate(time.time() + 2, usegmt=True)
    site.replies["/a"] = [reply(status, b"", headers={"Retry-After": later}), reply()]
    site.replies["/b"] = reply()
    assert [outcome.what for outcome in run(f"{site.url}/a", f"{site.url}/b")] == [What.NEW] * 2
    assert site.paths() == ["/robots.txt", "/a", "/a", "/b"]
    assert site.asked[2].at - site.asked[1].at >= 0.9


def test_who_is_asked_in_vain_is_left(site: Any, reply: Any, run: Any) -> None:
    site.replies |= {
        "/a": reply(503, b"", headers={"Retry-After": "0"}),
        "/b": reply(503, b"", headers={"Retry-After": "86400"}),
    }
    assert [outcome.reason for outcome in run(f"{site.url}/a", f"{site.url}/b")] == [
        "answered with status 503 3 times", "wants to be asked again after 86400 seconds",
    ]  # fmt: skip


def test_redirects_are_followed_and_end(site: Any, reply: Any, run: Any, tmp_path: Path) -> None:
    site.replies |= {
        "/old": reply(301, b"", headers={"Location": "/new"}),
        "/new": reply(),
        "/loop": reply(302, b"", headers={"Location": "/loop"}),
        "/file": reply(302, b"", headers={"Location": "file:///etc/passwd"}),
        "/nowhere": reply(302, b""),
        "/junk": reply(302, b"", headers={"Location": "http://[::1"}),
    }
    paths = ("/old", "/loop", "/file", "/nowhere", "/junk")
    moved, loop, file, nowhere, junk = run(*(f"{site.url}{path}" for path in paths))
    assert (moved.url, moved.what) == (f"{site.url}/old", What.NEW)
    assert [report.source for report in reports(tmp_path / "pages")] == [f"{site.url}/new"]
    assert loop.reason == f"leads to {site.url}/loop: redirects more than 5 times"
    assert file.reason == "it is no URL of http or https"
    assert nowhere.reason == "redirects to nowhere"
    assert junk.reason == "it is no URL"


def test_entry_whose_link_is_junk_costs_only_itself(site: Any, reply: Any, run: Any) -> None:
    feed = FEED.format(site.url).replace("<link>/b<", "<link>http://[::1<").encode()
    site.replies |= {"/feed": reply(body=feed, media_type=RSS), "/a": reply()}
    assert [(outcome.what, outcome.reason) for outcome in run(f"{site.url}/feed")] == [
        (What.FEED, ""), (What.FAILED, "it is no URL"), (What.NEW, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "limits", "reason"),
    [
        ({"status": 404}, {}, "answered with status 404"),
        ({"body": b"\x89PNG", "media_type": "image/png"}, {}, "is image/png, not a page, PDF or feed"),
        ({"body": b"<settings/>", "media_type": "text/xml"}, {}, "is XML, but no feed"),
        ({"body": b"a" * 5000}, {"most_bytes": 4000}, "is larger than 4,000 bytes"),
        ({"length": 5000}, {}, f"ended {5000 - len(PAGE):,} bytes too early"),
        ({"slow": 1.5}, {"seconds": 0.5}, "took longer than 0.5 seconds"),
        ({"headers": {"Content-Encoding": "br"}}, {}, "it is packed as 'br', which cannot be unpacked"),
        (
            {"body": b"\x1f\x8bjunk", "headers": {"Content-Encoding": "gzip"}},
            {},
            "it is not the gzip that its header says, or broken",
        ),
    ],
    ids=range(8),
)
def test_failure_is_one_line_and_the_rest_goes_on(
    answer: dict[str, Any], limits: dict[str, Any], reason: str, site: Any, reply: Any, run: Any
) -> None:
    site.replies |= {"/bad": reply(**answer), "/good": reply(body=PAGE[:100])}
    bad, good = run(f"{site.url}/bad", f"{site.url}/good", **limits)
    assert (bad.what, bad.reason) == (What.FAILED, reason)
    assert good.what is What.NEW


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("example.org", "it is no URL of http or https"),
        ("ftp://example.org/a", "it is no URL of http or https"),
        ("file:///etc/passwd", "it is no URL of http or https"),
        ("http://[::1", "it is no URL"),
        ("http://example.org/\udcff", "it is no URL"),
        ("http:///a", "it is no URL, or has a user name in it"),
        ("http://me:secret@example.org/", "it is no URL, or has a user name in it"),
        ("http://exa mple.org/", "it is no URL, or has a user name in it"),
        ("http://127.0.0.1:1/", "nothing is asked of this host: its robots.txt cannot be reached"),
    ],
)
def test_what_cannot_be_asked(url: str, reason: str, run: Any) -> None:
    [outcome] = run(url)
    assert outcome.what is What.FAILED
    assert outcome.reason.startswith(reason)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]"]
)
def test_private_addresses_are_not_asked(host: str, site: Any, run: Any) -> None:
    port = site.url.rpartition(":")[2]
    [outcome] = run(f"http://{host}:{port}/a", allow_private=False)
    assert "leads to an address that is not public" in outcome.reason
    assert not site.asked


def test_secure_server_that_drips_is_left(run: Any) -> None:
    """It begins a message of TLS and never ends it."""

    def drip(listening: socket.socket) -> None:
        for _ in range(2):  # for robots.txt and perhaps for the page
            with suppress(OSError), listening.accept()[0] as connection:
                connection.sendall(b"\x16\x03\x03\x40\x00")
                for _ in range(100):
                    connection.sendall(b"\0")
                    time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,), daemon=True)
        thread.start()
        began = time.monotonic()
        [outcome] = run(f"https://127.0.0.1:{listening.getsockname()[1]}/", seconds=0.5)
        assert outcome.what is What.FAILED
        assert time.monotonic() - began < 4


def test_names_and_paths_in_other_scripts_are_asked_in_ascii(site: Any, reply: Any, run: Any) -> None:
    site.replies["/%D1%83%D0%B4%D0%B0%D1%80?a=%C3%A9"] = reply()
    [outcome] = run(f"{site.url}/удар?a=é")
    assert outcome.what is What.NEW


def test_compressed_page_is_read(site: Any, reply: Any, run: Any, tmp_path: Path) -> None:
    site.replies["/a"] = reply(body=gzip.compress(PAGE), headers={"Content-Encoding": "gzip"})
    run(f"{site.url}/a")
    assert [report.text for report in reports(tmp_path / "pages")] == [
        "There was a raid in Gao on Monday, the army said."
    ]


def test_broken_file_is_fetched_anew(site: Any, reply: Any, run: Any, tmp_path: Path) -> None:
    site.replies["/a"] = reply(headers={"ETag": '"1"'})
    [outcome] = run(f"{site.url}/a")
    assert outcome.path is not None
    outcome.path.write_bytes(outcome.path.read_bytes()[:50])
    assert [outcome.what for outcome in run(f"{site.url}/a")] == [What.NEW]
    assert len(reports(tmp_path / "pages")) == 1
