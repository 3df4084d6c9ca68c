"""The events as a table, one row each, as data sets of conflict events have it: CSV, Parquet, CSV on the Web.

    store → reading → Event → columns → writing
            known ↗              ↘ dictionary (docs/events-table.md)

`columns.py` defines the columns once; what they mean is told in docs/events-table.md, which is made from it.
"""

from kg.export.events.columns import COLUMNS
from kg.export.events.dictionary import data_dictionary
from kg.export.events.writing import EventsFormat, export_events

__all__ = ["COLUMNS", "EventsFormat", "data_dictionary", "export_events"]
