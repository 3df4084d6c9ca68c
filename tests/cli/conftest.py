from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg import iri
from kg.cli import main
from kg.export import read_ontology
from kg.facts import Amount, Entity, Event, Facts, Kind, Known, Relation, Report, Role, Span, Status
from kg.gazetteer import load_gazetteer
from kg.mapping import map_dataset, map_entities, map_report
from kg.store import Store
from kg.vocab import ONTOLOGY_IRI

ONTOLOGY = Path(__file__).parents[2] / "ontology"
TEXT = """Syrian forces fought Islamic State in the town.
The coalition carried out air strikes on Sinaa prison in Hasaka, the Pentagon confirmed.
Sinaa prison holds 3,500 fighters.
Militants killed at least 77 inmates, the Observatory said.
An oil tanker may have exploded. The ministry denied an attack by rebels."""


def span(words: str) -> Span:
    begin = TEXT.index(words)
    return Span(begin, begin + len(words))


def sentence(words: str) -> Span:
    """The sentence that the words stand in."""
    middle = TEXT.index(words)
    begin = max(TEXT.rfind(end, 0, middle) + 2 for end in (". ", ".\n"))
    begin = begin if begin > 1 else 0
    return Span(begin, TEXT.index(".", middle) + 1)


def entity(key: str, kind: Kind, class_name: str, **more: object) -> Entity:
    more.setdefault("named", kind is not Kind.GROUP)
    return Entity(key, kind, key, (class_name,), mentions=(span(key),), **more)  # type: ignore[arg-type]


def event(key: str, kind: str, words: str, status: Status, roles: dict[str, str], **more: object) -> Event:
    filled = tuple(Role(name, filler) for name, filler in roles.items())
    return Event(key, kind, (span(words),), (sentence(words),), status, 0.9, filled, **more)  # type: ignore[arg-type]


def facts(identifier: str) -> Facts:
    """What a perfect reader finds in TEXT."""
    organization, reported = Kind.ORGANIZATION, Status.REPORTED
    entities = (
        entity("Syrian forces", organization, "StateForce"),
        entity("Islamic State", organization, "ArmedGroup", known=Known("islamic-state")),
        entity("coalition", organization, "Coalition"),
        entity("Sinaa prison", Kind.FACILITY, "Prison"),
        entity("Hasaka", Kind.PLACE, "Settlement", known=Known("hasaka")),
        entity("Pentagon", organization, "Government"),
        entity("fighters", Kind.GROUP, "Group", amount=Amount(3500, 3500, "3,500")),
        entity("Militants", Kind.GROUP, "Group"),
        entity("inmates", Kind.GROUP, "Group", amount=Amount(77, None, "at least 77")),
        entity("Observatory", organization, "MonitoringGroup"),
        entity("oil tanker", Kind.WEAPON, "Vehicle", named=False),
        entity("ministry", organization, "Government"),
        entity("rebels", Kind.GROUP, "Group"),
    )
    strike = {"agent": "coalition", "target": "Sinaa prison", "place": "Hasaka"}
    events = (
        event("clash", "Clash", "fought", reported, {"agent": "Syrian forces", "target": "Islamic State"}),
        event("strike", "AirStrike", "carried out air strikes", reported, strike),
        event("confirmed", "Confirmation", "confirmed", reported, {"speaker": "Pentagon"}, about=("strike",)),
        event("held", "Detention", "holds", reported, {"place": "Sinaa prison", "target": "fighters"}),
        event("killed", "Killing", "killed", reported, {"agent": "Militants", "target": "inmates"},
              attributed_to=("Observatory",)),
        event("exploded", "Destruction", "exploded", Status.POSSIBLE, {"target": "oil tanker"}),
        event("attack", "Attack", "attack", Status.DENIED, {"agent": "rebels"}),
        event("denied", "Denial", "denied", reported, {"speaker": "ministry"}, about=("attack",)),
    )  # fmt: skip
    relations = (
        Relation(
            "Syrian forces", "fights", "Islamic State", (sentence("fought"),), 0.9, derived_from=("clash",)
        ),
        Relation("Sinaa prison", "holds", "fighters", (sentence("holds"),), 0.9, derived_from=("held",)),
        Relation("Sinaa prison", "locatedIn", "Hasaka", (sentence("air strikes"),), 0.9),
    )
    sentences = tuple(sorted({sentence for found in events for sentence in found.evidence}))
    return Facts(Report(identifier, TEXT, title="A day"), sentences, entities, events, relations)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the report `day`, made once."""
    store = Store.create_or_open(tmp_path_factory.mktemp("made") / "store", base_iri="http://example.org/id/")
    gazetteer, base = load_gazetteer(ONTOLOGY / "gazetteer"), store.base_iri
    with store.writing() as batch:
        batch.put_report(iri.report(base, "day"), map_report(facts("day"), base_iri=base, keep_text=False))
        known = map_entities(["hasaka", "islamic-state"], gazetteer, base_iri=base)
        batch.put_graph(iri.graph(base, "entities"), known)
        batch.put_graph(iri.graph(base, "dataset"), map_dataset(base_iri=base))
        batch.put_quads(str(ONTOLOGY_IRI), read_ontology(ONTOLOGY))
    return store.path


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Store:
    """The test's own copy of it."""
    shutil.copytree(made, tmp_path / "store")
    return Store.open(tmp_path / "store")


@pytest.fixture
def kg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command in the test's folder; the store is `store` there."""
    monkeypatch.chdir(tmp_path)
    environment = {"KG_STORE": "store", "KG_ONTOLOGY": str(ONTOLOGY)}

    def run(*arguments: str, **more: str | bytes) -> Result:
        return CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False, **more)  # type: ignore[arg-type]

    return run
