"""What pictures show: the events of a report, the relations of an entity. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.api.drawing import Arrow, Box, Picture, draw
from kg.api.values import Entity, Event, Thing

_REPORTED = "Reported"


def draw_events(events: Sequence[Event], *, limit: int) -> Picture:
    """Events in the middle in text order, who does them on the left, whom they are done to on the right."""
    shown = events[:limit]
    boxes, arrows = [], []
    left: dict[str, _Side] = defaultdict(_Side)
    right: dict[str, _Side] = defaultdict(_Side)
    for number, event in enumerate(shown):
        boxes.append(_event_box(event))
        unsure = event.status != _REPORTED
        begins, ends = _sides(event)
        for entity in begins:
            left[entity.iri].add(entity, number)
            arrows.append(Arrow(f"left {entity.iri}", event.iri, unsure))
        for entity in ends:
            right[entity.iri].add(entity, number)
            arrows.append(Arrow(event.iri, f"right {entity.iri}", unsure))
    if len(events) > limit:
        boxes.append(Box("more", f"and {len(events) - limit} more events", look="more"))
    columns = (_column("left", left), boxes, _column("right", right))
    return draw(columns, tuple(dict.fromkeys(arrows)), title="Who did what to whom")


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation of the thing in the middle to another; `outgoing` if it leads there."""

    words: str
    other: Thing
    outgoing: bool
    reports: int


def draw_ties(thing: Thing, ties: Iterable[Tie]) -> Picture:
    """A thing, what leads to it on the left and what it leads to on the right."""
    middle = Box(thing.iri, thing.name, below=thing.kind, look="chosen")
    columns: dict[str, list[Box]] = {name: [] for name in ("from", "in", "out", "to")}
    arrows = []
    for number, tie in enumerate(ties):
        far = Box(
            f"{number}", tie.other.name, below=tie.other.kind, title=f"{tie.other.name} ({tie.other.iri})"
        )
        reports = f"{tie.reports} report{'s' if tie.reports != 1 else ''}"
        near = Box(f"{number} words", tie.words, below=reports, look="event")
        columns["to" if tie.outgoing else "from"].append(far)
        columns["out" if tie.outgoing else "in"].append(near)
        way = [middle.key, near.key, far.key]
        way = way if tie.outgoing else way[::-1]
        arrows += [Arrow(way[0], way[1]), Arrow(way[1], way[2])]
    shown = (columns["from"], columns["in"], [middle], columns["out"], columns["to"])
    return draw(shown, arrows, title=f"What {thing.name} has to do with others")


class _Side:
    """An entity of the left or right column, and the events that it is joined to."""

    def __init__(self) -> None:
        self.entity: Entity | None = None
        self.numbers: list[int] = []

    def add(self, entity: Entity, number: int) -> None:
        self.entity = entity
        self.numbers.append(number)

    @property
    def height(self) -> float:
        """Where it is best placed: at the mean of its events, so that few curves cross."""
        return sum(self.numbers) / len(self.numbers)


def _column(side: str, entities: dict[str, _Side]) -> list[Box]:
    order = sorted(entities.items(), key=lambda item: (item[1].height, item[0]))
    return [
        Box(f"{side} {name}", one.entity.name, title=f"{one.entity.kind}: {one.entity.name}")
        for name, one in order
        if one.entity is not None
    ]


def _sides(event: Event) -> tuple[tuple[Entity, ...], tuple[Entity, ...]]:
    """Who stands left and right of the event; of equal sides the first stands left."""
    begins = (*event.agents, *event.speakers, *event.participants[:1])
    ends = (*event.targets, *event.fillers("addressee"), *event.participants[1:])
    return begins or event.fillers("instrument"), ends


def _event_box(event: Event) -> Box:
    below = [event.date or event.time_words or "", *(place.name for place in event.places)]
    below += [f"about {one.name}" for one in event.about]
    below += [f"says {source.name}" for source in event.sources]
    if event.status != _REPORTED:
        below.insert(0, event.status.lower())
    return Box(
        event.iri, event.name, " · ".join(part for part in below if part), title=event.sentence, look="event"
    )
