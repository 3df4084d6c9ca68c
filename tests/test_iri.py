import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from kg import iri
from kg.facts import Entity, Kind, Known, Span

BASE = "https://w3id.org/sitrep/id/"

# What is apt to be taken for something else once it is escaped, and any text that can be encoded.
ODD = [
    "..",
    ".",
    "...",
    "a b",
    "a_b",
    "a/b",
    "a%2Fb",
    "%41",
    "A",
    "a%20b",
    "%5F",
    "_",
    " ",
    "é",
    "e\u0301",
    "حمص",
]
TEXTS = st.one_of(
    st.sampled_from(ODD),
    st.text(alphabet="a_ %/.25F0", min_size=1, max_size=8),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
)


def _entity(name: str, *, kind: Kind = Kind.PERSON, named: bool = True, known: str | None = None) -> Entity:
    return Entity(
        key=name,
        kind=kind,
        name=name,
        classes=("Person",),
        named=named,
        known=None if known is None else Known(known),
    )


@given(TEXTS, TEXTS)
def test_segments_are_equal_only_for_equal_texts(one: str, other: str) -> None:
    assert (iri.segment(one) == iri.segment(other)) == (one == other)
    assert (iri.name_segment(one) == iri.name_segment(other)) == (one == other)


@pytest.mark.parametrize("one", ODD)
@pytest.mark.parametrize("other", ODD)
def test_odd_identifiers_stay_apart(one: str, other: str) -> None:
    assert (iri.report(BASE, one) == iri.report(BASE, other)) == (one == other)


@given(TEXTS)
def test_a_segment_is_one_path_segment_of_a_valid_iri(text: str) -> None:
    for segment in (iri.segment(text), iri.name_segment(text)):
        assert re.fullmatch(r"[A-Za-z0-9._~!$'()*,;:@%-]+", segment)
        assert segment not in (".", "..")
        assert NamedNode(BASE + segment).value == BASE + segment


@given(TEXTS)
def test_a_name_comes_back_from_its_iri(name: str) -> None:
    assert iri.name_of(iri.entity(BASE, iri.report(BASE, "r"), _entity(name))) == name


def test_names_stay_readable() -> None:
    assert iri.name_segment("Ned Price") == "Ned_Price"


@pytest.mark.parametrize("text", ["", "\ud800"])
def test_what_no_iri_can_be_made_of_raises(text: str) -> None:
    with pytest.raises(ValueError, match=r"empty|surrogates"):
        iri.segment(text)


def test_each_kind_of_thing_has_its_own_place() -> None:
    report = iri.report(BASE, "r")
    things = [
        iri.sentence(report, Span(0, 5)),
        iri.phrase(report, Span(0, 5)),
        iri.event(report, "x"),
        iri.statement(report, "x"),
        iri.dataset(BASE),
        iri.geometry(iri.gazetteer_entry(BASE, "x")),
        *(iri.graph(BASE, name) for name in ("entities", "clusters", "dataset")),
        *(iri.entity(BASE, report, _entity("x", kind=kind)) for kind in Kind),
        iri.entity(BASE, report, _entity("x", known="x")),
        report,
    ]
    assert len(set(things)) == len(things)


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        (_entity("Syria", kind=Kind.PLACE, known="syria"), "entity/syria"),
        (_entity("Ned Price"), "person/Ned_Price"),
        (_entity("residents", kind=Kind.GROUP, named=False), "report/r/group/residents"),
        (_entity("Fighters", kind=Kind.GROUP), "report/r/group/Fighters"),
        (_entity("the vehicle", kind=Kind.WEAPON, named=False), "report/r/group/the%20vehicle"),
    ],
)
def test_an_entity_is_shared_by_reports_where_it_has_a_name(entity: Entity, expected: str) -> None:
    assert iri.entity(BASE, iri.report(BASE, "r"), entity) == BASE + expected


def test_unknown_graph_names_raise() -> None:
    with pytest.raises(ValueError, match="'entitites'"):
        iri.graph(BASE, "entitites")
