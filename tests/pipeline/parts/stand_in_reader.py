"""A reader of one kind of sentence, "A fought B.", for tests of everything around reading.

Worker processes import it by name, so its folder must be on the path. Some words make it fail on purpose.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from kg.facts import Amount, Entity, Event, Facts, Kind, Known, Relation, Report, Role, Span, Status

KNOWN = {"Islamic State": ("islamic-state", "ArmedGroup"), "Syria": ("syria", "Country")}
SENTENCE = re.compile(r"(\b[^.\n]+?) (fought) ([^.\n]+)\.")


class StandInReader:
    """Reads fights."""

    def read(self, report: Report) -> Facts:
        """Two entities, a Clash and a relation for each sentence."""
        if "EXPLODE" in report.text:
            raise RuntimeError("planted\nfailure")
        if "DIE ONCE" in report.text and not Path("died").exists():
            Path("died").write_text("once")
            os._exit(3)
        if report.text == "DIE":
            os._exit(3)
        if report.text == "SEGFAULT":
            os.kill(os.getpid(), signal.SIGSEGV)
        if report.text == "HANG":
            time.sleep(1000)
        if "SLOW" in report.text:
            time.sleep(0.3)
        mentions: dict[str, list[Span]] = {}
        events, relations, sentences = [], [], []
        for number, found in enumerate(SENTENCE.finditer(report.text)):
            sentence = Span(*found.span())
            sentences.append(sentence)
            for group in (1, 3):
                mentions.setdefault(found[group], []).append(Span(*found.span(group)))
            key = f"clash-{number}"
            roles = tuple(Role("participant", name) for name in (found[1], found[3]))
            triggers = (Span(*found.span(2)),)
            events.append(Event(key, "Clash", triggers, (sentence,), Status.REPORTED, 0.9, roles=roles))
            relations.append(Relation(found[1], "fights", found[3], (sentence,), 0.9, derived_from=(key,)))
        entities = tuple(_entity(name, tuple(spans)) for name, spans in mentions.items())
        return Facts(report, tuple(sentences), entities, tuple(events), tuple(relations))

    def read_together(self, reports: Sequence[Report]) -> list[Facts]:
        """All of them, or none: what one does, it does to all."""
        return [self.read(report) for report in reports]


def _entity(name: str, spans: tuple[Span, ...]) -> Entity:
    if name in KNOWN:
        key, kind = KNOWN[name]
        classes = (kind, "Actor") if kind == "Country" else (kind,)
        place = Kind.PLACE if kind == "Country" else Kind.ORGANIZATION
        return Entity(name, place, name, classes, named=True, known=Known(key), mentions=spans)
    if name.islower():  # "nine to three men": a count that contradicts itself
        amount = Amount(9, 3, "nine to three")
        return Entity(name, Kind.GROUP, name, ("Group",), named=False, mentions=spans, amount=amount)
    return Entity(name, Kind.ORGANIZATION, name, ("ArmedGroup",), named=True, mentions=spans)


def load(*, model: str, ontology: Path) -> StandInReader:
    """The reader; it has neither model nor data."""
    return StandInReader()


def load_missing_model(*, model: str, ontology: Path) -> StandInReader:
    """Fails as the real one does without its model."""
    from kg.errors import ModelError

    raise ModelError(f"the model {model} is not installed")


def load_and_die(*, model: str, ontology: Path) -> StandInReader:
    """Ends its process, as the system does where the model does not fit into memory."""
    os._exit(4)
