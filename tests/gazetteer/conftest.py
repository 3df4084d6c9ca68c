from pathlib import Path

import pytest

from kg.gazetteer import Gazetteer, load_gazetteer
from kg.settings import ontology_directory


@pytest.fixture(scope="session")
def directory() -> Path:
    return ontology_directory() / "gazetteer"


@pytest.fixture(scope="session")
def gazetteer(directory: Path) -> Gazetteer:
    return load_gazetteer(directory)
