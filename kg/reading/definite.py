"""Bodies that a report calls by their noun only, since everybody knows which: "the coalition" of its war.

Needs coreference and the company of names; sets `known` and `decision` of what it links.
"""

from __future__ import annotations

from kg.lexicon import Definite
from kg.linking import Candidate, Decision, Verdict
from kg.reading.state import Draft, Form, Mention, lemma

_SHARE = 0.5  # of the countries told by a report, from which it is about a war there
_CERTAINTY = 0.75


def link_definite(draft: Draft) -> None:
    """Takes a definite noun that nothing named before explains for the body that it is in this war."""
    for cluster in draft.clusters:
        head = cluster[0]
        if head.form is not Form.NOMINAL or head.known is not None or not _is_bare(draft, head):
            continue
        definite = _meant(draft, lemma(draft.doc[head.root]))
        if definite is None or any(c[0].known == definite.entry for c in draft.clusters):
            continue
        entry = draft.gazetteer.get(definite.entry)
        if entry is None or any(
            draft.is_a(c[0].class_name, entry.class_name) for c in draft.clusters if c is not cluster
        ):
            continue
        reason = f"the {definite.noun} of the war in {' and '.join(sorted(definite.countries))}"
        head.known, head.class_name, head.form = entry.key, entry.class_name, Form.NAME
        head.certainty = _CERTAINTY
        head.decision = Decision(Verdict.SURE, Candidate(entry), _CERTAINTY, reason)


def _is_bare(draft: Draft, mention: Mention) -> bool:
    """Whether it is the noun with "the" and nothing that narrows it down."""
    root = draft.doc[mention.root]
    article = any(c.lower_ == "the" for c in root.lefts)
    return (
        article
        and mention.start == mention.root
        and not any(c.dep_ in ("prep", "relcl", "acl") for c in root.rights)
    )


def _meant(draft: Draft, noun: str) -> Definite | None:
    """The body of this noun whose war the report is about, in the year of the report."""
    issued = draft.report.issued
    if issued is None:
        return None
    for definite in draft.lexicon.cues.definites:
        share = sum(draft.company.countries.get(country, 0.0) for country in definite.countries)
        then = definite.since <= issued.year and (definite.until is None or issued.year <= definite.until)
        if definite.noun == noun and then and share >= _SHARE:
            return definite
    return None
