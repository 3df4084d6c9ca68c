"""The page of a report: its text with all that was read marked in it, and what was rejected."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from kg.store import Store
from server.nodes.rejects import MOST, read_rejects, rejects_file, stamp

REPORT = "report/ghwayran-monitor"
BASE = "https://w3id.org/sitrep/id/"


def text_of(page) -> str:
    """The paragraphs of the text as they are read, without the notes."""
    section = page.source[page.source.index('<h2 id="text">') :]
    section = section[: section.index("</section>")]
    section = re.sub(r'<span class="tip".*?</a></span>', "", section, flags=re.DOTALL)
    found = re.findall(r"<p(?: lang=\"en\")?>(.*?)</p>", section, flags=re.DOTALL)
    return "\n\n".join(unescape(re.sub(r"<[^>]*>", "", one)) for one in found)


def test_the_text_is_the_report_s_own(told, shown, rows) -> None:
    ((text,),) = rows(told, f"SELECT ?t {{ <{told.base}{REPORT}> nif:isString ?t }}")
    assert text_of(shown(told, f"/id/{REPORT}")) == text


def test_all_that_was_read_is_marked_in_it(told, shown, rows) -> None:
    page = shown(told, f"/id/{REPORT}")
    phrases = rows(
        told,
        f"SELECT DISTINCT ?b ?e ?node {{ ?p nif:referenceContext <{told.base}{REPORT}> ; nif:beginIndex ?b ; "
        "nif:endIndex ?e ; itsrdf:taIdentRef ?node }",
    )
    assert page.source.count("<mark ") >= len(phrases) > 50
    tips = re.findall(r'<span class="tip" role="tooltip" id="([^"]*)">', page.source)
    assert len(tips) == len(set(tips)) > 50
    described = re.findall(r'aria-describedby="(tip-[^"]*)"', page.source)
    assert sorted(described) == sorted(tips)
    assert page.links() >= {node.replace(told.base, "/id/") for *_, node in phrases}


def test_marks_have_the_colour_and_the_note_of_what_they_mean(told, shown) -> None:
    page = shown(told, f"/id/{REPORT}")
    found = re.search(r'<mark class="kind-facility"><span class="marked"[^>]*>(.*?)</a></span>', page.source)
    assert found
    marked = found[1]
    assert marked.startswith('<a class="kind-facility" href="/id/entity/ghwayran-prison"')
    note = unescape(re.sub(r"<[^>]*>", "", marked))
    assert note.startswith("Ghwayran prisonGhwayran prison")  # the words, and what they mean
    assert "target of Attack" in note


def test_everything_named_is_listed_with_how_often(told, shown, rows) -> None:
    page = shown(told, f"/id/{REPORT}")
    listed = page.source[page.source.index('<h2 id="entities">') :]
    listed = listed[: listed.index("</section>")]
    report = f"<{told.base}{REPORT}>"
    query = f"""SELECT ?e (COUNT(DISTINCT ?p) AS ?n) {{
      ?e sit:mentionedIn {report} . ?p nif:referenceContext {report} ; itsrdf:taIdentRef ?e
    }} GROUP BY ?e"""
    for entity, count in rows(told, query):
        path = re.escape(entity.replace(told.base, "/id/"))
        entry = re.search(f'<li><a class="thing[^>]*href="{path}".*?</li>', listed)
        assert entry, entity
        assert (f"{count} times" in entry[0]) is (int(count) > 1)


def test_every_event_of_it_is_listed(told, shown, rows) -> None:
    page = shown(told, f"/id/{REPORT}")
    events = rows(told, f"SELECT DISTINCT ?e {{ GRAPH <{told.base}{REPORT}> {{ ?e sit:status ?s }} }}")
    assert page.source.count('<li class="happening">') == len(events) > 10
    assert page.links() >= {event.replace(told.base, "/id/") for (event,) in events}


def test_without_its_text_the_sentences_are_shown_and_marked(made, shown) -> None:
    page = shown(made, "/id/report/made")
    assert "The text is not kept here" in page.words
    assert text_of(page).split("\n\n") == [f"Sentence {n}." for n in range(5)]
    assert page.words.count("[…]") == 4


def test_marks_that_overlap_are_shown(made, shown) -> None:
    page = shown(made, "/id/report/bad")
    assert text_of(page) == "<script>alert(1)</script>"
    assert '<mark class="kind-person">' in page.source
    assert '<mark class="kind-event">' in page.source


def reject(number: int) -> str:
    return json.dumps(
        {
            "focus": f"{BASE}report/made/event/{number}",
            "path": "https://w3id.org/sitrep/ontology#agent",
            "value": None,
            "shape": "https://w3id.org/sitrep/shapes#EventShape",
            "message": f"<script>alert({number})</script> An event has an agent.",
            "sentence": "They fled.",
        }
    )


@pytest.fixture
def own(made, tmp_path: Path, start):
    """A server over a copy of the store that a test may change."""
    return start(Path(shutil.copytree(made.store, tmp_path / "own")), workers=1, timeout=20.0)


def test_what_validation_rejected(own, shown) -> None:
    before = own.get("/id/report/made", "text/html")
    assert "Nothing is on record as rejected." in before.text
    file = Store.open(own.store).rejects_file("made")
    file.parent.mkdir()
    file.write_text("".join(f"{reject(number)}\n" for number in range(3)))
    after = own.get("/id/report/made", "text/html")
    assert after.headers["etag"] != before.headers["etag"]  # though the data is the same
    page = shown(own, "/id/report/made")
    section = page.part('<h2 id="rejects">', "</section>")
    assert section.count("An event has an agent.") == section.count("They fled.") == 3
    assert "report/made/event/2 agent" in section
    assert "<script>alert" not in page.source


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("report/made", "made.jsonl"),
        ("report/a%20b", "a%20b.jsonl"),
        ("report/%2E%2E%2Fmeta.json", "%2E%2E%2Fmeta.json.jsonl"),
        ("report/..%2F..%2Fetc%2Fpasswd", "..%2F..%2Fetc%2Fpasswd.jsonl"),
    ],
)
def test_the_file_lies_in_its_folder_whatever_the_iri(tmp_path: Path, iri: str, name: str) -> None:
    file = rejects_file(tmp_path, BASE, BASE + iri)
    assert file is not None
    assert file.resolve().parent == (tmp_path / "rejects").resolve()
    assert file.name.replace("..%2F", "%2E%2E%2F") == name.replace("..%2F", "%2E%2E%2F")


@pytest.mark.parametrize("iri", ["report/", "report/made/event/1", "entity/made", "http://e/report/made"])
def test_only_reports_have_rejects(tmp_path: Path, iri: str) -> None:
    assert rejects_file(tmp_path, BASE, iri if ":" in iri else BASE + iri) is None


def test_not_more_of_a_file_is_read_than_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text("".join(f"{reject(number)}\n" for number in range(20_000)) + "[1]\nno json\n")
    found = read_rejects(file)
    assert (len(found.found), found.truncated) == (MOST, True)


def test_lines_that_are_none_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "few.jsonl"
    file.write_bytes(b"[1]\nno json\n\xff\xfe\n" + reject(1).encode())
    found = read_rejects(file)
    assert (len(found.found), found.truncated) == (1, False)
    assert read_rejects(tmp_path / "missing.jsonl").found == ()
    assert stamp(tmp_path / "missing.jsonl") == stamp(None) == ""


def test_a_source_that_is_no_web_address_is_no_link(made, shown) -> None:
    assert "javascript:alert(1)" in shown(made, "/id/report/bad").words
    assert "javascript:alert(1)" not in shown(made, "/id/report/bad").links()
