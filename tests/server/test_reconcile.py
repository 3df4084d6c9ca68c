"""The reconciliation service, held against the specification's own JSON schemas."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema
import pytest
import rdflib
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from kg.store import Store

BASE = "https://w3id.org/sitrep/id/"
SIT = "https://w3id.org/sitrep/ontology#"
SCHEMAS = json.loads((Path(__file__).parent / "reconciliation_schemas.json").read_text(encoding="utf-8"))
ONTOLOGY = """
@prefix sit: <https://w3id.org/sitrep/ontology#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
sit:Entity a owl:Class ; rdfs:label "entity"@en . sit:Event a owl:Class ; rdfs:label "event"@en .
sit:Actor rdfs:subClassOf sit:Entity . sit:Place rdfs:subClassOf sit:Entity ; rdfs:label "place"@en .
sit:Facility rdfs:subClassOf sit:Entity ; rdfs:label "facility"@en .
sit:ArmedGroup rdfs:subClassOf sit:Actor .
sit:Person rdfs:subClassOf sit:Actor . sit:Country rdfs:subClassOf sit:Place ; rdfs:label "country"@en .
sit:Settlement rdfs:subClassOf sit:Place . sit:Prison rdfs:subClassOf sit:Facility ; rdfs:label "prison"@en .
sit:locatedIn a owl:ObjectProperty ; rdfs:label "located in"@en ; rdfs:comment "Where it lies."@en .
sit:agent a owl:ObjectProperty ; rdfs:label "agent"@en ; rdfs:domain sit:Event .
"""
ENTITIES = """
@prefix : <https://w3id.org/sitrep/id/entity/> . @prefix sit: <https://w3id.org/sitrep/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix wgs84: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
:syria a sit:Country ; rdfs:label "Syria" . :lebanon a sit:Country ; rdfs:label "Lebanon" .
:libya a sit:Country ; rdfs:label "Libya" .
:hasaka a sit:Settlement ; rdfs:label "Hasaka" ; skos:altLabel "Al-Hasakah", "Hassakeh" ;
  sit:locatedIn :syria ;
  wgs84:lat 36.5 .
:tripoli-lebanon a sit:Settlement ; rdfs:label "Tripoli" ; sit:locatedIn :lebanon .
:tripoli-libya a sit:Settlement ; rdfs:label "Tripoli" ; sit:locatedIn :libya .
:ghwayran a sit:Prison ; rdfs:label "Ghwayran prison" ; skos:altLabel "al-Sinaa prison" ;
  sit:locatedIn :hasaka ;
  sit:built "1999"^^xsd:integer ; sit:opened "2001-02-03"^^xsd:date .
:is a sit:ArmedGroup ; rdfs:label "Islamic State" ; skos:altLabel "IS", "ISIS" ;
  owl:sameAs <http://www.wikidata.org/entity/Q2429253> .
:sana a sit:Person ; rdfs:label "Sana Hasan" .
<https://w3id.org/sitrep/id/report/one/group/e1> a sit:Prison ; rdfs:label "prison" .
<https://w3id.org/sitrep/id/report/one/event/1> sit:status sit:Reported ; rdfs:label "Ghwayran prison" .
"""


@pytest.fixture(scope="module")
def site(start: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("reconcile") / "store"
    with Store.create_or_open(path, base_iri=BASE).writing() as batch:
        for name, data in (("graph/entities", ENTITIES), ("ontology", ONTOLOGY)):
            batch.put_graph(BASE + name, rdflib.Graph().parse(data=data, format="turtle"))
    return start(path, workers=1, timeout=10.0)


def check(value: object, schema: str) -> None:
    registry: Registry[Any] = Registry().with_resources(
        (entry["$id"], Resource.from_contents(entry, DRAFT7)) for entry in SCHEMAS.values() if "$id" in entry
    )
    jsonschema.Draft7Validator(SCHEMAS[schema], registry=registry).validate(value)


def post(site: Any, **form: str) -> Any:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return site.ask("POST", "/reconcile", urlencode(form), headers)


def match(site: Any, **query: object) -> list[dict[str, Any]]:
    """The candidates of one query."""
    batch = {"q0": query}
    check(batch, "reconciliation-query-batch")
    answer = post(site, queries=json.dumps(batch))
    assert answer.status == 200, answer.text
    found = json.loads(answer.body)
    check(found, "reconciliation-result-batch")
    result: list[dict[str, Any]] = found["q0"]["result"]
    assert all(0 <= entry["score"] <= 100 for entry in result)
    assert [entry["score"] for entry in result] == sorted((e["score"] for e in result), reverse=True)
    return result


def names(result: list[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in result]


def test_schemas_can_fail() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check({"q0": {"result": [{"id": "a", "name": "b"}]}}, "reconciliation-result-batch")
    with pytest.raises(jsonschema.ValidationError):
        check({"versions": ["0.1"], "name": "", "identifierSpace": "", "schemaSpace": ""}, "manifest")


def test_manifest(site: Any) -> None:
    answer = site.get("/reconcile")
    manifest = json.loads(answer.body)
    check(manifest, "manifest")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (manifest["versions"], manifest["identifierSpace"]) == (["0.2"], BASE)
    for part in ("entity", "property", "type"):
        service = manifest["suggest"][part]
        path = service["service_url"].removeprefix(site.url.rstrip("/")) + service["service_path"]
        assert site.get(path, prefix="a").status == 200
    for part in ("view", "preview"):
        url = manifest[part]["url"].replace("{{id}}", quote("entity/is", safe=""))
        assert site.ask("GET", "/" + url.removeprefix(site.url)).status in (200, 303)


@pytest.mark.parametrize(
    ("query", "first", "sure"),
    [
        ("Islamic State", "entity/is", True),
        ("islamic  STATE", "entity/is", True),
        ("ISIS", "entity/is", True),
        ("IS", "entity/is", True),
        ("Al-Hasakah", "entity/hasaka", True),
        ("Al Hasaka", "entity/hasaka", True),
        ("Hasakeh", "entity/hasaka", False),
        ("Gweiran prison", "entity/ghwayran", False),
        ("prison Ghwayran", "entity/ghwayran", True),
        ("entity/is", "entity/is", True),
        (BASE + "entity/is", "entity/is", True),
        ("Tripoli", "entity/tripoli-lebanon", False),  # namesakes
    ],
)
def test_names_are_matched(site: Any, query: str, first: str, sure: bool) -> None:
    result = match(site, query=query)
    assert names(result)[0] == first
    assert [entry["match"] for entry in result] == [sure] + [False] * (len(result) - 1)


@pytest.mark.parametrize("query", ["xylophone", "?!", "IZ", "prison prison prison prison", "a", "\0"])
def test_what_is_not_there_is_no_match(site: Any, query: str) -> None:
    assert not any(entry["match"] for entry in match(site, query=query))


def test_neither_events_nor_things_of_one_report_are_candidates(site: Any) -> None:
    assert not [name for name in names(match(site, query="Ghwayran prison")) if name.startswith("report/")]
    assert not [name for name in names(match(site, query="prison")) if name.startswith("report/")]


@pytest.mark.parametrize(
    ("types", "strict", "found"),
    [
        ("Prison", None, ["entity/ghwayran"]),
        ("sit:Facility", None, ["entity/ghwayran"]),
        (f"{SIT}Place", None, []),
        (["Person", "Facility"], None, ["entity/ghwayran"]),
        (["Person", "Facility"], "all", []),
        (["Prison", "Facility"], "all", ["entity/ghwayran"]),
        ("Nonsense", None, []),
    ],
)
def test_types_restrict(site: Any, types: object, strict: str | None, found: list[str]) -> None:
    more = {"type_strict": strict} if strict else {}
    result = match(site, query="Ghwayran prison", type=types, **more)
    assert [name for name in names(result) if name == "entity/ghwayran"] == found
    assert all(
        feature["value"] for entry in result for feature in entry["features"] if feature["id"] == "type"
    )


def test_types_that_only_should_fit_halve_the_score(site: Any) -> None:
    (first, *_) = match(site, query="Ghwayran prison", type="Place", type_strict="should")
    assert (first["id"], first["score"], first["match"]) == ("entity/ghwayran", 50.0, False)


@pytest.mark.parametrize(
    ("pid", "value", "first"),
    [
        ("country", "Libya", "entity/tripoli-libya"),
        ("country", "Lebanon", "entity/tripoli-lebanon"),
        ("sit:locatedIn", {"id": "entity/libya"}, "entity/tripoli-libya"),
        (f"{SIT}locatedIn", [{"id": "entity/lebanon"}, "Mars"], "entity/tripoli-lebanon"),
    ],
)
def test_properties_tell_namesakes_apart(site: Any, pid: str, value: object, first: str) -> None:
    result = match(site, query="Tripoli", properties=[{"pid": pid, "v": value}])
    assert (result[0]["id"], result[0]["match"], result[0]["score"]) == (first, True, 100.0)
    assert {"id": f"property {pid}", "value": 100.0} in result[0]["features"]


def test_places_within_places_and_shared_identifiers_count(site: Any) -> None:
    (first, *_) = match(site, query="Ghwayran prison", properties=[{"pid": "country", "v": "Syria"}])
    assert first["score"] == 100.0
    for value in ("Q2429253", "http://www.wikidata.org/entity/Q2429253"):
        (first, *_) = match(site, query="Islamic St", properties=[{"pid": "owl:sameAs", "v": value}])
        assert (first["id"], first["score"], first["match"]) == ("entity/is", 100.0, True)


def test_score_is_the_documented_mean(site: Any) -> None:
    asked = [{"pid": "country", "v": "Siria"}, {"pid": "wgs84:lat", "v": 36.5}, {"pid": "wgs84:lat", "v": 1}]
    (first, *_) = match(site, query="Hasaka", properties=asked)
    name, country, latitude, other = (
        {entry["id"]: entry["value"] for entry in first["features"]}[feature]
        for feature in ("name", "property country", "property wgs84:lat", "property wgs84:lat 2")
    )
    assert (name, latitude) == (100.0, 100.0)
    assert 50 < country < 100
    assert first["score"] == pytest.approx((name + 0.4 * (country + latitude + other)) / 2.2, abs=0.1)


def test_properties_alone(site: Any) -> None:
    result = match(site, properties=[{"pid": "sit:locatedIn", "v": "Hasaka"}])
    assert names(result) == ["entity/ghwayran"]
    assert names(match(site, properties=[{"pid": "wgs84:lat", "v": "36.5"}])) == []  # a number, no text


def test_limit(site: Any) -> None:
    assert len(match(site, query="Tripoli")) >= 2
    assert len(match(site, query="Tripoli", limit=1)) == 1
    assert not match(site, query="Tripoli", limit=1)[0]["match"]  # the namesake counts, shown or not


def test_batches_keep_their_keys_by_get_and_post(site: Any) -> None:
    batch = {"b": {"query": "Hasaka"}, "a": {"query": "Islamic State"}, "": {"query": "Tripoli"}}
    posted = json.loads(post(site, queries=json.dumps(batch)).body)
    assert posted == json.loads(site.get("/reconcile", queries=json.dumps(batch)).body)
    assert {key: result["result"][0]["name"] for key, result in posted.items()} == {
        "b": "Hasaka", "a": "Islamic State", "": "Tripoli"}  # fmt: skip
    assert json.loads(post(site, queries="{}").body) == {}


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"queries": "{"}, 400, "'queries' is not JSON"),
        ({"queries": "[" * 100_000}, 400, "'queries' is not JSON: nested too deeply"),
        ({"queries": "[]"}, 400, "queries must be a JSON object"),
        ({"queries": '{"q": 1}'}, 400, "query 'q' must be a JSON object"),
        ({"queries": '{"q": {}}'}, 400, "query 'q' has neither"),
        ({"queries": '{"q": {"query": 1}}'}, 400, "'query' of query 'q' must be a text"),
        ({"queries": '{"q": {"query": "\\ud800"}}'}, 400, "must be a text"),
        ({"queries": '{"q": {"query": "a", "limit": 0}}'}, 400, "'limit' of query 'q'"),
        ({"queries": '{"q": {"query": "a", "limit": NaN}}'}, 400, "'limit' of query 'q'"),
        ({"queries": '{"q": {"query": "a", "limit": "5"}}'}, 400, "'limit' of query 'q'"),
        ({"queries": '{"q": {"query": "a", "type": 1}}'}, 400, "'type' of query 'q' must be a JSON array"),
        ({"queries": '{"q": {"query": "a", "type_strict": "x"}}'}, 400, "'type_strict' of query 'q'"),
        ({"queries": '{"q": {"query": "a", "properties": [1]}}'}, 400, "a property of query 'q'"),
        ({"queries": '{"q": {"query": "a", "properties": [{"pid": "p"}]}}'}, 400, "a value of query 'q'"),
        ({"queries": json.dumps({"q": {"query": "a" * 501}})}, 400, "asks for 501 characters"),
        ({"queries": json.dumps({"q": {"query": "a" * 1_000_000}})}, 400, "asks for 1000000 characters"),
        ({"queries": json.dumps({str(n): {"query": "a"} for n in range(101)})}, 413, "send 100 at a time"),
        ({"queries": "{}", "extend": "{}"}, 400, "not both"),
        ({"extend": "{}"}, 400, "ids must be a JSON array"),
        ({"extend": '{"ids": [1], "properties": []}'}, 400, "an id must be a text"),
        ({}, 400, "send a form with"),
    ],
)
def test_bad_requests_are_one_line(site: Any, form: dict[str, str], status: int, words: str) -> None:
    answer = post(site, **form)
    assert answer.status == status
    assert words in answer.text
    assert len(answer.text.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "text", ['"', "*", "a AND", "\0", "é" * 500, "a" * 500, "<x>", "http://", "a:b c", "{", "%ZZ", "'"]
)
def test_no_text_breaks_it(site: Any, text: str) -> None:
    match(site, query=text, type=[text], properties=[{"pid": text, "v": [text, {"id": text}, True, 1e308]}])
    assert site.get("/reconcile/suggest/entity", prefix=text).status == 200
    extended = post(site, extend=json.dumps({"ids": [text], "properties": [{"id": text}]}))
    assert extended.status == 200
    check(json.loads(extended.body), "data-extension-response")
    assert site.get("/reconcile/preview", id=text).status == 404


@pytest.mark.parametrize(
    ("what", "prefix", "schema", "found"),
    [
        ("entity", "ghw", "suggest-entities-response", ["entity/ghwayran"]),
        ("entity", "pris", "suggest-entities-response", ["entity/ghwayran"]),
        ("entity", "hassak", "suggest-entities-response", ["entity/hasaka"]),
        ("entity", "entity/is", "suggest-entities-response", ["entity/is"]),
        ("entity", "", "suggest-entities-response", []),
        ("type", "pri", "suggest-types-response", [f"{SIT}Prison"]),
        ("type", f"{SIT}Prison", "suggest-types-response", [f"{SIT}Prison"]),
        ("type", "clash", "suggest-types-response", []),
        ("property", "located", "suggest-properties-response", [f"{SIT}locatedIn"]),
        ("property", "countr", "suggest-properties-response", [f"{SIT}country"]),
        ("property", "agent", "suggest-properties-response", []),  # of events
    ],
)
def test_suggestions(site: Any, what: str, prefix: str, schema: str, found: list[str]) -> None:
    answer = json.loads(site.get(f"/reconcile/suggest/{what}", prefix=prefix).body)
    check(answer, schema)
    assert [entry["id"] for entry in answer["result"]] == found


def test_types_have_what_is_above_them_and_cursors_skip(site: Any) -> None:
    (prison,) = json.loads(site.get("/reconcile/suggest/type", prefix="prison").body)["result"]
    assert prison["broader"] == [{"id": f"{SIT}Facility", "name": "facility"}]
    both, second = (
        [
            e["id"]
            for e in json.loads(site.get("/reconcile/suggest/entity", prefix="trip", cursor=cursor).body)[
                "result"
            ]
        ]
        for cursor in ("0", "1")
    )
    assert len(both) == 2
    assert second == both[1:]
    assert site.get("/reconcile/suggest/entity", prefix="a", cursor="x").status == 400


def test_data_extension(site: Any) -> None:
    assert json.loads(site.get("/reconcile/properties", type="sit:Prison").body)["properties"][0] == {
        "id": f"{SIT}locatedIn", "name": "located in"}  # fmt: skip
    pids = ["locatedIn", "country", "sit:built", "sit:opened", "skos:altLabel", "wgs84:lat", "owl:sameAs"]
    query = {"ids": ["entity/ghwayran", "entity/is", "nobody"], "properties": [{"id": pid} for pid in pids]}
    check(query, "data-extension-query")
    answer = json.loads(post(site, extend=json.dumps(query)).body)
    check(answer, "data-extension-response")
    assert [entry["id"] for entry in answer["meta"]] == pids
    prison = answer["rows"]["entity/ghwayran"]
    assert prison["locatedIn"] == [
        {"id": "entity/hasaka", "name": "Hasaka"},
        {"id": "entity/syria", "name": "Syria"},
    ]
    assert prison["country"] == [{"id": "entity/syria", "name": "Syria"}]
    assert (prison["sit:built"], prison["sit:opened"]) == ([{"int": 1999}], [{"date": "2001-02-03T00:00:00"}])
    assert prison["skos:altLabel"] == [{"str": "al-Sinaa prison"}]
    assert answer["rows"]["entity/is"]["owl:sameAs"] == [{"str": "http://www.wikidata.org/entity/Q2429253"}]
    assert set(map(str, answer["rows"]["nobody"].values())) == {"[]"}


def test_preview_and_view(site: Any) -> None:
    preview = site.get("/reconcile/preview", id="entity/ghwayran")
    assert (preview.status, preview.media_type) == (200, "text/html")
    assert "Ghwayran prison" in preview.text
    assert "al-Sinaa prison" in preview.text
    assert "frame-ancestors *" in preview.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in site.get("/search", "text/html").headers["content-security-policy"]
    view = site.get("/reconcile/view", id="entity/ghwayran")
    assert (view.status, view.headers["location"]) == (303, "/id/entity/ghwayran")
    assert site.get("/reconcile/view", id="nobody").status == 404
    assert site.get("/reconcile/view").status == 400
