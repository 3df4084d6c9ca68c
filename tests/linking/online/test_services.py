"""Services behind a proxy that spoils answers: no link is lost, none invented; and what is cached."""

from __future__ import annotations

import datetime as dt
import json
import random
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from kg.errors import DataError, ServiceError
from kg.linking.online.cache import FILE, Cache
from kg.linking.online.client import Client, ClientOptions
from kg.linking.online.decision import Candidate, Wanted, decide
from kg.linking.online.reconciliation import read_manifest
from kg.linking.online.services import Service, connect
from kg.linking.online.wikidata import WikidataSearch
from kg.pipeline.unlinked import unlinked
from kg.store import Store

FAULTS = ("429 seconds", "429 date", "500", "broken", "html", "cut", "other")
SURE = {
    "Vale Observatory for Human Rights": "Q900001",
    "Ned Price": "Q900002",
    "Derik": "Q900003",
    "Ghwayran prison": "Q900009",
}


def today() -> dt.date:
    return dt.date(2026, 1, 2)


@pytest.fixture
def ask(tmp_path: Path, store: Store) -> Callable[..., list[str]]:
    """Asks a server about the store's entities, with a new cache each time; a line for each decision."""
    number = iter(range(100))

    def run(kind: str, address: str, *, cache: Cache | None = None) -> list[str]:
        client = Client(ClientOptions(timeout=0.5), sleep=lambda _: None)
        made = Cache(tmp_path / str(next(number)), today=today) if cache is None else cache
        try:
            service: Service
            if kind == "wikidata":
                service = WikidataSearch(client, made, language="en", api=address)
            else:
                service = connect(address, client=client, cache=made, language="en")
            wanted = unlinked(store)
            offers = service.offers(wanted)
            decided = [decide(one, offer.candidates) for one, offer in zip(wanted, offers, strict=True)]
        finally:
            client.close()
            if cache is None:
                made.close()
        assert {offer.retrieved for offer in offers} == {today()}
        return [
            f"{one.name}: {d.level.value} {d.item} {d.confidence}"
            for one, d in zip(wanted, decided, strict=True)
        ]

    return run


@pytest.mark.parametrize("kind", ["0.2", "1.0", "wikidata"])
def test_what_is_linked(kind: str, serve: Callable[[str], Any], ask: Callable[..., list[str]]) -> None:
    decided = ask(kind, serve(kind).address)
    sure = {line.split(":")[0]: line.split()[-2] for line in decided if ": sure " in line}
    assert sure == SURE
    assert "John Kirby: none None 0.0" in decided  # two men of one country
    assert "Karsk: none None 0.0" in decided  # a family name
    assert "Ann Onymous: none None 0.0" in decided  # a town of the person's name
    assert "Nowhereville: none None 0.0" in decided


@pytest.mark.parametrize("kind", ["0.2", "1.0", "foreign", "wikidata"])
@pytest.mark.parametrize("seed", range(3))
def test_faults_change_nothing(
    kind: str,
    seed: int,
    serve: Callable[[str], Any],
    proxy: Callable[[Any, Sequence[str]], Any],
    ask: Callable[..., list[str]],
) -> None:
    server = serve(kind)
    expected, requests = ask(kind, server.address), len(server.log)
    # Never more faults in a row than the client bears.
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    faults = ["slow", ""]
    for _ in range(4):
        faults += [*chance.choices(FAULTS, k=chance.randint(1, 4)), ""]
    between = proxy(server, faults)
    assert ask(kind, between.address) == expected
    assert len(between.log) >= requests + 3


def test_a_manifest_in_two_versions() -> None:
    told = {
        "versions": ["0.1", "0.2", "1.0-draft"],
        "name": "W",
        "view": {"url": "https://www.wikidata.org/wiki/{id}"},
    }
    assert read_manifest(told, address="x").version.value == "0.2"
    assert read_manifest(told, address="x").wikidata
    old = {"name": "W", "identifierSpace": "https://viaf.example/"}
    assert read_manifest(old, address="x").version.value == "0.1"
    assert not read_manifest(old, address="x").wikidata


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ([], "no manifest"),
        ({"results": []}, "no manifest"),
        ({"name": "W", "versions": ["7"]}, "versions"),
    ],
)
def test_no_manifest(manifest: Any, reason: str) -> None:
    with pytest.raises(ServiceError, match=reason):
        read_manifest(manifest, address="x")


def test_a_service_without_items_of_wikidata(
    serve: Callable[[str], Any], servers: Any, ask: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = {"name": "V", "versions": ["0.2"], "identifierSpace": "https://viaf.example/"}
    monkeypatch.setattr(servers.ReconciliationV02, "manifest", manifest)
    with pytest.raises(ServiceError, match=r"viaf\.example.*not Wikidata's"):
        ask("0.2", serve("0.2").address)


def test_the_cache_answers_each_question_by_itself(
    tmp_path: Path, serve: Callable[[str], Any], ask: Callable[..., list[str]]
) -> None:
    server = serve("wikidata")
    cache = Cache(tmp_path / "kept", today=today)
    first = ask("wikidata", server.address, cache=cache)
    requests = len(server.log)
    assert ask("wikidata", server.address, cache=cache) == first
    assert len(server.log) == requests
    cache.close()
    fresh = Cache(tmp_path / "kept", today=today, refresh=True)
    assert ask("wikidata", server.address, cache=fresh) == first
    assert len(server.log) == 2 * requests
    fresh.close()


def test_a_cache_that_is_none(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database, though it is as long as one might be" * 50)
    with pytest.raises(DataError, match=r"answers\.sqlite: cannot be used as a cache"):
        Cache(tmp_path, today=today)


def test_a_batch_is_cached_whole_or_not_at_all(tmp_path: Path) -> None:
    cache = Cache(tmp_path, today=today)

    def ask_and_fail(questions: list[str]) -> dict[str, Any]:
        if "c" in questions:
            raise ServiceError("x", "down")
        return {question: question * 2 for question in questions}

    with pytest.raises(ServiceError):
        cache.answers(["a", "b", "c"], ask_and_fail, batch=2)
    cache.close()
    with sqlite3.connect(tmp_path / FILE) as database:
        rows = database.execute("SELECT question, answer, retrieved FROM answer").fetchall()
    database.close()
    assert rows == [("a", json.dumps("aa"), "2026-01-02"), ("b", json.dumps("bb"), "2026-01-02")]


def test_candidates_do_not_depend_on_their_batch(
    tmp_path: Path, serve: Callable[[str], Any], store: Store
) -> None:
    server, client = serve("0.2"), Client(ClientOptions())
    wanted: list[Wanted] = unlinked(store)
    found: list[list[tuple[Candidate, ...]]] = []
    for size in (1, len(wanted)):
        cache = Cache(tmp_path / str(size), today=today)
        service = connect(server.address, client=client, cache=cache, language="en")
        batches = [wanted[i : i + size] for i in range(0, len(wanted), size)]
        found.append([offer.candidates for batch in batches for offer in service.offers(batch)])
        cache.close()
    client.close()
    assert found[0] == found[1]
