"""RDF/XML (RDF 1.1 XML Syntax), one rdf:Description a subject.

pyoxigraph's writer is not used: it drops control characters, leaves carriage returns for readers to change,
and writes elements without a name for predicates that have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import ExportError
from kg.vocab import RDF, XSD

# Letters that XML 1.0 had from its first edition on, which every parser knows.
_LETTERS = (
    "A-Za-zÀ-ÖØ-öø-ÿ\u0391-\u03a1\u03a3-\u03ce\u0410-\u044f\u05d0-\u05ea\u0621-\u063a\u0641-\u064a"
    "\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
)
_NAME = re.compile(f"[{_LETTERS}_][{_LETTERS}0-9_.-]*$")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})
# Names that the syntax keeps for itself (section 5.1), and li, which readers number.
_RESERVED_NAMES = (
    "RDF ID Description about resource parseType nodeID datatype li aboutEach aboutEachPrefix bagID"
)
_RESERVED = frozenset(f"{RDF}{name}" for name in _RESERVED_NAMES.split())
_RESERVED_SPACES = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def rdfxml(
    triples: Iterable[Triple], *, predicates: Iterable[NamedNode], prefixes: Mapping[str, str]
) -> Iterator[str]:
    """Sorted triples, which have these predicates, as RDF/XML. Raises ExportError for what XML can't hold."""
    names = _element_names(predicates, prefixes)
    elements = {predicate: element for predicate, (element, _) in names.items()}
    spaces = {"rdf": str(RDF)} | {element.split(":")[0]: namespace for element, namespace in names.values()}
    declared = "".join(
        f'\n  xmlns:{prefix}="{namespace.translate(_ESCAPES)}"'
        for prefix, namespace in sorted(spaces.items())
    )
    yield f"{_HEAD}<rdf:RDF{declared}>\n"
    for subject, group in groupby(triples, key=attrgetter("subject")):
        yield f"  <rdf:Description {_reference(subject, 'about')}>\n"
        for triple in group:
            yield f"    {_property(elements[triple.predicate], triple.object)}\n"
        yield "  </rdf:Description>\n"
    yield "</rdf:RDF>\n"


def _element_names(
    predicates: Iterable[NamedNode], prefixes: Mapping[str, str]
) -> dict[NamedNode, tuple[str, str]]:
    """The element name and the namespace of each predicate."""
    known = {namespace: prefix for prefix, namespace in prefixes.items()}
    names = {}
    for predicate in sorted(predicates, key=attrgetter("value")):
        match = _NAME.search(predicate.value)
        if match is None or predicate.value in _RESERVED or predicate.value.startswith(_RESERVED_SPACES):
            raise ExportError(
                f"RDF/XML cannot hold the predicate {predicate}: it does not end in a name that XML allows;"
                " choose another format"
            )
        namespace = predicate.value[: match.start()]
        prefix = known.setdefault(namespace, f"ns{len(known)}")
        names[predicate] = (f"{prefix}:{match[0]}", namespace)
    return names


def _property(element: str, value: NamedNode | BlankNode | Literal | Triple) -> str:
    if not isinstance(value, Literal):
        return f"<{element} {_reference(value, 'resource')}/>"
    attributes = ""
    if value.direction is not None:
        raise ExportError(f"RDF/XML cannot hold the direction of {value}; choose another format")
    if value.language is not None:
        attributes = f' xml:lang="{value.language}"'
    elif value.datatype.value != str(XSD.string):
        attributes = f' rdf:datatype="{value.datatype.value.translate(_ESCAPES)}"'
    forbidden = _FORBIDDEN.search(value.value)
    if forbidden is not None:
        raise ExportError(
            f"RDF/XML cannot hold the character U+{ord(forbidden[0]):04X}, which stands in a literal;"
            " choose another format"
        )
    return f"<{element}{attributes}>{value.value.translate(_ESCAPES)}</{element}>"


def _reference(node: NamedNode | BlankNode | Triple, attribute: str) -> str:
    if isinstance(node, Triple):
        raise ExportError(
            f"RDF/XML as readers know it cannot hold the triple term {node}; choose another format"
        )
    if isinstance(node, BlankNode):
        return f'rdf:nodeID="{node.value}"'
    return f'rdf:{attribute}="{node.value.translate(_ESCAPES)}"'
