from __future__ import annotations

import threading
from pathlib import Path

from kg.errors import RequestError
from server.summaries.remembered import Memory
from server.versions import Version

LONG = 30.0


class Data:
    """Data with versions, and work on it that a test can hold up."""

    def __init__(self) -> None:
        self.number = 1
        self.go = threading.Event()
        self.go.set()
        self.worked = 0
        self.refusal = ""

    def newest(self) -> Version:
        name = f"{self.number:08}"
        return Version(Path(name), name, self.number)

    def work(self) -> str:
        number = self.number
        assert self.go.wait(LONG)
        self.worked += 1
        if self.refusal:
            raise RequestError(503, self.refusal)
        return f"value {number}"


def test_a_value_is_worked_out_once_for_a_version() -> None:
    data = Data()
    memory = Memory(data.newest, data.work)
    for _ in range(3):
        known = memory.get(patience=LONG)
        assert (known.value, known.version, known.newest) == ("value 1", "1", True)
    assert data.worked == 1


def test_many_who_ask_at_once_share_the_work() -> None:
    data = Data()
    data.go.clear()
    memory = Memory(data.newest, data.work)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(memory.get(patience=LONG).value)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    data.go.set()
    for thread in threads:
        thread.join(LONG)
    assert found == ["value 1"] * 8
    assert data.worked == 1


def test_the_first_visitor_does_not_wait_for_ever() -> None:
    data = Data()
    data.go.clear()
    memory = Memory(data.newest, data.work)
    known = memory.get(patience=0.01)
    assert (known.value, known.newest, known.working) == (None, False, True)
    data.go.set()
    assert memory.get(patience=LONG).value == "value 1"
    assert data.worked == 1


def test_the_old_value_is_shown_as_such_while_the_new_one_is_worked_out() -> None:
    data = Data()
    memory = Memory(data.newest, data.work)
    memory.get(patience=LONG)
    data.go.clear()
    data.number = 2
    known = memory.get(patience=0.01)
    assert (known.value, known.version, known.newest, known.working) == ("value 1", "1", False, True)
    data.go.set()
    known = memory.get(patience=LONG)
    assert (known.value, known.version, known.newest, known.working) == ("value 2", "2", True, False)


def test_a_value_of_data_that_changed_meanwhile_names_both_versions_and_is_worked_out_again() -> None:
    data = Data()
    data.go.clear()
    memory = Memory(data.newest, data.work)
    memory.get(patience=0.01)
    data.number = 12
    data.go.set()
    known = memory.get(patience=LONG)
    assert (known.version, known.newest) == ("1 to 12", False)
    known = memory.get(patience=LONG)
    assert (known.version, known.newest) == ("12", True)


def test_a_failure_is_told_and_not_tried_again_at_once() -> None:
    data = Data()
    data.refusal = "the query took longer than 30 seconds"
    memory = Memory(data.newest, data.work)
    for _ in range(2):
        known = memory.get(patience=LONG)
        assert (known.value, known.working, known.failure) == (None, False, data.refusal)
    assert data.worked == 1
    data.number, data.refusal = 2, ""
    known = memory.get(patience=LONG)
    assert (known.value, known.failure) == ("value 2", "")
