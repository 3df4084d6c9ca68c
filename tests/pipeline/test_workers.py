"""Reading in several processes: the same outcomes in the same order, whatever becomes of the processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType

import psutil
import pytest

from kg.errors import SitrepError
from kg.facts import Report
from kg.ingest import Rejected
from kg.pipeline.overruling import Rules
from kg.pipeline.report import LoadReader, ReportOptions
from kg.pipeline.worker import CHARACTERS, TOGETHER, Outcome, Work, _groups
from kg.pipeline.workers import read_reports

FIGHT = "Islamic State fought Reds."
BASE = "https://example.org/"
Read = Callable[..., Iterator[Outcome]]


@pytest.fixture
def read(stand_in: ModuleType, ontology: Path) -> Read:
    """Reads these texts, numbered from 0."""

    def read(
        *texts: str, load: LoadReader = stand_in.load, workers: int = 2, patience: float = 60.0
    ) -> Iterator[Outcome]:
        options = ReportOptions("none", ontology, BASE, False, load, Rules(BASE))
        reports = (Report(str(number), text) for number, text in enumerate(texts))
        return read_reports(reports, options=options, workers=workers, patience=patience)

    return read


def test_a_worker_reads_few_reports_together_and_few_characters() -> None:
    waiting: SimpleQueue[Work] = SimpleQueue()
    lengths = [10] * (TOGETHER + 1) + [CHARACTERS // 2] * 3 + [2 * CHARACTERS, CHARACTERS, 1]
    for number, length in enumerate(lengths):
        waiting.put(Work(Report(str(number), "x" * length), singly=False))
    groups = _groups(waiting)
    found = [[int(work.report.identifier) for work in next(groups)] for _ in range(6)]
    assert found == [[*range(8)], [8, 9], [10, 11], [12], [13], [14]]


def told(outcomes: Iterator[Outcome]) -> list[str]:
    """The identifiers, and of what was rejected the reasons."""
    return [one.reason if isinstance(one, Rejected) else one.identifier for one in outcomes]


def children() -> list[psutil.Process]:
    return [
        child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())
    ]  # not the tracker of resources


def test_order_is_kept_though_some_take_longer(read: Read) -> None:
    texts = ["SLOW" if number % 7 == 0 else FIGHT for number in range(40)]
    one, two = ([(o.identifier, o.triples) for o in read(*texts, workers=n)] for n in (1, 2))  # type: ignore[union-attr]
    assert [identifier for identifier, _ in two] == [str(number) for number in range(40)]
    assert [sorted(triples.splitlines()) for _, triples in two] == [
        sorted(triples.splitlines()) for _, triples in one
    ]


@pytest.mark.parametrize("death", ["DIE", "SEGFAULT"])
def test_what_kills_its_process_is_rejected_by_name_and_the_rest_is_read(read: Read, death: str) -> None:
    outcomes = list(read(FIGHT, death, *[FIGHT] * 10))
    how = {"DIE": "its process ended with status 3", "SEGFAULT": "its process ended by SIGSEGV"}[death]
    assert [o for o in outcomes if isinstance(o, Rejected)] == [Rejected("1", f"it cannot be read: {how}")]
    assert told(o for o in outcomes if not isinstance(o, Rejected)) == [
        str(number) for number in range(12) if number != 1
    ]
    assert not children()


def test_what_killed_its_process_once_is_tried_again_alone(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert told(read(FIGHT, "DIE ONCE", *[FIGHT] * 10)) == [str(number) for number in range(12)]
    assert len((tmp_path / "died").read_text().split()) == 1


def test_whichever_of_those_read_together_kills_the_process_only_that_is_rejected(read: Read) -> None:
    texts = [FIGHT, "EXPLODE", *[FIGHT] * 3, "DIE", *[FIGHT] * 4]
    outcomes = told(read(*texts, workers=2))
    assert outcomes[1] == "could not be read (RuntimeError: planted failure)"
    assert outcomes[5] == "it cannot be read: its process ended with status 3"
    assert [one for one in outcomes if "read" not in one] == [str(n) for n in range(10) if n not in (1, 5)]


def test_what_fails_together_is_read_one_by_one(read: Read) -> None:
    outcomes = told(read(*[FIGHT] * 3, "EXPLODE", *[FIGHT] * 20, workers=1))
    assert outcomes[3] == "could not be read (RuntimeError: planted failure)"
    assert outcomes[:3] + outcomes[4:] == [str(number) for number in range(24) if number != 3]


def test_few_reports_are_taken_ahead_in_one_process_and_long_ones_singly(
    stand_in: ModuleType, ontology: Path
) -> None:
    taken: list[int] = []

    def reports() -> Iterator[Report]:
        for number in range(40):
            taken.append(number)
            yield Report(str(number), "Nothing. " * (10 if number < 20 else 5000))

    options = ReportOptions("none", ontology, BASE, False, stand_in.load, Rules(BASE))
    ahead = []
    for number, _ in enumerate(read_reports(reports(), options=options, workers=1)):
        ahead.append(len(taken) - number - 1)
    assert max(ahead[:20]) == 7
    assert max(ahead[20:]) == 1  # the next one, which shows that the group is full


def test_a_hanging_reader_is_ended(read: Read) -> None:
    outcomes = list(read(FIGHT, "HANG", *[FIGHT] * 20, patience=2.0))
    assert [o.reason for o in outcomes if isinstance(o, Rejected)] == [
        "it cannot be read: takes more than 2 s"
    ]
    assert len(outcomes) == 22
    assert not children()


def test_killed_workers_cost_nothing(read: Read) -> None:
    """As when memory runs out: SIGKILL from outside, all of them at once."""
    outcomes, found = read(*["SLOW"] * 12), []
    for number, outcome in enumerate(outcomes):
        found.append(outcome)
        if number == 1:
            for child in children():
                child.kill()
    assert told(iter(found)) == [str(number) for number in range(12)]


def test_what_is_too_long_to_send_ahead_waits_for_its_turn(read: Read) -> None:
    texts = [f"{FIGHT}\n" * 40_000, FIGHT] * 4  # a megabyte each does not fit into a pipe
    assert told(read(*[text.replace(FIGHT, "Nothing.") for text in texts])) == [str(n) for n in range(8)]


def test_a_worker_that_dies_while_it_loads_is_an_error(read: Read, stand_in: ModuleType) -> None:
    with pytest.raises(SitrepError, match=r"before they have loaded .* with status 4\. .* fewer --workers"):
        list(read(*[FIGHT] * 10, load=stand_in.load_and_die))
    assert not children()


def test_nothing_is_started_for_nothing(read: Read, stand_in: ModuleType) -> None:
    for workers in (1, 2):
        assert list(read(load=stand_in.load_missing_model, workers=workers)) == []
    outcomes = read(FIGHT)
    assert len([next(outcomes), *children()]) == 2  # a single report takes one process
    assert list(outcomes) == []


def test_who_looks_away_ends_the_workers_at_once(read: Read) -> None:
    outcomes = read(*["SLOW"] * 50)
    next(outcomes)
    began = time.monotonic()
    outcomes.close()  # type: ignore[attr-defined]
    assert not children()
    assert time.monotonic() - began < 2
