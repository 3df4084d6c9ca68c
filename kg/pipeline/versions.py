"""What reports are read with, in short: whatever their graphs depend on beside their own input.

Digests of the files themselves, not versions that somebody has to count up: who edits a lexicon or the code
of the reading gets no stale reports. Packages have their versions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kg.pipeline.report import LoadReader, load_default_reader

# The code that a report's graph comes from, in the package's folder. What reads inputs is not among it: its
# work is seen in their texts.
CODE = (
    *("reading/**/*.py", "linking/*.py", "gazetteer/*.py", "lexicon.py", "facts.py"),
    *("mapping/*.py", "iri.py", "vocab.py", "validation.py", "validation/**/*.py"),
    *("overrides.py", "pipeline/kinds.py", "pipeline/overruling.py", "pipeline/report.py"),
)
_ONTOLOGY = ("sitrep.ttl", "shapes.ttl")
_DIGITS = 12  # hexadecimal, of each digest: enough to tell some thousand states of a folder apart


def read_with(*, ontology: Path, model: str, load_reader: LoadReader = load_default_reader) -> str:
    """The parts with digest or version, such as "ontology 0f3c…, lexicon 91ab…, …, spaCy 3.8.18, code 77de…".

    Nothing is loaded for it.
    """
    package = Path(__file__).parents[1]
    is_default = load_reader is load_default_reader or getattr(load_reader, "is_default", False)
    reader = "" if is_default else _name(load_reader)
    parts = {
        "ontology": _digest(ontology, _ONTOLOGY),
        "lexicon": _digest(ontology, ("lexicon/*.toml",)),
        "gazetteer": _digest(ontology, ("gazetteer/*.tsv",)),
        "model": _model(model),
        "spaCy": _version("spacy"),
        "code": _digest(package, CODE, also=reader),
    }
    return ", ".join(f"{name} {state}" for name, state in parts.items())


def differing(first: str, second: str) -> list[str]:
    """Names of the parts in which two values of `read_with` differ, in their order."""
    one, other = _parts(first), _parts(second)
    return [name for name in one | other if one.get(name) != other.get(name)]


def _parts(told: str) -> dict[str, str]:
    found = (part.partition(" ") for part in told.split(", "))
    return {name: state for name, _, state in found}


def _name(load_reader: LoadReader) -> str:
    return f"{load_reader.__module__}.{getattr(load_reader, '__qualname__', '')}"


def _model(model: str) -> str:
    """A package by its version; a folder, which people train anew in its place, by its files."""
    name = Path(model).name.replace(",", " ")
    if Path(model).is_dir():
        return f"{name} {_digest(Path(model), ('**/*',))}"
    return f"{name} {_version(model)}"


def _version(package: str) -> str:
    try:
        return version(package)
    except (PackageNotFoundError, ValueError):  # ValueError: an empty name
        return "of no known version"


def _digest(folder: Path, patterns: Iterable[str], *, also: str = "") -> str:
    """Of the names and bytes of files, wherever the folder lies."""
    files = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    found = hashlib.sha256(also.encode())
    for path in sorted(files):
        content = path.read_bytes()
        found.update(f"\n{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()[:_DIGITS]
