"""Starts the servers that are compared, on the same data: `kg serve` as a user would, and its peers.

Peers are installed with pinned versions into environments of their own, under the folder of the benchmark.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

OXIGRAPH = "oxigraph==0.5.13"
RDFLIB_ENDPOINT = "rdflib-endpoint[cli]==0.6.3"
_START_SECONDS = 900  # rdflib reads its data at every start


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    name: str
    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def ours(store: Path, log: Path, port: int, *, workers: int) -> Iterator[Server]:
    """`kg serve` over a store that `loaded` has made."""
    command = [_beside("kg"), "serve", "--store", str(store), "--port", str(port), "--workers", str(workers)]
    with _running("ours", command, f"http://127.0.0.1:{port}/sparql", log) as server:
        yield server


@contextmanager
def oxigraph(folder: Path, log: Path, port: int) -> Iterator[Server]:
    """The Oxigraph server over a database that `oxigraph_loaded` has made."""
    program = str(_installed(folder, OXIGRAPH) / "oxigraph")
    database = str(folder / "oxigraph-data")
    command = [
        program,
        "serve",
        "--location",
        database,
        "--bind",
        f"127.0.0.1:{port}",
        "--union-default-graph",
    ]
    with _running("oxigraph", command, f"http://127.0.0.1:{port}/query", log) as server:
        yield server


@contextmanager
def rdflib_endpoint(folder: Path, data: Path, log: Path, port: int) -> Iterator[Server]:
    """rdflib-endpoint with its own store in memory."""
    program = str(_installed(folder, RDFLIB_ENDPOINT) / "rdflib-endpoint")
    command = [program, "serve", str(data), "--host", "127.0.0.1", "--port", str(port)]
    with _running("rdflib-endpoint", command, f"http://127.0.0.1:{port}/", log) as server:
        yield server


def loaded(store: Path, data: Path) -> None:
    """Load the data with `kg load`, unless an earlier run has."""
    if not (store / "current").exists():
        subprocess.run([_beside("kg"), "load", str(data), "--store", str(store)], check=True)


def oxigraph_loaded(folder: Path, data: Path) -> None:
    """Load and compact the data with the peer's own commands, unless an earlier run has."""
    database = folder / "oxigraph-data"
    if database.exists():
        return
    program = str(_installed(folder, OXIGRAPH) / "oxigraph")
    subprocess.run([program, "load", "--location", str(database), "--file", str(data)], check=True)
    subprocess.run([program, "optimize", "--location", str(database)], check=True)


def _beside(program: str) -> str:
    return str(Path(sys.executable).parent / program)


def _installed(folder: Path, requirement: str) -> Path:
    """The folder of the programs of an environment that has the package."""
    place = folder / "environments" / requirement.replace("==", "-").replace("[cli]", "")
    if not (place / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", requirement]
        subprocess.run(pip, check=True)
        (place / "installed").touch()
    return place / "bin"


@contextmanager
def _running(name: str, command: list[str], url: str, log: Path) -> Iterator[Server]:
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            _wait(url, process, log)
            yield Server(name, url, process)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    asked = f"{url}?{urlencode({'query': 'ASK {}'})}"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"a server ended at once; its log is {log}")
        try:
            with urllib.request.urlopen(asked, timeout=10):  # noqa: S310 (our own address)
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise SystemExit(f"a server did not start; its log is {log}")
