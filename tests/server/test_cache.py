"""Answers that are kept: which are, for how long, and that a server gives them out again."""

from __future__ import annotations

import http.client
import os
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.store import Store
from server.cache import Cache, Kept
from server.messages import Dataset, Formats, Job
from server.versions import Version, Versions

FIRST, SECOND = (Version(Path(f"/s/{n}"), f"/s/{n}", made=n) for n in (1, 2))
UNIT = 10_000


def job(text: str, version: Version = FIRST, solutions: str = "text/csv") -> Job:
    return Job(version.folder, text, Formats(solutions, None), union=True, seconds=1.0)


def kept(size: int = UNIT) -> Kept:
    return Kept("text/csv", b"x" * size)


def test_what_was_kept_is_given_for_the_same_job_only() -> None:
    cache = Cache()
    cache.put(FIRST, job("a"), kept())
    assert cache.get(FIRST, job("a")) == kept()
    assert cache.get(FIRST, job("b")) is None
    assert cache.get(FIRST, job("a", solutions="text/tab-separated-values")) is None
    assert cache.hits == 1


def test_another_version_ends_what_was_kept_of_the_one_before() -> None:
    cache = Cache()
    cache.put(FIRST, job("a"), kept())
    assert cache.get(SECOND, job("a", SECOND)) is None
    cache.put(SECOND, job("b", SECOND), kept())
    assert cache.get(FIRST, job("a")) is None
    cache.put(FIRST, job("a"), kept())  # a slow answer of the version before
    assert cache.get(FIRST, job("a")) is None
    assert cache.get(SECOND, job("b", SECOND)) == kept()


@pytest.mark.parametrize("name", ["base_iri", "default", "named"])
def test_what_a_request_names_counts(name: str) -> None:
    iri = "http://e/" + "a" * UNIT
    asked = job("a")._replace(
        **({name: iri} if name == "base_iri" else {"dataset": Dataset(**{name: (iri,)})})
    )
    cache = Cache(maximum=16 * UNIT)
    cache.put(FIRST, asked, kept(1))
    assert cache.get(FIRST, asked) is None  # with what it names it is larger than an answer may be


def test_the_least_recently_asked_go_first_and_the_bound_holds() -> None:
    cache = Cache(maximum=20 * UNIT)
    for number in range(16):
        cache.put(FIRST, job(str(number)), kept())
    assert cache.get(FIRST, job("0")) is not None
    for number in range(16, 26):
        cache.put(FIRST, job(str(number)), kept())
    found = [number for number in range(26) if cache.get(FIRST, job(str(number)))]
    assert found[0] == 0
    assert 1 not in found
    assert len(found) * UNIT <= 20 * UNIT
    assert found[1:] == list(range(26 - len(found) + 1, 26))


def test_putting_an_answer_again_does_not_count_twice() -> None:
    cache = Cache(maximum=20 * UNIT)
    for _ in range(100):
        cache.put(FIRST, job("a"), kept())
    cache.put(FIRST, job("b"), kept())
    assert cache.get(FIRST, job("a")) is not None


def test_an_answer_that_would_push_out_too_many_is_not_kept() -> None:
    cache = Cache(maximum=16 * UNIT)
    cache.put(FIRST, job("a"), kept(2 * UNIT))
    assert cache.get(FIRST, job("a")) is None


def test_the_newest_version_follows_the_store(own_store: Path) -> None:
    versions = Versions(own_store)
    before = versions.newest()
    assert versions.newest() is before
    with Store.open(own_store).writing() as batch:
        batch.database.update("INSERT DATA { <http://e/s> <http://e/p> 1 }")
    assert int(versions.newest().name) == int(before.name) + 1
    assert versions.newest().checkpoint.is_dir()


def test_a_store_made_anew_has_another_version_of_the_same_name(own_store: Path, tmp_path: Path) -> None:
    versions = Versions(own_store)
    before = versions.newest()
    shutil.copytree(own_store, tmp_path / "copy")
    shutil.rmtree(own_store)
    os.rename(tmp_path / "copy", own_store)
    os.utime(versions.newest().checkpoint)
    again = Versions(own_store).newest()
    assert again.name == before.name
    assert again != before


@pytest.fixture
def counted(start, own_store: Path):
    """A server over a store that the test may change."""
    return start(own_store, workers=1, timeout=10.0)


LONG = "SELECT ?a ?b ?c { " + " ".join(f"?{v} ?p{v} ?o{v} ." for v in "abc") + " } LIMIT 3000"


@pytest.mark.parametrize("query", ["SELECT ?s { ?s ?p ?o }", LONG])
def test_a_server_answers_the_same_again(counted, query: str) -> None:
    first, second = counted.query(query, "text/csv"), counted.query(query, "text/csv")
    assert (first.status, second.status) == (200, 200)
    assert first.body == second.body
    assert first.media_type == second.media_type
    if query is LONG:  # it came in pieces, and now its length is known
        assert len(first.body) > 65536
        assert "content-length" not in first.headers
        assert second.headers["content-length"] == str(len(second.body))


def test_an_answer_that_was_not_read_to_its_end_is_not_kept(counted) -> None:
    connection: http.client.HTTPConnection = counted.connect()
    connection.request("GET", f"/sparql?query={quote(LONG.replace('3000', '300000'))}")
    connection.getresponse().read(1000)
    connection.close()
    assert "content-length" not in counted.query(LONG.replace("3000", "300000")).headers


def test_a_changed_store_is_asked_anew(counted) -> None:
    query = "SELECT ?o { <http://e/s> <http://e/p> ?o }"
    assert counted.query(query, "text/csv").text.split() == ["o"]
    with Store.open(counted.store).writing() as batch:
        batch.database.update("INSERT DATA { GRAPH <http://e/g> { <http://e/s> <http://e/p> 1 } }")
    assert counted.query(query, "text/csv").text.split() == ["o", "1"]


def test_chance_is_not_kept(counted) -> None:
    answers = {counted.query("SELECT (UUID() AS ?u) {}", "text/csv").text for _ in range(5)}
    assert len(answers) == 5
