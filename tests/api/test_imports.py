"""`import kg` is quick, and what it offers is what it says."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import kg


def test_import_kg_loads_no_library() -> None:
    heavy = "('spacy', 'rdflib', 'pyoxigraph', 'pandas', 'click', 'kg.errors', 'kg.api')"
    code = f"import kg, sys; print([name for name in {heavy} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


@pytest.mark.parametrize("name", kg.__all__)
def test_every_name_is_there_and_says_what_it_is(name: str) -> None:
    assert getattr(kg, name).__doc__
    assert name in dir(kg)


def test_names_for_types_and_names_at_run_time_are_the_same() -> None:
    (block,) = (
        node
        for node in ast.parse(Path(kg.__file__).read_text()).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    typed = {
        alias.asname: f"{line.module}"
        for line in block.body
        if isinstance(line, ast.ImportFrom)
        for alias in line.names
    }
    assert typed == kg._HOMES
    assert sorted(typed) == kg.__all__


def test_a_name_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(AttributeError, match="'kg' has no attribute 'nothing'"):
        _ = kg.nothing  # type: ignore[attr-defined]
