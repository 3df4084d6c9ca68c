"""Makes a conflict data set as N-Quads: 100,000 events in 1.2 million quads, from a seed.

.venv/bin/python tests/benchmarks/endpoint/generate.py [-o FILE] [--events N] [--mentions SHARE] [--seed N]

Graphs, IRIs and properties are those of the mapping; classes, roles and values come as often as in the
reports of samples/. A real report has 50 quads an event, most of them its mentions (phrases, relations, what
it calls its entities). Were all reports such, a million quads would hold 20,000 events, so only a share of
the reports has mentions (`--mentions 1` gives all of them theirs); the others are events and their sentences.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

BASE = "https://w3id.org/sitrep/id/"
SIT = "https://w3id.org/sitrep/ontology#"
NIF = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
XSD = "http://www.w3.org/2001/XMLSchema#"
GEO = "http://www.opengis.net/ont/geosparql#"
WGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"
IDENT = "http://www.w3.org/2005/11/its/rdf#taIdentRef"
DERIVED = "http://www.w3.org/ns/prov#wasDerivedFrom"
ENTITIES = f"{BASE}graph/entities"

EVENTS_OF_A_REPORT = 20
EVENTS_OF_A_SENTENCE = 5  # of a report without mentions; the others have one or two
SHARE_WITH_MENTIONS = 0.05
FIRST_DAY, DAYS = date(2014, 1, 1), 4000

# How often each comes in the reports of samples/.
KINDS = {
    "Killing": 54, "Attack": 46, "Injury": 21, "Bombing": 20, "Statement": 60, "AirStrike": 17,
    "Accusation": 16, "TakeControl": 14, "Denial": 14, "Displacement": 13, "Claim": 13, "Shelling": 12,
    "Raid": 9, "Demand": 9, "Withdrawal": 8, "Support": 8, "Clash": 8, "Agreement": 8, "Confirmation": 7,
    "Condemnation": 7, "Release": 6, "Meeting": 6, "Siege": 5, "DroneStrike": 5, "Detention": 5,
    "Destruction": 4, "Escape": 3, "Deployment": 3, "Advance": 2, "SuicideBombing": 2, "Capture": 1,
}  # fmt: skip
SPEECH = {"Statement", "Accusation", "Denial", "Claim", "Demand", "Confirmation", "Condemnation"}
RELATIONS = {"Clash": "fights", "Killing": "killed", "Detention": "holds", "TakeControl": "controls"}
STATUSES = {"Reported": 87, "Possible": 4, "Attempted": 3, "Planned": 4, "Denied": 2}
ACTORS = {"ArmedGroup": 36, "StateForce": 26, "Person": 66, "Government": 19, "InternationalOrganization": 16,
          "AidOrganization": 12, "SecurityForce": 5, "MonitoringGroup": 5, "Coalition": 5}  # fmt: skip
PLACES = {"Settlement": 90, "Neighbourhood": 3, "Prison": 3, "Hospital": 2, "Airport": 2}
PEOPLE = ("people", "civilians", "fighters", "soldiers", "residents", "children", "detainees", "militants")
COUNTS = ("at least {}", "{}", "more than {}", "about {}")
SYLLABLES = ("al", "ba", "da", "fa", "gha", "ha", "ji", "ka", "la", "ma", "na", "qa", "ra", "sa", "ta", "wa",
             "yan", "za", "ran", "mir", "bul", "kor", "ost", "dor", "sil", "ven")  # fmt: skip
FILLER = (
    "officials said the fighting had gone on for days", "witnesses spoke of smoke over the market",
    "the claim could not be verified", "a spokesman declined to comment", "aid had yet to arrive",
    "the road to the border was closed", "the toll was expected to rise", "hospitals were overwhelmed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A known entity."""

    iri: str
    name: str
    kind: str


class Chance:
    """Draws that follow weights; the same seed gives the same draws."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 (no secret)

    def among(self, weights: dict[str, int]) -> str:
        """A key, as often as its weight says."""
        return self.random.choices(list(weights), list(weights.values()))[0]

    def name(self, syllables: int) -> str:
        """A made-up name."""
        return "".join(self.random.choice(SYLLABLES) for _ in range(syllables)).capitalize()

    def chosen(self, things: list[Named], cumulative: list[float]) -> Named:
        """A thing; the n-th comes a n-th as often as the first, as names in reports do."""
        return self.random.choices(things, cum_weights=cumulative)[0]


class World:
    """The known entities, and how often each is named."""

    def __init__(self, chance: Chance, *, actors: int, places: int) -> None:
        self.countries = [self._named(chance, "Country", f"country-{n}", 3) for n in range(40)]
        self.actors = [self._named(chance, chance.among(ACTORS), f"actor-{n}", 4) for n in range(actors)]
        self.places = [self._named(chance, chance.among(PLACES), f"place-{n}", 3) for n in range(places)]
        self.actor_weights = list(accumulate(1 / n for n in range(1, actors + 1)))
        self.place_weights = list(accumulate(1 / n for n in range(1, places + 1)))

    @staticmethod
    def _named(chance: Chance, kind: str, key: str, syllables: int) -> Named:
        return Named(f"{BASE}entity/{key}", chance.name(syllables), kind)

    def quads(self, chance: Chance) -> Iterator[str]:
        """The entity graph."""
        for thing in [*self.countries, *self.actors, *self.places]:
            yield from described(thing, ENTITIES)
            for _ in range(3):
                yield quad(thing.iri, f"{SKOS}altLabel", text(f"{thing.name} {chance.name(1)}"), ENTITIES)
            yield quad(thing.iri, f"{DCTERMS}source", text("Made up"), ENTITIES)
        for place in self.places:
            longitude, latitude = chance.random.uniform(-10, 70), chance.random.uniform(-5, 50)
            country = chance.random.choice(self.countries)
            yield quad(place.iri, f"{SIT}locatedIn", iri(country.iri), ENTITIES)
            yield quad(place.iri, f"{WGS84}lat", typed(f"{latitude:.5f}", "decimal"), ENTITIES)
            yield quad(place.iri, f"{WGS84}long", typed(f"{longitude:.5f}", "decimal"), ENTITIES)
            yield quad(place.iri, f"{GEO}hasGeometry", iri(f"{place.iri}/geometry"), ENTITIES)
            point = f'"POINT({longitude:.5f} {latitude:.5f})"^^<{GEO}wktLiteral>'
            yield quad(f"{place.iri}/geometry", f"{GEO}asWKT", point, ENTITIES)


class Writer:
    """Writes one report after another."""

    def __init__(self, chance: Chance, world: World, mentions: float) -> None:
        self._chance = chance
        self._world = world
        self._mentions = mentions

    def report(self, number: int, events: int) -> Iterator[str]:
        """The graph of a report."""
        graph = f"{BASE}report/r{number}"
        full = self._chance.random.random() < self._mentions
        issued = FIRST_DAY + timedelta(days=self._chance.random.randrange(DAYS))
        title = f"Fighting in {self._place().name}, {issued.isoformat()}"
        yield quad(graph, f"{RDF}type", iri(f"{SIT}Report"), graph)
        yield quad(graph, f"{RDF}type", iri(f"{NIF}Context"), graph)
        yield quad(graph, f"{DCTERMS}identifier", text(f"r{number}"), graph)
        yield quad(graph, f"{DCTERMS}issued", typed(issued.isoformat(), "date"), graph)
        yield quad(graph, f"{DCTERMS}publisher", text(f"Agency {number % 50}"), graph)
        yield quad(graph, f"{DCTERMS}language", text("en"), graph)
        for name in (f"{DCTERMS}title", LABEL, f"{SKOS}prefLabel"):
            yield quad(graph, name, text(title), graph)
        position = 0
        per_sentence = 2 if full else EVENTS_OF_A_SENTENCE
        for begin in range(0, events, per_sentence):
            count = min(per_sentence, events - begin)
            position = yield from self._sentence(graph, position, count, issued, full)
        yield quad(graph, f"{NIF}beginIndex", typed("0", "integer"), graph)
        yield quad(graph, f"{NIF}endIndex", typed(str(position), "integer"), graph)

    def _place(self) -> Named:
        return self._chance.chosen(self._world.places, self._world.place_weights)

    def _actor(self) -> Named:
        return self._chance.chosen(self._world.actors, self._world.actor_weights)

    def _sentence(self, graph: str, begin: int, events: int, issued: date, full: bool) -> Iterator[str]:
        """A sentence with the events it tells of; gives where the next one begins."""
        place, actor, target = self._place(), self._actor(), self._actor()
        kinds = [self._chance.among(KINDS) for _ in range(events)]
        told = f"{actor.name} and {target.name} in {place.name}: {', '.join(kinds).lower()}"
        words = f"{told}; {self._chance.random.choice(FILLER)}."
        end = begin + len(words)
        node = f"{graph}/sentence/{begin}-{end}"
        yield from span(node, "Sentence", words, begin, graph)
        position = begin + len(words) - len(words.partition(": ")[2])
        before: str | None = None
        for kind in kinds:
            event = f"{graph}/event/{position}-{kind}"
            yield from self._event(event, kind, node, graph, issued, (actor, target, place), before)
            if full:
                yield from self._trigger(event, kind, position, node, graph)
                yield from self._relation(event, kind, node, graph, (actor, target))
            position += len(kind) + 2
            before = event
        if full:
            for thing in dict.fromkeys((actor, target, place)):
                yield from described(thing, graph)
                yield quad(thing.iri, f"{SIT}mentionedIn", iri(graph), graph)
                yield from self._phrase(thing.iri, thing.name, begin + words.find(thing.name), node, graph)
        return end + 1

    def _event(
        self, event: str, kind: str, sentence: str, graph: str, issued: date,
        named: tuple[Named, Named, Named], before: str | None,
    ) -> Iterator[str]:  # fmt: skip
        """What a graph says of an event."""
        draw = self._chance.random.random
        actor, target, place = named
        yield quad(event, f"{RDF}type", iri(SIT + kind), graph)
        for name in (LABEL, f"{SKOS}prefLabel"):
            yield quad(event, name, text(f"{kind}: {target.name}"), graph)
        yield quad(event, f"{SIT}status", iri(SIT + self._chance.among(STATUSES)), graph)
        yield quad(event, f"{SIT}confidence", typed(f"0.{50 + int(draw() * 49)}", "decimal"), graph)
        yield quad(event, f"{SIT}evidence", iri(sentence), graph)
        if kind in SPEECH:
            yield quad(event, f"{SIT}speaker", iri(actor.iri), graph)
            if before is not None:
                yield quad(event, f"{SIT}about", iri(before), graph)
            return
        if draw() < 0.5:
            yield quad(event, f"{SIT}agent", iri(actor.iri), graph)
        if draw() < 0.2:
            yield quad(event, f"{SIT}attributedTo", iri(self._actor().iri), graph)
        if draw() < 0.6:
            yield quad(event, f"{SIT}place", iri(place.iri), graph)
        if draw() < 0.4:
            day = issued - timedelta(days=int(draw() * 7))
            yield quad(event, f"{SIT}date", typed(day.isoformat(), "date"), graph)
        if kind in ("Killing", "Injury", "Displacement") and draw() < 0.5:
            yield from self._group(event, graph)
        elif draw() < 0.5:
            yield quad(event, f"{SIT}target", iri(target.iri), graph)

    def _group(self, event: str, graph: str) -> Iterator[str]:
        """People without a name who are the event's target."""
        group = f"{graph}/group/e{event.rpartition('/')[2]}"
        who, number = self._chance.random.choice(PEOPLE), int(self._chance.random.paretovariate(0.8)) % 5000
        yield quad(event, f"{SIT}target", iri(group), graph)
        yield from described(Named(group, who, "Group"), graph)
        yield quad(group, f"{SIT}minCount", typed(str(number), "integer"), graph)
        words = self._chance.random.choice(COUNTS).format(number)
        yield quad(group, f"{SIT}countText", text(words), graph)

    def _trigger(self, event: str, kind: str, begin: int, sentence: str, graph: str) -> Iterator[str]:
        yield from self._phrase(event, kind.lower(), begin, sentence, graph)

    def _phrase(self, thing: str, words: str, begin: int, sentence: str, graph: str) -> Iterator[str]:
        """A mention."""
        node = f"{graph}/phrase/{begin}-{begin + len(words)}"
        yield from span(node, "Phrase", words, begin, graph)
        yield quad(node, IDENT, iri(thing), graph)
        yield quad(node, f"{NIF}sentence", iri(sentence), graph)
        yield quad(node, f"{SIT}reason", text(f'the words "{words}" in the lexicon'), graph)

    def _relation(
        self, event: str, kind: str, sentence: str, graph: str, named: tuple[Named, Named]
    ) -> Iterator[str]:
        """A direct relation between entities, and the statement about it."""
        relation = iri(SIT + RELATIONS.get(kind, "attacks"))
        actor, target = named
        if kind in SPEECH:
            return
        node = f"{graph}/statement/{event.rpartition('/')[2]}"
        yield quad(actor.iri, relation[1:-1], iri(target.iri), graph)
        yield quad(node, f"{RDF}type", iri(f"{RDF}Statement"), graph)
        yield quad(node, f"{RDF}subject", iri(actor.iri), graph)
        yield quad(node, f"{RDF}predicate", relation, graph)
        yield quad(node, f"{RDF}object", iri(target.iri), graph)
        yield quad(node, f"{SIT}evidence", iri(sentence), graph)
        yield quad(node, f"{SIT}confidence", typed("0.8", "decimal"), graph)
        yield quad(node, DERIVED, iri(event), graph)


def described(thing: Named, graph: str) -> Iterator[str]:
    """Class and names of a thing."""
    yield quad(thing.iri, f"{RDF}type", iri(SIT + thing.kind), graph)
    yield quad(thing.iri, LABEL, text(thing.name), graph)
    yield quad(thing.iri, f"{SKOS}prefLabel", text(thing.name), graph)


def span(node: str, kind: str, words: str, begin: int, graph: str) -> Iterator[str]:
    """A stretch of a report's text."""
    yield quad(node, f"{RDF}type", iri(NIF + kind), graph)
    yield quad(node, f"{NIF}anchorOf", text(words), graph)
    yield quad(node, f"{NIF}beginIndex", typed(str(begin), "integer"), graph)
    yield quad(node, f"{NIF}endIndex", typed(str(begin + len(words)), "integer"), graph)
    yield quad(node, f"{NIF}referenceContext", iri(graph), graph)


def quad(subject: str, predicate: str, value: str, graph: str) -> str:
    """A line of N-Quads."""
    return f"<{subject}> <{predicate}> {value} <{graph}> .\n"


def iri(value: str) -> str:
    """An IRI as N-Quads writes it."""
    return f"<{value}>"


def text(value: str) -> str:
    """A plain string; none of ours has a line end or a backslash."""
    return '"' + value.replace('"', '\\"') + '"'


def typed(value: str, datatype: str) -> str:
    """A literal of an XSD type."""
    return f'"{value}"^^<{XSD}{datatype}>'


def quads(*, events: int, mentions: float = SHARE_WITH_MENTIONS, seed: int = 7) -> Iterator[str]:
    """The data set, line by line."""
    chance = Chance(seed)
    world = World(chance, actors=max(20, events // 100), places=max(20, events // 33))
    yield from world.quads(chance)
    writer = Writer(chance, world, mentions)
    for number, begin in enumerate(range(0, events, EVENTS_OF_A_REPORT)):
        yield from writer.report(number, min(EVENTS_OF_A_REPORT, events - begin))


def main() -> None:
    """Write the data set to a file or to standard output."""
    parser = argparse.ArgumentParser(description="Make a conflict data set as N-Quads.")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--mentions", type=float, default=SHARE_WITH_MENTIONS)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    lines = quads(events=options.events, mentions=options.mentions, seed=options.seed)
    if options.output is None:
        sys.stdout.writelines(lines)
        return
    with options.output.open("w", encoding="utf-8") as file:
        file.writelines(lines)


if __name__ == "__main__":
    main()
