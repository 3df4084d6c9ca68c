"""Sitrep reads reports of wars into a validated knowledge graph."""

__version__ = "0.1.0"
