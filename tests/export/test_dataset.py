"""What an export holds."""

import io
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from kg.errors import DataError, ExportError
from kg.export import Format, export, read_ontology

BASE = "https://w3id.org/sitrep/id/"
ONTOLOGY = NamedNode("https://w3id.org/sitrep/ontology")
ENTITIES = NamedNode(f"{BASE}graph/entities")


def _export(
    database: Store, *, ontology: Path, form: Format = Format.NQUADS, report: str | None = None
) -> bytes:
    output = io.BytesIO()
    export(database, output, format=form, ontology=ontology, base_iri=BASE, report=report)
    return output.getvalue()


def _quads(data: bytes) -> set[Quad]:
    return set(parse(data, format=RdfFormat.N_QUADS))


@pytest.mark.parametrize(
    ("form", "read"),
    [
        (Format.TRIG, RdfFormat.TRIG),
        (Format.NQUADS, RdfFormat.N_QUADS),
        (Format.JSONLD, RdfFormat.JSON_LD),
    ],
)
def test_formats_with_graphs_hold_the_whole_dataset(
    database: Store, ontology: Path, form: Format, read: RdfFormat
) -> None:
    data = _export(database, ontology=ontology, form=form)
    assert set(parse(data, format=read)) == set(database)


@pytest.mark.parametrize(
    ("form", "read"),
    [
        (Format.TURTLE, RdfFormat.TURTLE),
        (Format.NTRIPLES, RdfFormat.N_TRIPLES),
        (Format.RDFXML, RdfFormat.RDF_XML),
    ],
)
def test_formats_without_graphs_hold_the_union(
    database: Store, ontology: Path, form: Format, read: RdfFormat
) -> None:
    data = _export(database, ontology=ontology, form=form)
    triples = [quad.triple for quad in parse(data, format=read)]
    assert set(triples) == {quad.triple for quad in database}
    assert len(triples) == len(set(triples))


def test_the_stores_own_ontology_is_taken(database: Store, ontology: Path) -> None:
    quads = _quads(_export(database, ontology=ontology))
    assert [q for q in quads if q.graph_name == ONTOLOGY] == [q for q in database if q.graph_name == ONTOLOGY]


def test_a_store_without_the_ontology_gets_it_from_the_folder(database: Store, ontology: Path) -> None:
    database.remove_graph(ONTOLOGY)
    added = [quad for quad in _quads(_export(database, ontology=ontology)) if quad.graph_name == ONTOLOGY]
    assert len(added) == 2
    assert len(list(read_ontology(ontology))) == 2


def test_a_report_comes_with_what_is_known_of_its_entities(database: Store, ontology: Path) -> None:
    quads = _quads(_export(database, ontology=ontology, report="one"))
    own = set(database.quads_for_pattern(None, None, None, NamedNode(f"{BASE}report/one")))
    known = {
        quad
        for name in ("gaol", "karsk", "karsk/geometry", "valeland", "link")
        for quad in database.quads_for_pattern(NamedNode(f"{BASE}entity/{name}"), None, None, ENTITIES)
    }
    assert quads == own | known


def test_a_report_is_found_by_its_identifier(database: Store, ontology: Path) -> None:
    assert b"report/a%20b" in _export(database, ontology=ontology, report="a b")


def test_parts_of_a_report_have_short_names(database: Store, ontology: Path) -> None:
    turtle = _export(database, ontology=ontology, form=Format.TURTLE, report="one").decode()
    assert "\nevent:1 a sit:AirStrike ;\n" in turtle
    assert f"@prefix event: <{BASE}report/one/event/> .\n" in turtle
    assert "sit:place entity:gaol ." in turtle


@pytest.mark.parametrize("report", ["three", "", "ONE", "one/event/1", "\ud800"])
def test_an_unknown_report_is_named(database: Store, ontology: Path, report: str) -> None:
    with pytest.raises(ExportError) as raised:
        _export(database, ontology=ontology, report=report)
    assert repr(report) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_report_taken_out_is_unknown(database: Store, ontology: Path) -> None:
    database.clear_graph(NamedNode(f"{BASE}report/one"))
    with pytest.raises(ExportError, match="'one'"):
        _export(database, ontology=ontology, report="one")


def test_an_empty_store_still_has_the_ontology(ontology: Path) -> None:
    assert len(_quads(_export(Store(), ontology=ontology))) == 2


def test_a_missing_ontology_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"sitrep\.ttl: cannot be read"):
        _export(Store(), ontology=tmp_path / "none")


def test_a_broken_ontology_is_named_with_its_line(ontology: Path) -> None:
    (ontology / "sitrep.ttl").write_text("\n\n<http://example.org/A> a .")
    with pytest.raises(DataError, match=r"sitrep\.ttl:3: not Turtle"):
        _export(Store(), ontology=ontology)
