"""Which reports need no reading: the store has them, read from the same input with the same means.

Each report's graph says what it was read from (sit:inputDigest) and with (sit:readWith). So that stands in
the store with the graph or not at all, whenever a build is killed, and is found by the report's IRI.
"""

from __future__ import annotations

import logging
from collections import Counter
from enum import Enum

import pyoxigraph as ox

from kg import iri
from kg.batch import is_report
from kg.facts import Report
from kg.pipeline.marks import input_digest
from kg.pipeline.versions import differing
from kg.store import Store
from kg.vocab import SIT

_LOG = logging.getLogger(__name__)
_INPUT = ox.NamedNode(SIT.inputDigest)
_WITH = ox.NamedNode(SIT.readWith)


class Why(Enum):
    """Why a report is read."""

    NEW = "new"  # the store has none of this identifier
    CHANGED = "changed"  # or read by a version that did not say from what
    AGAIN = "again"  # the same input, but it was read with something else, or people ask for it


class Unchanged:
    """Tells why to read a report, by what the store had when this was made.

    `reread`: every report is to be read. `keep_old`: not those that were only read with something else.
    """

    def __init__(
        self, store: Store, *, read_with: str, keep_text: bool, reread: bool = False, keep_old: bool = False
    ) -> None:
        self._database = store.reading()
        self._base_iri = store.base_iri
        self._read_with = read_with
        self._keep_text = keep_text
        self._reread = reread
        self._keep_old = keep_old
        self._told = False

    def why(self, report: Report) -> Why | None:
        """Why the report has to be read; None where it need not be."""
        node = ox.NamedNode(iri.report(self._base_iri, report.identifier))
        if not self._database.contains_named_graph(node):
            return Why.NEW
        if self._value(node, _INPUT) != input_digest(report, keep_text=self._keep_text):
            return Why.CHANGED
        if self._reread:
            return Why.AGAIN
        if self._keep_old or self._value(node, _WITH) == self._read_with:
            return None
        self._tell()
        return Why.AGAIN

    def _value(self, node: ox.NamedNode, predicate: ox.NamedNode) -> str | None:
        quad = next(self._database.quads_for_pattern(node, predicate, None, node), None)
        return quad.object.value if quad is not None and isinstance(quad.object, ox.Literal) else None

    def _tell(self) -> None:
        """Say once what is other than it was, and how many reports of the store that concerns."""
        if self._told:
            return
        self._told = True
        quads = self._database.quads_for_pattern(None, _WITH, None, None)
        found = Counter(
            quad.object.value
            for quad in quads
            if is_report(quad.graph_name, base_iri=self._base_iri) and isinstance(quad.object, ox.Literal)
        )
        del found[self._read_with]
        other = dict.fromkeys(name for told in sorted(found) for name in differing(told, self._read_with))
        _LOG.warning(
            "the store has %s reports that were read with another %s; those among the inputs are read again",
            f"{found.total():,}",
            _listed(list(other)),
        )


def _listed(names: list[str]) -> str:
    """Such as "ontology, lexicon and code"."""
    return " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), *names[-1:]])
