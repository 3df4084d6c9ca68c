"""Links to Wikidata as SSSOM/TSV, and as VoID linksets in Turtle.

SSSOM: https://mapping-commons.github.io/sssom/; VoID: https://www.w3.org/TR/void/#linkset.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from pyoxigraph import Literal, NamedNode, Quad

from kg import __version__, iri
from kg.export.formats import Format, write
from kg.facts import Kind
from kg.links import Link
from kg.named import Database
from kg.vocab import DCTERMS, OWL, PREFIXES, RDF, RDFS, SIT, SKOS, VOID, WD, XSD

_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_TITLE = "Links of a Sitrep knowledge graph to Wikidata"
_PREDICATES = {"owl:sameAs": str(OWL.sameAs), "skos:closeMatch": str(SKOS.closeMatch)}
_SETS = {"owl:sameAs": ("wikidata", "Links to Wikidata"),
         "skos:closeMatch": ("wikidata-likely", "Likely links to Wikidata")}  # fmt: skip
_COLUMNS = (
    "subject_id",
    "subject_label",
    "subject_type",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "confidence",
    "mapping_date",
    "mapping_tool",
    "comment",
)
_BY_NAME = "semapv:LexicalMatching"
_GIVEN = "semapv:UnspecifiedMatching"  # the gazetteer says for each row where its facts come from, not how


class LinksFormat(Enum):
    """How links are written, by the names that the command line gives them."""

    SSSOM = "sssom"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class _Mapping:
    """One link of the graph; `found` is what the table of links says of it."""

    subject: str
    label: str
    predicate: str  # "owl:sameAs", "skos:closeMatch"
    item: str
    confidence: str | None  # as the graph has it
    reason: str | None
    found: Link | None


def export_links(
    database: Database,
    output: BinaryIO,
    *,
    format: LinksFormat,  # noqa: A002 - what users call it
    base_iri: str,
    found: Mapping[str, Link],
) -> None:
    """Write the links of the graph to `output`, sorted; `found` is the store's table of links."""
    mappings = sorted(_mappings(database, base_iri, found), key=lambda m: (m.subject, m.predicate, m.item))
    if format is LinksFormat.SSSOM:
        output.writelines(f"{line}\n".encode() for line in _sssom(mappings, base_iri))
    elif format is LinksFormat.VOID:
        prefixes = PREFIXES | _kinds(base_iri)
        write(_void(mappings, base_iri), output, format=Format.TURTLE, prefixes=prefixes)
    else:
        raise ValueError(f"unexpected format {format!r}")


def _mappings(database: Database, base_iri: str, found: Mapping[str, Link]) -> Iterator[_Mapping]:
    for name, predicate in _PREDICATES.items():
        pairs = {
            (quad.subject.value, quad.object.value)
            for quad in database.quads_for_pattern(None, NamedNode(predicate), None, None)
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)
        }
        for subject, target in pairs:
            if not (subject.startswith(base_iri) and target.startswith(str(WD))):
                continue
            item, link = target.removeprefix(str(WD)), found.get(subject)
            link = link if link is not None and link.item == item else None
            confidence, reason = _statement(database, subject, predicate, target)
            yield _Mapping(
                subject=subject,
                label=min(_values(database, subject, str(SKOS.prefLabel)), default=iri.name_of(subject)),
                predicate=name,
                item=item,
                confidence=confidence if link is None or confidence is not None else f"{link.confidence:.2f}",
                reason=reason if link is None else link.reason,
                found=link,
            )


def _statement(
    database: Database, subject: str, predicate: str, target: str
) -> tuple[str | None, str | None]:
    """The greatest confidence, and its reason, of the statements about a link."""
    told = []
    for quad in database.quads_for_pattern(None, NamedNode(str(RDF.subject)), NamedNode(subject), None):
        if not isinstance(quad.subject, NamedNode):
            continue
        statement = quad.subject.value
        about = (
            _values(database, statement, str(RDF.predicate)),
            _values(database, statement, str(RDF.object)),
        )
        if about == ({predicate}, {target}):
            reason = min(_values(database, statement, str(SIT.reason)), default=None)
            told += [(value, reason) for value in _values(database, statement, str(SIT.confidence))]
    return max(told, key=lambda pair: (float(pair[0]), pair[1] or ""), default=(None, None))


def _values(database: Database, subject: str, predicate: str) -> set[str]:
    quads = database.quads_for_pattern(NamedNode(subject), NamedNode(predicate), None, None)
    return {quad.object.value for quad in quads if isinstance(quad.object, NamedNode | Literal)}


def _kinds(base_iri: str) -> dict[str, str]:
    """A prefix for each kind of named thing, as in the other exports."""
    return {
        name: f"{base_iri}{name}/" for name in ("entity", *(k.value for k in Kind if k is not Kind.GROUP))
    }


def _sssom(mappings: list[_Mapping], base_iri: str) -> Iterator[str]:
    """The metadata in YAML behind number signs, and the rows."""
    prefixes = _kinds(base_iri) | {
        "owl": str(OWL),
        "semapv": "https://w3id.org/semapv/vocab/",
        "skos": str(SKOS),
        "wd": str(WD),
    }
    yield f"#mapping_set_id: {_text(iri.dataset(base_iri) + '/links')}"
    yield f"#mapping_set_title: {_text(_TITLE)}"
    yield f"#mapping_set_version: {_text(__version__)}"
    yield f"#license: {_text(_LICENCE)}"
    yield f"#subject_source: {_text(iri.dataset(base_iri))}"
    yield f"#object_source: {_text(str(WD))}"
    yield "#curie_map:"
    for prefix, namespace in sorted(prefixes.items()):
        yield f"#  {prefix}: {_text(namespace)}"
    yield "\t".join(_COLUMNS)
    kinds = sorted(_kinds(base_iri).items())
    for mapping in mappings:
        yield "\t".join(_row(mapping, kinds))


def _text(value: str) -> str:
    """A string of YAML, which takes those of JSON."""
    return json.dumps(value, ensure_ascii=False)


def _row(mapping: _Mapping, kinds: list[tuple[str, str]]) -> Iterator[str]:
    found = mapping.found
    subjects = (f"{p}:{mapping.subject.removeprefix(n)}" for p, n in kinds if mapping.subject.startswith(n))
    yield next(subjects, mapping.subject)
    yield _cell(mapping.label)
    yield "owl named individual"
    yield mapping.predicate
    yield f"wd:{mapping.item}"
    yield _BY_NAME if found is not None or mapping.predicate == "skos:closeMatch" else _GIVEN
    yield mapping.confidence or ""
    yield found.retrieved.isoformat() if found is not None else ""
    yield _cell(f"Sitrep, asking {found.source}") if found is not None else "Sitrep"
    yield _cell(mapping.reason or "")


def _cell(text: str) -> str:
    return " ".join(text.split())


def _void(mappings: list[_Mapping], base_iri: str) -> Iterator[Quad]:
    """A void:Linkset for each predicate that is used, with its links."""
    dataset, wikidata = NamedNode(iri.dataset(base_iri)), NamedNode(str(WD))
    for predicate, (name, label) in _SETS.items():
        links = [m for m in mappings if m.predicate == predicate]
        if not links:
            continue
        node, linking = NamedNode(f"{dataset.value}/{name}"), NamedNode(_PREDICATES[predicate])
        yield Quad(node, NamedNode(RDF.type), NamedNode(str(VOID.Linkset)))
        yield Quad(node, NamedNode(str(RDFS.label)), Literal(label))
        yield Quad(node, NamedNode(str(DCTERMS.license)), NamedNode(_LICENCE))
        yield Quad(node, NamedNode(str(VOID.linkPredicate)), linking)
        yield Quad(node, NamedNode(str(VOID.subjectsTarget)), dataset)
        yield Quad(node, NamedNode(str(VOID.objectsTarget)), wikidata)
        yield Quad(
            node, NamedNode(str(VOID.triples)), Literal(str(len(links)), datatype=NamedNode(str(XSD.integer)))
        )
        yield Quad(dataset, NamedNode(str(VOID.subset)), node)
        for link in links:
            yield Quad(NamedNode(link.subject), linking, NamedNode(f"{WD}{link.item}"))
    yield Quad(dataset, NamedNode(RDF.type), NamedNode(str(VOID.Dataset)))
    yield Quad(dataset, NamedNode(str(VOID.uriSpace)), Literal(base_iri))
    yield Quad(wikidata, NamedNode(RDF.type), NamedNode(str(VOID.Dataset)))
    yield Quad(wikidata, NamedNode(str(RDFS.label)), Literal("Wikidata"))
    yield Quad(wikidata, NamedNode(str(VOID.uriSpace)), Literal(str(WD)))
