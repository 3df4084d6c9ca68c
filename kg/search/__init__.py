"""Full-text search over names and evidence sentences: an SQLite file beside each checkpoint of the store."""

from kg.search.index import FILE_NAME, write_index
from kg.search.reading import Found, Index, Name, NoIndexError
from kg.search.words import normalised

__all__ = ["FILE_NAME", "Found", "Index", "Name", "NoIndexError", "normalised", "write_index"]
