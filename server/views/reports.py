"""The page of a report."""

from __future__ import annotations

from pathlib import Path

from flask import render_template

from server.nodes import jsonld
from server.nodes.graph import Graph, Thing
from server.nodes.rejects import read_rejects, rejects_file, stamp
from server.nodes.reports import MOST_CHARACTERS, read_report
from server.views.common import endpoint

# The colours that marks may have, with their meaning.
LEGEND = (
    ("event", "event"),
    ("person", "person or people"),
    ("organisation", "organisation"),
    ("place", "place"),
    ("facility", "facility"),
    ("weapon", "weapon"),
)


def page(graph: Graph, node: Thing) -> str:
    """What was read from a report, and what was not let in."""
    report = read_report(graph, node)
    used = {note.node.kind for note in report.notes.values()}
    return render_template(
        "report.html",
        iri=node.iri,
        report=report,
        legend=[entry for entry in LEGEND if entry[0] in used],
        most_characters=MOST_CHARACTERS,
        rejects=read_rejects(_rejects(node.iri)),
        jsonld=jsonld.document(node.iri, graph.table(jsonld.query(node.iri), limit=jsonld.MOST)),
    )


def stamp_of(node: str) -> str:
    """Something that changes with what is shown of a report but does not stand in the graph."""
    return stamp(_rejects(node))


def _rejects(node: str) -> Path | None:
    return rejects_file(endpoint().settings.store, endpoint().base_iri, node)
