"""What `make setup` installs is pinned, hashed, and the same whatever index it comes from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
LOCK = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEPENDENCIES = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]


def entries() -> list[str]:
    """The packages of the lock, each with what follows it; one may stand there for several Pythons."""
    return re.split(r"\n(?=\S)", LOCK.strip())


def test_the_lock_names_no_host() -> None:
    assert "://" not in LOCK
    assert re.findall(r"^-.*", LOCK, re.MULTILINE) == []


def test_every_package_of_the_lock_has_a_version_and_a_hash() -> None:
    assert len(entries()) > 50
    pinned = re.compile(
        r"[a-z0-9._-]+==[^\s;]+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+(\n    # .*)*"
    )
    assert [entry for entry in entries() if not pinned.fullmatch(entry)] == []


@pytest.mark.parametrize("dependency", DEPENDENCIES, ids=lambda dependency: re.split(r"[~=]", dependency)[0])
def test_every_dependency_is_in_the_lock(dependency: str) -> None:
    name, version = re.split(r"[~=]=", dependency)
    length = version.count(".")  # of the parts that ~= holds fast
    found = [entry.partition("==")[2].split()[0] for entry in entries() if entry.startswith(f"{name}==")]
    assert found
    for locked in found:
        assert locked.split(".")[:length] == version.split(".")[:length]
