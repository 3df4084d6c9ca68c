from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

ONTOLOGY = Path(__file__).parents[2] / "ontology"


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The stand-in for reading; importable by name in worker processes too."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "parts"))
    return importlib.import_module("stand_in_reader")


@pytest.fixture(scope="session")
def ontology(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ontology that ships, with a gazetteer of two entries: reading all takes long."""
    folder = tmp_path_factory.mktemp("ontology")
    for name in ("sitrep.ttl", "alignments.ttl", "shapes.ttl"):
        (folder / name).symlink_to(ONTOLOGY / name)
    (folder / "gazetteer").mkdir()
    rows = [row for name in ("actors", "countries") for row in _rows(ONTOLOGY / "gazetteer" / f"{name}.tsv")]
    (folder / "gazetteer" / "some.tsv").write_text("".join(dict.fromkeys(rows)), encoding="utf-8")
    return folder


def _rows(path: Path) -> list[str]:
    """The header and the rows of Islamic State and Syria."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [line for line in lines if line.split("\t")[0] in ("key", "islamic-state", "syria")]
