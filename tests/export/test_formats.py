"""Every format is read alike by both libraries, and the same data gives the same bytes."""

import io
import random
from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
)
from rdflib.compare import isomorphic

from kg.errors import ExportError
from kg.export import Format, serialize_graph, serialize_turtle, write

# rdflib's own parsers call what its Dataset has deprecated.
pytestmark = pytest.mark.filterwarnings(r"ignore:(Dataset|ConjunctiveGraph)\b:DeprecationWarning")

EX = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
READERS = {  # pyoxigraph's name of the format, and rdflib's
    Format.TURTLE: (RdfFormat.TURTLE, "turtle"),
    Format.TRIG: (RdfFormat.TRIG, "trig"),
    Format.NQUADS: (RdfFormat.N_QUADS, "nquads"),
    Format.NTRIPLES: (RdfFormat.N_TRIPLES, "nt"),
    Format.JSONLD: (RdfFormat.JSON_LD, "json-ld"),
    Format.RDFXML: (RdfFormat.RDF_XML, "xml"),
}
FORMATS = st.sampled_from(list(Format))

ODD_STRINGS = [
    "",
    '"',
    "'''",
    '""" \\',
    "a\nb\tc",
    "\r\n",
    "\r",
    "<b>&amp;]]></b>",
    "حمص \u200f(Homs)\u202e",
    "é e\u0301 \U0001f600",
    "\u0085\u2028",
    "\\u0041",
    "{ } . ; , # @en ^^",
    " lead and trail ",
]
STRINGS = st.one_of(
    st.sampled_from(ODD_STRINGS),
    # XML holds no control characters but these; what it refuses has tests of its own.
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\t\n\r")),
)
IRIS = st.sampled_from(
    [
        f"{EX}a",
        f"{EX}a_b",
        f"{EX}a/b.",
        f"{EX}%41",
        f"{EX}حمص",
        f"{EX}?x=1&y='2'#z",
        "urn:x:1",
        "https://w3id.org/sitrep/ontology#agent",
        "https://w3id.org/sitrep/ontology#a.b",
        "https://w3id.org/sitrep/ontology#9-a",
        "https://w3id.org/sitrep/ontology#-a",
        "https://w3id.org/sitrep/ontology#",
        "http://www.wikidata.org/entity/Q42",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil",
    ]
)
PREDICATES = st.sampled_from(
    [
        f"{EX}p",
        f"{EX}1p",
        f"{EX}x/é",
        "urn:x:p",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#_1",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#first",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest",
        "https://w3id.org/sitrep/ontology#agent",
    ]
)
TYPED = [
    ("12", "integer"),
    ("-3", "integer"),
    ("0.9", "decimal"),
    ("-0.75", "decimal"),
    ("1", "decimal"),
    ("true", "boolean"),
    ("2022-01", "gYearMonth"),
    ("2022", "gYear"),
    ("2022-01-20", "date"),
    ("2022-01-20T10:00:00Z", "dateTime"),
    ("x", "own"),
]
LITERALS = st.one_of(
    STRINGS.map(Literal),
    STRINGS.map(lambda text: Literal(text, language="en")),
    st.sampled_from(
        [Literal(t, datatype=NamedNode(XSD + d if d != "own" else f"{EX}type&x=1")) for t, d in TYPED]
    ),
)
BLANK = st.sampled_from(["x", "y", "z"]).map(BlankNode)
NODES = st.one_of(IRIS.map(NamedNode), BLANK)
QUADS = st.lists(
    st.builds(
        Quad,
        NODES,
        PREDICATES.map(NamedNode),
        st.one_of(NODES, LITERALS),
        st.one_of(st.none(), st.sampled_from([f"{EX}g", "urn:g"]).map(NamedNode)),
    ),
    max_size=8,
)


@pytest.fixture(autouse=True, scope="module")
def _exact_literals() -> Iterator[None]:
    """rdflib respells some literals of the same value (Z becomes +00:00) unless told not to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        yield


def _write(quads: Iterable[Quad], form: Format) -> bytes:
    output = io.BytesIO()
    write(quads, output, format=form)
    return output.getvalue()


def _canonical(quads: Iterable[Quad], *, union: bool) -> Dataset:
    dataset = Dataset(Quad(q.subject, q.predicate, q.object) if union else q for q in quads)
    # Exact labels are affordable for the few blank nodes of a test.
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def _read_by_rdflib(data: bytes, name: str) -> list[Quad]:
    """The quads that rdflib reads, carried over by its own writer of the plainest format."""
    dataset = rdflib.Dataset()
    dataset.parse(data=data, format=name)
    return list(parse(dataset.serialize(format="nquads", encoding="utf-8"), format=RdfFormat.N_QUADS))


@settings(max_examples=150, deadline=timedelta(seconds=2))
@given(QUADS, FORMATS)
def test_pyoxigraph_reads_back_what_was_written(quads: list[Quad], form: Format) -> None:
    read = parse(_write(quads, form), format=READERS[form][0])
    union = not form.holds_graphs
    assert _canonical(read, union=union) == _canonical(quads, union=union)


@settings(max_examples=150, deadline=timedelta(seconds=2))
@given(QUADS, FORMATS)
def test_rdflib_reads_the_same(quads: list[Quad], form: Format) -> None:
    data, (ours, theirs), union = _write(quads, form), READERS[form], not form.holds_graphs
    read = _read_by_rdflib(data, theirs)
    assert _canonical(read, union=union) == _canonical(parse(data, format=ours), union=union)


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("text", ODD_STRINGS)
def test_odd_strings_come_back_from_both(form: Format, text: str) -> None:
    quads = [Quad(NamedNode(f"{EX}s"), NamedNode(f"{EX}p"), Literal(text))]
    data, (ours, theirs) = _write(quads, form), READERS[form]
    assert [quad.object for quad in parse(data, format=ours)] == [Literal(text)]
    assert [quad.object for quad in _read_by_rdflib(data, theirs)] == [Literal(text)]


@settings(max_examples=100, deadline=timedelta(seconds=2))
@given(QUADS, FORMATS, st.randoms())
def test_order_and_labels_of_blank_nodes_make_no_difference(
    quads: list[Quad], form: Format, rng: random.Random
) -> None:
    shuffled = [*quads, *quads]
    rng.shuffle(shuffled)
    plain = "".join(f"{quad} .\n" for quad in shuffled)
    renamed = parse(plain, format=RdfFormat.N_QUADS, rename_blank_nodes=True)
    if not _look_alike(quads):
        assert _write(renamed, form) == _write(quads, form)


def _look_alike(quads: list[Quad]) -> bool:
    """Whether blank nodes point to each other in a ring, which only exact labels could tell apart."""
    links = {
        (quad.subject, quad.object)
        for quad in quads
        if isinstance(quad.subject, BlankNode) and isinstance(quad.object, BlankNode)
    }
    return any((other, one) in links for one, other in links) or len(links) > 2


def test_lists_and_repeated_structures_get_the_same_labels_in_every_run() -> None:
    turtle = """
        @prefix : <http://example.org/> .
        :a :in [ :x [ :y 1 ] ], [ :x [ :y 1 ] ], [ :x [ :y 2 ] ] ; :list ( 1 1 1 ( 1 1 ) ( 1 1 ) [ :z 1 ] ) .
    """
    outputs = {_write(parse(turtle, format=RdfFormat.TURTLE), Format.NQUADS) for _ in range(20)}
    assert len(outputs) == 1


def test_many_blank_nodes_take_no_longer_than_their_number() -> None:
    """Exact labels would take minutes for such a list and for ever for such a clique."""
    rest = NamedNode(f"{EX}rest")
    chain = [Quad(BlankNode(f"c{i}"), rest, BlankNode(f"c{i + 1}")) for i in range(2000)]
    clique = [Quad(BlankNode(f"k{i}"), rest, BlankNode(f"k{j}")) for i in range(20) for j in range(20)]
    assert _write(chain + clique, Format.NTRIPLES).count(b"\n") == 2400


def test_turtle_is_made_to_be_read() -> None:
    turtle = r"""
        @prefix sit: <https://w3id.org/sitrep/ontology#> . @prefix wd: <http://www.wikidata.org/entity/> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        wd:Q2 sit:agent wd:Q4, wd:Q3 ; a sit:Attack .
        wd:Q1 sit:date "2022"^^xsd:gYear ; sit:confidence 0.9, 1.50 ; sit:countText "a \"b\"\nc"@en, true .
    """
    expected = """\
@prefix sit: <https://w3id.org/sitrep/ontology#> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

wd:Q1 sit:confidence 0.9,
        "1.50"^^xsd:decimal ;
    sit:countText "a \\"b\\"\\nc"@en,
        true ;
    sit:date "2022"^^xsd:gYear .

wd:Q2 a sit:Attack ;
    sit:agent wd:Q3,
        wd:Q4 .
"""
    assert _write(parse(turtle, format=RdfFormat.TURTLE), Format.TURTLE).decode() == expected


@pytest.mark.parametrize(
    ("turtle", "expected"),
    [
        (":a :p [ :q 1 ; :r 2, 3 ] .", ":a :p [ :q 1 ; :r 2, 3 ] ."),
        (":a :p ( :b 1 ) .", ":a :p ( :b 1 ) ."),
        (":a :p [ a :C ; :of ( :b :c ) ] .", ":a :p [ a :C ; :of ( :b :c ) ] ."),
        ("[] :p :a .", "[] :p :a ."),
        ("_:x :p _:x .", "_:b0 :p _:b0 ."),
        (":a :p _:x .", ":a :p _:b0 ."),
        (":a :p _:x . :b :p _:x . _:x :q 1 .", ":a :p _:b0 . :b :p _:b0 . _:b0 :q 1 ."),
        (":a :p [ :q [ :r 1 ] ] .", ":a :p _:b0 . _:b0 :q [ :r 1 ] ."),
        ("_:x :p _:y . _:y :p _:x .", "_:b0 :p _:b1 . _:b1 :p _:b0 ."),
    ],
)
def test_blank_nodes_are_folded_where_one_place_points_to_them(turtle: str, expected: str) -> None:
    prefixes = {"": EX}
    output = io.BytesIO()
    quads = parse(f"@prefix : <{EX}> . {turtle}", format=RdfFormat.TURTLE)
    write(quads, output, format=Format.TURTLE, prefixes=prefixes)
    assert " ".join(output.getvalue().decode().split("\n\n", 1)[1].split()) == expected


def test_a_blank_node_of_two_graphs_keeps_its_label() -> None:
    node, label = NamedNode(f"{EX}a"), BlankNode("x")
    quads = [
        Quad(node, node, label, NamedNode(f"{EX}g")),
        Quad(label, node, node, NamedNode(f"{EX}g")),
        Quad(label, node, node, NamedNode(f"{EX}h")),
    ]
    assert _write(quads, Format.TRIG).count(b"_:b0") == 3


LISTS = [
    "( )",
    "( 1 :b )",
    "( 1 ( 2 3 ) [ :q 4 ] )",
    "[ :q [ :q ( :a [ :q ( 1 ) ] ) ] ]",
    "[ :q ( [ ] ) ; :r ( 1 ) ]",
    "_:l . _:l rdf:first 1 ; rdf:rest _:l",
    "_:l . _:l rdf:first 1 ; rdf:rest _:m . _:m rdf:first 2 ; rdf:rest rdf:nil . :b :p _:m",
    "_:l . _:l rdf:first 1, 2 ; rdf:rest rdf:nil",
    "_:l . _:l a rdf:List ; rdf:first 1 ; rdf:rest rdf:nil",
    "_:l . _:l rdf:first 1 ; rdf:rest :end",
    "1 . [] rdf:first 1 ; rdf:rest ( 2 3 )",
]


@pytest.mark.parametrize("turtle", LISTS)
@pytest.mark.parametrize("form", [Format.TURTLE, Format.TRIG])
def test_lists_well_formed_or_not_come_back(turtle: str, form: Format) -> None:
    prefix = f"@prefix : <{EX}> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . "
    quads = list(parse(f"{prefix} :a :p {turtle} .", format=RdfFormat.TURTLE))
    data, (ours, theirs) = _write(quads, form), READERS[form]
    assert _canonical(parse(data, format=ours), union=True) == _canonical(quads, union=True)
    assert _canonical(_read_by_rdflib(data, theirs), union=True) == _canonical(quads, union=True)


def test_trig_puts_named_graphs_in_braces() -> None:
    node = NamedNode(f"{EX}a")
    quads = [Quad(node, node, node, NamedNode(f"{EX}g")), Quad(node, node, Literal("x"))]
    expected = f"""\
<{EX}a> <{EX}a> "x" .

<{EX}g> {{
    <{EX}a> <{EX}a> <{EX}a> .
}}
"""
    assert _write(quads, Format.TRIG).decode() == expected


@pytest.mark.parametrize("form", Format)
def test_nothing_is_written_as_nothing(form: Format) -> None:
    data, (ours, theirs) = _write([], form), READERS[form]
    assert list(parse(data, format=ours)) == []
    assert _read_by_rdflib(data, theirs) == []


@pytest.mark.parametrize(
    "predicate",
    [
        f"{EX}1",
        EX,
        f"{EX}p?x=%41",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#li",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#Description",
        "http://www.w3.org/XML/1998/namespacelang",
    ],
)
def test_predicates_without_an_xml_name_are_refused(predicate: str) -> None:
    node = NamedNode(f"{EX}s")
    with pytest.raises(ExportError, match="RDF/XML cannot hold the predicate") as raised:
        _write([Quad(node, NamedNode(predicate), node)], Format.RDFXML)
    assert predicate in str(raised.value)


@pytest.mark.parametrize("text", ["\u0001", "\x00", "\ufffe", "a\x1bb"])
def test_characters_that_xml_lacks_are_refused_in_xml_only(text: str) -> None:
    quads = [Quad(NamedNode(f"{EX}s"), NamedNode(f"{EX}p"), Literal(text))]
    with pytest.raises(ExportError, match=r"cannot hold the character U\+[0-9A-F]{4}"):
        _write(quads, Format.RDFXML)
    for form in set(Format) - {Format.RDFXML}:
        assert list(parse(_write(quads, form), format=READERS[form][0])) == quads


def test_rdflib_graphs_are_written_too() -> None:
    graph = rdflib.Graph().parse(
        data=f'<{EX}a> <{EX}p> "x"@en, 1, "2022"^^<{XSD}gYear>, "y", <{EX}b>, [ <{EX}q> 2 ] .',
        format="turtle",
    )
    assert isomorphic(rdflib.Graph().parse(data=serialize_turtle(graph), format="turtle"), graph)
    for form, (_, theirs) in READERS.items():
        if not form.holds_graphs:
            read = rdflib.Graph().parse(data=serialize_graph(graph, format=form), format=theirs)
            assert isomorphic(read, graph)
