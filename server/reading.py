"""Reads reports for the pages in child processes: `kg read` shows what is in them, `kg build` stores them.

The web process loads no language model. A child gets its reports as a file in a folder of its own, and ends
with an error beyond its time or memory; it has no network, and does not see the writers' token.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kg.errors import RequestError

MOST_AT_ONCE = 2  # readings; more are refused

_LOG = logging.getLogger(__name__)
_LARGEST_ANSWER = 64 * 1024 * 1024  # bytes; what is said of a text is some ten times its size
_PASSED_ON = ("KG_CACHE", "KG_LICENSE", "KG_MODEL", "KG_ONTOLOGY")  # of the settings of kg, those of reading
_CHILD = """
import os, resource, signal
resource.setrlimit(resource.RLIMIT_DATA, ({memory}, {memory}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
signal.alarm({seconds})  # should the web process be gone
os.nice(5)  # queries go first
from server.confine import Confinement
Confinement()
from kg.cli import main
main()
"""


@dataclass(frozen=True, slots=True)
class Input:
    """A file as `kg build` takes it. `identifier` and `date` are for a page, records have their own."""

    data: bytes
    suffix: str  # .html or .jsonl
    identifier: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a child wrote, and a line for each input that it rejected."""

    output: str
    problems: tuple[str, ...]


class Readings:
    """Runs the children, few at a time; safe to use from many threads.

    `seconds` limits each by the clock, `memory` is bytes of its working memory.
    """

    def __init__(self, *, store: Path, seconds: float, memory: int) -> None:
        self._store = store.absolute()
        self._seconds = seconds
        self._memory = memory
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._running: set[subprocess.Popen[bytes]] = set()

    def read(self, given: Input) -> Outcome:
        """What is in the input: a line of JSON for each report (`kg.cli.read`)."""
        return self._run("read", given, "--format", "json")

    def store(self, given: Input, *, keep_text: bool) -> Outcome:
        """Put the input into the store; each report of it is stored whole or not at all."""
        return self._run("build", given, "--workers", "1", *(["--keep-text"] if keep_text else []))

    def close(self) -> None:
        """End all children."""
        for process in tuple(self._running):
            _kill(process)

    def _run(self, command: str, given: Input, *options: str) -> Outcome:
        """RequestError 429 where too many are at work, 503 beyond the time, 400 for what ends the reader."""
        name = f"report{given.suffix}"
        arguments = [command, name, "--store", str(self._store), *options]
        arguments += ["--id", given.identifier] if given.identifier else []
        arguments += ["--date", given.date] if given.date else []
        with self._place(), tempfile.TemporaryDirectory(prefix="sitrep-") as folder:
            Path(folder, name).write_bytes(given.data)
            status = self._status(arguments, Path(folder))
            output, talk = (Path(folder, stream) for stream in ("stdout", "stderr"))
            if output.stat().st_size > _LARGEST_ANSWER:
                raise RequestError(413, "there is too much in it to show; take fewer reports at a time")
            lines = talk.read_text(encoding="utf-8", errors="replace").splitlines()
            return _outcome(status, output.read_text(encoding="utf-8", errors="replace"), lines)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise RequestError(429, f"{MOST_AT_ONCE} reports are being read already; try again soon")
        try:
            yield
        finally:
            self._places.release()

    def _status(self, arguments: list[str], folder: Path) -> int:
        """The exit status of a child in the folder, where it leaves what it writes."""
        code = _CHILD.format(memory=self._memory, seconds=int(self._seconds) + 10)
        with (folder / "stdout").open("wb") as output, (folder / "stderr").open("wb") as talk:
            process = subprocess.Popen(  # noqa: S603 (our own interpreter and modules)
                [sys.executable, "-P", "-c", code, *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=talk,
                env=_environment(),
                start_new_session=True,
            )
            self._running.add(process)
            try:
                return process.wait(self._seconds)
            except subprocess.TimeoutExpired:
                raise RequestError(
                    503,
                    f"the reading was stopped: it took longer than {self._seconds:g} s; take a shorter text",
                ) from None
            finally:
                _kill(process)
                self._running.discard(process)


def _outcome(status: int, output: str, lines: list[str]) -> Outcome:
    """RequestError where the child ended otherwise than a command of ours does."""
    problems = tuple(line.removeprefix("kg: ") for line in lines if line.startswith("kg: "))
    if status == 0 or (status == 1 and problems):
        return Outcome(output, problems if status else ())
    usage = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    if status == 2 and usage:  # an option of what the form says, such as a date that is none
        raise RequestError(400, usage[0])
    if status < 0:
        ended = signal.Signals(-status).name
        raise RequestError(400, f"the reader was ended by {ended}; the text may need too much memory")
    _LOG.error("a reader ended with status %d: %s", status, " | ".join(lines[-3:]))
    raise RequestError(500, "the reader failed; the server's log has more")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the child, if it has not ended, and all that it started."""
    if process.poll() is None:
        with suppress(ProcessLookupError):  # it may end just now
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment() -> Mapping[str, str]:
    """What the child sees of ours: no settings of the server, above all no token."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("KG_") or name in _PASSED_ON
    }
    paths = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    return {**kept, "PYTHONPATH": paths, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}
