"""The reader: the language model and our components in their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.errors import LanguageError
from kg.facts import Facts, Report
from kg.gazetteer import Gazetteer, load_gazetteer
from kg.lexicon import Lexicon, load_lexicon
from kg.reading.amounts import AmountLexicon, load_amount_lexicon
from kg.reading.assembly import assemble
from kg.reading.attribution import attribute
from kg.reading.context import find_causes, place_events
from kg.reading.coreference import resolve
from kg.reading.definite import link_definite
from kg.reading.language import Understood
from kg.reading.mentions import find_mentions
from kg.reading.merging import merge_events
from kg.reading.model import load_model
from kg.reading.name_index import NameIndex
from kg.reading.names import find_names
from kg.reading.parsing import parse_all, split_brackets
from kg.reading.quantities import find_quantities
from kg.reading.relations import find_relations
from kg.reading.repairs import repair
from kg.reading.roles import assign_roles
from kg.reading.state import Draft
from kg.reading.status import assess_status
from kg.reading.times import TimeLexicon, load_time_lexicon
from kg.reading.timing import date_events, read_times
from kg.reading.triggers import TriggerIndex, find_triggers

_DATELINE = re.compile(
    r"^[^\n]{0,70}?(?:\([^)\n]{3,40}\)|,? \d{1,2} [A-Z][a-z]+|[A-Z]{3,}[A-Z, .]*)"
    r"(?:[^\n.]|(?<=[A-Z])\.|(?<=[A-Z][a-z]{2})\.|(?<=[A-Z][a-z]{3})\.){0,30}?(?:—|–|--|\s-)\s"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads reports into facts; build it once with `load_reader`, it keeps no state between reports."""

    nlp: Language
    lexicon: Lexicon
    gazetteer: Gazetteer
    names: NameIndex
    triggers: TriggerIndex
    times: TimeLexicon
    amounts: AmountLexicon
    understood: Understood

    def read(self, report: Report) -> Facts:
        """All facts of one report; LanguageError where it is in a language that the model does not read."""
        (found,) = self.read_together([report])
        if isinstance(found, LanguageError):
            raise found
        return found

    def read_together(self, reports: Sequence[Report]) -> list[Facts | LanguageError]:
        """The facts of each report, or why it is not read: the same as one by one, in less time.

        The texts are in memory all at once, with all that is known of their words: some kB a word.
        """
        refused = [self.understood.refusal(report) for report in reports]
        texts = [report.text for report, why in zip(reports, refused, strict=True) if why is None]
        with self.nlp.memory_zone():  # forgets the reports' words: memory does not grow with reports
            parsed = iter(parse_all(texts, self.nlp, cues=self.lexicon.cues))
            return [
                why or self._facts(report, next(parsed)) for report, why in zip(reports, refused, strict=True)
            ]

    def _facts(self, report: Report, doc: Doc) -> Facts:
        repair(doc, self.lexicon.event_nouns)
        draft = Draft(report, doc, self.lexicon, self.gazetteer)
        draft.silent = _dateline(draft)
        self._read(draft)
        return assemble(draft)

    def _read(self, draft: Draft) -> None:
        """The components in their order; each says what it needs and what it sets."""
        names, draft.company = find_names(draft.doc, self.names, self.lexicon, silent=draft.silent)
        draft.times = read_times(draft, self.times)
        find_mentions(draft, names, find_quantities(draft, self.amounts))
        resolve(draft)
        link_definite(draft)
        find_triggers(draft, self.triggers)
        assign_roles(draft)
        assess_status(draft)
        attribute(draft)
        date_events(draft)
        find_causes(draft)
        place_events(draft)
        merge_events(draft)
        keep_telling(draft)
        find_relations(draft)


def keep_telling(draft: Draft) -> None:
    """Drops nouns that tell of no event of their own: no role that their trigger needs is filled."""
    draft.events = [
        e
        for e in draft.events
        if not e.is_noun
        or not e.trigger.needs
        or any(e.fillers.get(r) for r in e.trigger.needs)
        or ("date" in e.trigger.needs and e.when is not None)
    ]


def _dateline(draft: Draft) -> frozenset[int]:
    """Tokens of a dateline: "KABUL, Afghanistan (Oct. 4) —"."""
    text = draft.report.text
    first = len(text) - len(text.lstrip())
    match = _DATELINE.match(text[first : first + 150])
    end = first + match.end() if match else first
    return frozenset(t.i for t in draft.doc if t.idx < end)


def load_reader(*, model: str, ontology: Path) -> Reader:
    """The reader over an installed spaCy pipeline and an ontology folder.

    Raises ModelError where the pipeline is missing or lacks a part, DataError where a data file is wrong.
    """
    nlp = load_model(model)
    split_brackets(nlp)
    lexicon = load_lexicon(ontology / "lexicon")
    gazetteer = load_gazetteer(ontology / "gazetteer")
    return Reader(
        nlp=nlp,
        lexicon=lexicon,
        gazetteer=gazetteer,
        names=NameIndex(gazetteer),
        triggers=TriggerIndex(lexicon),
        times=load_time_lexicon(ontology / "lexicon" / "times.toml"),
        amounts=load_amount_lexicon(ontology / "lexicon" / "amounts.toml"),
        understood=Understood(model, nlp.lang or "", frozenset(nlp.Defaults.stop_words)),
    )
