"""Other language models than the default: put together here, saved to a folder, and chosen by `--model`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
from click.testing import CliRunner, Result
from spacy.language import Language

from kg.cli import main
from kg.settings import DEFAULT_MODEL
from kg.vocab import SIT

TEXT = "Rebels killed 12 civilians in Goma on Monday, the Congolese army said. Zorkab fled to Bukavu."
ALL_PARTS = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner")


@pytest.fixture(scope="module")
def small() -> Language:
    return spacy.load(DEFAULT_MODEL)


@pytest.fixture(scope="module")
def complete(small: Language, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(put_together(small), tmp_path_factory.mktemp("models") / "put_together")


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The graph that the default model makes."""
    return graph(tmp_path_factory.mktemp("default"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "day.txt").write_text(TEXT)
    return tmp_path


def put_together(small: Language, *, without: str = "") -> Language:
    """A pipeline of another name with the small model's components."""
    nlp = spacy.blank("en", meta={"name": "put_together"})
    for name in ALL_PARTS:
        if name != without:
            nlp.add_pipe(name, source=small)
    return nlp


def saved(nlp: Language, path: Path) -> Path:
    nlp.to_disk(path)
    return path


def kg(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def graph(folder: Path, *options: str) -> str:
    """What a build with the options makes of the text, as N-Quads, but for the name of the model."""
    (folder / "day.txt").write_text(TEXT)
    store = ("--store", str(folder / "store"))
    built = kg("build", str(folder / "day.txt"), "--date", "2022-01-26", *store, *options)
    assert (built.exit_code, built.stderr) == (0, "")
    found = kg("export", *store, "--format", "nquads").stdout
    assert "ontology#Killing>" in found
    read_with = f' <{SIT.readWith}> "'
    assert found.count(read_with) == 2  # of the report and of the dataset
    return "".join(line for line in found.splitlines(keepends=True) if read_with not in line)


def refusal(model: str) -> str:
    """The one line that a build with the model ends with."""
    ended = kg("build", "day.txt", "--store", "store", "--model", model)
    assert (ended.exit_code, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"kg: {model}: ")
    return line


def test_a_pipeline_of_the_same_components_reads_the_same(complete: Path, default: str, folder: Path) -> None:
    shutil.copytree(complete, folder / "mine")
    assert graph(folder, "--model", "mine") == default


def test_what_only_another_pipeline_knows_is_read(small: Language, default: str, folder: Path) -> None:
    nlp = put_together(small)
    ruler = nlp.add_pipe("entity_ruler", before="ner")
    ruler.add_patterns([{"label": "ORG", "pattern": "Zorkab"}])  # type: ignore[attr-defined]
    label = '#prefLabel> "Zorkab"'
    assert label in graph(folder, "--model", str(saved(nlp, folder / "ruled")))
    assert label not in default


def test_a_package_that_only_carries_a_pipeline_is_chosen_by_its_name(
    complete: Path, default: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(complete, folder / "carrying_one" / "data")
    (folder / "carrying_one" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(folder)
    assert graph(folder, "--model", "carrying-one") == default


@pytest.mark.parametrize("part", [name for name in ALL_PARTS if name != "tok2vec"])
def test_a_pipeline_that_lacks_a_part(part: str, small: Language, folder: Path) -> None:
    line = refusal(str(saved(put_together(small, without=part), folder / "lacking")))
    assert line.endswith(f"this pipeline has no {part}, which reading needs")


def test_a_pipeline_without_its_vectors_of_words(small: Language, folder: Path) -> None:
    """It loads and answers, but what it answers means nothing."""
    line = refusal(str(saved(put_together(small, without="tok2vec"), folder / "deaf")))
    assert "misreads 'Soldiers attacked the town.'" in line


def test_a_pipeline_that_is_not_trained(small: Language, folder: Path) -> None:
    nlp = put_together(small, without="ner")
    nlp.add_pipe("ner")
    assert "cannot read a sentence: [E109]" in refusal(str(saved(nlp, folder / "untrained")))


def test_a_pipeline_for_another_language(folder: Path) -> None:
    line = refusal(str(saved(spacy.blank("de"), folder / "german")))
    assert line.endswith("this pipeline is for 'de'; reading needs one for English")


def unlink(path: Path) -> None:
    path.unlink()


def spoil(path: Path) -> None:
    path.write_bytes(b"rubbish")


@pytest.mark.parametrize(
    ("damage", "file", "message"),
    [
        pytest.param(unlink, "ner/model", "there is no whole spaCy pipeline here: ", id="a file is missing"),
        pytest.param(unlink, "meta.json", "there is no whole spaCy pipeline here: ", id="no pipeline"),
        pytest.param(spoil, "ner/model", "this is no spaCy pipeline that can be loaded: ", id="weights"),
        pytest.param(spoil, "config.cfg", "this is no spaCy pipeline that can be loaded: ", id="settings"),
    ],
)
def test_a_damaged_pipeline(
    damage: Callable[[Path], None], file: str, message: str, complete: Path, folder: Path
) -> None:
    shutil.copytree(complete, folder / "damaged")
    damage(folder / "damaged" / file)
    reason = refusal("damaged").partition(message)[2]
    assert reason


@pytest.mark.parametrize("name", ["none_such", "none-such", "no/such/folder", "en core", ""])
def test_a_pipeline_that_is_not_installed(name: str, folder: Path) -> None:
    assert refusal(name).endswith(
        "no such spaCy pipeline is installed; install it with pip, or leave --model away"
    )


@pytest.mark.parametrize("name", ["json", "click", "__main__"])
def test_a_module_that_is_no_pipeline(name: str, folder: Path) -> None:
    refusal(name)
