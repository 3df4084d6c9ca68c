"""What was found in a report, as frozen values. IRIs are strings; kinds are local names of the ontology."""

from __future__ import annotations

from dataclasses import dataclass

from kg.facts import Span


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the report: where it stands, and its words."""

    span: Span
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True, repr=False)
class Thing:
    """An entity or event; it shows as its name. `kind` is its class ("ArmedGroup", "Attack")."""

    iri: str
    name: str
    kind: str

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, repr=False)
class Entity(Thing):
    """An actor, place, facility or weapon.

    `least` and `most` are how many people it is, where the text says so; `wikidata` is the item that it
    surely is ("Q2429253"); latitude and longitude are decimal degrees (WGS 84).
    """

    aliases: tuple[str, ...] = ()  # other names that the report gives it
    least: int | None = None
    most: int | None = None
    wikidata: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the report that stand for an entity, or tell of an event."""

    span: Span
    thing: Thing


@dataclass(frozen=True, slots=True)
class Role:
    """One part in an event: `name` is the role ("agent"), `entity` who or what plays it."""

    name: str
    entity: Entity


@dataclass(frozen=True, slots=True, repr=False)
class Event(Thing):
    """One happening, in the way the text tells it.

    `status` is Reported, Possible, Attempted, Planned or Denied; `date` an ISO 8601 day, month or year, None
    where the text tells none; `confidence` from 0 to 1 how plainly the sentence was read, not how true it is.
    """

    status: str
    confidence: float
    roles: tuple[Role, ...]
    about: tuple[Thing, ...]  # the events that a statement, claim, denial… speaks of
    caused_by: tuple[Thing, ...]  # the events that did this harm
    date: str | None
    end_date: str | None
    time_words: str | None
    sources: tuple[Entity, ...]  # who says so; empty where the report speaks in its own voice
    evidence: tuple[Sentence, ...]

    def fillers(self, role: str) -> tuple[Entity, ...]:
        """Who or what plays the role of this name."""
        return tuple(one.entity for one in self.roles if one.name == role)

    @property
    def agents(self) -> tuple[Entity, ...]:
        """Who did it."""
        return self.fillers("agent")

    @property
    def targets(self) -> tuple[Entity, ...]:
        """Who or what it was done to."""
        return self.fillers("target")

    @property
    def participants(self) -> tuple[Entity, ...]:
        """The sides, where the text gives no order."""
        return self.fillers("participant")

    @property
    def speakers(self) -> tuple[Entity, ...]:
        """Who says, claims, denies…"""
        return self.fillers("speaker")

    @property
    def places(self) -> tuple[Entity, ...]:
        """Where it happened."""
        return self.fillers("place")

    @property
    def sentence(self) -> str:
        """The first sentence that it rests on."""
        return self.evidence[0].words if self.evidence else ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A direct relation; `predicate` is a local name of the ontology ("fights")."""

    subject: Thing
    predicate: str
    object: Thing
    confidence: float
    sources: tuple[Entity, ...]
    evidence: tuple[Sentence, ...]
