"""The servers, and a store with a report that names what they know and what they do not."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from kg import iri
from kg.cli import main
from kg.export import read_ontology
from kg.facts import Entity, Facts, Kind, Known, Report, Span
from kg.gazetteer import load_gazetteer
from kg.links import read_links
from kg.mapping import map_dataset, map_report
from kg.pipeline.known import entity_graph
from kg.store import Store
from kg.vocab import ONTOLOGY_IRI

ONTOLOGY = Path(__file__).parents[3] / "ontology"
ENTRIES = ("syria", "united-states", "turkey", "islamic-state", "ghwayran-prison")
TEXT = (
    "Ned Price spoke in Syria for the United States. The Vale Observatory for Human Rights counted the dead "
    "in Derik, where John Kirby and Ann Onymous of the Red Column met. Nobody knows Nowhereville. "
    "Ghwayran prison held Islamic State men near Karsk."
)
NAMES = (
    ("Ned Price", Kind.PERSON, "Person", None),
    ("Syria", Kind.PLACE, "Country", "syria"),
    ("United States", Kind.PLACE, "Country", "united-states"),
    ("Vale Observatory for Human Rights", Kind.ORGANIZATION, "MonitoringGroup", None),
    ("Derik", Kind.PLACE, "Settlement", None),
    ("John Kirby", Kind.PERSON, "Person", None),
    ("Ann Onymous", Kind.PERSON, "Person", None),
    ("Red Column", Kind.ORGANIZATION, "ArmedGroup", None),
    ("Nowhereville", Kind.PLACE, "Settlement", None),
    ("Ghwayran prison", Kind.FACILITY, "Prison", "ghwayran-prison"),
    ("Islamic State", Kind.ORGANIZATION, "ArmedGroup", "islamic-state"),
    ("Karsk", Kind.PLACE, "Settlement", None),
)


@pytest.fixture(scope="session")
def servers() -> ModuleType:
    """The module with the servers."""
    spec = importlib.util.spec_from_file_location(
        "world_servers", Path(__file__).parent / "parts" / "servers.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def serve(servers: ModuleType) -> Iterator[Callable[[str], Any]]:
    """Starts a server by its name: 0.2, 1.0, foreign, wikidata."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(servers.serving(servers.SERVERS[name]))


@pytest.fixture
def proxy(servers: ModuleType) -> Iterator[Callable[[Any, Sequence[str]], Any]]:
    """Starts a proxy before a server, with the faults it shall make."""
    with ExitStack() as stack:

        def start(target: Any, faults: Sequence[str]) -> Any:
            members = {"target": target.address, "faults": list(faults)}
            return stack.enter_context(
                servers.serving(type("Bound", (servers.Proxy,), members), urlsplit(target.address).path)
            )

        yield start


@pytest.fixture(scope="session")
def ontology(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ontology that ships, with the few rows of its gazetteer that the report names."""
    folder = tmp_path_factory.mktemp("ontology")
    for name in ("sitrep.ttl", "alignments.ttl", "shapes.ttl"):
        (folder / name).symlink_to(ONTOLOGY / name)
    (folder / "gazetteer").mkdir()
    rows: dict[str, str] = {}
    for path in sorted((ONTOLOGY / "gazetteer").glob("*.tsv")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        rows |= {line.split("\t")[0]: line for line in lines}
    names = rows["key"].rstrip("\n").split("\t")
    kept = ["key", *ENTRIES]
    wanted = [
        dict(zip(names, rows[key].rstrip("\n").split("\t"), strict=True)) for key in kept if key in rows
    ]
    for row in wanted[1:]:  # where the prison's town and region are is of no matter here
        row["within"] = ""
        row["wikidata"] = "" if row["key"] == "ghwayran-prison" else row["wikidata"]
    text = "".join("\t".join(row.values()) + "\n" for row in wanted)
    (folder / "gazetteer" / "some.tsv").write_text(text, encoding="utf-8")
    return folder


def facts(identifier: str) -> Facts:
    entities = tuple(
        Entity(name, kind, name, (class_name,), True, Known(key) if key else None,
               mentions=(Span(TEXT.index(name), TEXT.index(name) + len(name)),))
        for name, kind, class_name, key in NAMES
    )  # fmt: skip
    return Facts(Report(identifier, TEXT), (Span(0, len(TEXT)),), entities, (), ())


@pytest.fixture
def put_report(ontology: Path) -> Callable[[Store], None]:
    """Does what a build does with the report, but for reading it."""

    def put(store: Store) -> None:
        base = store.base_iri
        with store.writing() as batch:
            batch.put_report(
                iri.report(base, "one"), map_report(facts("one"), base_iri=base, keep_text=False)
            )
            known = entity_graph(batch, load_gazetteer(ontology / "gazetteer"), read_links(store.path))
            batch.put_graph(iri.graph(base, "entities"), known)
            batch.put_graph(iri.graph(base, "dataset"), map_dataset(base_iri=base))
            batch.put_quads(str(ONTOLOGY_IRI), read_ontology(ontology))

    return put


@pytest.fixture
def store(tmp_path: Path, put_report: Callable[[Store], None]) -> Store:
    """A store with one report that names what the servers know, and what they do not."""
    made = Store.create_or_open(tmp_path / "store", base_iri="http://example.org/id/")
    put_report(made)
    return made


@pytest.fixture
def link(tmp_path: Path, store: Store, ontology: Path) -> Callable[..., Result]:
    """Runs `kg link` on the store, with a cache of the test's own."""
    environment = {
        "KG_STORE": str(store.path),
        "KG_ONTOLOGY": str(ontology),
        "KG_CACHE": str(tmp_path / "cache"),
    }

    def run(*arguments: str, command: str = "link") -> Result:
        return CliRunner().invoke(main, [command, *arguments], env=environment, catch_exceptions=False)

    return run
