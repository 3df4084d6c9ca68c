"""The option that names the columns of tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("text", "'text' is not FIELD=NAME, such as text=body"),
        ("text=", "'text=' is not FIELD=NAME"),
        ("words=body", "'words' is no field; the fields are id, text, title, date, url, publisher, language"),
        ("text=a,text=b", "'text' is named twice"),
    ],
)
def test_wrong_names_are_told(columns: str, message: str, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    result = CliRunner().invoke(main, ["build", "a.csv", "--columns", columns, "--store", store])
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize("command", ["build", "read"])
def test_table_without_such_a_column_is_rejected(
    command: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("key,body\n1,A raid.\n")
    store = str(tmp_path / "store")
    arguments = [command, str(path), "--columns", "id=key, text=words", "--store", store]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    told = f"{path}: it has no column 'words', but key, body; name it by --columns text=NAME"
    assert told in result.stderr + caplog.text
