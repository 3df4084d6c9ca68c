"""Runs the blocks of a page in order, and puts what they print into the blocks of text that follow them."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Collection, Iterator
from pathlib import Path

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PARTS = ("kg", "ontology", "samples", "server")  # of the checkout that examples may name


def run_page(
    text: str, *, name: str, languages: Collection[str], checkout: Path
) -> tuple[str, dict[str, str]]:
    """The page with the outputs as they are now, and the pictures that it has saved, by name.

    All runs in one empty folder that has the checkout's samples, and Python in one namespace. What follows a
    block as ```text is its output; a line `…` there leaves out all that is between its first and last lines.
    SystemExit, which names the block, where one fails.
    """
    space: dict[str, object] = {"__name__": "__main__"}
    pieces, at, output = [], 0, None
    with _folder(checkout) as environment:
        for found in _BLOCK.finditer(text):
            language, block = found.groups()
            between = text[at : found.start()]
            at = found.end()
            if language == "text" and output is not None and not between.strip():
                block = _shown(output, block)
            output = None
            if language in languages:
                output = _run(language, block, space, environment, f"{name}: line {_line(text, found)}")
            pieces.append(f"{between}```{language}\n{block}```")
        pictures = {path.name: path.read_text(encoding="utf-8") for path in sorted(Path().glob("*.svg"))}
    return "".join([*pieces, text[at:]]), pictures


@contextlib.contextmanager
def _folder(checkout: Path) -> Iterator[dict[str, str]]:
    """A folder to run in, as the working directory; the environment for commands in it."""
    before = Path.cwd()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KG_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    with tempfile.TemporaryDirectory() as folder:
        for part in _PARTS:
            (Path(folder) / part).symlink_to(checkout / part)
        os.chdir(folder)
        try:
            yield environment
        finally:
            os.chdir(before)


def _run(language: str, block: str, space: dict[str, object], environment: dict[str, str], where: str) -> str:
    if language == "sh":
        command = ["bash", "-euo", "pipefail", "-c", block]
        ended = subprocess.run(  # noqa: S603 (our own pages)
            command, env=environment, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            sys.exit(f"{where}: ended with status {ended.returncode}\n{ended.stderr}")
        return ended.stdout
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            exec(compile(block, where, "exec"), space)  # noqa: S102 (our own pages)
    except Exception:  # noqa: BLE001 (whatever an example does wrong is told with its place)
        sys.exit(f"{where}: failed\n{traceback.format_exc()}")
    return output.getvalue()


def _shown(output: str, before: str) -> str:
    """The output; where the page leaves lines out with `…`, only as many of its first and last lines."""
    lines, shown = output.splitlines(), before.splitlines()
    if "…" in shown:
        head, tail = shown.index("…"), len(shown) - shown.index("…") - 1
        if head + tail < len(lines):
            lines = [*lines[:head], "…", *(lines[-tail:] if tail else [])]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1
