"""The page of an entity says what the graph does: as many events, relations and reports as queries find."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest
import rdflib

BROWSER = "text/html"
GROUP = "entity/islamic-state"
ROLES = (
    "sit:agent|sit:target|sit:participant|sit:place|sit:instrument|sit:origin|sit:destination|sit:speaker"
    "|sit:addressee|sit:attributedTo"
)


def events(rows, site, entity: str, more: str = "") -> int:
    """How many events have the entity in a role."""
    query = f"""SELECT (COUNT(DISTINCT ?event) AS ?n) {{
      ?event {ROLES} <{site.base}{entity}> ; sit:status ?status {more} }}"""
    return int(rows(site, query)[0][0])


def found(page) -> int:
    """How many events the page says it has found."""
    return int(re.search(r'<p class="found"><strong>([0-9,]+)', page.source)[1].replace(",", ""))


@pytest.mark.parametrize("entity", [GROUP, "entity/ghwayran-prison", "entity/saada", "entity/united-states"])
def test_counts_are_those_of_queries(told, shown, rows, entity: str) -> None:
    page = shown(told, f"/id/{entity}")
    assert found(page) == events(rows, told, entity) > 0
    named = f"SELECT (COUNT(DISTINCT ?r) AS ?n) {{ <{told.base}{entity}> sit:mentionedIn ?r }}"
    assert re.search(r"#reports\">([0-9]+) report", page.source)[1] == rows(told, named)[0][0]


def test_each_choice_says_how_many_events_it_leaves(told, shown, rows) -> None:
    page = shown(told, f"/id/{GROUP}")
    every = f"""SELECT ?kind (COUNT(DISTINCT ?e) AS ?n) {{
      ?e {ROLES} <{told.base}{GROUP}> ; a ?kind ; sit:status ?s }} GROUP BY ?kind"""
    for kind, count in rows(told, every):
        name = kind.rpartition("#")[2]
        assert re.search(f'<option value="{name}">[^<]*\\({count}\\)</option>', page.source), name
        assert found(shown(told, f"/id/{GROUP}", kind=name)) == int(count)
        assert re.search(f'<option value="{name}" selected>', shown(told, f"/id/{GROUP}", kind=name).source)


@pytest.mark.parametrize(
    ("parameters", "pattern"),
    [
        ({"status": "Denied"}, "FILTER (?status = sit:Denied)"),
        (
            {"source": "Sitrep sample daily"},
            '; sit:evidence/nif:referenceContext/dcterms:publisher "Sitrep sample daily"',
        ),
        (
            {"from": "2022-01-26", "to": "2022-01-31"},
            "; sit:evidence/nif:referenceContext/dcterms:issued ?told OPTIONAL { ?event sit:date ?date } "
            "BIND (STR(COALESCE(?date, ?told)) AS ?day) "
            "FILTER (?day >= '2022-01-26' && ?day <= '2022-01-31')",
        ),
        ({"to": "2020"}, "; sit:date ?date FILTER (STR(?date) < '2021')"),
        ({"kind": "Claim", "status": "Reported"}, "; a sit:Claim FILTER (?status = sit:Reported)"),
        ({"kind": "Nothing"}, "; a sit:Nothing"),
    ],
)
def test_filters(told, shown, rows, parameters: dict[str, str], pattern: str) -> None:
    page = shown(told, f"/id/{GROUP}?{urlencode(parameters)}")
    assert found(page) == events(rows, told, GROUP, pattern)
    assert "show all" in page.words


def test_events_of_its_nameless_people_can_be_added(told, shown, rows) -> None:
    query = f"""SELECT (COUNT(DISTINCT ?event) AS ?n) {{
      {{ ?event {ROLES} <{told.base}{GROUP}> }}
      UNION {{ ?group sit:memberOf <{told.base}{GROUP}> ; a sit:Group . ?event {ROLES} ?group }}
      ?event sit:status ?status }}"""
    ((every,),) = rows(told, query)
    page = shown(told, f"/id/{GROUP}", groups="yes")
    assert found(page) == int(every) > events(rows, told, GROUP)
    fewer = shown(told, f"/id/{GROUP}", groups="yes", status="Denied")
    assert f"/id/{GROUP}?groups=yes#events" in fewer.links()  # back to all, with them
    assert 'name="groups"' not in shown(told, "/id/entity/saada").source


def test_what_a_page_says_of_itself_is_english(told, shown, rows) -> None:
    """In lists of other sites it stands under the title."""
    query = f"""SELECT ?group {{ ?group a sit:Group . ?event {ROLES} ?group }}
    GROUP BY ?group HAVING (COUNT(DISTINCT ?event) = 1) ORDER BY ?group LIMIT 1"""
    page = shown(told, "/describe", iri=rows(told, query)[0][0])
    assert ": 1 event, named in 1 report, each fact with its sentence." in page.source


@pytest.mark.parametrize(
    "parameters", ["from=yesterday", "to=2022-13", "from=%3Cscript%3E", "status=Maybe", "page=0", "page=x"]
)
def test_a_filter_that_makes_no_sense_is_refused(told, parameters: str) -> None:
    answer = told.get(f"/id/{GROUP}?{parameters}", BROWSER)
    assert answer.status == 400
    assert "<script>" not in answer.text


def test_every_event_comes_once_on_one_of_the_pages_with_its_sentence(told, shown, rows) -> None:
    query = f"""SELECT DISTINCT ?e ?words {{
      ?e {ROLES} <{told.base}{GROUP}> ; sit:status ?s ; sit:evidence/nif:anchorOf ?words }}"""
    sentences = rows(told, query)
    listed, texts, number = [], "", 1
    while True:
        page = shown(told, f"/id/{GROUP}", page=str(number))
        listed += re.findall(r'<a class="kind kind-event" href="([^"]*)">', page.source)
        texts += page.words
        if 'rel="next"' not in page.source:
            break
        number += 1
    assert sorted(listed) == sorted({event.replace(told.base, "/id/") for event, _ in sentences})
    for _, words in sentences:
        assert " ".join(words.split()) in texts


def test_a_page_past_the_end_is_the_last(told, shown) -> None:
    assert found(shown(told, f"/id/{GROUP}", page="19000")) > 0


def test_relations_are_those_of_the_graph_with_a_sentence_each(told, shown, rows) -> None:
    page = shown(told, f"/id/{GROUP}")
    node = f"<{told.base}{GROUP}>"
    names = (
        "sit:fights sit:attacks sit:supports sit:alliedWith sit:holds sit:captured sit:killed sit:controls "
        "sit:leads sit:memberOf sit:partOf sit:locatedIn sit:accuses sit:metWith sit:displacedFrom"
    )
    query = f"SELECT DISTINCT ?p ?o {{ VALUES ?p {{ {names} }} {{ {node} ?p ?o }} UNION {{ ?o ?p {node} }} }}"
    related = rows(told, query)
    drawn = page.script('id="graph"')
    assert len(drawn["edges"]) == len(related) > 5
    assert {one["id"] for one in drawn["nodes"]} == {f"{told.base}{GROUP}", *(other for _, other in related)}
    assert drawn["truncated"] is False
    assert page.links() >= {other.replace(told.base, "/id/") for _, other in related}
    relations = page.source[page.source.index('<div class="relations">') :]
    assert relations.count("<blockquote>") == len(related)


def test_words_for_any_such_thing_stand_apart_from_names(told, shown, rows) -> None:
    page = shown(told, "/id/entity/ghwayran-prison")
    names, words = page.part("<dt>Other names", "</dd>").split("Words that stand for it in reports:")
    assert "Sinaa prison" in names
    assert "jail" in words.split(" · ")
    every = rows(told, f"SELECT ?name {{ <{told.base}entity/ghwayran-prison> skos:altLabel ?name }}")
    assert all(name in names + words for (name,) in every)


def test_a_likely_link_says_how_likely(told, shown, rows) -> None:
    likely = rows(
        told,
        "SELECT ?entity ?item ?score { ?s rdf:predicate skos:closeMatch ; rdf:subject ?entity ; "
        "rdf:object ?item ; sit:confidence ?score }",
    )
    assert likely
    entity, item, score = likely[0]
    page = shown(told, entity.replace(told.base, "/id/"))
    assert item in page.links()
    assert f"likely, {score}" in page.words


def test_a_map_shows_the_place_and_those_of_its_events(told, shown, rows) -> None:
    page = shown(told, f"/id/{GROUP}")
    query = f"""SELECT ?place (COUNT(DISTINCT ?e) AS ?n) {{
      ?e {ROLES} <{told.base}{GROUP}> ; sit:place ?place . ?place wgs84:lat ?lat }} GROUP BY ?place"""
    assert {(one["url"], one["count"]) for one in page.script('id="points"')} == {
        (place.replace(told.base, "/id/"), int(count)) for place, count in rows(told, query)
    }
    (own,) = (
        p for p in shown(told, "/id/entity/saada").script('id="points"') if p["url"] == "/id/entity/saada"
    )
    lat, long = rows(
        told, f"SELECT ?lat ?long {{ <{told.base}entity/saada> wgs84:lat ?lat ; wgs84:long ?long }}"
    )[0]
    assert (own["lat"], own["lon"]) == (float(lat), float(long))


@pytest.mark.parametrize(
    "node",
    [GROUP, "entity/ghwayran-prison", "report/saada-prison/event/63-Killing", "report/ghwayran-monitor"],
)
def test_the_json_ld_of_a_page_is_what_the_graph_says(told, shown, triples, node: str) -> None:
    subject = rdflib.URIRef(told.base + node)
    every = triples(told.get(f"/id/{node}", "application/n-triples").body, "nt")
    left_out = ("mentionedIn", "isString")
    expected = {t for t in every if t[0] == subject and not t[1].endswith(left_out)}
    assert triples(shown(told, f"/id/{node}").linked_data, "json-ld") == expected
    assert len(expected) > 5


def test_the_same_page_by_its_iri(told, shown) -> None:
    page = shown(told, "/describe", iri=f"{told.base}{GROUP}")
    assert '<link rel="canonical" href="/id/entity/islamic-state">' in page.source
    assert found(page) == found(shown(told, f"/id/{GROUP}"))


def test_a_page_has_a_tag_as_long_as_the_data_stays(told) -> None:
    answer = told.get(f"/id/{GROUP}", BROWSER)
    again = told.ask(
        "GET", f"/id/{GROUP}", headers={"Accept": BROWSER, "If-None-Match": answer.headers["etag"]}
    )
    assert (again.status, again.body) == (304, b"")
    other = told.get(f"/id/{GROUP}?kind=Claim", BROWSER)
    assert other.headers["etag"] != answer.headers["etag"]


@pytest.mark.parametrize("node", ["entity/bad", "entity/other", "report/bad", "report/bad/event/1"])
def test_labels_cannot_break_out(made, shown, triples, node: str) -> None:
    page = shown(made, f"/id/{node}")
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    assert all(one.get("type") in ("application/json", "application/ld+json", "module") for one in scripts)
    assert all(link.startswith(("/", "#", "http")) for link in page.links())
    assert not any("style" in attributes or "onclick" in attributes for _, attributes in page.tags)
    assert "<script>" in page.words
    subject = rdflib.URIRef(made.base + node)
    assert {triple[0] for triple in triples(page.linked_data, "json-ld")} == {subject}


def test_at_most_so_many_relations_stand_on_a_page(made, shown) -> None:
    page = shown(made, "/id/entity/hub")
    assert len(page.script('id="graph"')["edges"]) == 30
    assert page.source.count('<li><a class="thing') <= 60
    assert "20 that are in the data" in page.words


def test_neighbours(told, rows) -> None:
    answer = told.get("/neighbours", iri=f"{told.base}entity/ghwayran-prison")
    assert (answer.status, answer.media_type) == (200, "application/json")
    drawn = json.loads(answer.body)
    assert drawn["truncated"] is False
    kinds = {one["id"]: one["kind"] for one in drawn["nodes"]}
    assert kinds[f"{told.base}entity/ghwayran-prison"] == "Prison"
    for edge in drawn["edges"]:
        name = edge["label"].split()[0]
        query = f"""SELECT (COUNT(*) AS ?n) {{ <{edge["source"]}> ?p <{edge["target"]}>
          FILTER (STRSTARTS(LCASE(STRAFTER(STR(?p), '#')), '{name}')) }}"""
        ((count,),) = rows(told, query)
        assert int(count) >= 1, edge


def test_neighbours_are_at_most_fifty(made) -> None:
    drawn = json.loads(made.get("/neighbours", iri=f"{made.base}entity/hub").body)
    assert (len(drawn["edges"]), len(drawn["nodes"]), drawn["truncated"]) == (50, 51, True)


@pytest.mark.parametrize(("iri", "status"), [("http://e/nothing", 404), ("nothing", 400), ("", 400)])
def test_neighbours_of_nothing(made, iri: str, status: int) -> None:
    assert made.get("/neighbours", iri=iri).status == status


def test_neighbours_of_an_event_are_what_has_a_role_in_it(told, rows) -> None:
    event = f"{told.base}report/saada-prison/event/63-Killing"
    drawn = json.loads(told.get("/neighbours", iri=event).body)
    others = {one["id"] for one in drawn["nodes"]} - {event}
    query = f"""SELECT DISTINCT ?o {{
      {{ <{event}> sit:target|sit:place|sit:attributedTo|sit:causedBy ?o }}
      UNION {{ ?o sit:about <{event}> }} }}"""
    expected = rows(told, query)
    assert others == {other for (other,) in expected}
