import pytest
from rdflib import Literal, URIRef

from kg.gazetteer import Entry, gazetteer_of
from kg.mapping import map_entities
from kg.vocab import DCTERMS, GEO, OWL, RDF, RDFS, SIT, SKOS, WD, WGS84, XSD

BASE = "https://w3id.org/sitrep/id/"


def _entry(key: str, class_name: str, **values: object) -> Entry:
    known: dict[str, object] = {
        "label": key.title(),
        "aliases": (),
        "demonyms": (),
        "wikidata": None,
        "latitude": None,
        "longitude": None,
        "population": None,
        "country": None,
        "within": None,
        "guarded": False,
        "source": "invented",
    }
    return Entry(key=key, class_name=class_name, **(known | values))  # type: ignore[arg-type]


ENTRIES = (
    _entry("valeland", "Country", wikidata="Q1", demonyms=("Valish",)),
    _entry("hills", "Region", country="valeland"),
    _entry(
        "karsk",
        "Settlement",
        aliases=("Al-Karsk", "Karsk"),
        within="hills",
        country="valeland",
        latitude=36.50,
        longitude=-0.75,
    ),
    _entry("gaol", "Prison", within="karsk"),
    _entry("vale-army", "StateForce", country="valeland"),
    _entry("elsewhere", "Country"),
)
GAZETTEER = gazetteer_of(ENTRIES)


def _iri(key: str) -> URIRef:
    return URIRef(f"{BASE}entity/{key}")


def test_an_entry_comes_with_what_it_lies_in() -> None:
    graph = map_entities(["gaol"], GAZETTEER, base_iri=BASE)
    assert set(graph.subjects(SKOS.prefLabel)) == {
        _iri(key) for key in ("gaol", "karsk", "hills", "valeland")
    }
    assert set(graph.subject_objects(SIT.locatedIn)) == {
        (_iri("gaol"), _iri("karsk")),
        (_iri("karsk"), _iri("hills")),
        (_iri("hills"), _iri("valeland")),
    }


def test_an_actors_country_is_not_where_it_is() -> None:
    graph = map_entities(["vale-army"], GAZETTEER, base_iri=BASE)
    assert (None, SIT.locatedIn, None) not in graph
    assert graph.value(_iri("valeland"), RDF.type) == SIT.Country


def test_names_links_and_source() -> None:
    graph = map_entities(["karsk"], GAZETTEER, base_iri=BASE)
    assert list(graph.objects(_iri("karsk"), SKOS.prefLabel)) == [Literal("Karsk")]
    assert list(graph.objects(_iri("karsk"), RDFS.label)) == [Literal("Karsk")]
    assert list(graph.objects(_iri("karsk"), SKOS.altLabel)) == [Literal("Al-Karsk")]
    assert list(graph.subject_objects(OWL.sameAs)) == [(_iri("valeland"), WD.Q1)]
    assert Literal("Valish") not in set(graph.objects())
    assert graph.value(_iri("karsk"), DCTERMS.source) == Literal("invented")


def test_coordinates() -> None:
    graph = map_entities(["karsk"], GAZETTEER, base_iri=BASE)
    geometry = URIRef(f"{BASE}entity/karsk/geometry")
    assert graph.value(_iri("karsk"), WGS84.lat) == Literal("36.5", datatype=XSD.decimal)
    assert graph.value(_iri("karsk"), WGS84.long) == Literal("-0.75", datatype=XSD.decimal)
    assert list(graph.subject_objects(GEO.hasGeometry)) == [(_iri("karsk"), geometry)]
    assert graph.value(geometry, RDF.type) == GEO.Geometry
    assert graph.value(geometry, GEO.asWKT) == Literal("POINT(-0.75 36.5)", datatype=GEO.wktLiteral)


def test_only_what_is_asked_for() -> None:
    assert len(map_entities([], GAZETTEER, base_iri=BASE)) == 0
    assert (_iri("elsewhere"), None, None) not in map_entities(["gaol"], GAZETTEER, base_iri=BASE)


def test_unknown_keys_raise() -> None:
    with pytest.raises(ValueError, match="'nowhere'"):
        map_entities(["karsk", "nowhere"], GAZETTEER, base_iri=BASE)
