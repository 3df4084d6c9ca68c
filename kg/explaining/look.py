"""Look-ups in a store for explanations, with plain strings for terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox
from rapidfuzz import fuzz, process, utils
from rdflib import URIRef

from kg import iri
from kg.batch import is_report
from kg.errors import QueryError
from kg.links import Link, read_links
from kg.overrides import Override, overrides_in_force
from kg.store import Store
from kg.vocab import NIF, OWL, PREFIXES, RDF, SIT, SKOS, WD

_NEAR = 60.0  # of 100, how alike a name must be to be offered for one that is not known
_MATCHES, _OFFERED = 40, 5
_OWN_PREFIXES = ("entity", "person", "organization", "place", "facility", "weapon", "report", "cluster")


class Look:
    """Looks things up, in the union of all graphs unless one is named."""

    def __init__(self, store: Store) -> None:
        self._database = store.reading()
        self.base = store.base_iri
        self.entities = iri.graph(store.base_iri, "entities")
        self.links: Mapping[str, Link] = read_links(store.path)
        self._overrides = overrides_in_force(store.path, base_iri=store.base_iri)

    def resolve(self, name: str) -> str:
        """The IRI that a name stands for."""
        text = name.strip().removeprefix("<").removesuffix(">")
        prefix, colon, rest = text.partition(":")
        if colon and not rest.startswith("//"):
            if prefix in _OWN_PREFIXES:
                text = f"{self.base}{prefix}/{rest}"
            elif prefix in PREFIXES:
                text = PREFIXES[prefix] + rest
        text = text if "://" in text else self.base + text
        try:
            ox.NamedNode(text)
        except ValueError as error:
            raise QueryError(
                f"the store knows nothing of {name}: it cannot be part of an IRI{self._hint(name)}"
            ) from error
        if text.startswith(str(WD)):
            return next(iter(self.having(OWL.sameAs, text)), text)
        return text

    def _hint(self, name: str) -> str:
        near = self.near(name)
        return f"; alike are {', '.join(near)}" if near else ""

    def quads(
        self, subject: str | None, predicate: str | None, value: str | None, graph: str | None = None
    ) -> Iterator[ox.Quad]:
        """Quads that match; None matches anything."""
        terms = [None if term is None else ox.NamedNode(term) for term in (subject, predicate, value, graph)]
        yield from self._database.quads_for_pattern(*terms)

    def values(self, subject: str, predicate: URIRef, graph: str | None = None) -> list[str]:
        """Values of a property as text, sorted, each once."""
        return sorted({text_of(quad.object) for quad in self.quads(subject, predicate, None, graph)})

    def value(self, subject: str, predicate: URIRef, graph: str | None = None) -> str:
        """The first value, or nothing."""
        return next(iter(self.values(subject, predicate, graph)), "")

    def having(self, predicate: URIRef, value: str, graph: str | None = None) -> list[str]:
        """Subjects with this value of a property, sorted."""
        return sorted({text_of(quad.subject) for quad in self.quads(None, predicate, value, graph)})

    def knows(self, node: str) -> bool:
        """Whether anything is said of a node."""
        return next(self.quads(node, None, None), None) is not None

    def sort(self, node: str) -> str:
        """What a node is: entity, event, statement, cluster or report."""
        classes = self.values(node, RDF.type)
        if str(SIT.EventCluster) in classes:
            return "cluster"
        if str(RDF.Statement) in classes:
            return "statement"
        if str(SIT.Report) in classes:
            return "report"
        return "event" if self.values(node, SIT.status) else "entity"

    def reports(self, node: str) -> list[str]:
        """The reports whose graphs say something of a node."""
        names = {quad.graph_name for quad in self.quads(node, None, None)}
        return sorted(
            text_of(name)
            for name in names
            if not isinstance(name, ox.BlankNode) and is_report(name, base_iri=self.base)
        )

    def short(self, node: str) -> str:
        """The part of an IRI behind the base, or the whole."""
        if node.startswith(str(WD)):
            return node.removeprefix(str(WD))
        return node.removeprefix(self.base)

    def label(self, node: str) -> str:
        """A node's name, or for want of one the part of its IRI behind the base."""
        return self.value(node, SKOS.prefLabel) or self.short(node)

    def named(self, node: str) -> str:
        """Label and IRI in one."""
        label = self.label(node)
        return label if label == self.short(node) else f"{label} ({self.short(node)})"

    def words(self, node: str) -> str:
        """What stands in the text."""
        return self.value(node, NIF.anchorOf) or self.short(node)

    def lines(self, node: str) -> list[Override]:
        """The lines of the overrides in force that name a node."""
        return [line for line in self._overrides.lines if node in (line.subject, line.object, line.report)]

    def near(self, name: str) -> list[str]:
        """Things whose names are like this one, the likest first."""
        last = iri.name_of(f"/{name.rstrip('/')}").replace("-", " ")
        names: dict[str, set[str]] = {}
        for predicate in (SKOS.prefLabel, SKOS.altLabel):
            for quad in self.quads(None, predicate, None):
                if "/event/" not in text_of(quad.subject) and text_of(quad.subject).startswith(self.base):
                    names.setdefault(text_of(quad.object), set()).add(text_of(quad.subject))
        found = process.extract(
            last,
            sorted(names),
            scorer=fuzz.WRatio,
            processor=utils.default_process,
            limit=_MATCHES,
            score_cutoff=_NEAR,
        )
        likest = sorted(
            found, key=lambda match: (-match[1], -fuzz.ratio(last.lower(), match[0].lower()), match[0])
        )
        nodes = dict.fromkeys(node for match in likest for node in sorted(names[match[0]]))
        return [self.named(node) for node in list(nodes)[:_OFFERED]]


def text_of(term: object) -> str:
    """A term's IRI or lexical form; of the default graph and blank nodes their names."""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode) else str(term)
