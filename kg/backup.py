"""Backups of a store, taken and put back while others read and write it.

    BACKUP/backup.json    format, data version, base IRI, and the SHA-256 of every file
    BACKUP/checkpoint/    the newest checkpoint of that moment
    BACKUP/files/         what else the store's folder had: rejects, links, what people overrule

A backup shares no file with the store, so that what damages one leaves the other.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

import pyoxigraph as ox

from kg.checkpoints import locked, make_current, newest_checkpoint, next_checkpoint, store_errors
from kg.errors import StoreError
from kg.store import LOCK_SECONDS, Store

FORMAT = 1
_DESCRIPTION = "backup.json"
_OURS = {
    "lock",
    "next",
    "live",
    "checkpoints",
    "current",
    "meta.json",
    "published",  # tells of other stores, which stay as they are
}  # of the store's folder, apart from its files
_STAGE = "backup-"
_PIECE = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself; `files` has the SHA-256 of each file, by its path within the backup."""

    format: int
    version: str
    base_iri: str
    files: dict[str, str]


def back_up(store: Store, target: Path) -> Backup:
    """Copy the newest state of the store into the new folder `target`, which appears when it is whole.

    The store's lock is held only until its files are linked, so writers go on. StoreError where there is
    something at `target` already, or the disk fails.
    """
    with store_errors(target):
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise StoreError(f"{target}: there is something here already; name a new folder for the backup")
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}.part-"))
        try:
            with _staged(store.path) as (stage, version):
                files = {name: _copied(stage / name, part / name) for name in _names(stage)}
            backup = Backup(FORMAT, version, store.base_iri, files)
            _write_synced(part / _DESCRIPTION, json.dumps(asdict(backup), indent=1).encode() + b"\n")
            part.chmod(0o755)  # a temporary folder is its owner's only
            os.replace(part, target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return backup


def restore(source: Path, path: Path, *, force: bool) -> Backup:
    """Make the store at `path` hold what the backup at `source` has; a server on it goes on with that.

    All is copied and checked before anything changes; the state becomes a new data version. StoreError for
    a backup that is damaged, a store that is there already without `force`, and one of another base IRI.
    """
    backup = read_description(source)
    with store_errors(path):
        exists = (path / "meta.json").exists()
        if exists and not force:
            raise StoreError(f"{path}: there is a store here already; --force puts the backup in its place")
        for name, digest in backup.files.items():
            if _digest(source / name) != digest:
                raise StoreError(f"{source / name}: damaged: its SHA-256 is not that of {_DESCRIPTION}")
        store = Store.create_or_open(path, base_iri=backup.base_iri)
        with locked(path, LOCK_SECONDS):
            _previous, part = next_checkpoint(path)
            copy = Path(tempfile.mkdtemp(dir=path, prefix=_STAGE))
            try:
                for name in backup.files:
                    _copied(source / name, copy / name)
                _check_database(copy / "checkpoint", source)
                _replace_files(copy / "files", store.path)
                os.replace(copy / "checkpoint", part)
                make_current(path, part)
            finally:
                shutil.rmtree(copy, ignore_errors=True)
    return backup


def read_description(source: Path) -> Backup:
    """What the backup says of itself; StoreError where it is none, or none that this version reads."""
    try:
        found = Backup(**json.loads((source / _DESCRIPTION).read_text(encoding="utf-8")))
        whole = all(_is_inside(name) for name in found.files)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise StoreError(f"{source}: this is not a backup (no readable {_DESCRIPTION}): {error}") from error
    if found.format != FORMAT:
        raise StoreError(f"{source}: the backup has format {found.format}, this version reads {FORMAT}")
    if not whole:
        raise StoreError(f"{source}: its {_DESCRIPTION} names files outside of it")
    return found


@contextmanager
def _staged(path: Path) -> Iterator[tuple[Path, str]]:
    """A folder with links to what a backup of the store takes, and the data version. It goes afterwards."""
    with ExitStack() as ending:
        with locked(path, LOCK_SECONDS):
            _clear_stages(path)
            stage = Path(tempfile.mkdtemp(dir=path, prefix=_STAGE))
            ending.callback(shutil.rmtree, stage, ignore_errors=True)
            held = os.open(stage, os.O_RDONLY)
            ending.callback(os.close, held)
            fcntl.flock(held, fcntl.LOCK_EX)  # tells other backups that it is in use
            newest = newest_checkpoint(path)
            shutil.copytree(newest, stage / "checkpoint", copy_function=os.link)
            for entry in path.iterdir():
                if entry.name in _OURS or entry.name.startswith(_STAGE) or entry.suffix == ".part":
                    continue
                target = stage / "files" / entry.name
                target.parent.mkdir(exist_ok=True)
                if entry.is_dir():
                    shutil.copytree(entry, target)  # copied: these may be written in place
                else:
                    shutil.copy2(entry, target)
        yield stage, newest.name


def _clear_stages(path: Path) -> None:
    """Remove what backups and restores that were killed have left."""
    for stage in path.glob(f"{_STAGE}*"):
        held = os.open(stage, os.O_RDONLY)
        try:
            with suppress(BlockingIOError):
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(stage)
        finally:
            os.close(held)


def _names(stage: Path) -> list[str]:
    return sorted(entry.relative_to(stage).as_posix() for entry in stage.rglob("*") if entry.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copied(source: Path, target: Path) -> str:
    """Copy a file to the disk, and give the SHA-256 of what was copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as written:
        while piece := read.read(_PIECE):
            digest.update(piece)
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
    return digest.hexdigest()


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _check_database(folder: Path, source: Path) -> None:
    """StoreError where the engine cannot read the database: say, its first version is too old."""
    try:
        next(iter(ox.Store.read_only(str(folder))), None)
    except OSError as error:
        raise StoreError(f"{source}: its database cannot be read: {error}") from error


def _replace_files(copy: Path, path: Path) -> None:
    """Put the files of the backup in the place of the store's; what the backup lacks goes."""
    copy.mkdir(exist_ok=True)
    for entry in path.iterdir():
        if entry.name in _OURS or entry.name.startswith(_STAGE):
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    for entry in copy.iterdir():
        os.replace(entry, path / entry.name)


def _is_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return len(parts) > 1 and parts[0] in ("checkpoint", "files") and ".." not in parts
