from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pyoxigraph as ox
import pytest

from kg import iri
from kg.errors import ModelError, SitrepError, StoreError
from kg.export import read_ontology
from kg.pipeline import BuildOptions, Summary, build, remove
from kg.store import Store
from kg.vocab import ONTOLOGY_IRI

FIGHT = "Islamic State fought Reds."
Build = Callable[..., Summary]


@pytest.fixture
def records(tmp_path: Path) -> Callable[..., str]:
    """Writes a .jsonl file with these texts, by identifier."""

    def write(name: str = "reports.jsonl", **texts: str) -> str:
        lines = [json.dumps({"id": identifier, "text": text}) for identifier, text in texts.items()]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
        return str(tmp_path / name)

    return write


@pytest.fixture
def run(tmp_path: Path, stand_in: ModuleType, ontology: Path) -> Build:
    """Builds into the store of the test."""

    def run(*inputs: str, store: str = "store", **options: object) -> Summary:
        chosen = BuildOptions(store=tmp_path / store, ontology=ontology, **options)  # type: ignore[arg-type]
        return build(inputs, options=chosen, load_reader=stand_in.load)

    return run


def dump(path: Path) -> list[bytes]:
    data = ox.serialize(Store.open(path).reading(), format=ox.RdfFormat.N_QUADS)
    assert data is not None
    return sorted(data.splitlines())


def graph(path: Path, name: str) -> set[str]:
    """The graph's triples, as text."""
    quads = Store.open(path).reading().quads_for_pattern(None, None, None, ox.NamedNode(name))
    return {str(quad.triple) for quad in quads}


def entity_keys(path: Path) -> set[str]:
    """Keys that the entity graph tells the label of."""
    store = Store.open(path)
    name = ox.NamedNode(iri.graph(store.base_iri, "entities"))
    label = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    quads = store.reading().quads_for_pattern(None, label, None, name)
    return {str(quad.subject).rstrip(">").rpartition("/")[2] for quad in quads}


def test_summary_counts(run: Build, records: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "picture.png").write_bytes(b"")
    (tmp_path / "folder" / "empty.txt").write_text("")
    summary = run(
        records(a=FIGHT, b="Syria fought Islamic State. Reds fought nine men.", c=FIGHT),
        str(tmp_path / "folder"),
    )
    assert summary.reports == 3
    assert [Path(rejected.name).name for rejected in summary.rejected] == ["empty.txt"]
    assert summary.skipped == 1
    assert summary.events == (("Clash", 4),)
    assert summary.entities == 4  # Islamic State, Reds, Syria, nine men
    assert summary.links == 2
    assert summary.relations == 4
    assert summary.rejects == 1
    assert summary.seconds.validation > 0
    assert summary.seconds.store > 0
    assert summary.total_seconds > summary.seconds.validation


def test_each_report_has_its_graph_beside_ours(
    run: Build, records: Callable[..., str], tmp_path: Path, ontology: Path
) -> None:
    run(records(a=FIGHT, b=FIGHT))
    store = Store.open(tmp_path / "store")
    assert {name.value for name in store.reading().named_graphs()} == {
        iri.report(store.base_iri, "a"),
        iri.report(store.base_iri, "b"),
        iri.graph(store.base_iri, "entities"),
        iri.graph(store.base_iri, "dataset"),
        str(ONTOLOGY_IRI),
    }
    written = {str(quad.triple.predicate) for quad in read_ontology(ontology)}
    stored = {triple.split()[1] for triple in graph(store.path, str(ONTOLOGY_IRI))}
    assert stored == written


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a"), ("a", "b", "c", "a")])
def test_same_bytes_whatever_the_order(
    run: Build, records: Callable[..., str], tmp_path: Path, order: tuple[str, ...]
) -> None:
    texts = {"a": FIGHT, "b": "Syria fought Greens.", "c": "Reds fought nine men."}
    run(records("all.jsonl", **texts), store="expected")
    for number, identifier in enumerate(order):
        run(records(f"{number}.jsonl", **{identifier: texts[identifier]}), store="store")
    assert dump(tmp_path / "store") == dump(tmp_path / "expected")


def test_reading_again_replaces(run: Build, records: Callable[..., str], tmp_path: Path) -> None:
    run(records(a="Syria fought Reds."))
    run(records(a="Greens fought Reds."))
    run(records(a="Greens fought Reds."), store="expected")
    assert dump(tmp_path / "store") == dump(tmp_path / "expected")


def test_entity_graph_follows_the_reports(
    run: Build, records: Callable[..., str], tmp_path: Path, ontology: Path
) -> None:
    path = tmp_path / "store"
    run(records(a="Islamic State fought Reds.", b="Syria fought Islamic State."))
    assert entity_keys(path) == {"islamic-state", "syria"}
    assert remove(["b"], store=Store.open(path), ontology=ontology) == ()
    assert entity_keys(path) == {"islamic-state"}
    assert remove(["a"], store=Store.open(path), ontology=ontology) == ()
    assert entity_keys(path) == set()


def test_removing_is_as_if_never_read(
    run: Build, records: Callable[..., str], tmp_path: Path, ontology: Path
) -> None:
    run(records(a=FIGHT, b="Syria fought nine men."))
    assert remove(["b"], store=Store.open(tmp_path / "store"), ontology=ontology) == ()
    run(records(a=FIGHT), store="expected")
    assert dump(tmp_path / "store") == dump(tmp_path / "expected")
    assert not list((tmp_path / "store" / "rejects").iterdir())


def test_removing_names_what_is_not_there(
    run: Build, records: Callable[..., str], tmp_path: Path, ontology: Path
) -> None:
    run(records(a=FIGHT, b=FIGHT))
    store = Store.open(tmp_path / "store")
    assert remove(["x", "a", ""], store=store, ontology=ontology) == ("x", "")
    assert not graph(store.path, iri.report(store.base_iri, "a"))
    assert graph(store.path, iri.report(store.base_iri, "b"))


def test_nothing_comes_back_by_itself(run: Build, records: Callable[..., str], tmp_path: Path) -> None:
    run(records(a=FIGHT))
    store = Store.open(tmp_path / "store")
    with store.writing() as batch:
        batch.database.update("DROP ALL")
    with Store.create_or_open(store.path, base_iri=None).writing():
        pass
    assert dump(store.path) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_failing_report_costs_itself_only(
    run: Build, records: Callable[..., str], tmp_path: Path, workers: int, caplog: pytest.LogCaptureFixture
) -> None:
    summary = run(records(a=FIGHT, b="EXPLODE", c=FIGHT), workers=workers)
    assert summary.reports == 2
    (rejected,) = summary.rejected
    assert rejected.name == "b"
    assert rejected.reason == "could not be read (RuntimeError: planted failure)"
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "b: could not be read (RuntimeError: planted failure)"
    ]


def test_workers_give_the_same_store(run: Build, records: Callable[..., str], tmp_path: Path) -> None:
    texts = {f"r{number}": f"Group {number} fought Islamic State." for number in range(10)}
    one = run(records(**texts), store="one")
    two = run(records(**texts), store="two", workers=2)
    assert one.reports == two.reports == 10
    assert dump(tmp_path / "one") == dump(tmp_path / "two")


@pytest.mark.parametrize(("workers", "error"), [(1, ModelError), (2, SitrepError)])
def test_missing_model_is_one_clear_error(
    records: Callable[..., str],
    tmp_path: Path,
    stand_in: ModuleType,
    workers: int,
    error: type[SitrepError],
    ontology: Path,
) -> None:
    options = BuildOptions(store=tmp_path / "store", ontology=ontology, workers=workers, model="none")
    with pytest.raises(error, match=r"^the model none is not installed$"):
        build([records(a=FIGHT)], options=options, load_reader=stand_in.load_missing_model)


def test_taken_identifier_is_rejected_by_name(
    run: Build, records: Callable[..., str], tmp_path: Path
) -> None:
    first, second = records("1.jsonl", a=FIGHT), records("2.jsonl", a="Greens fought Reds.", b=FIGHT)
    summary = run(first, second)
    assert summary.reports == 2
    assert [rejected.name for rejected in summary.rejected] == ["a"]
    store = Store.open(tmp_path / "store")
    assert not any("Greens" in triple for triple in graph(store.path, iri.report(store.base_iri, "a")))


def test_rejects_are_written_and_go_when_mended(
    run: Build, records: Callable[..., str], tmp_path: Path
) -> None:
    run(records(**{"a/b": "Reds fought nine men."}))
    file = tmp_path / "store" / "rejects" / "a%2Fb.jsonl"
    (reject,) = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert list(reject) == ["focus", "path", "value", "shape", "message", "sentence"]
    assert reject["path"].endswith("#minCount")
    assert reject["value"] == "9"
    assert reject["sentence"] == "Reds fought nine men."
    run(records(**{"a/b": FIGHT}))
    assert not file.exists()


def test_rejected_value_is_not_stored(run: Build, records: Callable[..., str], tmp_path: Path) -> None:
    run(records(a="Reds fought nine men."))
    assert not any('minCount> "9"' in line for line in map(bytes.decode, dump(tmp_path / "store")))


def test_many_reports_are_committed_in_batches(
    run: Build, records: Callable[..., str], tmp_path: Path
) -> None:
    run(records(**{f"r{number}": "Nothing." for number in range(255)}))
    assert Store.open(tmp_path / "store").version() == "00000003"  # made, 250 reports, 5 reports


def test_options_reach_the_reports(run: Build, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text(FIGHT)
    run(
        str(tmp_path / "text.txt"),
        base_iri="http://example.org/",
        date=dt.date(2022, 1, 26),
        identifier="named",
        keep_text=True,
    )
    triples = "\n".join(graph(tmp_path / "store", "http://example.org/report/named"))
    assert "2022-01-26" in triples
    assert f'nif-core#isString> "{FIGHT}"' in triples


def test_other_base_is_refused_before_reading(run: Build, records: Callable[..., str]) -> None:
    run(records(a=FIGHT), base_iri="http://example.org/")
    with pytest.raises(StoreError, match="made with the base IRI"):
        run(records(a="DIE"), base_iri="http://example.com/")


def test_nothing_but_rejected_inputs_leaves_a_sound_store(run: Build, tmp_path: Path) -> None:
    summary = run(str(tmp_path / "missing.txt"))
    assert (summary.reports, len(summary.rejected), summary.entities) == (0, 1, 0)
    assert graph(tmp_path / "store", str(ONTOLOGY_IRI))


def test_progress_names_every_input(
    records: Callable[..., str], tmp_path: Path, stand_in: ModuleType, ontology: Path
) -> None:
    told: list[str] = []
    options = BuildOptions(store=tmp_path / "store", ontology=ontology)
    inputs = [records(a=FIGHT, b="EXPLODE"), str(tmp_path / "missing.txt")]
    build(inputs, options=options, progress=told.append, load_reader=stand_in.load)
    assert sorted(told) == sorted(["a", "b", str(tmp_path / "missing.txt")])
