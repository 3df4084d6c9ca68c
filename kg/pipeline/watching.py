"""A folder that is watched: what comes into it is built."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from kg.errors import InputError, SitrepError
from kg.ingest import is_input
from kg.ingest.kinds import kind_of
from kg.pipeline.build import BuildOptions, Progress, build
from kg.pipeline.report import LoadReader, Reader, load_default_reader
from kg.pipeline.summary import Summary
from kg.pipeline.versions import read_with

_LOG = logging.getLogger(__name__)
_LOOK_EVERY = 200  # milliseconds
_AGAIN_AFTER = 30.0  # seconds, where a build failed as a whole: another one may hold the store


def watch(
    folder: Path,
    *,
    options: BuildOptions,
    settle: float,
    stop: threading.Event,
    progress: Progress = lambda _: None,
    load_reader: LoadReader | None = None,
) -> Iterator[Summary]:
    """Build what is in the folder, then each file that is new or changed, until `stop` is set.

    A file is read once its size and time of change have been the same for `settle` seconds. Files that vanish
    leave their reports in the store; with `options.prune` every build is one of the whole folder and takes
    them out. What fails in the first build is raised, later it is told and tried again. Raises InputError if
    the folder itself is gone: nothing that comes to its place would be seen.
    """
    from watchfiles import watch as changes

    if load_reader is None:
        load_reader = KeptReader() if options.workers == 1 and options.dask is None else load_default_reader
    due, watched, built = _Due(folder, settle, prune=options.prune), False, False
    own = _identity(folder)
    for found in changes(
        folder,
        watch_filter=None,
        stop_event=stop,
        debounce=_LOOK_EVERY,
        rust_timeout=_LOOK_EVERY,
        yield_on_timeout=True,
    ):
        if _identity(folder) != own:
            raise InputError(str(folder), "the folder is gone, or another one is in its place; start again")
        if not watched:  # from here on, so that no file is missed
            due.begin()
            watched = True
        due.note({Path(name) for _, name in found})
        inputs = due.inputs()
        if not inputs:
            continue
        try:
            yield build(inputs, options=options, progress=progress, load_reader=load_reader)
        except SitrepError as error:
            if not built:
                raise
            _LOG.warning("%s; trying again in %d seconds", error, _AGAIN_AFTER)
            due.again(inputs)
        built = True


class _Due:
    """Which inputs are to be built: files that have settled, or the whole folder where it is to be pruned."""

    def __init__(self, folder: Path, settle: float, *, prune: bool) -> None:
        self._folder = folder
        self._settling = Settling(settle)
        self._settle = settle
        self._prune = prune
        self._ready: set[Path] = set()
        self._gone = False

    @property
    def is_waiting(self) -> bool:
        """Whether there are files that have not settled."""
        return bool(self._settling.waiting)

    def begin(self) -> None:
        """Everything in the folder is due; what was changed just now must settle first."""
        files = set(_files(self._folder))
        recent = {path for path in files if _age(path) < self._settle}
        self._settling.note(recent, time.monotonic())
        self._ready |= files - recent

    def note(self, changed: set[Path]) -> None:
        """Take what has changed in the folder."""
        seen = {path for path in changed if _is_seen(path, self._folder)}
        self._settling.note({file for path in seen for file in _files(path)}, time.monotonic())
        self._gone = self._gone or any(_was_input(path) for path in seen if not path.exists())

    def inputs(self) -> list[str]:
        """What to build now; each is handed out once."""
        self._ready.update(self._settling.settled(time.monotonic()))
        if self._prune:
            if self.is_waiting or not (self._ready or self._gone):
                return []
            found = [str(self._folder)]
        else:
            found = [str(path) for path in sorted(self._ready) if path.exists()]
        self._ready.clear()
        self._gone = False
        return found

    def again(self, inputs: list[str]) -> None:
        """Hand these out once more, after a while."""
        files = {file for name in inputs for file in _files(Path(name))}
        self._settling.note(files, time.monotonic() + _AGAIN_AFTER)


class Settling:
    """Files that somebody may still be writing."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.waiting: dict[Path, tuple[tuple[int, int] | None, float]] = {}  # size and time, and since when

    def note(self, paths: set[Path], now: float) -> None:
        """Wait for files, from the time `now` on."""
        self.waiting.update((path, (_state(path), now)) for path in sorted(paths))

    def settled(self, now: float) -> list[Path]:
        """The files that have not changed for long enough; they wait no more, nor do vanished ones."""
        ready = []
        for path, (before, since) in sorted(self.waiting.items()):
            state = _state(path)
            if state is None:
                del self.waiting[path]
            elif state != before:
                self.waiting[path] = (state, max(now, since))
            elif now - since >= self._seconds:
                del self.waiting[path]
                ready.append(path)
        return ready


class KeptReader:
    """Loads a reader, the default one, and keeps it until model or data files change."""

    is_default = True  # for `read_with`

    def __init__(self, load_reader: LoadReader = load_default_reader) -> None:
        self._load_reader = load_reader
        self._reader: Reader | None = None
        self._means = ""

    def __call__(self, *, model: str, ontology: Path) -> Reader:
        """The reader that was loaded before, if it would be loaded alike."""
        means = f"{model} {ontology} {read_with(ontology=ontology, model=model)}"
        if self._reader is None or means != self._means:
            self._reader, self._means = self._load_reader(model=model, ontology=ontology), means
        return self._reader


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells the folder from another one of its name; None where there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _state(path: Path) -> tuple[int, int] | None:
    """Size and time of change; None where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _age(path: Path) -> float:
    """Seconds since the file was changed."""
    state = _state(path)
    return time.time() - state[1] / 1e9 if state is not None else 0.0


def _files(path: Path) -> Iterator[Path]:
    """The inputs at a path: the file itself, or all in a folder, which may have been moved here."""
    if not path.is_dir() or path.is_symlink():
        if is_input(path):
            yield path
        return
    for folder, names, files in os.walk(path):
        names[:] = [name for name in names if not name.startswith(".")]
        yield from (Path(folder, name) for name in files if is_input(Path(folder, name)))


def _was_input(path: Path) -> bool:
    """Whether a path that is there no more may have been an input, or a folder of them."""
    return kind_of(path) is not None or not path.suffix


def _is_seen(path: Path, folder: Path) -> bool:
    """Whether nothing on the way from the folder is hidden."""
    return not any(part.startswith(".") for part in Path(os.path.relpath(path, folder)).parts)
