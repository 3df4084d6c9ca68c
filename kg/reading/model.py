"""The language model: a spaCy pipeline by its name or folder, checked for what the reading needs of it."""

from __future__ import annotations

import spacy
from spacy.language import Language

from kg.errors import ModelError

# each line: components of which one must be there, the one that is asked for first
_PARTS = (("tagger",), ("parser",), ("lemmatizer",), ("attribute_ruler", "morphologizer"), ("ner",))
_LANGUAGE = "en"


def load_model(name: str) -> Language:
    """The pipeline; raises ModelError where it is not installed, is for another language or lacks a part."""
    try:
        nlp = spacy.load(name)
    except OSError as error:
        raise ModelError(
            f"{name}: no such spaCy pipeline is installed; install it with pip, or leave --model away"
        ) from error
    except (AttributeError, ImportError, TypeError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise ModelError(f"{name}: this is no spaCy pipeline that can be loaded: {reason}") from error
    if nlp.lang != _LANGUAGE:
        raise ModelError(f"{name}: this pipeline is for {nlp.lang!r}; reading needs one for English")
    missing = [parts[0] for parts in _PARTS if not set(parts) & set(nlp.pipe_names)]
    if missing:
        raise ModelError(f"{name}: this pipeline has no {', '.join(missing)}, which reading needs")
    return nlp
