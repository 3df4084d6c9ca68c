"""The reader with the shipped ontology, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.lexicon import ClassTree, load_lexicon
from kg.reading import Reader, load_reader
from kg.settings import DEFAULT_MODEL, ontology_directory


@pytest.fixture(scope="session")
def ontology() -> Path:
    return ontology_directory()


@pytest.fixture(scope="session")
def reader(ontology: Path) -> Reader:
    return load_reader(model=DEFAULT_MODEL, ontology=ontology)


@pytest.fixture(scope="session")
def tree(ontology: Path) -> ClassTree:
    return load_lexicon(ontology / "lexicon").tree
