"""The ontology's files, parsed once, and a validator of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from kg.settings import ontology_directory
from kg.validation import Validator


@pytest.fixture(scope="session")
def folder() -> Path:
    return ontology_directory()


@pytest.fixture(scope="session")
def terms(folder: Path) -> Graph:
    return Graph(bind_namespaces="none").parse(folder / "sitrep.ttl")


@pytest.fixture(scope="session")
def alignments(folder: Path) -> Graph:
    return Graph(bind_namespaces="none").parse(folder / "alignments.ttl")


@pytest.fixture(scope="session")
def shapes(folder: Path) -> Graph:
    return Graph(bind_namespaces="none").parse(folder / "shapes.ttl")


@pytest.fixture(scope="session")
def validator(folder: Path) -> Validator:
    return Validator(folder)
