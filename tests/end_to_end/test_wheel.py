"""The wheel has all that `kg build` and `kg serve` need, in an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).parents[2]
TEXT = "Islamic State fighters attacked Ghwayran prison in Hasaka, Syria, on 20 January 2022."


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which the wheel's packages come before those of the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", ROOT, "--no-deps", "--no-build-isolation", "--wheel-dir", folder], check=True
    )
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", folder / "site", wheel], check=True)
    return {**os.environ, "PYTHONPATH": str(folder / "site")}


@pytest.fixture(scope="module")
def folder(installed: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder in which a store was built."""
    path = tmp_path_factory.mktemp("empty")
    (path / "report.txt").write_text(TEXT)
    where = run(installed, path, "-c", "import kg, server; print(kg.__file__, server.__file__)").split()
    assert all(entry.startswith(installed["PYTHONPATH"]) for entry in where)
    run(installed, path, "-m", "kg", "build", "report.txt", "--date", "2022-01-24")
    return path


@pytest.fixture(scope="module")
def address(installed: dict[str, str], folder: Path) -> Iterator[str]:
    command = [sys.executable, "-P", "-m", "kg", "serve", "--port", "0", "--workers", "1"]
    with subprocess.Popen(command, cwd=folder, env=installed, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        yield process.stderr.readline().split()[-1]
        process.terminate()


def run(environment: dict[str, str], folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-P", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_graph_is_there(installed: dict[str, str], folder: Path) -> None:
    assert "ghwayran" in run(installed, folder, "-m", "kg", "query", "SELECT ?o { ?s sit:target ?o }").lower()
    run(installed, folder, "-m", "kg", "validate")


def test_python_reads_and_asks(installed: dict[str, str], folder: Path) -> None:
    """What docs/api.md shows, and types for who checks them."""
    code = f"""
import kg
from pathlib import Path
reading = kg.read({TEXT!r}, date="2022-01-24")
assert reading.events[0].targets[0].name == "Ghwayran prison" and "<svg" in reading._repr_html_()
graph = kg.Graph.open("kg-store")
assert graph.query("ASK {{ ?event a sit:Attack }}").rows == ((True,),)
again = kg.read(Path("report.txt"), date="2022-01-24")
print(list(graph.events()["agent"]), graph.report("report").events == again.events)
assert (Path(kg.__file__).parent / "py.typed").is_file()
"""
    assert run(installed, folder, "-c", code).splitlines() == ["['Islamic State'] True"]


@pytest.mark.parametrize(
    ("path", "accept", "part"),
    [
        ("", "text/html", "Questions to start with"),
        ("query", "text/html", "<textarea"),
        ("static/style.css", "*/*", "body"),
        ("static/build/land.json", "*/*", "Topology"),
        ("ontology", "text/turtle", "ontology#Clash"),
        ("search?q=Hasaka", "application/json", "Hasaka"),
        ("void", "text/turtle", "void:classPartition"),
        ("openapi.json", "*/*", "3.1.0"),
    ],
)
def test_the_server_has_its_files(address: str, path: str, accept: str, part: str) -> None:
    with urlopen(Request(f"{address}{path}", headers={"Accept": accept}), timeout=60) as answer:  # noqa: S310
        assert part in answer.read().decode()


def test_the_endpoint_answers(address: str) -> None:
    query = "SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"
    with urlopen(f"{address}sparql?query={query}", timeout=60) as answer:  # noqa: S310 (our own address)
        assert int(json.load(answer)["results"]["bindings"][0]["n"]["value"]) > 1000
