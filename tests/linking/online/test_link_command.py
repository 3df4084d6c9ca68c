"""`kg link` on a store with one report: what it links, what it leaves, and that links stay."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from kg.links import FILE, Level, read_links
from kg.store import Store


def links(store: Store) -> dict[str, str]:
    """Name and item of every link of the graph, a likely one with its confidence."""
    query = """SELECT ?name ?link ?item ?confidence { ?thing skos:prefLabel ?name ; ?link ?item
        FILTER (?link IN (owl:sameAs, skos:closeMatch)) FILTER NOT EXISTS { ?thing a sit:Country }
        FILTER (?name != "Islamic State")
        OPTIONAL { ?s rdf:subject ?thing ; rdf:object ?item ; sit:confidence ?confidence } }"""
    prefixes = {"skos": "http://www.w3.org/2004/02/skos/core#", "owl": "http://www.w3.org/2002/07/owl#",
                "sit": "https://w3id.org/sitrep/ontology#",
                "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}  # fmt: skip
    solutions = store.reading().query(query, prefixes=prefixes, use_default_graph_as_union=True)
    found = {}
    for row in solutions:  # type: ignore[union-attr]
        item = row["item"].value.rpartition("/")[2]
        likely = f" likely {row['confidence'].value}" if row["confidence"] is not None else ""
        found[row["name"].value] = item + likely
    return found


LINKS = {
    "Vale Observatory for Human Rights": "Q900001",
    "Ned Price": "Q900002",
    "Derik": "Q900003",
    "Ghwayran prison": "Q900009",
    "Red Column": "Q900007 likely 0.9",
}


@pytest.mark.parametrize("name", ["0.2", "1.0", "foreign"])
def test_online_links_conform_and_outlive_a_build(
    name: str,
    serve: Callable[..., Any],
    link: Callable[..., Result],
    store: Store,
    put_report: Callable[..., Any],
) -> None:
    server = serve(name)
    result = link("--online", "--service", server.address)
    assert result.exit_code == 0, result.output
    found = links(store)
    if name == "foreign":  # it tells no countries: nothing is sure but what has no namesakes
        assert set(found) <= {*LINKS}
        assert found["Vale Observatory for Human Rights"] == "Q900001"
    else:
        assert found == LINKS
        assert re.findall(r"(\w[\w ]+?) +(\d+)\n", result.stdout) == [
            ("Linked", "7"), ("Likely", "1"), ("Not known", "4"), ("Asked about", "9"),
        ]  # fmt: skip
    assert link("--format", "text", command="validate").exit_code == 0
    before = store.reading().query("SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o")
    put_report(store)
    after = store.reading().query("SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o")
    assert [str(row) for row in before] == [str(row) for row in after]  # type: ignore[union-attr]


def test_nothing_is_asked_twice(serve: Callable[..., Any], link: Callable[..., Result], store: Store) -> None:
    server = serve("0.2")
    link("--online", "--service", server.address)
    table, requests = (store.path / FILE).read_bytes(), len(server.log)
    result = link("--online", "--service", server.address)
    assert len(server.log) == requests + 1  # the manifest
    assert "Asked about                    0" in result.stdout
    (store.path / FILE).unlink()  # what the cache is for
    link("--online", "--service", server.address)
    assert len(server.log) == requests + 2
    assert (store.path / FILE).read_bytes() == table
    link("--online", "--refresh", "--service", server.address)
    assert len(server.log) > requests + 3
    assert (store.path / FILE).read_bytes() == table


def test_a_run_that_broke_off_goes_on(
    serve: Callable[..., Any],
    link: Callable[..., Result],
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kg.linking.online.services._QUERIES", 2)
    monkeypatch.setattr("kg.linking.online.services.Reconciliation.batch", 2)
    server = serve("0.2")
    limited = link("--online", "--limit", "4", "--service", server.address)
    assert "Asked about                    4" in limited.stdout
    known = dict(read_links(store.path))
    assert len(known) == 4
    link("--online", "--service", server.address)
    assert links(store) == LINKS
    assert len(read_links(store.path)) == 9
    assert {entity: read_links(store.path)[entity] for entity in known} == known


def test_no_request_without_online(
    link: Callable[..., Result], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError(f"a socket was opened: {arguments}")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    result = link()
    assert result.exit_code == 0
    assert re.findall(r"(\w[\w ]+?) +(\d+)\n", result.stdout) == [
        ("Linked", "3"), ("Likely", "0"), ("Not known", "9"),
    ]  # fmt: skip
    assert links(store) == {}


@pytest.fixture
def newer(ontology: Path, tmp_path: Path) -> Callable[..., str]:
    """An ontology folder as it ships later: rows of the gazetteer changed or added, by their keys."""

    def make(**changes: dict[str, str]) -> str:
        folder = tmp_path / "ontology"
        (folder / "gazetteer").mkdir(parents=True)
        for part in ("sitrep.ttl", "alignments.ttl", "shapes.ttl"):
            (folder / part).symlink_to(ontology / part)
        lines = (ontology / "gazetteer" / "some.tsv").read_text(encoding="utf-8").splitlines()
        columns = lines[0].split("\t")
        rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines[1:]]
        known = {row["key"]: row for row in rows}
        for name, values in changes.items():
            key = name.replace("_", "-")
            known[key] = known.get(key, dict.fromkeys(columns, "") | {"key": key}) | values
        text = "\n".join([lines[0], *("\t".join(row.values()) for row in known.values())]) + "\n"
        (folder / "gazetteer" / "some.tsv").write_text(text, encoding="utf-8")
        return str(folder)

    return make


def test_entries_that_came_since_the_build(
    link: Callable[..., Result], store: Store, newer: Callable[..., str]
) -> None:
    town = {"label": "Karsk", "class": "Settlement", "wikidata": "Q900020", "country": "syria", "source": "x"}
    later = newer(ghwayran_prison={"wikidata": "Q900009"}, karsk=town)
    assert link("--ontology", later).exit_code == 0
    assert links(store) == {"Ghwayran prison": "Q900009", "Karsk": "Q900020"}
    assert [found.source for found in read_links(store.path).values()] == ["gazetteer"]


def test_two_entries_are_two_things(
    serve: Callable[..., Any], link: Callable[..., Result], store: Store, newer: Callable[..., str]
) -> None:
    other = {"label": "Another prison", "class": "Prison", "wikidata": "Q900009", "source": "x"}
    link("--online", "--service", serve("0.2").address, "--ontology", newer(another_prison=other))
    assert links(store) == {name: item for name, item in LINKS.items() if name != "Ghwayran prison"}


@pytest.mark.parametrize("service", ["nonsense", "ftp://127.0.0.1/", "http://127.0.0.1:9/api"])
def test_a_service_that_is_none(
    service: str, link: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.linking.online.client.time.sleep", lambda _: None)
    result = link("--online", "--service", service)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(f"kg: {service}: ")


def test_a_line_taken_out_of_the_table_takes_the_link_out(
    serve: Callable[..., Any], link: Callable[..., Result], store: Store, put_report: Callable[..., Any]
) -> None:
    link("--online", "--service", serve("0.2").address)
    path = store.path / FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "Ned_Price" not in line), encoding="utf-8")
    put_report(store)
    assert links(store) == {name: item for name, item in LINKS.items() if name != "Ned Price"}


def test_the_table(serve: Callable[..., Any], link: Callable[..., Result], store: Store) -> None:
    address = serve("0.2").address
    link("--online", "--service", address)
    found = read_links(store.path)
    assert {known.source for known in found.values()} == {address}
    assert sum(known.level is Level.NONE for known in found.values()) == 4
    assert all(known.reason for known in found.values())


def test_a_killed_run_goes_on(
    serve: Callable[..., Any],
    proxy: Callable[..., Any],
    link: Callable[..., Result],
    store: Store,
    ontology: Path,
    tmp_path: Path,
) -> None:
    """A run is killed once its first batch is in the store; the next one asks for the rest."""
    server = serve("0.2")
    slow = proxy(server, ["", "", "", "", "", "", "", *["slow"] * 60])
    code = (
        "import kg.linking.online.services as s; s._QUERIES = s.Reconciliation.batch = 2;"
        f"from kg.cli import main; main(['link', '--online', '--service', {slow.address!r}])"
    )
    environment = {
        **os.environ,
        "KG_STORE": str(store.path),
        "KG_ONTOLOGY": str(ontology),
        "KG_CACHE": str(tmp_path / "cache"),
    }
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not read_links(store.path) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.communicate()
    before = read_links(store.path)
    assert 0 < len(before) < 9
    assert link("--online", "--service", server.address).exit_code == 0
    after = read_links(store.path)
    assert len(after) == 9
    sure = {known.entity: known.item for known in after.values() if known.level is Level.SURE}
    assert all(sure.get(e, k.item) == k.item for e, k in before.items() if k.item is not None)
    assert links(store) == LINKS
    assert link("--format", "text", command="validate").exit_code == 0


def test_a_build_imports_nothing_that_asks() -> None:
    code = (
        "import sys, kg.cli, kg.pipeline, kg.pipeline.known;"
        "sys.exit(any(name.startswith('kg.linking.online') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_source_leaves_the_links_of_another(
    serve: Callable[..., Any],
    link: Callable[..., Result],
    store: Store,
    servers: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    link("--online", "--service", serve("0.2").address)
    monkeypatch.setattr(servers, "found", lambda *_: [])
    link("--online", "--refresh", "--service", serve("1.0").address)
    assert links(store) == LINKS
