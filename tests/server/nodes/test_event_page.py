"""The page of an event: its roles, how sure the report is, who says so, and what other reports say."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from server.nodes.graph import Quote, Thing
from server.nodes.happenings import Happening, Role

EVENT = "report/saada-prison/event/63-Killing"
STATUSES = {
    "Reported": "happened",
    "Possible": "possible",
    "Planned": "planned",
    "Attempted": "attempted",
    "Denied": "denied",
}


@pytest.mark.parametrize("status", STATUSES)
def test_the_status_is_said_in_words(made, shown, status: str) -> None:
    page = shown(made, f"/id/report/made/event/{status}")
    assert f'<span class="status status-{status}">{STATUSES[status]}</span>' in page.source
    others = set(STATUSES.values()) - {STATUSES[status]}
    assert not any(f">{other}</span>" in page.source for other in others)


def test_it_shows_all_roles_and_the_sentences(told, shown, rows) -> None:
    page = shown(told, f"/id/{EVENT}")
    links = "sit:target|sit:place|sit:attributedTo|sit:causedBy"
    said = rows(told, f"SELECT ?name {{ <{told.base}{EVENT}> {links} ?o . ?o rdfs:label ?name }}")
    assert len(said) == 4
    for (name,) in said:
        assert name in page.words
    evidence = page.part('<h2 id="evidence">', "</section>")
    query = f"""SELECT ?words ?title ?day {{
      <{told.base}{EVENT}> sit:evidence ?s . ?s nif:anchorOf ?words ; nif:referenceContext ?r .
      ?r rdfs:label ?title ; dcterms:issued ?day }}"""
    for found in rows(told, query):
        assert all(" ".join(part.split()) in evidence for part in found)
    date = rows(told, f"SELECT ?d ?t {{ <{told.base}{EVENT}> sit:date ?d ; sit:timeText ?t }}")[0]
    assert all(part in page.part("<dt>When", "</dd>") for part in date)


@pytest.mark.parametrize(
    ("roles", "headline"),
    [
        ((), "Raid: stormed"),
        ((("agent", "A"), ("place", "P")), "Raid by A in P"),
        ((("participant", "A B"),), "Raid: A and B"),
        ((("agent", "A"), ("target", "B C D E")), "Raid by A: B, C, D and others"),
    ],
)
def test_a_headline_says_who_did_what_to_whom(roles: tuple[tuple[str, str], ...], headline: str) -> None:
    named = tuple(Role(name, "", tuple(Thing(one, one) for one in who.split())) for name, who in roles)
    event = Happening(
        Thing("http://e/1", "Raid: stormed", words="raid"), "Reported", "", "", "", "", named, (), (), (), ()
    )
    assert event.headline == headline


def test_where_nobody_is_named_the_report_says_so(made, shown) -> None:
    page = shown(made, "/id/report/made/event/Denied")
    assert "the report, in its own voice" in page.part("<dt>Who says so", "</dd>")
    assert "No other report of the graph is known to tell of it." in page.words


def test_what_speaks_of_it_and_what_it_caused(told, shown, rows) -> None:
    event = rows(told, "SELECT ?e { ?x sit:causedBy ?e . ?y sit:about ?e } ORDER BY ?e LIMIT 1")[0][0]
    page = shown(told, event.replace(told.base, "/id/"))
    for heading, name in (("speaking", "about"), ("caused", "causedBy")):
        section = page.source[page.source.index(f'<h2 id="{heading}">') :]
        section = section[: section.index("</section>")]
        others = rows(told, f"SELECT DISTINCT ?x {{ ?x sit:{name} <{event}> }}")
        assert section.count('<li class="happening">') == len(others) > 0
        assert all(f'href="{other.replace(told.base, "/id/")}"' in section for (other,) in others)


def test_reports_of_one_event_stand_side_by_side(told, shown, rows) -> None:
    page = shown(told, f"/id/{EVENT}")
    query = f"""SELECT ?m ?title {{
      <{told.base}{EVENT}> sit:partOfCluster/^sit:partOfCluster ?m .
      ?m sit:evidence/nif:referenceContext/rdfs:label ?title }}"""
    members = rows(told, query)
    table = page.source[page.source.index('<table class="tellings">') :]
    table = table[: table.index("</table>")]
    assert table.count('<th scope="row">') == len({member for member, _ in members}) == 3
    assert all(title in table for _, title in members)
    assert "They differ in: target, how many." in page.words
    heads = page.part('<table class="tellings">', "</thead>")
    assert "Status" in heads
    assert table.count('<th scope="col" class="differs">') == 2
    query = f"""SELECT ?l ?b ?h {{
      <{told.base}{EVENT}> sit:partOfCluster ?c . ?c sit:deadLow ?l ; sit:deadBest ?b ; sit:deadHigh ?h }}"""
    low, best, high = rows(told, query)[0]
    figures = page.part('<dl class="counts figures">', "</dl>")
    assert f"best number; sources give {low} to {high}{best}" in figures


def test_a_cluster_has_a_page_with_the_words_of_each_report(told, shown, rows, triples) -> None:
    (cluster,) = rows(told, f"SELECT ?c {{ <{told.base}{EVENT}> sit:partOfCluster ?c }}")[0]
    page = shown(told, cluster.replace(told.base, "/id/"))
    query = (
        f"SELECT DISTINCT ?words {{ ?m sit:partOfCluster <{cluster}> ; sit:evidence/nif:anchorOf ?words }}"
    )
    sentences = rows(told, query)
    assert len(sentences) == 3
    assert all(" ".join(words.split()) in page.words for (words,) in sentences)
    assert "They differ in: target, how many." in page.words
    assert [point["url"] for point in page.script('id="points"')] == ["/id/entity/saada"]
    every = triples(told.get(cluster.replace(told.base, "/id/"), "application/n-triples").body, "nt")
    said = {triple for triple in every if str(triple[0]) == cluster}
    assert triples(page.linked_data, "json-ld") == said


def test_the_place_is_on_a_map(told, shown) -> None:
    (point,) = shown(told, f"/id/{EVENT}").script('id="points"')
    assert (point["url"], point["kind"]) == ("/id/entity/saada", "Settlement")


@pytest.mark.parametrize(
    ("words", "fragment"),
    [
        ("They fled, all.", ":~:text=They%20fled%2C%20all."),
        ("A Kurdish-led force & co.", ":~:text=A%20Kurdish%2Dled%20force%20%26%20co."),
        (" ".join("abcdefghijklmnop"), ":~:text=a%20b%20c%20d%20e%20f,k%20l%20m%20n%20o%20p"),
    ],
)
def test_a_sentence_is_found_in_its_report_by_its_ends(words: str, fragment: str) -> None:
    assert Quote("http://e/s", words, 0, None).fragment == fragment


def test_a_sentence_leads_to_where_it_stands_in_its_report(told, shown, rows) -> None:
    page = shown(told, f"/id/{EVENT}")
    (link,) = {
        one for one in page.links() if one.startswith("/id/report/saada-prison#:~:text=An%20air%20strike")
    }
    ((text,),) = rows(told, f"SELECT ?text {{ <{told.base}report/saada-prison> nif:isString ?text }}")
    assert all(unquote(end) in text for end in link.partition("#:~:text=")[2].split(","))
