"""Makes what can be made of the documentation: the references, and the outputs that pages show.

    python tools/docs [FOLDER] [--only reference|examples]

FOLDER is where the files go, as they lie in the repository; without one they are replaced there. A block of
shell or Python in a page is run, and the block of text that follows it becomes what came out. `make docs`
runs this, and a test compares what it makes with what is there.
"""

from __future__ import annotations

import argparse
import logging
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from commands import command_line
from examples import run_page
from ontology_page import ontology_page
from python_names import python_names
from settings_page import settings_page

ROOT = Path(__file__).parents[2]
REFERENCES = {
    "docs/reference/command-line.md": command_line,
    "docs/reference/settings.md": settings_page,
    "docs/reference/python.md": python_names,
    "docs/reference/ontology.html": ontology_page,
}


def main() -> None:
    """Make the files that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--only", choices=("reference", "examples"))
    arguments = parser.parse_args()
    logging.disable(logging.INFO)  # pyLODE's
    if arguments.only != "examples":
        for name, make in REFERENCES.items():
            _write(arguments.folder / name, make())
    if arguments.only != "reference":
        with ProcessPoolExecutor(max_workers=2) as pool:  # each page has a process and a folder of its own
            for files in pool.map(_page, _pages(), chunksize=1):
                for name, text in files.items():
                    _write(arguments.folder / name, text)


def _page(page: str) -> dict[str, str]:
    """The page with what comes out of its blocks, and the pictures that they save, by their paths."""
    text = (ROOT / page).read_text(encoding="utf-8")
    languages = {"python"} if page == "README.md" else {"python", "sh"}  # its commands have a test
    done, pictures = run_page(text, name=page, languages=languages, checkout=ROOT)
    return {page: done} | {f"docs/pictures/{name}": svg for name, svg in pictures.items()}


def _pages() -> list[str]:
    """The pages whose blocks are run."""
    how_to = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs/how-to").glob("*.md"))
    return ["README.md", "docs/tutorial.md", "docs/api.md", *how_to]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{path}\n")


if __name__ == "__main__":
    main()
