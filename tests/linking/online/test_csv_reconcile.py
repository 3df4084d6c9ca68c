"""The client against csv-reconcile, a service by others that speaks version 0.1 and knows no types."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result

from kg.links import FILE, read_links
from kg.store import Store

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "csv-reconcile.txt"
SETTINGS = 'MANIFEST = {"identifierSpace": "http://www.wikidata.org/entity/"}\n'


@pytest.fixture(scope="module")
def python(request: pytest.FixtureRequest) -> Path:
    """Python of an environment with csv-reconcile, made once and kept in pytest's cache folder."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = request.config.cache.mkdir(f"csv-reconcile-{digest}")
    found = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, clear=True, with_pip=True)
        install = [str(found), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(REQUIREMENTS)]
        result = subprocess.run(install, capture_output=True, text=True, timeout=300, check=False)
        if result.returncode:
            pytest.skip(f"csv-reconcile cannot be installed here: {result.stderr.strip().splitlines()[-1]}")
        (folder / "complete").touch()
    return found


@pytest.fixture
def table_server(python: Path, servers: Any, tmp_path: Path) -> Iterator[Any]:
    """csv-reconcile with the first names of the world's items."""
    rows = [f"{thing.id}\t{thing.names[0]}\n" for thing in servers.WORLD if thing.types]
    (tmp_path / "table.tsv").write_text("item\tname\n" + "".join(rows), encoding="utf-8")
    (tmp_path / "settings.py").write_text(SETTINGS, encoding="utf-8")
    command = [str(python), str(HERE / "parts" / "run_csv_reconcile.py"), str(tmp_path)]
    with (tmp_path / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port, (tmp_path / "log").read_text(encoding="utf-8")
            yield SimpleNamespace(address=f"http://127.0.0.1:{port}/reconcile")
        finally:
            process.terminate()
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()


def found(store: Store) -> dict[str, str]:
    """Level and item of what was asked, by the last part of the entity's IRI."""
    table = read_links(store.path).values()
    return {link.entity.rpartition("/")[2]: f"{link.level.value} {link.item}" for link in table}


def test_links_are_likely_at_most(
    table_server: Any,
    proxy: Callable[[Any, Sequence[str]], Any],
    link: Callable[..., Result],
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = link("--online", "--service", table_server.address)
    assert asked.exit_code == 0, asked.output
    assert set(found(store).values()) == {"none None"}  # it does not tell a town from a family name
    expected = {"Red_Column": "likely Q900007", "Vale_Observatory_for_Human_Rights": "likely Q900001"}
    arguments = ("--online", "--kind", "organization", "--refresh", "--service")
    link(*arguments, table_server.address)
    assert {name: told for name, told in found(store).items() if told != "none None"} == expected
    (store.path / FILE).unlink()
    monkeypatch.setattr("kg.linking.online.client.time", SimpleNamespace(sleep=lambda _: None))
    between = proxy(table_server, ["500", "", "429 seconds", "broken", "html", "cut", "other"])
    result = link(*arguments, between.address)
    assert result.exit_code == 0, result.output
    assert found(store) == expected
    assert len(between.log) == 8
    assert link("--format", "text", command="validate").exit_code == 0
