from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

PARTS = Path(__file__).parents[1] / "pipeline" / "parts"


@pytest.fixture(scope="session")
def stand_in() -> Iterator[ModuleType]:
    """The stand-in for reading, of the sentence "A fought B."."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(PARTS))
        yield importlib.import_module("stand_in_reader")
