"""Sends the graphs of a store to another SPARQL store, at later times only those that have changed.

    store → graphs (content, digest) → publish (what to do) → protocols (requests) → client
                                          ↕ journal (what the target has)

docs/scale.md tells what readers of the target see meanwhile.
"""

from kg.publishing.client import Credentials
from kg.publishing.protocols import PROTOCOLS
from kg.publishing.publish import Plan, Summary, publish

__all__ = ["PROTOCOLS", "Credentials", "Plan", "Summary", "publish"]
