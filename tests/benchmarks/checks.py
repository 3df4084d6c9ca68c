"""What holds of the reading of any text."""

from __future__ import annotations

from rdflib import RDF

from kg.facts import Facts
from kg.mapping import map_report
from kg.vocab import NIF


class WrongError(Exception):
    """What does not hold, and of what."""


def check_offsets(facts: Facts) -> None:
    """Raises WrongError where a span holds no text or lies outside of it, or outside of all sentences."""
    size = len(facts.report.text)
    mentions = {s for e in facts.entities for s in e.mentions} | {s for e in facts.events for s in e.triggers}
    evidence = {s for e in facts.events for s in e.evidence} | {
        s for r in facts.relations for s in r.evidence
    }
    for span in (*mentions, *evidence, *facts.sentences):
        if not 0 <= span.begin < span.end <= size:
            raise WrongError(f"{span} of {size} characters")
    if not evidence <= set(facts.sentences):
        raise WrongError(f"evidence that is no sentence: {sorted(evidence - set(facts.sentences))}")
    ends = {s.end for s in facts.sentences}
    begins = {s.begin for s in facts.sentences}
    if len(ends) != len(facts.sentences) or len(begins) != len(facts.sentences):
        raise WrongError("sentences overlap")


def check_graph(facts: Facts) -> int:
    """Raises WrongError where nif:anchorOf is not what stands at its offsets; the number of anchors."""
    graph = map_report(facts, base_iri="https://example.org/", keep_text=False)
    anchors = list(graph.subject_objects(NIF.anchorOf))
    for node, words in anchors:
        begin, end = (int(str(graph.value(node, p))) for p in (NIF.beginIndex, NIF.endIndex))
        if str(words) != facts.report.text[begin:end] or begin == end:
            raise WrongError(f"{str(words)!r} is not what stands at {begin} to {end}")
    phrases = set(graph.subjects(RDF.type, NIF.Phrase)) | set(graph.subjects(RDF.type, NIF.Sentence))
    if phrases != {node for node, _ in anchors}:
        raise WrongError("a phrase or sentence without its words")
    return len(anchors)
