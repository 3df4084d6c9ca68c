"""Pictures are well-formed, escaped, the same every time, and ask no other host for anything."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from kg import Reader
from kg.api.drawing import Arrow, Box, draw
from kg.api.pictures import Tie, draw_ties
from kg.api.values import Thing

SVG = "{http://www.w3.org/2000/svg}"
TEXT = "Islamic State fought Reds. Reds fought <b>Blues</b> & Greens."


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 (our own)


@given(st.text(), st.text(), st.text())
def test_any_words_are_drawn_as_words(name: str, below: str, title: str) -> None:
    svg = draw([[Box("a", name, below, title)], [Box("b", "B")]], [Arrow("a", "b")], title=name).svg
    root = ElementTree.fromstring(svg)  # noqa: S314 (our own)
    assert len(list(root.iter(f"{SVG}g"))) == 2
    assert not list(root.iter(f"{SVG}script"))


def test_boxes_do_not_overlap_and_lie_within_the_picture() -> None:
    columns = [[Box(f"{c}{r}", "x" * (r * 9 + 1), "y" * r) for r in range(c + 2)] for c in range(3)]
    root = ElementTree.fromstring(draw(columns, [], title="t").svg)  # noqa: S314 (our own)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    found = [
        tuple(float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        for group in root.iter(f"{SVG}g")
        for rect in group.iter(f"{SVG}rect")
    ]
    assert len(found) == 9
    for number, (x, y, w, h) in enumerate(found):
        assert min(x, y) >= 0
        assert x + w <= width
        assert y + h <= height
        for a, b, c, d in found[number + 1 :]:
            assert x + w <= a or a + c <= x or y + h <= b or b + d <= y


def test_a_report_shows_its_text_marked_and_who_did_what(stand_in: ModuleType) -> None:
    reading = Reader(load_reader=stand_in.load).read(TEXT)
    html = reading._repr_html_()
    assert html == Reader(load_reader=stand_in.load).read(TEXT)._repr_html_()
    assert 'title="ArmedGroup: Islamic State">Islamic State</mark>' in html
    assert "&lt;b&gt;Blues&lt;/b&gt; &amp; Greens" in html
    assert "<b>" not in html
    assert re.findall("https?://[^\"' ]+", html) == ["http://www.w3.org/2000/svg"]
    assert sorted(texts(reading.picture().svg)) == [
        *("<b>Blues</b> & Greens", "Clash: fought", "Clash: fought", "Islamic State", "Reds"),
    ]


def test_a_long_report_is_cut_and_says_so(stand_in: ModuleType) -> None:
    reading = Reader(load_reader=stand_in.load).read(TEXT)
    assert "and 1 more events" in texts(reading.picture(limit=1).svg)


def test_ties_lead_the_way_they_are_told(tmp_path: Path) -> None:
    one, two, three = (Thing(f"http://x/{name}", name, "ArmedGroup") for name in ("One", "Two", "Three"))
    picture = draw_ties(one, [Tie("fights", two, True, 3), Tie("attacks", three, False, 1)])
    assert [words for words in texts(picture.svg) if words != "ArmedGroup"] == [
        *("Three", "attacks", "1 report"),
        "One",
        *("fights", "3 reports", "Two"),
    ]
    picture.save(tmp_path / "one.svg")
    assert (tmp_path / "one.svg").read_text(encoding="utf-8") == picture.svg == picture._repr_svg_()
