"""The columns of the events table: the one definition of their names, types, meanings and values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from kg.export.events.model import Event, Thing, total

Value: TypeAlias = str | int | float | dt.date | None

SEPARATOR = " ; "


class Type(Enum):
    """Types of columns, by the names that the data dictionary gives them."""

    TEXT = "text"
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `source` is the property it comes from, `near` its near equivalents in ACLED and UCDP GED."""

    name: str
    type: Type
    meaning: str
    source: str
    example: str
    value: Callable[[Event], Value]
    near: str = ""
    many: bool = False  # whether a cell may hold several items


def joined(items: Iterable[str]) -> str | None:
    """Several items as one text; None where all are empty. White space, line ends too, becomes one space."""
    cells = [" ".join(item.split()).replace(SEPARATOR, "; ") for item in items]
    return SEPARATOR.join(cells) if any(cells) else None


def _text(value: Callable[[Event], str | None]) -> Callable[[Event], str | None]:
    def cell(event: Event) -> str | None:
        found = value(event)
        return " ".join(found.split()) or None if found is not None else None

    return cell


def _figure(name: str) -> Callable[[Event], int | None]:
    return lambda event: event.cluster.figures.get(name) if event.cluster is not None else None


def _place(
    thing: Callable[[Event], Thing | None], part: Callable[[Thing], str]
) -> Callable[[Event], str | None]:
    def cell(event: Event) -> str | None:
        found = thing(event)
        return joined([part(found)]) if found is not None else None

    return cell


_PARTS: tuple[tuple[str, str, Callable[[Thing], str]], ...] = (
    ("", "names", lambda thing: thing.name),
    ("_iri", "IRIs", lambda thing: thing.iri),
    ("_class", "classes", lambda thing: thing.kind),
    ("_wikidata", "Wikidata items, where the graph is sure of them", lambda thing: thing.wikidata),
)


def _role(
    name: str,
    things: Callable[[Event], tuple[Thing, ...]],
    meaning: str,
    source: str,
    examples: str,
    near: str = "",
) -> tuple[Column, ...]:
    """Four columns that say who fills a role; the first item of each is the same thing, and so on."""

    def of(part: Callable[[Thing], str]) -> Callable[[Event], str | None]:
        def cell(event: Event) -> str | None:
            found = things(event)
            return joined(part(thing) for thing in found) if found else None

        return cell

    return tuple(
        Column(
            f"{name}{suffix}",
            Type.TEXT,
            meaning if not suffix else f"Their {what}, in the order of `{name}`.",
            source if not suffix else "",
            example,
            of(part),
            near if not suffix else "",
            many=True,
        )
        for (suffix, what, part), example in zip(_PARTS, examples.split(" | "), strict=True)
    )


_WHO = (
    Column("event_id", Type.TEXT, "Name of the row: report and event.", "IRI of the sit:Event",
           "hasaka/28-Attack", lambda e: e.id, "ACLED event_id_cnty; UCDP id"),
    Column("event_iri", Type.TEXT, "The event in the graph.", "IRI of the sit:Event",
           "https://w3id.org/sitrep/id/report/hasaka/event/28-Attack", lambda e: e.iri),
    Column("cluster_id", Type.TEXT, "The same for all rows that tell of one happening in several reports: "
           "the `event_id` of the earliest. Of an event that one report tells of, its "
           "own.", "sit:partOfCluster",
           "hasaka/28-Attack", lambda e: e.cluster.id if e.cluster else e.id, "the row of ACLED and UCDP"),
    Column("cluster_iri", Type.TEXT, "The cluster in the graph; empty where the event stands alone.",
           "sit:partOfCluster", "https://w3id.org/sitrep/id/cluster/hasaka/28-Attack",
           lambda e: e.cluster.iri if e.cluster else None),
    Column("cluster_reports", Type.INTEGER, "How many reports tell of it, copies left out; empty where the "
           "event stands alone.", "sit:reportCount", "2", _figure("reportCount")),
    Column("cluster_sources", Type.INTEGER, "How many sources tell of it.", "sit:sourceCount", "3",
           _figure("sourceCount"), "UCDP number_of_sources"),
)  # fmt: skip

_WHAT = (
    Column("kind", Type.TEXT, "Most specific class of the ontology.", "rdf:type", "Attack",
           lambda e: e.kind.name, "ACLED sub_event_type"),
    Column("kind_branch", Type.TEXT, "The branch of the ontology that it belongs to.", "rdfs:subClassOf",
           "ConflictEvent", lambda e: e.kind.branch, "ACLED event_type; UCDP type_of_violence"),
    Column("kind_acled", Type.TEXT, "Sub-event types of ACLED that such events may have.",
           "skos:notation of the class", "Attack", lambda e: joined(e.kind.acled), "ACLED sub_event_type",
           many=True),
    Column("kind_plover", Type.TEXT, "Event types and modes of PLOVER.", "skos:notation of the class",
           "ASSAULT",
           lambda e: joined(e.kind.plover), many=True),
    Column("label", Type.TEXT, "Class and the words that tell of it.", "skos:prefLabel", "Attack: attacked",
           _text(lambda e: e.label)),
    Column("status", Type.TEXT, "As the text has it: Reported, Possible, Attempted, Planned or Denied. "
           "Other data sets hold what happened only: keep Reported to compare.", "sit:status", "Reported",
           lambda e: e.status or None, "UCDP event_clarity"),
    Column("confidence", Type.NUMBER, "How plainly the sentence was read, 0 to 1; not how true it is.",
           "sit:confidence", "0.88", lambda e: e.confidence),
)  # fmt: skip

_WHEN = (
    Column("date_start", Type.DATE, "First day. Empty where the text has no words for it; never that of the "
           "report.", "sit:date", "2022-01-20", lambda e: e.period.first, "ACLED event_date; UCDP "
           "date_start"),
    Column("date_end", Type.DATE, "Last day: of a month or year, its last.", "sit:endDate, else sit:date",
           "2022-01-20", lambda e: e.period.last, "UCDP date_end"),
    Column("date_precision", Type.TEXT, "day, month or year: how exactly the text gives it.",
           "datatype of sit:date", "day", lambda e: e.period.precision, "ACLED time_precision; UCDP "
           "date_prec"),
    Column("time_text", Type.TEXT, "The words that tell the time.", "sit:timeText", "20 January",
           _text(lambda e: e.time_text)),
)  # fmt: skip

_ROLES = (
    *_role("agent", lambda e: e.roles["agent"], "Who did it; of those who flee or move, they.", "sit:agent",
           "Islamic State | https://w3id.org/sitrep/id/entity/islamic-state | ArmedGroup | Q2429253",
           "ACLED actor1, assoc_actor_1; UCDP side_a"),
    *_role("target", lambda e: e.roles["target"], "Whom or what it was done to.", "sit:target",
           "Ghwayran prison | https://w3id.org/sitrep/id/entity/ghwayran-prison | Prison | ",
           "ACLED actor2, assoc_actor_2; UCDP side_b"),
    *_role("participant", lambda e: e.roles["participant"], "Sides where the text gives no order.",
           "sit:participant",
           "Myanmar Armed Forces | https://w3id.org/sitrep/id/entity/myanmar-armed-forces | StateForce | ",
           "ACLED actor1 and actor2"),
    *_role("instrument", lambda e: e.roles["instrument"], "With what.", "sit:instrument",
           "fuel truck | https://w3id.org/sitrep/id/report/hasaka/group/e5 | Vehicle | "),
    *_role("origin", lambda e: e.roles["origin"], "From where, of a movement.", "sit:origin",
           "Kherson | https://w3id.org/sitrep/id/entity/kherson | Settlement | Q156732"),
    *_role("destination", lambda e: e.roles["destination"], "Where to, of a movement.", "sit:destination",
           "Mykolaiv | https://w3id.org/sitrep/id/entity/mykolaiv | Settlement | Q41572"),
    *_role("speaker", lambda e: e.roles["speaker"], "Who says it, of a speech event.", "sit:speaker",
           "Turkey | https://w3id.org/sitrep/id/entity/turkey | Country | Q43"),
    *_role("addressee", lambda e: e.roles["addressee"], "Who is told or asked.", "sit:addressee",
           "African Union | https://w3id.org/sitrep/id/entity/african-union | InternationalOrganization | "
           "Q7159"),
)  # fmt: skip

_WHERE = (
    *_role("place", lambda e: e.places, "Where, by the event's own words; the narrowest first.", "sit:place",
           "Hasaka | https://w3id.org/sitrep/id/entity/hasaka | Settlement | Q311321",
           "ACLED location; UCDP where_coordinates"),
    Column("region", Type.TEXT, "The region around it: province, governorate.", "sit:locatedIn",
           "Hasaka Governorate", _place(lambda e: e.location.region, lambda t: t.name),
           "ACLED admin1; UCDP adm_1"),
    Column("country", Type.TEXT, "The country it lies in.", "sit:locatedIn", "Syria",
           _place(lambda e: e.location.country, lambda t: t.name), "ACLED country; UCDP country"),
    Column("country_iri", Type.TEXT, "The country in the graph.", "sit:locatedIn",
           "https://w3id.org/sitrep/id/entity/syria", _place(lambda e: e.location.country, lambda t: t.iri)),
    Column("country_wikidata", Type.TEXT, "Its Wikidata item.", "owl:sameAs", "Q858",
           _place(lambda e: e.location.country, lambda t: t.wikidata), "ACLED iso"),
    Column("latitude", Type.NUMBER, "Degrees (WGS 84) of the place, else of the narrowest around it that "
           "has any.",
           "wgs84:lat", "36.48329", lambda e: e.location.latitude, "ACLED latitude; UCDP latitude"),
    Column("longitude", Type.NUMBER, "Degrees (WGS 84), as latitude.", "wgs84:long", "40.75001",
           lambda e: e.location.longitude, "ACLED longitude; UCDP longitude"),
    Column("geo_precision", Type.TEXT, "What the degrees are those of: site (a building), neighbourhood, "
           "settlement, "
           "region, natural feature, place or country.", "rdf:type of that place", "settlement",
           lambda e: e.location.precision, "ACLED geo_precision; UCDP where_prec"),
    Column("location_from", Type.TEXT, "Which role region, country and degrees come from: place, or target "
           "where the event has no place and was done to one.", "", "place", lambda e: e.location_from),
)  # fmt: skip

_COUNTS = (
    Column("dead_min", Type.INTEGER, "Least number of dead that this report gives for this event: of a "
           "killing its targets, a named person as 1; of an act the greatest of the killings it caused. "
           "\"At least 77\" is 77; of \"100 killed or injured\" nobody knows how many died.",
           "sit:minCount of the targets", "123", lambda e: e.dead.least, "ACLED fatalities; UCDP low"),
    Column("dead_max", Type.INTEGER, "The most; empty where the text sets no bound (\"at least 77\").",
           "sit:maxCount of the targets", "123", lambda e: e.dead.most, "UCDP high"),
    Column("injured_min", Type.INTEGER, "Least number of injured, as dead_min.", "sit:minCount of the "
           "targets", "10",
           lambda e: e.injured.least),
    Column("injured_max", Type.INTEGER, "Most injured, as dead_max.", "sit:maxCount of the targets", "10",
           lambda e: e.injured.most),
    Column("target_people_min", Type.INTEGER, "Least number of people that the targets are, whatever is "
           "done to them (held, displaced, killed); named persons left out.", "sit:minCount", "3500",
           lambda e: total(e.roles["target"], persons=False).least),
    Column("target_people_max", Type.INTEGER, "The most.", "sit:maxCount", "3500",
           lambda e: total(e.roles["target"], persons=False).most),
    Column("target_people_text", Type.TEXT, "The words for it.", "sit:countText", "about 3,500",
           lambda e: joined(t.count_text for t in e.roles["target"] if t.count_text), many=True),
    Column("agent_people_min", Type.INTEGER, "Least number of people that the agents are: those who flee, "
           "deploy, "
           "protest.", "sit:minCount", "200", lambda e: total(e.roles["agent"], persons=False).least,
           "ACLED tags (crowd size)"),
    Column("agent_people_max", Type.INTEGER, "The most.", "sit:maxCount", "200",
           lambda e: total(e.roles["agent"], persons=False).most),
    Column("agent_people_text", Type.TEXT, "The words for it.", "sit:countText", "more than 200",
           lambda e: joined(t.count_text for t in e.roles["agent"] if t.count_text), many=True),
    *(
        Column(f"cluster_{what}_{bound}", Type.INTEGER, meaning, f"sit:{what}{bound.capitalize()}", "120",
               _figure(f"{what}{bound.capitalize()}"), near if what == "dead" else "")
        for what, noun in (("dead", "killed"), ("injured", "injured"))
        for bound, meaning, near in (
            ("low", f"Least number of {noun} that any source of the cluster gives.", "UCDP low"),
            ("best", f"Best estimate of the {noun}: the median of what its sources said last.",
             "UCDP best; ACLED fatalities"),
            ("high", f"Greatest number of {noun} that any source of the cluster gives.", "UCDP high"),
        )
    ),
    Column("caused_by", Type.TEXT, "`event_id` of the acts that did the harm; their rows repeat its numbers.",
           "sit:causedBy", "hasaka/28-Attack", lambda e: joined(e.caused_by), many=True),
    Column("about", Type.TEXT, "`event_id` of what a speech event speaks of.", "sit:about",
           "hasaka/333-Escape",
           lambda e: joined(e.about), many=True),
)  # fmt: skip

_WHENCE = (
    *_role("attributed_to", lambda e: e.roles["attributedTo"], "The source that the text names; none where "
           "the report speaks in its own voice.", "sit:attributedTo", "Syrian Observatory for Human Rights "
           "| https://w3id.org/sitrep/id/entity/syrian-observatory-for-human-rights | MonitoringGroup | ",
           "UCDP source_original"),
    Column("evidence", Type.TEXT, "The sentences that say so.", "sit:evidence, nif:anchorOf",
           "Islamic State (IS) fighters attacked Ghwayran prison in Hasaka, Syria, on 20 January.",
           lambda e: joined(s.text for s in e.evidence), "ACLED notes", many=True),
    Column("evidence_iri", Type.TEXT, "Their IRIs, which end in first and last character.", "sit:evidence",
           "https://w3id.org/sitrep/id/report/hasaka/sentence/0-132",
           lambda e: joined(s.iri for s in e.evidence), many=True),
    Column("report_id", Type.TEXT, "The report's identifier.", "dcterms:identifier", "hasaka",
           lambda e: joined([e.report.id]), "UCDP source_article"),
    Column("report_iri", Type.TEXT, "The report in the graph, and its graph's name.", "IRI of the sit:Report",
           "https://w3id.org/sitrep/id/report/hasaka", lambda e: e.report.iri),
    Column("report_title", Type.TEXT, "Its title.", "dcterms:title", "Prison attack in Hasaka",
           _text(lambda e: e.report.title), "UCDP source_headline"),
    Column("report_date", Type.DATE, "When it was issued, by its own clock.", "dcterms:issued", "2022-01-24",
           lambda e: e.report.issued, "UCDP source_date"),
    Column("publisher", Type.TEXT, "Who published it.", "dcterms:publisher", "Sitrep sample",
           _text(lambda e: e.report.publisher), "ACLED source; UCDP source_office"),
    Column("source_url", Type.TEXT, "Where it was read.", "dcterms:source", "https://example.org/news/hasaka",
           _text(lambda e: e.report.url)),
    Column("language", Type.TEXT, "Its language, as a tag.", "dcterms:language", "en",
           _text(lambda e: e.report.language)),
    Column("report_copy_of", Type.TEXT, "`report_id` (as IRIs write it) of the earlier report whose text it "
           "repeats.",
           "sit:copyOf", "hasaka-wire", lambda e: e.report.copy_of),
)  # fmt: skip

GROUPS: tuple[tuple[str, tuple[Column, ...]], ...] = (
    ("Which event", _WHO),
    ("What", _WHAT),
    ("When", _WHEN),
    ("Who, with what, from where", _ROLES),
    ("Where", _WHERE),
    ("How many", _COUNTS),
    ("Who says so", _WHENCE),
)
COLUMNS: tuple[Column, ...] = tuple(column for _, columns in GROUPS for column in columns)
