"""Which events of different reports are one event, and which reports are copies of another.

    store → signatures → likeness → merging → triples → …/graph/clusters
            copies ↗

`update.py` does it for the reports that changed and those they touch; all else is a pure function of what
it is given. How it decides is told in docs/clusters.md.
"""

from kg.clustering.memory import Memory
from kg.clustering.update import update

__all__ = ["Memory", "update"]
