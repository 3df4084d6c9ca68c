"""Where the gold reports lie. They are no part of the project: texts of others, for evaluation only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def gold_reports() -> Path:
    """A folder with `score.py` and `dev/`: SITREP_EVAL, or `eval/` in a folder beside the checkout."""
    named = os.environ.get("SITREP_EVAL")
    if named:
        assert (Path(named) / "score.py").is_file(), f"SITREP_EVAL is {named!r}, where there is no score.py"
        return Path(named)
    for scorer in sorted(CHECKOUT.parent.glob("*/eval/score.py")):
        return scorer.parent
    pytest.skip("no gold reports here: set SITREP_EVAL to the folder that has score.py and dev/")
