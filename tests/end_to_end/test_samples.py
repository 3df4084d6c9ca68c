"""The sample reports through every command: built, written, validated, asked, taken out."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox
import pytest
import rdflib

from kg.functions import custom_functions

Kg: TypeAlias = Callable[..., bytes]

CHECKOUT = Path(__file__).parents[2]
QUERIES = sorted((CHECKOUT / "server" / "queries").glob("*.rq"))

QUADS = ("nquads", "trig", "jsonld")
TRIPLES = ("ntriples", "turtle", "rdfxml")
RDFLIB_NAMES = {"nquads": "nquads", "trig": "trig", "jsonld": "json-ld", "ntriples": "nt", "rdfxml": "xml"}
OXIGRAPH_FORMATS = {
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "turtle": ox.RdfFormat.TURTLE,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


@pytest.fixture(scope="module")
def exports(samples: Path, kg: Kg) -> dict[str, bytes]:
    """The sample graph in each format."""
    return {form: kg("export", "--store", samples, "--format", form) for form in (*QUADS, *TRIPLES)}


def canonical(dataset: ox.Dataset) -> list[str]:
    """The quads in an order, blank nodes named by what is said of them."""
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def by_oxigraph(data: bytes, form: str) -> list[str]:
    return canonical(ox.Dataset(ox.parse(data, format=OXIGRAPH_FORMATS[form])))


def by_rdflib(data: bytes, form: str) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's parsers use its old names
        if form in TRIPLES:
            graph = rdflib.Graph(bind_namespaces="none").parse(data=data, format=RDFLIB_NAMES.get(form, form))
            lines = graph.serialize(format="nt", encoding="utf-8")
        else:
            dataset = rdflib.Dataset()
            dataset.parse(data=data, format=RDFLIB_NAMES[form])
            lines = dataset.serialize(format="nquads", encoding="utf-8")
    return by_oxigraph(lines, "nquads")


def test_same_bytes_whatever_the_order_and_the_workers(
    stores: tuple[Path, Path], sample_ids: set[str], kg: Kg
) -> None:
    plain, mixed = (kg("export", "--store", store, "--format", "nquads") for store in stores)
    assert set(plain.splitlines()) ^ set(mixed.splitlines()) == set()
    assert plain == mixed
    assert len(sample_ids) >= 8
    for identifier in sample_ids:
        assert plain.count(f'<http://purl.org/dc/terms/identifier> "{identifier}" '.encode()) == 1


@pytest.mark.parametrize("form", [*QUADS, *TRIPLES])
def test_every_format_says_the_same_to_every_reader(exports: dict[str, bytes], form: str) -> None:
    expected = by_oxigraph(exports["nquads"], "nquads")
    if form in TRIPLES:
        quads = ox.Dataset(ox.parse(exports["nquads"], format=ox.RdfFormat.N_QUADS))
        expected = canonical(ox.Dataset(ox.Quad(*tuple(quad.triple)) for quad in quads))
    assert len(expected) > 10_000
    assert by_oxigraph(exports[form], form) == expected
    assert by_rdflib(exports[form], form) == expected


def test_the_store_conforms(samples: Path, sample_ids: set[str], kg: Kg) -> None:
    last = kg("validate", "--store", samples).decode().splitlines()[-1]
    found = re.fullmatch(r"(\d+) graphs: (\d+) violations, \d+ warnings, \d+ infos", last)
    assert found, last
    assert int(found[1]) > len(sample_ids)  # the entity graph and the dataset's beside the reports'
    assert found[2] == "0"
    assert not (samples / "rejects").exists()


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_sample_queries_have_answers_anywhere(
    samples: Path, kg: Kg, exports: dict[str, bytes], path: Path
) -> None:
    """By our command, and by an engine that knows our functions and none of our prefixes."""
    answer = kg("query", "-f", path, "--store", samples, "--format", "csv").decode()
    rows = list(csv.reader(io.StringIO(answer, newline="")))[1:]
    assert rows
    other = ox.Store()
    other.load(exports["nquads"], format=ox.RdfFormat.N_QUADS)
    solutions = other.query(
        path.read_text(encoding="utf-8"),
        use_default_graph_as_union=True,
        custom_functions=custom_functions(samples),
    )
    assert isinstance(solutions, ox.QuerySolutions)
    assert len(list(solutions)) == len(rows)


def test_statistics_count_the_samples(
    samples: Path, sample_ids: set[str], kg: Kg, exports: dict[str, bytes]
) -> None:
    counted = dict(line.rsplit(maxsplit=1) for line in kg("stats", "--store", samples).decode().splitlines())
    assert int(counted["Reports"]) == len(sample_ids)
    assert int(counted["Triples"]) == len(exports["nquads"].splitlines())
    assert int(counted["Event clusters"]) >= 8
    for name in ("Entities", "Events", "Relations", "Links to Wikidata"):
        assert int(counted[name]) > 10
