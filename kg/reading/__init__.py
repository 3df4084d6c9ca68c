"""The text side: a report's text to the facts that it states."""

from kg.reading.build import Reader, load_reader

__all__ = ["Reader", "load_reader"]
