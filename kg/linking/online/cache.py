"""Answers of services on disk, so that nothing is asked twice and a run that was stopped goes on.

One SQLite file: the question (its service and its content as JSON), the answer as JSON, the day it was got.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import DataError

FILE = "answers.sqlite"
_WAIT_SECONDS = 30.0  # for another run that is writing
_TABLE = """CREATE TABLE IF NOT EXISTS answer
    (question TEXT PRIMARY KEY, answer TEXT NOT NULL, retrieved TEXT NOT NULL) WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class Cached:
    """An answer, and the day it was got."""

    answer: Any  # what json.loads gives
    retrieved: dt.date


class Cache:
    """The cache in `folder`; with `refresh` it forgets what it got before `today`'s run.

    Raises DataError where the file is no cache or cannot be written.
    """

    def __init__(self, folder: Path, *, today: Callable[[], dt.date], refresh: bool = False) -> None:
        self._path = folder / FILE
        self._today = today
        self._fresh: set[str] | None = set() if refresh else None
        folder.mkdir(parents=True, exist_ok=True)
        with self._errors():
            self._database = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, isolation_level=None)
            self._database.execute(_TABLE)

    def close(self) -> None:
        """Close the file; the cache cannot be used after it."""
        self._database.close()

    def get(self, question: str) -> Cached | None:
        """The answer to a question, if it is known."""
        if self._fresh is not None and question not in self._fresh:
            return None
        with self._errors():
            rows = self._database.execute(
                "SELECT answer, retrieved FROM answer WHERE question = ?", (question,)
            )
            row = rows.fetchone()
        return None if row is None else Cached(json.loads(row[0]), dt.date.fromisoformat(row[1]))

    def put(self, answers: Mapping[str, Any]) -> None:
        """Keep answers, all or none of them."""
        retrieved = self._today().isoformat()
        rows = [(question, _json(answer), retrieved) for question, answer in answers.items()]
        with self._errors(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", rows)
        if self._fresh is not None:
            self._fresh.update(answers)

    def answers(
        self, questions: Iterable[str], ask: Callable[[list[str]], Mapping[str, Any]], *, batch: int
    ) -> Mapping[str, Cached]:
        """The answers to all questions; `ask` is called with at most `batch` of those that are not known."""
        wanted = list(dict.fromkeys(questions))
        unknown = [question for question in wanted if self.get(question) is None]
        for start in range(0, len(unknown), batch):
            self.put(ask(unknown[start : start + batch]))
        found = {question: self.get(question) for question in wanted}
        return {question: cached for question, cached in found.items() if cached is not None}

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise DataError(
                self._path, None, f"cannot be used as a cache of answers ({error}); delete it"
            ) from error


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
