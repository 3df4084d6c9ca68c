"""Each kind of constraint, path, target and SPARQL query that the plan knows, beside pySHACL."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from rdflib import Graph

from kg.validation.plan import Plan
from kg.validation.reference import Reference
from kg.vocab import SH

PREFIXES = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DATA = """
:Dog rdfs:subClassOf :Animal . :Puppy rdfs:subClassOf :Dog . :Cat rdfs:subClassOf :Animal .
:rex a :Dog ; :age 7 ; :name "Rex" , "Rex"@en , "Réx"@fr , "Rexy"@en ; :knows :tom , :puck , :rex .
:puck a :Puppy ; :age 0 ; :name "Puck"@en-GB , "Puck" ; :knows :rex , _:stray ; :mother :rex .
:tom a :Cat ; :age 4.5 , "old" , "x"^^xsd:integer ; :name "" ; :knows "nobody" ; :born "2020-02-30"^^xsd:date .
:ann a :Person ; :born "2020-01-31"^^xsd:date ; :died "2021-01-31"^^xsd:date ; :age 1 , 1.0 , "1"^^xsd:double .
:bob a :Person ; :born "2021-05-01"^^xsd:date ; :died "2021-05-01"^^xsd:date , "2020-01-01"^^xsd:date .
:eve a :Person ; :born 2019 ; :died "2021"^^xsd:gYear , :never ; :name "Eve" , "EVE" ; :alias "Eve" , "Evie" .
:kim a :Person ; :at "2021-01-01T10:00:00"^^xsd:dateTime , "2021-01-01T10:00:00Z"^^xsd:dateTime ; :ok true , "1"^^xsd:boolean .
_:stray a :Dog ; :age 3 ; :name "Stray" ; :mother :puck .
"""  # noqa: E501
ALL = "sh:targetSubjectsOf :name , :age , :born , :at , :knows"

CONSTRAINTS = """
sh:path :knows ; sh:class :Animal
sh:path :knows ; sh:class :Animal , :Dog
sh:path :age ; sh:datatype xsd:integer
sh:path :age ; sh:datatype xsd:decimal
sh:path :name ; sh:datatype xsd:string
sh:path :name ; sh:datatype rdf:langString
sh:path :born ; sh:datatype xsd:date
sh:path :died ; sh:datatype xsd:gYear
sh:path :at ; sh:datatype xsd:time
sh:path :ok ; sh:datatype xsd:date
sh:path :knows ; sh:nodeKind sh:IRI
sh:path :knows ; sh:nodeKind sh:BlankNode
sh:path :knows ; sh:nodeKind sh:Literal
sh:path :knows ; sh:nodeKind sh:BlankNodeOrIRI
sh:path :knows ; sh:nodeKind sh:BlankNodeOrLiteral
sh:path :knows ; sh:nodeKind sh:IRIOrLiteral
sh:path :age ; sh:minCount 2
sh:path :name ; sh:maxCount 1
sh:path :age ; sh:minExclusive 1
sh:path :age ; sh:minInclusive 1
sh:path :age ; sh:maxExclusive 4.5
sh:path :age ; sh:maxInclusive 1.0
sh:path :born ; sh:minInclusive "2020-06-01"^^xsd:date
sh:path :born ; sh:maxExclusive "2021-05-01"^^xsd:date
sh:path :at ; sh:minExclusive "2021-01-01T09:00:00"^^xsd:dateTime
sh:path :at ; sh:maxInclusive "2021-01-01T10:00:00Z"^^xsd:dateTime
sh:path :name ; sh:maxInclusive "F"
sh:path :name ; sh:minLength 4
sh:path :name ; sh:maxLength 3
sh:path :knows ; sh:minLength 22
sh:path :name ; sh:pattern "^r" ; sh:flags "i"
sh:path :name ; sh:pattern "^[A-Z]" , "[a-z]$"
sh:path :knows ; sh:pattern "o"
sh:path :name ; sh:languageIn ( "en" "FR" )
sh:path :name ; sh:languageIn ( "en-gb" )
sh:path :name ; sh:languageIn ( "*" )
sh:path :name ; sh:uniqueLang true
sh:path :name ; sh:equals :alias
sh:path :name ; sh:disjoint :alias
sh:path :born ; sh:lessThan :died
sh:path :born ; sh:lessThanOrEquals :died
sh:path :knows ; sh:in ( :rex :puck "nobody" )
sh:path :knows ; sh:hasValue :rex , :puck
sh:path :knows ; sh:not [ sh:class :Dog ]
sh:path :knows ; sh:and ( [ sh:class :Dog ] [ sh:path :age ; sh:minCount 1 ] )
sh:path :knows ; sh:or ( [ sh:class :Cat ] [ sh:class :Puppy ] )
sh:path :knows ; sh:xone ( [ sh:class :Dog ] [ sh:class :Puppy ] )
sh:path :knows ; sh:node [ sh:property [ sh:path :age ; sh:minInclusive 1 ] ]
sh:path :knows ; sh:property [ sh:path :age ; sh:maxCount 0 ]
sh:path :knows ; sh:property [ sh:path :age ; sh:maxCount 0 ; sh:severity sh:Info ]
sh:path :knows ; sh:xone ( [ sh:class :Cat ; sh:severity sh:Warning ] [ sh:class :Puppy ] )
sh:path :knows ; sh:not [ sh:class :Cat ; sh:severity sh:Warning ]
sh:path :knows ; sh:not [ sh:class :Cat ; sh:deactivated true ]
sh:path :knows ; sh:node [ sh:property [ sh:path :age ; sh:maxCount 0 ; sh:severity sh:Warning ] ]
sh:path :knows ; sh:qualifiedValueShape [ sh:class :Puppy ] ; sh:qualifiedMinCount 1
sh:path :knows ; sh:qualifiedValueShape [ sh:class :Dog ] ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1
sh:path :knows ; sh:closed true ; sh:property [ sh:path :age ] ; sh:ignoredProperties ( rdf:type )
sh:path [ sh:inversePath :knows ] ; sh:minCount 1
sh:path ( :knows :knows ) ; sh:class :Cat
sh:path ( [ sh:inversePath :knows ] :age ) ; sh:minInclusive 1
sh:path [ sh:alternativePath ( :knows :mother ) ] ; sh:class :Puppy
sh:path [ sh:zeroOrMorePath :mother ] ; sh:minCount 2
sh:path [ sh:oneOrMorePath :mother ] ; sh:class :Puppy
sh:path [ sh:zeroOrOnePath :mother ] ; sh:maxCount 1
sh:path ( [ sh:zeroOrMorePath [ sh:alternativePath ( :knows :mother ) ] ] :name ) ; sh:nodeKind sh:IRI
sh:path ( rdf:type rdfs:subClassOf ) ; sh:hasValue :Animal
sh:nodeKind sh:IRI
sh:class :Animal
sh:hasValue :rex
sh:equals :knows
sh:disjoint :knows
sh:closed true ; sh:ignoredProperties ( rdf:type :age )
sh:closed true ; sh:ignoredProperties ()
sh:not [ sh:path :name ; sh:minCount 1 ]
sh:property [ sh:path :name ; sh:minCount 2 ; sh:message "two" ] , [ sh:path :age ; sh:minCount 2 ]
sh:message "one" , "one"@en , "other" ; sh:class :Cat
sh:severity sh:Warning ; sh:class :Cat
"""
TARGETS = """
sh:targetNode :rex , "no node"
sh:targetClass :Animal
sh:targetClass :Dog , :Person
sh:targetObjectsOf :knows
sh:targetSubjectsOf :knows ; sh:targetObjectsOf :mother ; sh:targetClass :Cat ; sh:targetNode :none
sh:targetSubjectsOf rdfs:subClassOf
"""
QUERIES = """
SELECT $this ?value WHERE { $this :age ?value FILTER NOT EXISTS { $this :name ?name } }
SELECT $this ?path ?value WHERE { $this ?path ?value . ?path :of :nothing }
SELECT $this ?path ?value WHERE { ?value ?path $this FILTER (?path != rdf:type && ?path = :knows) }
SELECT $this WHERE { $this :knows $this }
SELECT $this ?value WHERE { $this :knows [ :age ?value ] FILTER NOT EXISTS { [] :alias $this } }
SELECT * WHERE { $this :knows ?value . ?value :knows _:b . _:b :age 7 }
SELECT ?value WHERE { $this :knows ?value . ?value a/rdfs:subClassOf* :Animal FILTER (!(?value = :rex)) }
SELECT $this ?value WHERE { $this ^:knows|:mother ?value FILTER EXISTS { ?value :age ?age FILTER EXISTS { $this :age ?age } } }
SELECT $this ?value ?name WHERE { $this :name ?name ; :alias ?value FILTER (STR(?name) <= STR(?value)) }
SELECT $this ?value WHERE { $this :name ?value FILTER (SUBSTR(STR(?value), 2) > SUBSTR(STR(?value), 1, 2)) }
SELECT $this ?value WHERE { $this a ?class ; :knows ?value . ?class rdfs:subClassOf+ :Animal . ?value :mother? ?other . ?other a :Dog }
"""  # noqa: E501


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def assert_same(shape: str, data: str = DATA) -> None:
    """The plan and pySHACL tell the same of the data, and something."""
    shapes = Graph(bind_namespaces="none").parse(data=PREFIXES + shape)
    graph = Graph(bind_namespaces="none").parse(data=PREFIXES + data)
    by_plan: Counter[tuple[object, ...]] = Counter()
    by_pyshacl: Counter[tuple[object, ...]] = Counter()
    for found, counts in (
        (Plan(shapes, ()).run(graph), by_plan),
        (Reference(shapes, (), shapes_file=Path("shapes.ttl")).run(graph)[1], by_pyshacl),
    ):
        for b in found:
            words = b.message if (b.shape, SH.message, None) in shapes else None
            counts[b.focus, b.path, b.value, b.shape, b.component, b.severity, words] += 1
    assert by_plan == by_pyshacl
    assert by_plan


@pytest.mark.parametrize("constraint", lines(CONSTRAINTS))
def test_constraints_and_paths(constraint: str) -> None:
    assert_same(f":S {ALL} ; {constraint} .")


@pytest.mark.parametrize("target", lines(TARGETS))
def test_targets(target: str) -> None:
    assert_same(f":S {target} ; sh:in ( :nothing ) .")


@pytest.mark.parametrize("kind", ["rdfs:Class", "owl:Class", ":Kind"])
def test_a_class_that_is_a_shape_is_its_own_target(kind: str) -> None:
    assert_same(f":Kind rdfs:subClassOf rdfs:Class . :Animal a sh:NodeShape , {kind} ; sh:class :Puppy .")


def test_shapes_beside_each_other_do_not_count_twice() -> None:
    two = "[ sh:path :knows ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 ;"
    values = "sh:qualifiedValueShape [ sh:class :Dog ] ] , "
    others = "sh:qualifiedValueShape [ sh:class :Puppy ] ]"
    assert_same(f":S {ALL} ; sh:property {two} {values} {two} {others} .")


@pytest.mark.parametrize("query", lines(QUERIES))
@pytest.mark.parametrize("path", ["", "sh:path :age ;"])
def test_queries(query: str, path: str) -> None:
    declared = '[ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ]'
    data = DATA + ":knows :of :nothing ."
    assert_same(
        f""":prefixes a owl:Ontology ; sh:declare {declared} .
        :S {ALL} ; {path} sh:message "shape's" ;
            sh:sparql [ sh:message "constraint's" ; sh:prefixes :prefixes ; sh:select '''{query}''' ] ,
                [ sh:deactivated true ; sh:select "SELECT $this WHERE {{ $this ?p ?value }}" ] .""",
        data,
    )


def test_a_query_without_results_tells_nothing() -> None:
    with pytest.raises(AssertionError, match=r"assert Counter\(\)"):
        assert_same(f':S {ALL} ; sh:sparql [ sh:select "SELECT $this {{ $this <x:none> ?value }}" ] .')
