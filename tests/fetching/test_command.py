"""`kg fetch` as people use it: what it prints, and its exit status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.ingest.metadata import identifier_of_url


@pytest.fixture
def kg(tmp_path: Path) -> Any:
    def run(*arguments: str, given: str | None = None) -> Result:
        fixed = ["--into", str(tmp_path / "pages"), "--delay", "0", "--allow-private"]
        return CliRunner().invoke(main, ["fetch", *arguments, *fixed], input=given)

    return run


def test_new_pages_are_printed_failures_told(site: Any, reply: Any, kg: Any, tmp_path: Path) -> None:
    site.replies |= {"/a": reply(), "/b": reply()}
    (tmp_path / "urls.txt").write_text(f"# of today\n\n{site.url}/b  # a note\n{site.url}/missing\n")
    result = kg(f"{site.url}/a", "--list", str(tmp_path / "urls.txt"))
    files = [f"{tmp_path}/pages/{identifier_of_url(f'{site.url}/{name}')}.warc.gz" for name in "ab"]
    assert result.exit_code == 1
    assert result.stdout.splitlines() == files
    assert result.stderr.splitlines() == [
        f"kg: {site.url}/missing: answered with status 404", "2 new, 0 changed, 0 unchanged, 1 failed",
    ]  # fmt: skip


def test_list_may_be_standard_input(site: Any, reply: Any, kg: Any) -> None:
    site.replies["/a"] = reply()
    result = kg("--list", "-", "--agent", "desk/2 (desk@example.org)", given=f"{site.url}/a\n")
    assert result.exit_code == 0
    assert {asked.headers["User-Agent"] for asked in site.asked} == {"desk/2 (desk@example.org)"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give a URL, or --list FILE"),
        (["http://127.0.0.1/", "--agent", "a\nb"], "it must be printable ASCII"),
        (["http://127.0.0.1/", "--seconds", "0"], "0.0 is not in the range"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str, kg: Any) -> None:
    result = kg(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_list_may_have_anything_in_it(site: Any, reply: Any, kg: Any, tmp_path: Path) -> None:
    site.replies["/a"] = reply()
    (tmp_path / "urls.txt").write_bytes(b"\xff\xfe\x00junk\n" + f"{site.url}/a\n".encode())
    result = kg("--list", str(tmp_path / "urls.txt"))
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    first, counts = result.stderr.splitlines()
    assert first.endswith("junk: it is no URL of http or https")
    assert counts == "1 new, 0 changed, 0 unchanged, 1 failed"
