"""The gazetteer: actors, places and facilities that are known whatever the report.

Its source is a folder of `*.tsv` files; what is read at run time is a snapshot that is compiled from them.
"""

from kg.gazetteer.entry import ACTORS, CLASSES, FACILITIES, PLACES, WEAPONS, Alias, Entry
from kg.gazetteer.lookup import Gazetteer, Similar, gazetteer_of, load_gazetteer
from kg.gazetteer.rows import COLUMNS, GUARD, read_entries
from kg.gazetteer.spelling import likeness, skeleton
from kg.gazetteer.words import fold, folded_words, written_words

__all__ = [
    "ACTORS",
    "CLASSES",
    "COLUMNS",
    "FACILITIES",
    "GUARD",
    "PLACES",
    "WEAPONS",
    "Alias",
    "Entry",
    "Gazetteer",
    "Similar",
    "fold",
    "folded_words",
    "gazetteer_of",
    "likeness",
    "load_gazetteer",
    "read_entries",
    "skeleton",
    "written_words",
]
