"""The plan says of W3C's test suite for SHACL Core what the suite expects, and what pySHACL says.

The suite is no part of the project: SITREP_SHACL names the folder with its `core`, or it lies in
`w3c-shacl/` in a folder beside the checkout. It is https://github.com/w3c/data-shapes, under
data-shapes-test-suite/tests.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from rdflib import BNode, Graph, URIRef
from rdflib.namespace import Namespace
from rdflib.term import Node

from kg.validation.paths import path_text, read_path
from kg.validation.plan import Plan
from kg.validation.reference import Reference
from kg.validation.results import Breach
from kg.validation.unsupported import UnsupportedError
from kg.vocab import RDF, SH

CASE = re.compile(r"(\ba|rdf:type) sht:Validate\b")
CHECKOUT = Path(__file__).parents[2]
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
# What the plan leaves to pySHACL, with the reason that it gives.
LEFT_TO_PYSHACL = {
    "complex/shacl-shacl": "so many shapes within each other",
    "misc/severity-002": "the severity http://datashapes.org/sh/tests/core/misc/severity-002.test#MySeverity",
    "node/qualified-001": "sh:qualifiedMinCount without sh:qualifiedValueShape",
}
# Where pySHACL does not what the suite expects, and the plan as pySHACL does.
PYSHACL_DIFFERS = {
    "property/uniqueLang-002": "the suite takes only true, pySHACL 1 too, for sh:uniqueLang",
}

Told = Counter[tuple[object, ...]]


def suite() -> Path | None:
    named = os.environ.get("SITREP_SHACL")
    if named:
        assert (Path(named) / "core").is_dir(), f"SITREP_SHACL is {named!r}, where there is no core"
        return Path(named)
    return next((found.parent for found in sorted(CHECKOUT.parent.glob("*/w3c-shacl/core"))), None)


def cases() -> list[str]:
    folder = suite()
    if folder is None:
        return []
    files = sorted((folder / "core").rglob("*.ttl"))
    tests = (file for file in files if CASE.search(file.read_text(encoding="utf-8")))
    return [str(file.relative_to(folder / "core").with_suffix("")) for file in tests]


@pytest.mark.skipif(suite() is None, reason="no SHACL test suite here: set SITREP_SHACL to its folder")
def test_the_suite_is_whole() -> None:
    assert len(cases()) == 98
    assert {*LEFT_TO_PYSHACL, *PYSHACL_DIFFERS} <= set(cases())


# Some tests are of literals outside their datatype, of which rdflib warns.
@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
@pytest.mark.parametrize("name", cases())
def test_case(name: str) -> None:
    folder = suite()
    assert folder is not None
    file = folder / "core" / f"{name}.ttl"
    manifest = parse(file.as_uri())
    (case,) = manifest.subjects(RDF.type, SHT.Validate)
    action, result = manifest.value(case, MF.action), manifest.value(case, MF.result)
    data, shapes = (
        manifest if source == URIRef(file.as_uri()) else parse(str(source))
        for source in (manifest.value(action, part) for part in (SHT.dataGraph, SHT.shapesGraph))
    )
    if name in LEFT_TO_PYSHACL:
        with pytest.raises(UnsupportedError) as caught:
            Plan(shapes, ())
        assert str(caught.value).startswith(LEFT_TO_PYSHACL[name])
        return
    by_plan = told(Plan(shapes, ()).run(data))
    assert by_plan == told(Reference(shapes, (), shapes_file=file).run(data)[1])
    assert (by_plan == told(expected(manifest, result))) is (name not in PYSHACL_DIFFERS)


def parse(source: str) -> Graph:
    return Graph(bind_namespaces="none").parse(source, publicID=source)


def expected(manifest: Graph, report: Node | None) -> Iterator[Breach]:
    for node in manifest.objects(report, SH.result):
        focus, path, value, shape, component, severity = (
            manifest.value(node, part)
            for part in (
                SH.focusNode,
                SH.resultPath,
                SH.value,
                SH.sourceShape,
                SH.sourceConstraintComponent,
                SH.resultSeverity,
            )
        )
        assert focus is not None
        assert shape is not None
        yield Breach(
            focus=focus,
            path=None if path is None else read_path(manifest, path),
            value=value,
            shape=shape,
            component=str(component).removeprefix(str(SH)),
            severity=str(severity).removeprefix(str(SH)),
            message=None,
        )


def told(breaches: Iterable[Breach]) -> Told:
    """What the suite compares; blank nodes have other names in each file."""
    return Counter(
        (
            nameless(b.focus),
            b.path and path_text(b.path),
            nameless(b.value),
            nameless(b.shape),
            b.component,
            b.severity,
        )
        for b in breaches
    )


def nameless(term: Node | None) -> object:
    return "blank" if isinstance(term, BNode) else term
