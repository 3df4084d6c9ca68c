"""The command as a process: what it imports, how it ends, what it writes where."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from kg import iri
from kg.store import Store

KG = [sys.executable, "-m", "kg"]
TEXT = "Islamic State fighters attacked a prison in Hasaka, Syria, on Thursday, and killed two guards."


def run(arguments: Sequence[str], folder: Path, **options: object) -> subprocess.CompletedProcess[str]:
    ended: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
        [*KG, *arguments], cwd=folder, capture_output=True, text=True, timeout=100, check=False, **options
    )
    return ended


def modules(arguments: Sequence[str], folder: Path) -> set[str]:
    """The modules that are loaded when the command ends."""
    script = (
        "import sys\nfrom kg.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "finally:\n    print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(ended.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [("query", "ASK {}"), ("export",), ("stats",), ("validate",), ("serve", "--help")],
    ids=lambda a: a[0],
)
def test_only_building_loads_the_language_model(store: Store, arguments: tuple[str, ...]) -> None:
    environment = [*arguments] if arguments[0] == "serve" else [*arguments, "--store", str(store.path)]
    loaded = modules(environment, store.path.parent)
    assert "kg.cli.main" in loaded
    assert not loaded & {"spacy", "thinc", "kg.reading", "trafilatura"}


def test_build_from_files_standard_input_and_environment(tmp_path: Path) -> None:
    (tmp_path / "first.txt").write_text(TEXT)
    (tmp_path / "notes.pdf").write_text("not for reading")
    environment = os.environ | {
        "KG_STORE": str(tmp_path / "place"),
        "KG_DATE": "2022-01-26",
        "KG_KEEP_TEXT": "1",
    }
    built = run(["build", "first.txt", "-", "notes.pdf"], tmp_path, input="Rebels fled.", env=environment)
    assert built.returncode == 1
    (line,) = built.stderr.splitlines()
    assert line.startswith("kg: notes.pdf: ")
    counted = dict(line.rsplit(maxsplit=1) for line in built.stdout.splitlines()[:-1])
    assert (counted["Reports read"], counted["Inputs rejected"]) == ("2", "1")
    assert int(counted["Entities"]) >= 3
    assert built.stdout.splitlines()[-1].endswith("place, version 00000002")
    query = (
        'ASK { ?a dcterms:identifier "first" ; nif:isString ?text ; dcterms:issued "2022-01-26"^^xsd:date . '
    )
    query += '?b dcterms:identifier "stdin" }'
    assert run(["query", query, "--format", "csv"], tmp_path, env=environment).stdout == "true"


def test_missing_model_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "first.txt").write_text(TEXT)
    built = run(["build", "first.txt", "--model", "none_such"], tmp_path)
    assert (built.returncode, built.stdout) == (1, "")
    (line,) = built.stderr.splitlines()
    assert line.startswith("kg: ")
    assert "none_such" in line


def test_interrupted_build_keeps_what_is_in_the_store(tmp_path: Path) -> None:
    records = [json.dumps({"id": f"r{number}", "text": "Nothing."}) for number in range(20_000)]
    (tmp_path / "many.jsonl").write_text("\n".join(records))
    command = [*KG, "build", "many.jsonl", "--store", "store"]
    build = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    while build.poll() is None and version(tmp_path / "store") < 2:
        time.sleep(0.05)
    build.send_signal(signal.SIGINT)
    _, messages = build.communicate(timeout=30)
    assert build.returncode == 130
    assert messages.splitlines() == ["kg: interrupted; what was finished is in the store"]
    store = Store.open(tmp_path / "store")
    assert iri.report(store.base_iri, "r0") in {name.value for name in store.reading().named_graphs()}


def version(path: Path) -> int:
    return int(Store.open(path).version()) if (path / "meta.json").exists() else 0


def test_reader_that_has_enough_ends_it_quietly(store: Store) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    asking = subprocess.Popen(
        [*KG, "query", query, "--format", "csv", "--store", str(store.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert asking.stdout is not None
    assert asking.stderr is not None
    assert asking.stdout.readline() == b"a,b,c,d,e,f\r\n"
    asking.stdout.close()
    assert asking.wait(timeout=60) != 0
    assert asking.stderr.read() == b""
    asking.stderr.close()


def test_token_on_the_command_line_is_warned_of(tmp_path: Path) -> None:
    shown = run(["serve", "--store", "none", "--allow-update", "--token", "secret", "--port", "0"], tmp_path)
    assert shown.returncode == 1
    warning, error = shown.stderr.splitlines()
    assert "set KG_TOKEN" in warning
    assert "secret" not in warning
    assert "there is no" in error
    hidden = run(
        ["serve", "--store", "none", "--allow-update", "--port", "0"],
        tmp_path,
        env=os.environ | {"KG_TOKEN": "secret"},
    )
    assert hidden.stderr.splitlines() == [error]
