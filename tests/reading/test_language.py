"""Which texts are refused for their language: none in English, whatever stands in it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from spacy.lang.en.stop_words import STOP_WORDS

from kg.errors import LanguageError
from kg.facts import Report
from kg.ingest import IngestOptions, read_inputs
from kg.reading import Reader
from kg.reading.language import Understood

ROOT = Path(__file__).parents[2]
ENGLISH = "The army said that ten soldiers were killed near the border on Monday. The rebels denied it. "
DATA = tomllib.loads((Path(__file__).parent / "languages.toml").read_text())
OTHERS: dict[str, str] = DATA["others"]
ROMANISED_FRENCH = (
    "L'armee a declare que des terroristes avaient ete tues pres de Gao. Le bilan n'est pas connu."
)


@pytest.fixture(scope="module")
def understood() -> Understood:
    return Understood("en_test", "en", frozenset(STOP_WORDS))


def check(understood: Understood, text: str, language: str | None = None) -> str | None:
    refusal = understood.refusal(Report(identifier="x", text=text, language=language))
    return None if refusal is None else str(refusal)


@pytest.mark.parametrize("name", OTHERS)
def test_text_in_another_language_is_refused_by_name(name: str, understood: Understood) -> None:
    assert check(understood, OTHERS[name]) == f"it is in {name}; the model en_test reads English"
    assert check(understood, "2022-01-26\n\n" + OTHERS[name] * 40, language="en") is not None


def test_french_without_accents_is_french(understood: Understood) -> None:
    assert check(understood, ROMANISED_FRENCH) == "it is in French; the model en_test reads English"


@pytest.mark.parametrize("name", OTHERS)
def test_english_with_a_paragraph_in_another_language_is_read(name: str, understood: Understood) -> None:
    assert check(understood, f"{OTHERS[name]}\n\n{ENGLISH}") is None
    assert check(understood, f"{ENGLISH * 10}\n\n{OTHERS[name] * 5}\n\n{ENGLISH}", language="ar") is None


def test_line_of_english_under_a_foreign_article_does_not_save_it(understood: Understood) -> None:
    assert check(understood, f"{OTHERS['German'] * 20}\n\nAll rights reserved by the owner of this site.")


@pytest.mark.parametrize("text", DATA["english"]["read"])
def test_names_logs_and_quotations_are_read(text: str, understood: Understood) -> None:
    assert check(understood, text) is None


@pytest.mark.parametrize(
    ("language", "refused"), [("fr", True), ("fr-CA", True), ("en", False), (None, False)]
)
def test_short_text_is_refused_only_where_it_declares_its_language(
    language: str | None, refused: bool, understood: Understood
) -> None:
    assert (check(understood, "Deux soldats ont été tués.", language=language) is not None) is refused


def _samples() -> list[str]:
    found = read_inputs([str(ROOT / "samples")], options=IngestOptions())
    return [item.text for item in found if isinstance(item, Report)]


def _cases() -> list[str]:
    files = sorted((ROOT / "tests" / "cases").glob("*.toml"))
    return [case["text"] for path in files for case in tomllib.loads(path.read_text()).get("case", ())]


def test_no_text_that_we_read_is_refused(understood: Understood) -> None:
    texts = [*_samples(), *_cases()]
    assert len(texts) > 250
    assert [text for text in texts if check(understood, text) is not None] == []


def test_reader_refuses_before_it_reads(reader: Reader) -> None:
    with pytest.raises(LanguageError, match=r"it is in German; the model en_core_web_sm\w* reads English"):
        reader.read(Report(identifier="x", text=OTHERS["German"]))


def test_detector_is_loaded_only_for_what_needs_it() -> None:
    code = (
        "import sys, json; from kg.facts import Report; from kg.reading.language import Understood; "
        "u = Understood('m', 'en', frozenset(json.loads(sys.argv[1]))); u.refusal(Report('x', sys.argv[2])); "
        "print('py3langid' in sys.modules)"
    )
    command = [sys.executable, "-c", code, json.dumps(sorted(STOP_WORDS)), ENGLISH]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"
