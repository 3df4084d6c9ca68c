from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The stand-in for reading; importable by name in worker processes too."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "parts"))
    return importlib.import_module("stand_in_reader")
