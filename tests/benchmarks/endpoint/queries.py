"""What the benchmark asks: classes of queries over the generated data, each as many times as wanted.

Every query differs from all others by its constants or at least by a comment, so that no server has its
answer at hand; `repeated` asks the same few again and again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

JSON = "application/sparql-results+json"
NTRIPLES = "application/n-triples"

_PREFIXES = """\
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
PREFIX sit: <https://w3id.org/sitrep/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
_ID = "https://w3id.org/sitrep/id/"
_WORDS = ("smoke", "toll", "spokesman", "border", "hospitals", "verified", "Clash", "Siege")


@dataclass(frozen=True, slots=True)
class QueryClass:
    """A kind of query: `make` gives the n-th one."""

    name: str
    make: Callable[[int], str]
    accept: str = JSON
    clients: int = 1
    repeated: bool = False


def classes(*, events: int, seed: int = 7) -> list[QueryClass]:
    """The classes over a data set of so many events."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    places, reports = max(20, events // 33), max(1, events // 20)

    def place() -> str:
        return f"<{_ID}entity/place-{chance.randrange(places)}>"

    def lookup(_number: int) -> str:
        of = (place(), f"<{_ID}report/r{chance.randrange(reports)}>")
        return f"SELECT ?p ?o {{ {chance.choice(of)} ?p ?o }}"

    def star(_number: int) -> str:
        return (
            f"SELECT ?event ?label ?status ?confidence {{ ?event sit:place {place()} ; a ?kind ; "
            "skos:prefLabel ?label ; sit:status ?status ; sit:confidence ?confidence }"
        )

    def path(_number: int) -> str:
        country = f"<{_ID}entity/country-{chance.randrange(40)}>"
        return (
            "SELECT DISTINCT ?event ?words { "
            f"?event a sit:AirStrike ; sit:place/sit:locatedIn {country} ; "
            "sit:evidence/nif:anchorOf ?words }"
        )

    def group(_number: int) -> str:
        status = chance.choice(("Denied", "Attempted", "Planned", "Possible"))
        return (
            "SELECT ?kind (COUNT(?event) AS ?n) (AVG(?confidence) AS ?sure) "
            f"{{ ?event sit:status sit:{status} ; a ?kind ; sit:confidence ?confidence }} GROUP BY ?kind"
        )

    def dates(_number: int) -> str:
        year, month = chance.randrange(2014, 2025), chance.randrange(1, 13)
        return (
            f'SELECT ?event ?day {{ ?event sit:date ?day FILTER (?day >= "{year}-{month:02}-01"^^xsd:date '
            f'&& ?day < "{year}-{month:02}-08"^^xsd:date) }}'
        )

    def words(_number: int) -> str:
        return (
            "SELECT ?sentence ?words { ?sentence a nif:Sentence ; nif:anchorOf ?words "
            f'FILTER (CONTAINS(?words, "{chance.choice(_WORDS)}") && STRLEN(?words) < 90) }}'
        )

    def optional(_number: int) -> str:
        return (
            f"SELECT ?event ?actor ?day ?least {{ ?event sit:place {place()} ; sit:status sit:Reported "
            "OPTIONAL { ?event sit:agent/skos:prefLabel ?actor } OPTIONAL { ?event sit:date ?day } "
            "OPTIONAL { ?event sit:target/sit:minCount ?least } }"
        )

    def construct(_number: int) -> str:
        graph = f"<{_ID}report/r{chance.randrange(reports)}>"
        return f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {graph} {{ ?s ?p ?o }} }}"

    def rows(_number: int) -> str:
        return "SELECT ?event ?label { ?event sit:status sit:Reported ; skos:prefLabel ?label } LIMIT 10000"

    kinds = {"star join": star, "path join": path, "GROUP BY": group, "FILTER on dates": dates,
             "FILTER on text": words, "OPTIONAL": optional}  # fmt: skip
    everything = [lookup, lookup, *kinds.values()]
    repeated = [make(0) for make in everything for _ in range(3)]

    def mixed(number: int) -> str:
        return everything[number % len(everything)](number)

    return [
        QueryClass("single lookup", lookup),
        *(QueryClass(name, make) for name, make in kinds.items()),
        QueryClass("CONSTRUCT", construct, NTRIPLES),
        QueryClass("10,000 rows", rows),
        QueryClass("single lookup", lookup, clients=8),
        QueryClass("all but the last two", mixed, clients=8),
        QueryClass("the same lookup", lambda _number: repeated[0], repeated=True),
        QueryClass("the same 24 queries", lambda number: repeated[number % 24], repeated=True),
        QueryClass("the same 24 queries", lambda number: repeated[number % 24], clients=8, repeated=True),
    ]


def texts(kind: QueryClass, count: int, *, begin: int = 0) -> list[str]:
    """`count` queries of a class, as different as the class wants them; another `begin` gives others."""
    found = (_PREFIXES + kind.make(number) for number in range(count))
    if kind.repeated:
        return list(found)
    return [f"{text}\n# {begin + number}" for number, text in enumerate(found)]
