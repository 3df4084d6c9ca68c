"""Events as pages show them: what happened, who did what to whom, where and when, in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.vocab import SIT
from server.nodes.graph import (
    LABEL,
    TYPE,
    Graph,
    Quote,
    ReportLine,
    Said,
    Thing,
    described,
    first,
    iris,
    quotes,
    thing,
    things,
)

# Roles in the order in which a page tells of them.
ROLES = (
    ("agent", "by"),
    ("speaker", "said by"),
    ("participant", "between"),
    ("target", "target"),
    ("addressee", "told to"),
    ("instrument", "with"),
    ("place", "in"),
    ("origin", "from"),
    ("destination", "to"),
)
ROLE_NAMES = tuple(name for name, _ in ROLES)
STATUSES = {
    "Reported": ("happened", "The report says that it happened."),
    "Possible": ("possible", "The report says that it may have happened, or may be happening."),
    "Planned": ("planned", "The report says that it is planned or announced; it has not happened there."),
    "Attempted": ("attempted", "The report says that it was tried and not carried through."),
    "Denied": ("denied", "The report says that it did not happen."),
}
_PER_EVENT = 40  # triples; more than any of ours has
_LINKS = tuple(str(iri) for iri in (SIT.attributedTo, SIT.about, SIT.causedBy, *(SIT[n] for n in ROLE_NAMES)))
_PLAIN = (SIT.status, SIT.date, SIT.endDate, SIT.timeText, SIT.confidence, SIT.evidence)
_PROPERTIES = (*_LINKS, *(str(iri) for iri in _PLAIN))


@dataclass(frozen=True, slots=True)
class Role:
    """A role of an event and who or what fills it; `words` as a page says it before them."""

    name: str
    words: str
    fillers: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event. `status` is the name of its individual, "" if it has none; dates as the graph has them."""

    node: Thing
    status: str
    date: str
    end: str
    time_words: str
    confidence: str
    roles: tuple[Role, ...]
    said_by: tuple[Thing, ...]
    about: tuple[Thing, ...]
    caused_by: tuple[Thing, ...]
    quotes: tuple[Quote, ...]

    @property
    def status_words(self) -> str:
        """The status in a word that all understand."""
        return STATUSES.get(self.status, (self.status, ""))[0]

    @property
    def status_meaning(self) -> str:
        """The status in a sentence."""
        return STATUSES.get(self.status, ("", ""))[1]

    @property
    def report(self) -> ReportLine | None:
        """The report that tells of it."""
        return next((quote.report for quote in self.quotes if quote.report is not None), None)

    @property
    def headline(self) -> str:
        """What happened in a line, from kind and roles; the label alone where it has none."""
        doers = _listed(self.filling("agent") or self.filling("speaker"))
        others = _listed(self.filling("participant") or self.filling("target") or self.filling("addressee"))
        where = _listed(self.filling("place"))
        if not (doers or others or where):
            return self.node.label
        parts = (
            f" by {doers}" if doers else "",
            f": {others}" if others else "",
            f" in {where}" if where else "",
        )
        return self.node.words.capitalize() + "".join(parts)

    def filling(self, role: str) -> tuple[Thing, ...]:
        """Who or what fills a role."""
        return next((each.fillers for each in self.roles if each.name == role), ())


def happenings(graph: Graph, nodes: Sequence[str]) -> tuple[Happening, ...]:
    """The events, in the order given."""
    found = described(graph, nodes, (LABEL, TYPE, *_PROPERTIES), most=_PER_EVENT)
    named = things(graph, (iri for said in found.values() for name in _LINKS for iri in iris(said, name)))
    said = quotes(graph, (iri for said in found.values() for iri in iris(said, SIT.evidence)))
    return tuple(_happening(iri, found[iri], named, said) for iri in nodes)


def _happening(iri: str, said: Said, named: dict[str, Thing], sentences: dict[str, Quote]) -> Happening:
    def filled(name: str) -> tuple[Thing, ...]:
        return tuple(sorted((named[value] for value in iris(said, name)), key=_by_label))

    roles = (Role(name, words, filled(SIT[name])) for name, words in ROLES)
    evidence = [sentences[value] for value in iris(said, SIT.evidence) if value in sentences]
    return Happening(
        node=thing(iri, said),
        status=first(said, SIT.status).rpartition("#")[2],
        date=first(said, SIT.date),
        end=first(said, SIT.endDate),
        time_words=first(said, SIT.timeText),
        confidence=first(said, SIT.confidence),
        roles=tuple(role for role in roles if role.fillers),
        said_by=filled(SIT.attributedTo),
        about=filled(SIT.about),
        caused_by=filled(SIT.causedBy),
        quotes=tuple(sorted(evidence, key=lambda quote: quote.begin)),
    )


def _listed(some: Sequence[Thing]) -> str:
    """Names as one says them: "A, B and C"; of many the first."""
    labels = [one.label for one in some[:3]] + (["others"] if len(some) > 3 else [])
    return " and ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)


def _by_label(entry: Thing) -> tuple[str, str]:
    return entry.label.casefold(), entry.iri
