"""Writes: updates, the graph store, and builds that show up in a running server."""

from __future__ import annotations

import json
import socket
import threading

import pytest
import rdflib

from kg.store import Store

INSERT = "INSERT DATA { <http://e/s> <http://e/p> %s }"
TURTLE = {"Content-Type": "text/turtle"}


@pytest.fixture(autouse=True)
def emptied(writable) -> None:
    assert writable.update("DROP ALL").status == 204


def values(site, query: str = "SELECT ?o { ?s ?p ?o }") -> list[str]:
    rows = json.loads(site.query(query).body)["results"]["bindings"]
    return sorted(row["o"]["value"] for row in rows)


def test_an_update_shows_at_once(writable) -> None:
    assert writable.update(INSERT % 1).status == 204
    assert values(writable) == ["1"]
    body = "update=INSERT+DATA+%7B+%3Chttp%3A%2F%2Fe%2Fs%3E+%3Chttp%3A%2F%2Fe%2Fp%3E+2+%7D"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": f"Bearer {writable.token}",
    }
    assert writable.ask("POST", "/update", body, headers).status == 204
    assert values(writable) == ["1", "2"]


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Bearer ", "Basic YQ==", "Bearer é"])
def test_a_writer_must_show_the_token(writable, authorization: str | None) -> None:
    headers = {"Content-Type": "application/sparql-update"}
    if authorization is not None:
        headers["Authorization"] = authorization
    for method, path in (
        ("POST", "/update"),
        ("PUT", "/graph-store?default"),
        ("POST", "/graph-store"),
        ("DELETE", "/graph-store?default"),
    ):
        answer = writable.ask(method, path, (INSERT % 1).encode(), headers)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    assert values(writable) == []


def test_other_pages_may_not_write(writable) -> None:
    assert "access-control-allow-origin" not in writable.update(INSERT % 1).headers


@pytest.mark.parametrize(
    ("update", "status", "reason"),
    [
        ("INSERT DATA {", 400, "cannot be parsed"),
        ("ASK {}", 400, "cannot be parsed"),
        ("LOAD <http://127.0.0.1:9/>", 400, "LOAD is refused"),
        (
            "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
            400,
            "SERVICE is refused",
        ),
        ("DROP GRAPH <http://e/none>", 409, "http://e/none"),
        (f"{INSERT % 1} ; DROP GRAPH <http://e/none>", 409, "http://e/none"),
    ],
)
def test_a_bad_update_changes_nothing(writable, update: str, status: int, reason: str) -> None:
    answer = writable.update(update)
    assert answer.status == status
    assert reason in answer.text
    assert values(writable) == []


def test_a_service_clause_that_the_server_does_not_see_reaches_nothing(writable) -> None:
    """The engine takes SERVICE:x for a keyword and a name."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.3)
        port = listening.getsockname()[1]
        clause = f"PREFIX : <http://127.0.0.1:{port}/> ASK {{ SERVICE:x{{ ?s ?p ?o }} }}"
        answer = writable.query(clause)
        assert (answer.status, "SERVICE is refused" in answer.text) == (400, True)
        update = (
            f"PREFIX : <http://127.0.0.1:{port}/> INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE:x{{ ?s ?p ?o }} }}"
        )
        answer = writable.update(update)
        assert (answer.status, "SERVICE" in answer.text) == (400, True)
        with pytest.raises(TimeoutError):
            listening.accept()


def test_an_endless_update_is_stopped_and_not_stored(start, own_store) -> None:
    site = start(own_store, workers=1, timeout=3.0, allow_update=True, token="t")  # noqa: S106
    version = site.get("/health").text
    graphs = " ".join(f"GRAPH ?g{i} {{ ?s{i} ?p{i} ?o{i} }}" for i in range(9))
    never = "FILTER(CONCAT(STR(?s0), STR(?s8)) = '')"
    answer = site.update(f"INSERT {{ ?s0 ?p1 ?o2 }} WHERE {{ {graphs} {never} }}", "t")
    assert (answer.status, answer.detail) == (503, "the update was stopped: it took longer than 3 s")
    answer = site.update(f"INSERT {{ GRAPH ?g0 {{ ?s0 ?p1 ?o2 }} }} WHERE {{ {graphs} {never} }}", "t")
    assert (answer.status, "longer than 3 s; it leaves open which graphs" in answer.detail) == (503, True)
    assert site.get("/health").text == version
    # Its writer is a new one; on a busy machine three seconds may be too few for that to start.
    assert 204 in (site.update(INSERT % 1, "t").status for _ in range(3))


def test_the_dataset_of_an_update_is_named_by_its_request(writable) -> None:
    for number in (1, 2):
        writable.update(
            f"INSERT DATA {{ GRAPH <http://e/g{number}> {{ <http://e/s> <http://e/p> {number} }} }}"
        )
    path = "/update?using-graph-uri=http%3A%2F%2Fe%2Fg2"
    assert (
        writable.update("INSERT { <http://e/x> <http://e/p> ?o } WHERE { ?s ?p ?o }", path=path).status == 204
    )
    assert values(writable) == ["2"]
    conflict = "INSERT { <http://e/x> <http://e/p> ?o } USING <http://e/g1> WHERE { ?s ?p ?o }"
    assert writable.update(conflict, path=path).status == 400


def test_graph_store(writable) -> None:
    headers = {**TURTLE, "Authorization": f"Bearer {writable.token}"}
    target = "/graph-store?graph=http://e/g"
    assert writable.get(target).status == 404
    assert writable.ask("PUT", target, b"<http://e/s> <http://e/p> 1, <rel> .", headers).status == 201
    assert writable.ask("POST", target, b"<http://e/s> <http://e/p> 2 .", headers).status == 204
    answer = writable.get(target, "text/turtle")
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    found = rdflib.Graph().parse(data=answer.body, format="turtle")
    assert {str(value) for value in found.objects()} == {"1", "2", "http://e/rel"}
    head = writable.ask("HEAD", target)
    assert (head.status, head.media_type, head.body) == (200, "text/turtle", b"")
    assert writable.ask("PUT", target, b"<http://e/s> <http://e/p> 3 .", headers).status == 204
    assert values(writable, "SELECT ?o { GRAPH <http://e/g> { ?s ?p ?o } }") == ["3"]
    assert writable.ask("PUT", target, b"nonsense", headers).status == 400
    assert writable.ask("PUT", target, b"", {**headers, "Content-Type": "image/png"}).status == 415
    assert writable.ask("DELETE", target, headers=headers).status == 204
    assert writable.ask("DELETE", target, headers=headers).status == 404
    assert writable.get(target).status == 404


def test_a_new_graph_gets_an_address(writable) -> None:
    headers = {**TURTLE, "Authorization": f"Bearer {writable.token}"}
    answer = writable.ask("POST", "/graph-store", b"<http://e/s> <http://e/p> 1 .", headers)
    assert answer.status == 201
    place = answer.headers["location"]
    assert place.startswith(f"{writable.url}graph-store/")
    assert len(rdflib.Graph().parse(data=writable.get(place, "text/turtle").body, format="turtle")) == 1


def test_the_default_graph_of_the_graph_store_is_the_unnamed_one(site) -> None:
    answer = site.get("/graph-store?default", "application/n-triples")
    assert (answer.status, answer.body) == (200, b"")


def test_updates_from_many_clients_are_all_kept(writable) -> None:
    statuses = []
    threads = [
        threading.Thread(target=lambda n=n: statuses.append(writable.update(INSERT % n).status))
        for n in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [204] * 10
    assert len(values(writable)) == 10


def test_a_build_shows_up_in_a_running_server(start, own_store) -> None:
    site = start(own_store, workers=1)
    tag = site.query("SELECT ?o { <http://e/new> ?p ?o }").headers["etag"]
    store = Store.open(own_store)
    for number in range(4):  # the checkpoint that the readers have open is gone by then
        graph = rdflib.Graph()
        graph.add((rdflib.URIRef("http://e/new"), rdflib.RDFS.label, rdflib.Literal(f"label {number}")))
        with store.writing() as batch:
            batch.put_report(f"{site.base}report/new", graph)
    assert values(site, "SELECT ?o { <http://e/new> ?p ?o }") == ["label 3"]
    answer = site.ask(
        "GET",
        "/sparql?query=SELECT%20?o%20{%20%3Chttp://e/new%3E%20?p%20?o%20}",
        headers={"If-None-Match": tag},
    )
    assert answer.status == 200
    assert json.loads(site.get("/health").body) == {"status": "ok", "version": store.version()}
