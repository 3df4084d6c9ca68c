"""Writes docs/events-table.md to standard output."""

import sys

from kg.export.events.dictionary import data_dictionary

sys.stdout.write(data_dictionary().rstrip("\n") + "\n")
