"""The sample queries that ship with the server, as questions of its pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import takewhile

from kg.vocab import PREFIXES

_VIEW = "view:"


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the query that answers it, its prefixes declared, so that it runs anywhere.

    `view` is how the editor shows the answer first: "" as a table, else "map", "timeline" or "graph".
    """

    title: str
    query: str
    view: str = ""


@cache
def examples() -> tuple[Example, ...]:
    """The queries in `queries`, then those in `queries/views`, which are made to be seen.

    The comment at the top of each is its title; a line `# view: map` says how it is shown.
    """
    folder = files("server").joinpath("queries")
    return tuple(read_example(text) for part in (folder, folder.joinpath("views")) for text in _texts(part))


def read_example(query: str) -> Example:
    """An example from the text of its file."""
    lines = query.splitlines(keepends=True)
    comments = [line.removeprefix("#").strip() for line in takewhile(_is_comment, lines)]
    titles = [line for line in comments if not line.startswith(_VIEW)]
    views = [line.removeprefix(_VIEW).strip() for line in comments if line.startswith(_VIEW)]
    missing = (name for name in PREFIXES if f"{name}:" in query and f"PREFIX {name}:" not in query)
    prologue = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in missing)
    shown = "".join(f"# {line}\n" for line in titles)
    return Example(" ".join(titles), shown + prologue + "".join(lines[len(comments) :]), *views)


def _is_comment(line: str) -> bool:
    return line.startswith("#")


def _texts(folder: Traversable) -> Iterable[str]:
    if folder.is_dir():
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".rq"):
                yield entry.read_text(encoding="utf-8")
