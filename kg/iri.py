"""IRIs of everything in the graph: pure functions of the base IRI and what a thing is.

{base}report/{id}                        a report, and the name of its graph
{base}report/{id}/sentence/{begin}-{end}
{base}report/{id}/phrase/{begin}-{end}
{base}report/{id}/event/{key}
{base}report/{id}/group/{key}            a thing without a name of its own, local to its report
{base}report/{id}/statement/{key}
{base}entity/{key}                       a gazetteer entry, one IRI in every report
{base}entity/{key}/geometry              where it lies
{entity}/link/{item}                     the rdf:Statement about a likely link to Wikidata
{base}{kind}/{name}                      another named thing: person/Ned_Price
{base}{kind}/{country}/{name}            one whose name is another thing's elsewhere: place/syria/Tal_Brak
{base}cluster/{id}/{key}                 events of several reports that are one, named by the earliest
{base}graph/entities, clusters, dataset
{base}dataset                            the whole of it, for VoID
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from kg.facts import Entity, Kind, Span

_SAFE = "-._~!$'()*,;:@"  # characters that RFC 3987 lets stand in a path segment


def segment(text: str) -> str:
    """`text` as one path segment; what may not stand in it is escaped, and dots that would mean a folder.

    Different texts give different segments. Raises ValueError for an empty text, or half a surrogate pair.
    """
    if not text:
        raise ValueError("an empty name or identifier cannot be part of an IRI")
    return quote(text, safe=_SAFE) if text.strip(".") else text.replace(".", "%2E")


def name_segment(name: str) -> str:
    """A name as one path segment that people can read: spaces become underscores, underscores are escaped."""
    return segment(name).replace("_", "%5F").replace("%20", "_")


def name_of(iri: str) -> str:
    """The name that `name_segment` put at the end of an unlisted entity's IRI."""
    return unquote(iri.rsplit("/", 1)[1].replace("_", " "))


def report(base: str, identifier: str) -> str:
    """IRI of a report and of its graph."""
    return f"{base}report/{segment(identifier)}"


def identifier(report_iri: str) -> str:
    """The identifier that `report` made the IRI from."""
    return unquote(report_iri.rpartition("/")[2])


def sentence(report_iri: str, span: Span) -> str:
    """IRI of a nif:Sentence."""
    return f"{report_iri}/sentence/{span.begin}-{span.end}"


def phrase(report_iri: str, span: Span) -> str:
    """IRI of a nif:Phrase."""
    return f"{report_iri}/phrase/{span.begin}-{span.end}"


def event(report_iri: str, key: str) -> str:
    """IRI of an event, local to its report."""
    return f"{report_iri}/event/{segment(key)}"


def cluster(base: str, event_iri: str) -> str:
    """IRI of the cluster whose earliest event this is."""
    return f"{base}cluster/" + event_iri.removeprefix(f"{base}report/").replace("/event/", "/", 1)


def statement(report_iri: str, key: str) -> str:
    """IRI of the rdf:Statement about a direct relation, local to its report."""
    return f"{report_iri}/statement/{segment(key)}"


def gazetteer_entry(base: str, key: str) -> str:
    """IRI of a gazetteer entry."""
    return gazetteer_folder(base) + segment(key)


def gazetteer_folder(base: str) -> str:
    """What the IRIs of all gazetteer entries begin with."""
    return f"{base}entity/"


def entity(base: str, report_iri: str, thing: Entity) -> str:
    """IRI of an entity: by gazetteer key, else by kind and name, else local to its report."""
    if thing.known is not None:
        return gazetteer_entry(base, thing.known.key)
    if thing.named and thing.kind is not Kind.GROUP:
        country = f"{segment(thing.country)}/" if thing.country is not None else ""
        return f"{base}{thing.kind.value}/{country}{name_segment(thing.name)}"
    return f"{report_iri}/group/{segment(thing.key)}"


def apart(base: str, report_iri: str, entity_iri: str) -> str:
    """IRI of what a report was thought to mean an entity by, once a person has said that it does not."""
    return f"{report_iri}/group/{segment(entity_iri.removeprefix(base).replace('/', '.'))}"


def geometry(entity_iri: str) -> str:
    """IRI of the geo:Geometry of a gazetteer entry."""
    return f"{entity_iri}/geometry"


def link(entity_iri: str, item: str) -> str:
    """IRI of the rdf:Statement about a likely link of an entity to a Wikidata item."""
    return f"{entity_iri}/link/{segment(item)}"


def dataset(base: str) -> str:
    """IRI of the dataset as a whole."""
    return f"{base}dataset"


def graph(base: str, name: str) -> str:
    """IRI of one of the dataset's own graphs: entities, clusters or dataset."""
    if name not in ("entities", "clusters", "dataset"):
        raise ValueError(f"unexpected graph name {name!r}")
    return f"{base}graph/{name}"
