"""Pages say what is: what can be made of them is made anew and compared, and every link leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("part", ["reference", "examples"])
def test_what_is_made_is_up_to_date(part: str, tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "tools" / "docs", tmp_path, "--only", part]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    made = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(made) >= 4
    old = [
        str(name)
        for name, text in made.items()
        if not (ROOT / name).is_file() or (ROOT / name).read_text() != text
    ]
    assert old == [], f"run `make docs`, look at what changed, and commit {', '.join(old)}"


def test_the_index_links_every_page() -> None:
    index = DOCS / "README.md"
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in LINK.findall(index.read_text())}
    pages = {path for path in (*PAGES, *DOCS.rglob("*.html")) if path != index}
    missing = sorted(str(path.relative_to(DOCS)) for path in pages - linked)
    assert missing == [], f"add to docs/README.md, under the part it belongs to: {', '.join(missing)}"


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES], ids=lambda path: path.name
)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(FENCED.sub("", page.read_text())) if not leads(page, link)]
    assert broken == [], f"{page.relative_to(ROOT)} links to what is not there (file, or heading behind #)"


def leads(page: Path, link: str) -> bool:
    """Whether a link leads out of the repository, or to a file and heading that it has."""
    if re.match(r"[a-z]+:", link):
        return True
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists() or not anchor or target.suffix != ".md":
        return target.exists()
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", target.read_text()), re.MULTILINE)
    return anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_page_of_the_ontology_asks_no_other_host() -> None:
    html = (DOCS / "reference" / "ontology.html").read_text()
    asked = re.findall(r"<(?:script|img|iframe)\b[^>]*\bsrc=|<link\b|@import|url\(", html)
    assert asked == []


def test_settings_that_are_read_are_told() -> None:
    page = (DOCS / "reference" / "settings.md").read_text()
    code = "\n".join(path.read_text() for part in ("kg", "server") for path in (ROOT / part).rglob("*.py"))
    names = set(re.findall(r"""(?:os\.environ\.get\(|os\.environ\[|getenv\()\s*["'](\w+)""", code))
    names |= set(re.findall(r"\bKG_[A-Z_]*[A-Z]\b", code))  # those that are only spoken of, too
    assert {"KG_CACHE", "KG_PUBLISH_TOKEN", "XDG_CACHE_HOME"} <= names
    assert sorted(name for name in names if f"`{name}`" not in page) == []
