"""The server as a process, over the sample graph, while reports come and go."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pyoxigraph as ox
import pytest

Kg: TypeAlias = Callable[..., bytes]

CHECKOUT = Path(__file__).parents[2]
NEW_REPORT = """Boko Haram fighters attacked a market in Maiduguri on Monday and killed at least 12 traders.
The US-led coalition carried out air strikes against Islamic State in Raqqa."""
PREFIXES = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX sit: <https://w3id.org/sitrep/ontology#>
"""
REPORTS = PREFIXES + "SELECT ?id { ?report a sit:Report ; dcterms:identifier ?id } ORDER BY ?id"
FIGHTS = PREFIXES + "CONSTRUCT WHERE { ?one sit:fights ?other }"
PATIENCE = 20  # seconds until a server must show what was built


@dataclass(frozen=True)
class Site:
    """A running server and its store."""

    url: str
    store: Path

    def get(
        self, path: str, accept: str = "*/*", body: bytes | None = None, kind: str = ""
    ) -> tuple[str, bytes]:
        """Media type and body of the answer; an error status raises."""
        headers = {"Accept": accept} | ({"Content-Type": kind} if body is not None else {})
        with urlopen(Request(self.url + path, body, headers), timeout=60) as answer:  # noqa: S310
            return answer.headers.get_content_type(), answer.read()

    def reports(self) -> set[str]:
        """The identifiers that a query finds."""
        given, body = self.get(f"sparql?query={quote(REPORTS)}", "text/csv")
        assert given == "text/csv"
        return {row["id"] for row in csv.DictReader(io.StringIO(body.decode(), newline=""))}


@pytest.fixture(scope="module")
def site(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`kg serve` on a free port, over a copy of the sample store."""
    store = shutil.copytree(samples, tmp_path_factory.mktemp("served") / "store")
    command = [sys.executable, "-m", "kg", "serve", "--store", str(store), "--port", "0", "--workers", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = process.stderr.readline()
    try:
        assert "http://127.0.0.1:" in said, said
        yield Site(said.split()[-1].rstrip("/") + "/", store)
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stderr.close()


@pytest.fixture(scope="module")
def grown(site: Site, kg: Kg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The served store after a build: one report is new, two are read again."""
    new = tmp_path_factory.mktemp("new") / "market.txt"
    new.write_text(NEW_REPORT, encoding="utf-8")
    again = sorted(path for path in (CHECKOUT / "samples").iterdir() if path.suffix != ".jsonl")
    assert len(again) == 2
    kg("build", new, *again, "--store", site.store)
    return site.store


@pytest.fixture(scope="module")
def before(samples: Path, kg: Kg) -> bytes:
    return kg("export", "--store", samples, "--format", "nquads")


def test_a_query_by_get_and_by_both_posts(site: Site, sample_ids: set[str]) -> None:
    accept = "application/sparql-results+json"
    answers = [
        site.get(f"sparql?query={quote(REPORTS)}", accept),
        site.get(
            "sparql", accept, urlencode({"query": REPORTS}).encode(), "application/x-www-form-urlencoded"
        ),
        site.get("sparql", accept, REPORTS.encode(), "application/sparql-query"),
    ]
    assert answers[0] == answers[1] == answers[2]
    media_type, body = answers[0]
    assert media_type == accept
    rows = json.loads(body)["results"]["bindings"]
    assert {row["id"]["value"] for row in rows} >= sample_ids


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("application/sparql-results+json", ox.QueryResultsFormat.JSON),
        ("application/sparql-results+xml", ox.QueryResultsFormat.XML),
        ("text/tab-separated-values", ox.QueryResultsFormat.TSV),
    ],
)
def test_a_table_in_every_format(site: Site, media_type: str, form: ox.QueryResultsFormat) -> None:
    given, body = site.get(f"sparql?query={quote(REPORTS)}", media_type)
    assert given == media_type
    solutions = ox.parse_query_results(body, format=form)
    assert isinstance(solutions, ox.QuerySolutions)
    assert {solution["id"].value for solution in solutions} == site.reports()  # which come as CSV


def test_a_graph_in_every_format(site: Site) -> None:
    found = []
    for media_type, form in (
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    ):
        given, body = site.get(f"sparql?query={quote(FIGHTS)}", media_type)
        assert given == media_type
        found.append({str(quad.triple) for quad in ox.parse(body, format=form)})
    assert found[0]
    assert all(triples == found[0] for triples in found)


def test_the_start_page_counts_the_reports(site: Site) -> None:
    media_type, body = site.get("", "text/html")
    assert media_type == "text/html"
    assert f"<dd>{len(site.reports())}</dd>" in body.decode()


def test_the_iris_of_the_graph_lead_to_pages(site: Site) -> None:
    _, body = site.get("id/entity/islamic-state", "text/html")
    assert "Islamic State" in body.decode()


def test_what_is_built_while_the_server_runs_shows_up(site: Site, grown: Path, sample_ids: set[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while "market" not in site.reports() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert site.reports() == sample_ids | {"market"}


def test_reading_again_changes_nothing(grown: Path, before: bytes, kg: Kg) -> None:
    """Nothing is gone, and all that came is the new report and what is known of its entities."""
    after = kg("export", "--store", grown, "--format", "nquads")
    assert set(before.splitlines()) - set(after.splitlines()) == set()
    new = b"\n".join(set(after.splitlines()) - set(before.splitlines()))
    graphs = {str(quad.graph_name) for quad in ox.parse(new, format=ox.RdfFormat.N_QUADS)}
    base = "https://w3id.org/sitrep/id/"
    assert graphs == {f"<{base}report/market>", f"<{base}graph/entities>"}


def test_removing_is_as_if_never_built(grown: Path, before: bytes, kg: Kg, tmp_path: Path) -> None:
    """The report names actors and places that others name too, and some that none does."""
    store = shutil.copytree(grown, tmp_path / "store")
    kg("remove", "market", "--store", store)
    after = kg("export", "--store", store, "--format", "nquads")
    assert set(before.splitlines()) ^ set(after.splitlines()) == set()
    assert after == before
