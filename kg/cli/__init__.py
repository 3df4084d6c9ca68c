"""The `kg` command: one file for each group of commands; `main.py` puts them together."""

from kg.cli.main import main

__all__ = ["main"]
