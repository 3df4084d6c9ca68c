from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

BASE = "https://w3id.org/sitrep/id/"

DATA = f"""
@prefix : <{BASE}entity/> .
@prefix sit: <https://w3id.org/sitrep/ontology#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<{BASE}report/one> {{
    :gaol a sit:Prison ; rdfs:label "Gaol" ; sit:mentionedIn <{BASE}report/one> .
    <{BASE}report/one/event/1> a sit:AirStrike ; sit:place :gaol ; sit:confidence 0.9 ; sit:minCount 12 .
}}
<{BASE}report/two> {{ :gaol a sit:Prison ; rdfs:label "Gaol" . :army a sit:StateForce . }}
<{BASE}report/a%20b> {{ :army a sit:StateForce . }}
<{BASE}graph/entities> {{
    :gaol a sit:Prison ; sit:locatedIn :karsk .
    :karsk a sit:Settlement ; sit:locatedIn :valeland ; geo:hasGeometry <{BASE}entity/karsk/geometry> .
    <{BASE}entity/karsk/geometry> geo:asWKT "POINT(1 2)"^^geo:wktLiteral .
    :valeland a sit:Country .
    :army a sit:StateForce .
    :link rdf:subject :gaol ; rdf:predicate skos:closeMatch ; sit:confidence 0.6 .
    :other rdf:subject :army .
}}
<https://w3id.org/sitrep/ontology> {{ sit:Prison rdfs:subClassOf sit:Facility . }}
:loaded rdfs:label "from elsewhere" .
"""


@pytest.fixture
def database() -> Store:
    """Two reports, what is known of their entities, an ontology of one triple, and a foreign triple."""
    store = Store()
    store.load(DATA.encode(), format=RdfFormat.TRIG)
    return store


@pytest.fixture
def ontology(tmp_path: Path) -> Path:
    """A small ontology folder."""
    (tmp_path / "sitrep.ttl").write_text("<http://example.org/A> a <http://example.org/Class> .")
    (tmp_path / "alignments.ttl").write_text("<http://example.org/A> <http://example.org/like> [] .")
    return tmp_path
