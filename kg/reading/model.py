"""The language model: a spaCy pipeline by its name or folder, checked for what the reading needs of it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import spacy
from spacy.language import Language

from kg.errors import ModelError

# each line: components of which one must be there, the one that is asked for first
_PARTS = (("tagger",), ("parser",), ("lemmatizer",), ("attribute_ruler", "morphologizer"), ("ner",))
_LANGUAGE = "en"
_TRIAL = "Soldiers attacked the town."
_TRIAL_READ = (
    *(("NNS", "nsubj", "soldier"), ("VBD", "ROOT", "attack"), ("DT", "det", "the"), ("NN", "dobj", "town")),
    (".", "punct", "."),
)


def load_model(name: str) -> Language:
    """The pipeline, by the name of a package or by its folder.

    Raises ModelError where it is not installed, is for another language, lacks a part, or is not trained
    with the labels that the rules of the reading know.
    """
    nlp = _load(name)
    if nlp.lang != _LANGUAGE:
        raise ModelError(f"{name}: this pipeline is for {nlp.lang!r}; reading needs one for English")
    missing = [parts[0] for parts in _PARTS if not set(parts) & set(nlp.pipe_names)]
    if missing:
        raise ModelError(f"{name}: this pipeline has no {', '.join(missing)}, which reading needs")
    _try_out(nlp, name)
    return nlp


def _load(name: str) -> Language:
    try:
        return spacy.load(_carried(name) or name)
    except OSError as error:
        if Path(name).exists() and name:
            raise ModelError(f"{name}: there is no whole spaCy pipeline here: {_reason(error)}") from error
        raise ModelError(
            f"{name}: no such spaCy pipeline is installed; install it with pip, or leave --model away"
        ) from error
    except (AttributeError, ImportError, TypeError, ValueError) as error:
        raise ModelError(f"{name}: this is no spaCy pipeline that can be loaded: {_reason(error)}") from error


def _carried(name: str) -> Path | None:
    """The folder of the pipeline in a package that carries one and leaves its loading to others."""
    module = name.replace("-", "_")
    spec = find_spec(module) if module.isidentifier() else None
    for place in (spec and spec.submodule_search_locations) or ():
        if not (Path(place) / "meta.json").exists():  # packages that spaCy makes have one here
            return next((path.parent for path in sorted(Path(place).glob("*/config.cfg"))), None)
    return None


def _try_out(nlp: Language, name: str) -> None:
    """Reads a sentence that any trained pipeline reads alike.

    One without its `tok2vec` says nothing of its lack, but tags and parses at random; one trained on other
    labels would be read as if nothing stood in the text.
    """
    try:
        doc = nlp(_TRIAL)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{name}: this pipeline cannot read a sentence: {_reason(error)}") from error
    if tuple((token.tag_, token.dep_, token.lemma_.lower()) for token in doc) != _TRIAL_READ:
        raise ModelError(
            f"{name}: this pipeline misreads {_TRIAL!r}; reading needs one that is whole and trained with "
            f"the labels of spaCy's English pipelines"
        )


def _reason(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
