"""What a second build reads, and what it leaves alone."""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import grimp
import pyoxigraph as ox
import pytest

from kg import iri
from kg.errors import ModelError
from kg.facts import Report
from kg.pipeline import BuildOptions, Summary, build, remove
from kg.pipeline.marks import input_digest
from kg.pipeline.versions import CODE, differing, read_with
from kg.store import Store
from kg.vocab import SIT

FIGHT = "Islamic State fought Reds."
REJECTED = "Reds fought nine men."  # validation keeps the count out


@dataclass
class Site:
    """A store, its inputs, and what was read."""

    folder: Path
    ontology: Path
    part: ModuleType
    read: list[str] = field(default_factory=list)

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def build(self, *inputs: str, **options: object) -> Summary:
        """Build from the inputs; `self.read` has the identifiers of what was read."""
        self.read.clear()
        chosen = BuildOptions(**{"store": self.store, "ontology": self.ontology} | options)  # type: ignore[arg-type]
        return build(inputs, options=chosen, load_reader=self.load)

    def load(self, **_: object) -> Noting:
        return Noting(self.part.StandInReader(), self.read)

    def records(self, name: str = "reports.jsonl", **texts: str | None) -> str:
        """A file of records; None is a line that is no record."""
        lines = [json.dumps({"id": key, "text": text}) if text else "{" for key, text in texts.items()]
        (self.folder / name).write_text("\n".join(lines))
        return str(self.folder / name)

    def dump(self) -> list[bytes]:
        data = ox.serialize(Store.open(self.store).reading(), format=ox.RdfFormat.N_QUADS)
        assert data is not None
        return sorted(data.splitlines())

    def version(self) -> str:
        return Store.open(self.store).version()

    def files(self, folder: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.store / folder).glob("*")}


class Noting:
    """A reader that notes what it reads."""

    def __init__(self, reader: object, read: list[str]) -> None:
        self._reader = reader
        self._read = read

    def read(self, report: Report) -> object:
        self._read.append(report.identifier)
        return self._reader.read(report)  # type: ignore[attr-defined]


@pytest.fixture
def site(tmp_path: Path, ontology: Path, stand_in: ModuleType) -> Site:
    return Site(tmp_path, ontology, stand_in)


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary.new, summary.changed, summary.again, summary.unchanged


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_changed_nothing_done(site: Site, workers: int, stand_in: ModuleType) -> None:
    inputs = site.records(a=FIGHT, b=REJECTED)
    options = BuildOptions(store=site.store, ontology=site.ontology, workers=workers)
    first = build([inputs], options=options, load_reader=stand_in.load)
    before, version, rejects = site.dump(), site.version(), site.files("rejects")
    second = build([inputs], options=options, load_reader=stand_in.load)
    assert (counts(first), counts(second)) == ((2, 0, 0, 0), (0, 0, 0, 2))
    assert (first.reports, second.reports) == (2, 0)
    assert (site.dump(), site.version(), site.files("rejects")) == (before, version, rejects)
    assert rejects.keys() == {"b.jsonl"}


def test_the_model_is_not_loaded_where_nothing_is_read(site: Site) -> None:
    inputs = site.records(a=FIGHT)
    site.build(inputs)

    def load(**_: object) -> Noting:
        raise ModelError("there is no model")

    site.load = load  # type: ignore[method-assign]
    load.__module__, load.__qualname__ = Site.load.__module__, Site.load.__qualname__
    assert counts(site.build(inputs)) == (0, 0, 0, 1)
    with pytest.raises(ModelError):
        site.build(inputs, reread=True)


def test_only_what_is_new_or_changed_is_read(site: Site) -> None:
    site.build(site.records(a=FIGHT, b=FIGHT, c=FIGHT))
    summary = site.build(site.records(a=FIGHT, b=f"{FIGHT} Reds fought Greens.", c=FIGHT, d=FIGHT))
    assert site.read == ["b", "d"]
    assert counts(summary) == (1, 1, 0, 2)
    left = site.dump()
    shutil.rmtree(site.store)
    site.build(site.records(a=FIGHT, b=f"{FIGHT} Reds fought Greens.", c=FIGHT, d=FIGHT))
    assert left == site.dump()


@pytest.mark.parametrize(
    "options", [{"date": dt.date(2024, 5, 1)}, {"keep_text": True}], ids=lambda options: next(iter(options))
)
def test_options_that_the_graph_depends_on_count_as_change(site: Site, options: dict[str, object]) -> None:
    inputs = site.records(a=FIGHT)
    site.build(inputs)
    assert counts(site.build(inputs, **options)) == (0, 1, 0, 0)
    assert counts(site.build(inputs, **options)) == (0, 0, 0, 1)


def test_a_date_of_its_own_makes_the_option_idle(site: Site) -> None:
    (site.folder / "r.jsonl").write_text(json.dumps({"id": "a", "text": FIGHT, "date": "2024-05-02"}))
    site.build(str(site.folder / "r.jsonl"))
    summary = site.build(str(site.folder / "r.jsonl"), date=dt.date(2024, 5, 1))
    assert counts(summary) == (0, 0, 0, 1)


def test_reread_reads_all_and_changes_nothing(site: Site) -> None:
    inputs = site.records(a=FIGHT, b=REJECTED)
    site.build(inputs)
    before = site.dump()
    assert counts(site.build(inputs, reread=True)) == (0, 0, 2, 0)
    assert site.dump() == before


@pytest.fixture
def other_ontology(tmp_path: Path, ontology: Path) -> Path:
    """A folder whose gazetteer knows Syria by another name too."""
    folder = tmp_path / "other"
    shutil.copytree(ontology, folder)
    (file,) = (folder / "gazetteer").glob("*.tsv")
    rows = file.read_text().splitlines(keepends=True)
    file.write_text("".join(row.replace("\tSyria\t", "\tSyria land\t", 1) for row in rows))
    assert file.read_text() != "".join(rows)
    return folder


def test_another_gazetteer_is_said_once_and_all_is_read_again(
    site: Site, other_ontology: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inputs = site.records(a=FIGHT, b=FIGHT, c=FIGHT)
    site.build(site.records("more.jsonl", d=FIGHT))
    site.build(inputs)
    with caplog.at_level(logging.WARNING):
        assert counts(site.build(inputs, ontology=other_ontology)) == (0, 0, 3, 0)
    assert [record.getMessage() for record in caplog.records] == [
        "the store has 4 reports that were read with another gazetteer; those among the inputs are read again"
    ]
    upgraded = site.dump()
    caplog.clear()
    assert counts(site.build(inputs, ontology=other_ontology)) == (0, 0, 0, 3)
    assert (caplog.records, site.dump()) == ([], upgraded)


def test_what_another_gazetteer_read_can_be_kept(site: Site, other_ontology: Path) -> None:
    inputs = site.records(a="Syria fought Reds.", b=FIGHT)
    site.build(inputs)
    summary = site.build(site.records(a="Syria fought Reds.", b=f"{FIGHT} "), ontology=other_ontology,
                         keep_old=True)  # fmt: skip
    assert counts(summary) == (0, 1, 0, 1)
    told = told_means(site)
    assert told["a"] != told["b"]
    assert differing(told["a"], told["b"]) == ["gazetteer"]
    known = ox.NamedNode(iri.graph(Store.open(site.store).base_iri, "entities"))
    quads = Store.open(site.store).reading().quads_for_pattern(None, None, None, known)
    assert any("Syria land" in str(quad.object) for quad in quads)  # what all reports share is made anew
    version = site.version()
    site.build(inputs.replace("x", "x"), ontology=other_ontology, keep_old=True)
    assert site.version() == version


def told_means(site: Site) -> dict[str, str]:
    """What each report says it was read with."""
    store = Store.open(site.store)
    predicate = ox.NamedNode(SIT.readWith)
    return {
        iri.identifier(quad.subject.value): quad.object.value
        for quad in store.reading().quads_for_pattern(None, predicate, None, None)
        if isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.Literal)
        and quad.subject == quad.graph_name
    }


def test_the_dataset_says_what_it_was_built_with(site: Site) -> None:
    site.build(site.records(a=FIGHT))
    store = Store.open(site.store)
    (quad,) = store.reading().quads_for_pattern(
        ox.NamedNode(iri.dataset(store.base_iri)), ox.NamedNode(SIT.readWith), None, None
    )
    assert isinstance(quad.object, ox.Literal)
    assert quad.object.value == told_means(site)["a"]


def test_a_licence_alone_is_written(site: Site) -> None:
    inputs = site.records(a=FIGHT)
    site.build(inputs)
    summary = site.build(inputs, licence="https://example.org/licence")
    assert counts(summary) == (0, 0, 0, 1)
    assert any(b"https://example.org/licence" in line for line in site.dump())


def test_what_people_overrule_holds_without_reading(site: Site) -> None:
    inputs = site.records(a=FIGHT, b=FIGHT)
    site.build(inputs)
    before = site.dump()
    line = "same\torganization/Greens\torganization/Reds\ta\n"
    (site.store / "overrides.tsv").write_text(line)
    assert counts(site.build(inputs)) == (0, 0, 0, 2)
    applied = site.dump()
    assert any(b"organization/Greens" in quad for quad in applied)
    assert counts(site.build(inputs)) == (0, 0, 0, 2)
    assert site.dump() == applied
    assert site.files("overruled").keys() >= {"a.nq"}
    (site.store / "overrides.tsv").write_text("")
    assert counts(site.build(inputs)) == (0, 0, 0, 2)
    assert site.dump() == before


def test_dropped_graphs_are_read_again(site: Site) -> None:
    inputs = site.records(a=FIGHT, b=FIGHT)
    site.build(inputs)
    before = site.dump()
    with Store.open(site.store).writing() as batch:
        batch.database.update("DROP ALL")
    assert counts(site.build(inputs)) == (2, 0, 0, 0)
    assert site.dump() == before


def test_prune_removes_what_is_not_among_the_inputs(site: Site) -> None:
    site.build(site.records(a=FIGHT, b=REJECTED, c="Syria fought Greens."))
    (site.store / "overrides.tsv").write_text("same\torganization/Blues\torganization/Greens\tc\n")
    site.build(site.records(a=FIGHT, b=REJECTED, c="Syria fought Greens."))
    assert (site.files("rejects").keys(), "c.nq" in site.files("overruled")) == ({"b.jsonl"}, True)
    inputs = site.records(a=FIGHT)
    assert site.build(inputs).removed == 0
    summary = site.build(inputs, prune=True)
    assert (summary.removed, summary.unchanged) == (2, 1)
    assert Store.open(site.store).identifiers() == ["a"]
    assert (site.files("rejects"), "c.nq" in site.files("overruled")) == ({}, False)
    version = site.version()
    assert site.build(inputs, prune=True).removed == 0
    assert site.version() == version
    (site.store / "overrides.tsv").unlink()
    site.build(inputs)
    left = site.dump()
    shutil.rmtree(site.store)
    site.build(inputs)
    assert site.dump() == left


def test_prune_takes_many_in_batches(site: Site) -> None:
    site.build(site.records(**{f"r{number}": "Nothing." for number in range(150)}))
    summary = site.build(site.records(r7="Nothing."), prune=True)
    assert (summary.removed, summary.unchanged) == (149, 1)
    assert Store.open(site.store).identifiers() == ["r7"]


def test_prune_keeps_what_the_store_has_of_a_rejected_input(site: Site) -> None:
    (site.folder / "in").mkdir()
    for name in ("a", "b", "c"):
        (site.folder / "in" / f"{name}.txt").write_text(FIGHT)
    site.build(str(site.folder / "in"))
    (site.folder / "in" / "b.txt").write_text("")
    (site.folder / "in" / "c.txt").write_text("EXPLODE")
    summary = site.build(str(site.folder / "in"), prune=True)
    assert (len(summary.rejected), summary.removed) == (2, 0)
    assert Store.open(site.store).identifiers() == ["a", "b", "c"]


@pytest.mark.parametrize("inputs", ["missing", "empty", "reports.jsonl"])
def test_prune_does_nothing_where_the_inputs_are_not_known(
    site: Site, inputs: str, caplog: pytest.LogCaptureFixture
) -> None:
    site.build(site.records(a=FIGHT, b=FIGHT))
    site.records(a=FIGHT, broken=None)
    (site.folder / "empty").mkdir()
    with caplog.at_level(logging.WARNING):
        summary = site.build(str(site.folder / inputs), prune=True)
    assert summary.removed == 0
    assert "nothing is pruned" in caplog.records[-1].getMessage()
    assert Store.open(site.store).identifiers() == ["a", "b"]


def test_removing_leaves_no_trace(site: Site) -> None:
    """Neither in the graphs nor in the index, the rejects, or what was kept for people's corrections."""
    keep = site.records("keep.jsonl", a="Islamic State fought Reds.")
    site.build(keep, store=site.folder / "expected")
    site.build(keep, site.records("gone.jsonl", b="Mars fought nine men."))
    (site.store / "overrides.tsv").write_text("wrong\treport/b/event/clash-0\n")
    site.build(keep)
    assert (site.files("rejects").keys(), "b.nq" in site.files("overruled")) == ({"b.jsonl"}, True)
    (site.store / "overrides.tsv").unlink()
    site.build(keep)
    assert remove(["b"], store=Store.open(site.store), ontology=site.ontology) == ()
    left = site.dump()
    assert not any(b"report/b" in line or b"Mars" in line for line in left)
    assert (site.files("rejects"), "b.nq" in site.files("overruled")) == ({}, False)
    site.store.rename(site.folder / "was")
    (site.folder / "expected").rename(site.store)
    assert site.dump() == left


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("ontology 1, code 2", "ontology 1, code 2", []),
        ("ontology 1, code 2", "ontology 3, code 2", ["ontology"]),
        ("model en 1, code 2", "model en 2, code 3", ["model", "code"]),
        ("ontology 1", "ontology 1, spaCy 3", ["spaCy"]),
    ],
)
def test_names_of_what_differs(one: str, other: str, names: list[str]) -> None:
    assert differing(one, other) == names


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("sitrep.ttl", "ontology"),
        ("shapes.ttl", "ontology"),
        ("lexicon/events.toml", "lexicon"),
        ("gazetteer/towns.tsv", "gazetteer"),
        ("alignments.ttl", None),
        ("gazetteer/README.md", None),
    ],
)
def test_files_that_reports_depend_on(tmp_path: Path, file: str, part: str | None) -> None:
    for name in ("sitrep.ttl", "lexicon/events.toml", "gazetteer/towns.tsv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("old")
    before = read_with(ontology=tmp_path, model="none")
    (tmp_path / file).write_text("new")
    assert differing(before, read_with(ontology=tmp_path, model="none")) == ([part] if part else [])


def test_a_model_in_a_folder_counts_by_its_files(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "weights").write_bytes(b"1")
    before = read_with(ontology=tmp_path, model=str(model))
    model.rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").rename(model)
    assert read_with(ontology=tmp_path, model=str(model)) == before
    (model / "weights").write_bytes(b"2")
    assert differing(before, read_with(ontology=tmp_path, model=str(model))) == ["model"]


def test_digests_tell_fields_apart() -> None:
    day = dt.date(2024, 5, 1)
    reports = [
        Report("a", "text"),
        Report("a", "text", title="t"),
        Report("a", "text", publisher="t"),
        Report("a", "text", issued=day),
        Report("a", "text", issued=dt.datetime(2024, 5, 1)),
        Report("a", "text", source="t"),
        Report("a", "text", language="t"),
        Report("b", "text"),
    ]
    found = {input_digest(report, keep_text=keep) for report in reports for keep in (False, True)}
    assert len(found) == 2 * len(reports)


def test_all_code_that_a_graph_comes_from_is_in_the_digest() -> None:
    """What reading, mapping and validation import, but for what has no part in a graph's content."""
    package = Path(read_with.__code__.co_filename).parents[1]
    covered = {path for pattern in CODE for path in package.glob(pattern)}
    imports = grimp.build_graph("kg")
    needed, waiting = set(), ["kg.pipeline.report", "kg.reading", *imports.find_descendants("kg.reading")]
    while waiting:
        module = waiting.pop()
        if module not in needed and module != "kg":  # which offers all to Python users
            needed.add(module)
            waiting += imports.find_modules_directly_imported_by(module)
    files = {package.joinpath(*name.split(".")[1:]) for name in needed}
    modules = {path / "__init__.py" if path.is_dir() else path.with_suffix(".py") for path in files}
    missing = {path.relative_to(package).as_posix() for path in modules - covered}
    without_part = {"batches.py", "errors.py", "settings.py", "pipeline/marks.py", "pipeline/seconds.py"}
    assert {name for name in missing if not name.startswith("ingest/")} == without_part
