"""Publishing to running servers: they hold the store's triples, whatever happens on the way."""

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.errors import ServiceError
from kg.publishing import Credentials, Plan, Summary, publish
from kg.publishing.client import Client
from kg.publishing.publish import BATCH
from kg.store import Store

ROOT = Path(__file__).parents[2]
BASE = "https://w3id.org/sitrep/id/"
SERVERS = [
    ("oxigraph", "graph-store"),
    ("oxigraph", "update"),
    ("ours", "graph-store"),
    ("ours", "update"),
    ("rdflib-endpoint", "update"),
]
PIECE = 1500  # bytes: the larger graphs take several requests

Servers = Callable[[str], Any]
Expected = Callable[[Store], dict[str, ox.Dataset]]


def _publish(store: Store, url: str, protocol: str, *, batch: int = PIECE, **options: Any) -> Summary:
    credentials = Credentials(token="a-token-for-tests")  # noqa: S106
    return publish(
        store,
        url,
        protocol=protocol,
        ontology=ROOT / "ontology",
        credentials=credentials,
        batch=batch,
        client=Client(credentials, pause=lambda _: None),
        **options,
    )


def _change(store: Store) -> None:
    """A report changed, one gone, one new."""
    with store.writing() as batch:
        batch.put_triples(f"{BASE}report/one", b'<http://example.org/a> <http://example.org/says> "else" .\n')
        batch.remove_report(f"{BASE}report/two")
        batch.put_triples(f"{BASE}report/three", b'<http://example.org/c> <http://example.org/says> "3" .\n')


@pytest.mark.parametrize(("name", "protocol"), SERVERS)
def test_a_server_follows_the_store(
    store: Store, servers: Servers, expected: Expected, name: str, protocol: str
) -> None:
    server = servers(name)
    url = server.urls[protocol]
    size = BATCH if name == "ours" else PIECE  # each of its requests is a checkpoint, which takes time
    if not server.unnamed:
        with store.writing() as batch:
            batch.database.clear_graph(ox.DefaultGraph())
    graphs = len(expected(store))
    first = _publish(store, url, protocol, batch=size)
    assert (first.sent, first.removed, first.unchanged) == (graphs, 0, 0)
    assert server.graphs() == expected(store)
    again = _publish(store, url, protocol, batch=size)
    assert (again.sent, again.requests, again.unchanged) == (0, 0, graphs)
    _change(store)
    changed = _publish(store, url, protocol, batch=size)
    assert (changed.sent, changed.removed, changed.unchanged) == (2, 1, graphs - 2)
    assert server.graphs() == expected(store)
    assert _publish(store, url, protocol, batch=size, everything=True).sent == graphs
    assert server.graphs() == expected(store)
    with store.writing() as batch:
        for report in ("one", "three"):
            batch.remove_report(f"{BASE}report/{report}")
        batch.database.clear_graph(ox.DefaultGraph())
    assert _publish(store, url, protocol, batch=size).removed == graphs - 2
    assert server.graphs() == expected(store)


@pytest.mark.parametrize("protocol", ["graph-store", "update"])
def test_cut_connections_are_made_up_for(
    store: Store, empty_oxigraph: Any, expected: Expected, cutting: Callable[..., Any], protocol: str
) -> None:
    server = empty_oxigraph
    url, proxy = cutting(server.urls[protocol], [10, 4000, 100, 1700, 10])
    _publish(store, url, protocol)
    assert proxy.cut == 5  # the first before anything was answered
    assert server.graphs() == expected(store)


@pytest.mark.parametrize("protocol", ["graph-store", "update"])
@pytest.mark.parametrize("bytes_until", [2500, 5000, 7000])
def test_an_interrupted_run_goes_on(
    store: Store,
    fragile: Callable[[], AbstractContextManager[Any]],
    expected: Expected,
    cutting: Callable[..., Any],
    protocol: str,
    bytes_until: int,
) -> None:
    with fragile() as server:
        url, proxy = cutting(server.urls[protocol], [bytes_until, *[1] * 10])
        with pytest.raises(ServiceError, match="cut the connection"):
            _publish(store, url, protocol)
        assert proxy.cut >= 6
    with fragile() as server:  # it was killed meanwhile
        proxy.cuts.clear()
        rest = _publish(store, url, protocol)
        assert 0 < rest.unchanged < 5
        assert rest.sent == 5 - rest.unchanged
        assert server.graphs() == expected(store)


@pytest.mark.parametrize("protocol", ["graph-store", "update"])
@pytest.mark.parametrize(("kill_at", "kill_before"), [(2000, 0), (6500, 0), (0, 2), (0, 5)])
def test_a_killed_process_is_made_up_for(
    store: Store,
    empty_oxigraph: Any,
    expected: Expected,
    cutting: Callable[..., Any],
    protocol: str,
    kill_at: int,
    kill_before: int,
) -> None:
    """In the middle of a request, and when the target has done what the process does not know of any more."""
    url, proxy = cutting(empty_oxigraph.urls[protocol], [])
    command = [
        "publish",
        url,
        "--protocol",
        protocol,
        "--store",
        str(store.path),
        "--batch",
        str(PIECE / 2**20),
    ]
    with subprocess.Popen([sys.executable, "-m", "kg", *command]) as process:
        proxy.kill = process.kill
        proxy.kill_at, proxy.kill_before = kill_at, kill_before
        assert process.wait(timeout=120) == -signal.SIGKILL
    assert empty_oxigraph.graphs() != expected(store)
    assert _publish(store, url, protocol).sent > 0
    assert empty_oxigraph.graphs() == expected(store)


def test_a_graph_store_is_told_of_many_graphs_after_one_write_to_disk(
    store: Store, empty_oxigraph: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    monkeypatch.setattr("kg.publishing.journal.os.fsync", written.append)
    with store.writing() as batch:
        for number in range(200):
            batch.put_triples(f"{BASE}report/n{number}", b"<urn:a> <urn:b> <urn:c> .\n")
    written.clear()
    assert _publish(store, empty_oxigraph.urls["graph-store"], "graph-store", batch=BATCH).requests > 200
    assert len(written) < 10


@pytest.mark.parametrize(
    ("name", "protocol"),
    [("oxigraph", "graph-store"), ("ours", "graph-store"), ("rdflib-endpoint", "update")],
)
def test_a_target_that_has_lost_all_is_noticed(
    store: Store, servers: Servers, expected: Expected, name: str, protocol: str
) -> None:
    server = servers(name)
    with store.writing() as batch:
        batch.database.clear_graph(ox.DefaultGraph())
    _publish(store, server.urls[protocol], protocol, batch=BATCH, everything=True)
    _change(store)
    server.empty()
    for _ in range(2):
        with pytest.raises(ServiceError, match=r"was it emptied\? --all sends all anew"):
            _publish(store, server.urls[protocol], protocol, batch=BATCH)
    assert not server.graphs()
    _publish(store, server.urls[protocol], protocol, batch=BATCH, everything=True)
    assert server.graphs() == expected(store)
    assert _publish(store, server.urls[protocol], protocol, batch=BATCH).sent == 0


def test_what_was_half_sent_is_sent_again_though_the_store_went_back(
    store: Store, empty_oxigraph: Any, expected: Expected, cutting: Callable[..., Any]
) -> None:
    url, proxy = cutting(empty_oxigraph.urls["graph-store"], [])
    entities = f"{BASE}graph/entities"
    _publish(store, url, "graph-store")
    before = expected(store)
    old = b"".join(
        f"{quad.subject} {quad.predicate} {quad.object} .\n".encode()
        for quad in store.reading().quads_for_pattern(None, None, None, ox.NamedNode(entities))
    )
    with store.writing() as batch:
        batch.put_triples(entities, old.replace(b"entity", b"thing"))
    proxy.cuts += [2500, *[1] * 10]  # the first of several requests comes through
    with pytest.raises(ServiceError):
        _publish(store, url, "graph-store")
    assert empty_oxigraph.graphs() != before
    proxy.cuts.clear()
    with store.writing() as batch:
        batch.put_triples(entities, old)
    assert _publish(store, url, "graph-store").sent == 1
    assert empty_oxigraph.graphs() == before == expected(store)


def test_a_dry_run_tells_and_sends_nothing(store: Store, empty_oxigraph: Any) -> None:
    server = empty_oxigraph
    _publish(store, server.urls["graph-store"], "graph-store")
    before = server.graphs()
    _change(store)
    told: list[Plan] = []
    summary = _publish(store, server.urls["graph-store"], "graph-store", dry_run=told.append)
    assert told == [
        Plan(f"{BASE}report/one", 1),
        Plan(f"{BASE}report/three", 1),
        Plan(f"{BASE}report/two", None),
    ]
    assert (summary.sent, summary.requests) == (2, 0)
    assert server.graphs() == before
    assert _publish(store, server.urls["graph-store"], "graph-store").sent == 2


def test_the_ontology_is_sent_though_the_store_lacks_it(
    store: Store, empty_oxigraph: Any, expected: Expected
) -> None:
    server = empty_oxigraph
    ontology = "https://w3id.org/sitrep/ontology"
    with store.writing() as batch:
        batch.database.remove_graph(ox.NamedNode(ontology))
    _publish(store, server.urls["update"], "update", everything=True)
    found = server.graphs()
    assert len(found.pop(ontology)) > 1000
    assert found == expected(store)
