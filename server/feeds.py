"""Atom feeds (RFC 4287): new reports, and events of an actor or place. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from kg.vocab import SIT
from server.nodes.graph import Graph, ReportLine
from server.nodes.happenings import ROLE_NAMES, Happening, happenings

MEDIA_TYPE = "application/atom+xml"
ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
_NEVER = "1970-01-01T00:00:00Z"  # of a feed without entries: it must say when it changed, and no report does
_ROLES = tuple(str(SIT[name]) for name in (*ROLE_NAMES, "attributedTo"))
_DATE = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?P<time>T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")

# Dates and times compare as strings, which puts a time after the bare day that it lies on.
NEW_REPORTS = f"""SELECT ?report (MAX(STR(?date)) AS ?issued) (MIN(?url) AS ?source) {{
  {{ SELECT ?report (MAX(STR(?day)) AS ?newest) {{ ?report a sit:Report ; dcterms:issued ?day }}
     GROUP BY ?report ORDER BY DESC(?newest) ?report LIMIT {ENTRIES} }}
  ?report dcterms:issued ?date OPTIONAL {{ ?report dcterms:source ?url }}
}} GROUP BY ?report ORDER BY DESC(?issued) ?report LIMIT {ENTRIES}"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `iri` is what it is about, `page` where to read of it, `updated` as RFC 3339 has it."""

    iri: str
    title: str
    page: str
    updated: str
    summary: str = ""
    author: str = ""
    kind: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: `key` tells it from all others whatever the server is called, `address` is its own."""

    key: str
    title: str
    address: str
    page: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """A report with the date of its publication as a feed says it, and its web address if it has one."""

    iri: str
    updated: str
    original: str = ""


def instant(issued: str) -> str | None:
    """A date of publication as RFC 3339 has it: a day begins at midnight UTC; None for what is no date."""
    found = _DATE.fullmatch(issued.strip())
    if found is None:
        return None
    value = f"{found['day']}{found['time'] or 'T00:00:00'}{(found['time'] and found['zone']) or 'Z'}"
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return None
    return value


def read_dated(rows: Iterable[Iterable[str]]) -> tuple[Dated, ...]:
    """The reports of rows of IRI, date and, maybe, web address; those without a date are left out."""
    found = []
    for iri, issued, *more in rows:
        updated = instant(issued)
        if updated is not None:
            found.append(Dated(iri, updated, more[0] if more else ""))
    return tuple(found)


def reports_query(node: str) -> str:
    """The newest reports that name a node: IRI and date."""
    return f"""SELECT ?report (MAX(STR(?date)) AS ?issued) {{
  <{node}> sit:mentionedIn ?report . ?report dcterms:issued ?date
}} GROUP BY ?report ORDER BY DESC(?issued) ?report LIMIT {ENTRIES}"""


def events_query(node: str, reports: Iterable[str]) -> str:
    """The events of these reports in which a node has a role: IRI of report and event."""
    graphs = " ".join(f"<{iri}>" for iri in reports)
    roles = " ".join(f"<{iri}>" for iri in _ROLES)
    return f"""SELECT DISTINCT ?report ?event {{
  VALUES ?report {{ {graphs} }} VALUES ?role {{ {roles} }}
  GRAPH ?report {{ ?event ?role <{node}> ; sit:status ?status }}
}} ORDER BY ?report ?event LIMIT {ENTRIES * ENTRIES}"""


def counts_query(reports: Iterable[str]) -> str:
    """How many events each report tells of."""
    graphs = " ".join(f"<{iri}>" for iri in reports)
    return f"""SELECT ?report (COUNT(*) AS ?events) {{
  VALUES ?report {{ {graphs} }} GRAPH ?report {{ ?event sit:status ?status }}
}} GROUP BY ?report LIMIT {ENTRIES}"""


def newest_events(graph: Graph, node: str) -> tuple[tuple[Happening, Dated], ...]:
    """The newest events in which a node has a role, by the dates of their reports."""
    dated = read_dated(graph.rows(reports_query(node)))
    if not dated:
        return ()
    by_report: dict[str, list[str]] = {}
    for report, event in graph.rows(events_query(node, (each.iri for each in dated))):
        by_report.setdefault(report, []).append(event)
    chosen = [(event, each) for each in dated for event in by_report.get(each.iri, ())][:ENTRIES]
    found = happenings(graph, [event for event, _ in chosen])
    return tuple(zip(found, (each for _, each in chosen), strict=True))


def report_entry(line: ReportLine, dated: Dated, *, events: int, page: str) -> Entry:
    """A report as an entry."""
    told = f"Tells of {events} event{'' if events == 1 else 's'}." if events else "Tells of no event."
    author = line.publisher.label if line.publisher else ""
    original = dated.original if dated.original.startswith(("http://", "https://")) else ""
    return Entry(line.iri, line.label, page, dated.updated, told, author, "report", original)


def event_entry(event: Happening, dated: Dated, *, page: str) -> Entry:
    """An event as an entry: who, where and when in its title, the sentence as its summary."""
    parts = [event.node.label]
    parts += [f"{role.words} {', '.join(each.label for each in role.fillers)}" for role in event.roles]
    if event.date:
        parts.append(event.date)
    title = "; ".join(parts)
    if event.status != "Reported" and event.status_words:
        title = f"{title} ({event.status_words})"
    summary = " … ".join(quote.words for quote in event.quotes)
    publisher = event.report.publisher if event.report else None
    author = publisher.label if publisher else ""
    return Entry(event.node.iri, title, page, dated.updated, summary, author, event.node.words)


def document(feed: Feed) -> bytes:
    """The feed as XML; the same feed gives the same bytes."""
    root = ElementTree.Element("feed", xmlns=_ATOM)
    _add(root, "id", f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, feed.key)}")
    _add(root, "title", feed.title)
    _add(root, "updated", max((entry.updated for entry in feed.entries), key=_moment, default=_NEVER))
    _add(root, "link", rel="self", type=MEDIA_TYPE, href=feed.address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(_add(root, "author"), "name", "Sitrep")
    for entry in feed.entries:
        _entry(root, entry)
    ElementTree.indent(root, "")
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _entry(root: ElementTree.Element, entry: Entry) -> None:
    item = _add(root, "entry")
    _add(item, "id", entry.iri)
    _add(item, "title", entry.title or entry.iri)
    _add(item, "updated", entry.updated)
    _add(item, "link", rel="alternate", type="text/html", href=entry.page)
    if entry.original:
        _add(item, "link", rel="via", href=entry.original)
    if entry.author:
        _add(_add(item, "author"), "name", entry.author)
    if entry.kind:
        _add(item, "category", term=entry.kind)
    if entry.summary:
        _add(item, "summary", entry.summary)


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    clean = {key: _NOT_XML.sub("\ufffd", value) for key, value in attributes.items()}
    child = ElementTree.SubElement(parent, name, clean)
    child.text = _NOT_XML.sub("\ufffd", text) or None
    return child


def _moment(updated: str) -> datetime:
    return datetime.fromisoformat(updated)
