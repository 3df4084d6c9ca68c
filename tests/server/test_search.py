"""/search, its suggestions, and search in queries, over real servers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import rdflib

from kg.search import FILE_NAME
from kg.store import Store, newest_checkpoint

BASE = "https://w3id.org/sitrep/id/"
TOKEN = "a-long-secret"  # noqa: S105
DATA = """
@prefix : <https://w3id.org/sitrep/id/> .
@prefix sit: <https://w3id.org/sitrep/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
<https://w3id.org/sitrep/id/report/one> a sit:Report ; rdfs:label "Assault in Hasaka" .
<https://w3id.org/sitrep/id/entity/ghwayran> a sit:Prison ; rdfs:label "Ghwayran prison" ;
  skos:altLabel "al-Sinaa", "Prison in Ghwayran" ; sit:mentionedIn <https://w3id.org/sitrep/id/report/one> .
<https://w3id.org/sitrep/id/report/one/event/1> a sit:Attack ; rdfs:label "Attack: stormed" ;
  sit:status sit:Reported ; sit:evidence <https://w3id.org/sitrep/id/report/one/sentence/0-40> .
<https://w3id.org/sitrep/id/report/one/sentence/0-40> a nif:Sentence ;
  nif:anchorOf "Fighters stormed <b>Ghwayran</b> prison & fled." ;
  nif:referenceContext <https://w3id.org/sitrep/id/report/one> .
"""


@pytest.fixture(scope="module")
def site(start: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("search") / "store"
    with Store.create_or_open(path, base_iri=BASE).writing() as batch:
        batch.put_graph(f"{BASE}report/one", rdflib.Graph().parse(data=DATA, format="turtle"))
    return start(path, workers=1, timeout=5.0, allow_update=True, token=TOKEN)


def hits(site: Any, path: str) -> list[dict[str, Any]]:
    answer = site.get(path)
    assert (answer.status, answer.media_type) == (200, "application/json"), answer.text
    found: list[dict[str, Any]] = json.loads(answer.body)["hits"]
    return found


def test_json_says_what_was_found(site: Any) -> None:
    answer = json.loads(site.get("/search?q=ghwayran%20PRISON").body)
    assert answer["counts"] == {"entity": 1, "event": 0, "report": 0, "sentence": 1}
    entity, sentence = answer["hits"]
    assert entity == {
        "id": f"{BASE}entity/ghwayran",
        "kind": "entity",
        "label": "Ghwayran prison",
        "classes": [{"id": "https://w3id.org/sitrep/ontology#Prison", "label": "Prison"}],
        "snippet": [
            {"text": "Ghwayran", "match": True},
            {"text": " ", "match": False},
            {"text": "prison", "match": True},
        ],
        "url": f"{site.url}id/entity/ghwayran",
    }
    assert sentence["report"] == {"id": f"{BASE}report/one", "label": "Assault in Hasaka"}
    assert site.ask("GET", sentence["url"].removeprefix(site.url.rstrip("/"))).status == 200


@pytest.mark.parametrize(
    ("parameters", "kinds"),
    [
        ("q=stormed", ["event", "sentence"]),
        ("q=stormed&kind=event", ["event"]),
        ("q=stormed&kind=sentence", ["sentence"]),
        ("q=stormed&kind=entity", []),
        ("q=hasaka&kind=report", ["report"]),
        ("q=prison&limit=1", ["entity"]),
        ("q=sinaa", ["entity"]),
        ("q=nothing", []),
    ],
)
def test_kinds_and_limits(site: Any, parameters: str, kinds: list[str]) -> None:
    assert sorted(hit["kind"] for hit in hits(site, f"/search?{parameters}")) == kinds


def test_page_shows_and_escapes(site: Any) -> None:
    answer = site.get("/search?q=ghwayran", "text/html")
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert '<a href="/id/entity/ghwayran">Ghwayran prison</a>' in answer.text
    assert "stormed &lt;b&gt;<mark>Ghwayran</mark>&lt;/b&gt; prison &amp; fled" in answer.text
    assert "<b>" not in answer.text
    nasty = site.get("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "text/html")
    assert nasty.status == 200
    assert "<script>alert" not in nasty.text
    assert site.get("/search", "text/html").status == 200


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/search", "say what to search for"),
        ("/search?q=%20", "say what to search for"),
        ("/search?q=a&kind=weather", "unknown kind 'weather'"),
        ("/search?q=a&limit=0", "limit must be a number"),
        ("/search?q=a&limit=101", "limit must be a number"),
        ("/search?q=a&limit=-1", "limit must be a number"),
        ("/search?q=a&limit=%D9%A3", "limit must be a number"),
        ("/search?q=a&limit=" + "9" * 5000, "limit must be a number"),
        ("/search?q=" + "a" * 501, "q has 501 characters"),
        ("/search/suggest?q=" + "a" * 501, "q has 501 characters"),
        ("/search/suggest?kind=x", "unknown kind"),
    ],
)
def test_bad_requests_are_one_line(site: Any, path: str, words: str) -> None:
    answer = site.get(path)
    assert answer.status == 400
    assert words in answer.text
    assert len(answer.text.strip().splitlines()) == 1


HOSTILE = ['"', '""', "'", "*", "a*", "AND", "NOT", "NEAR(a b)", "a OR", "(", ")", "{a}:b", "^a", "-a",
           "text:a",
           "a\0b", "\0", "\x01\x02\x03", "a" * 500, "é" * 500, "a " * 250, '" ' * 250, "\ud7ff", "𝔾",
           "a.b-c_d", "%", "\\", "names : a", "+", "北京", "ا" * 400]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_it(site: Any, text: str) -> None:
    for path in ("/search", "/search/suggest"):
        answer = site.ask("GET", f"{path}?q={quote(text)}")
        assert answer.status in (200, 400), answer.text
        assert answer.status == 200 or "say what to search for" in answer.text
    assert site.ask("GET", f"/search?q={quote(text)}", headers={"Accept": "text/html"}).status == 200


def test_a_request_line_of_a_megabyte_is_refused(site: Any) -> None:
    assert site.ask("GET", "/search?q=" + "a" * 200_000).status in (400, 414, 431)
    assert hits(site, "/search?q=sinaa")


def test_suggestions(site: Any) -> None:
    assert [hit["label"] for hit in hits(site, "/search/suggest?q=ghw")] == ["Ghwayran prison"]
    assert [hit["label"] for hit in hits(site, "/search/suggest?q=pri&kind=entity")] == ["Ghwayran prison"]
    assert [hit["label"] for hit in hits(site, "/search/suggest?q=al-si")] == ["Ghwayran prison"]
    assert hits(site, "/search/suggest?q=stormed&kind=entity") == []
    assert hits(site, "/search/suggest?q=") == []


def test_search_in_sparql(site: Any) -> None:
    prefix = "PREFIX sit: <https://w3id.org/sitrep/ontology#> SELECT ?e "
    for where in ('{ ?s sit:search "fled fighters" . ?e sit:evidence ?s }',
                  '{ ?e sit:evidence ?s FILTER(sit:matches(?s, "fled fighters")) }'):  # fmt: skip
        rows = json.loads(site.query(prefix + where).body)["results"]["bindings"]
        assert [row["e"]["value"] for row in rows] == [f"{BASE}report/one/event/1"]
    refused = site.query(prefix + '{ ?e sit:evidence ?s ; sit:search "x" }')
    assert refused.status == 400
    assert "sit:search must begin a pattern" in refused.text


@pytest.mark.parametrize("graph", ["GRAPH <g:new>", ""])
def test_updates_are_found_at_once_and_gone_at_once(site: Any, graph: str) -> None:
    triple = '<http://example.org/x> <http://www.w3.org/2000/01/rdf-schema#label> "Zaporizhzhia depot"'
    data = f"{graph} {{ {triple} }}" if graph else triple
    assert site.update(f"INSERT DATA {{ {data} }}").status in (200, 204)
    assert [hit["id"] for hit in hits(site, "/search?q=depot")] == ["http://example.org/x"]
    assert site.update(f"DELETE DATA {{ {data} }}").status in (200, 204)
    assert hits(site, "/search?q=depot") == []


def test_graph_store_writes_are_found(site: Any) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/turtle"}
    body = '<a:y> <http://www.w3.org/2000/01/rdf-schema#label> "Dovhenke bridge" .'
    assert site.ask("PUT", "/graph-store?graph=g:store", body, headers).status == 201
    assert [hit["id"] for hit in hits(site, "/search?q=dovhenke")] == ["a:y"]
    assert site.ask("DELETE", "/graph-store?graph=g:store", None, headers).status == 204
    assert hits(site, "/search?q=dovhenke") == []


def test_search_is_answered_while_a_query_runs_away(site: Any) -> None:
    patterns = " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(7))
    endless = f"SELECT (COUNT(*) AS ?n) {{ {patterns} }}"
    thread = threading.Thread(target=site.query, args=(endless,))
    thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    assert hits(site, "/search?q=sinaa")
    assert time.monotonic() - began < 2
    thread.join()


def test_a_store_without_index_says_so(start: Callable[..., Any], own_store: Path) -> None:
    (newest_checkpoint(own_store) / FILE_NAME).unlink()
    site = start(own_store, workers=1)
    answer = site.get("/search?q=a")
    assert answer.status == 503
    assert "no search index" in answer.text
    assert site.query("ASK {}").status == 200
    with Store.open(own_store).writing():
        pass
    assert hits(site, "/search?q=islamic")
