"""The files of a store: its lock, its checkpoints, and the one that is current.

What `kg.store` says of the folder holds here; nothing here knows the database.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from kg.errors import StoreError

_POLL_SECONDS = 0.02
_KEEP = 2  # the newest checkpoint, and the one that a reader may just be opening


def newest_checkpoint(path: Path) -> Path:
    """Folder of the newest checkpoint of the store at `path`.

    It may be gone by the time that it is opened, if two batches end in between: then ask again.
    """
    try:
        name = (path / "current").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise StoreError(f"{path}: there is no finished store here; make one with: kg build INPUT") from None
    return path / "checkpoints" / name


def next_checkpoint(path: Path) -> tuple[Path, Path]:
    """The folder of the newest checkpoint, and one that is to be made for the next.

    What writers that died have left there goes. The caller holds the lock.
    """
    checkpoints = path / "checkpoints"
    checkpoints.mkdir(exist_ok=True)
    current = newest_checkpoint(path).name if (path / "current").exists() else "00000000"
    name = following(current)
    part = checkpoints / f"{name}.part"
    for leftover in (checkpoints / name, part):
        if leftover.exists():
            shutil.rmtree(leftover)
    return checkpoints / current, part


def following(name: str) -> str:
    """The name of the checkpoint that comes next."""
    return f"{int(name) + 1:08d}"


def make_current(path: Path, part: Path) -> None:
    """Make the finished folder from `next_checkpoint` the newest checkpoint, then drop the old ones."""
    name, checkpoints = part.stem, part.parent
    os.replace(part, checkpoints / name)
    write_file(path / "current", f"{name}\n")
    keep = {f"{int(name) - age:08d}" for age in range(_KEEP)}
    for old in sorted(checkpoints.iterdir()):
        if old.name not in keep:
            shutil.rmtree(old, ignore_errors=True)  # what cannot go now goes next time


@contextmanager
def locked(path: Path, timeout: float) -> Iterator[None]:
    """Hold the store's lock. The system frees it when its holder dies.

    One who waits holds the file `next` until it has the lock, and who comes later waits for that: so one
    who writes without a pause lets the others in.
    """
    deadline = time.monotonic() + timeout
    with (path / "lock").open("a+", encoding="ascii") as file:
        with (path / "next").open("a", encoding="ascii") as turnstile:
            if not (_acquired(turnstile, deadline) and _acquired(file, deadline)):
                file.seek(0)
                raise StoreError(
                    f"{path}: process {file.read().strip() or '(unknown)'} has been writing to the store "
                    f"for more than {timeout:g} s; wait for it to end or stop it"
                )
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _acquired(file: TextIO, deadline: float) -> bool:
    """Whether the file could be locked before the deadline (of the monotonic clock)."""
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        else:
            return True


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Say which store it was where disk or database fail."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}") from error


def write_file(path: Path, text: str) -> None:
    """Replace a file at once: a reader sees the old or the new text, even after a power cut."""
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
