"""Answers that were given, kept for the next who asks the same.

An entry belongs to one data version: with the first answer of another version all older ones go. Only whole
answers are kept, the least recently asked go first, and what is kept is bounded in bytes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from server.messages import Job
from server.pool import Answer
from server.versions import Version

MAXIMUM_BYTES = 64 * 2**20  # of all answers and queries; a small part of what one reader may use
_SHARE = 16  # an answer larger than this part of it would push out too many others
_OVERHEAD = 1000  # bytes of an entry beside its answer and its query, about


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole answer."""

    media_type: str
    whole: bytes

    def __iter__(self) -> Iterator[bytes]:
        yield self.whole


class Cache:
    """Answers by the job that gave them; safe to use from many threads."""

    def __init__(self, maximum: int = MAXIMUM_BYTES) -> None:
        self._maximum = maximum
        self._lock = threading.Lock()
        self._entries: OrderedDict[Job, Kept] = OrderedDict()
        self._version: Version | None = None
        self._bytes = 0
        self.hits = 0
        self.largest = maximum // _SHARE  # bytes of the largest answer that is kept

    def get(self, version: Version, job: Job) -> Kept | None:
        """The answer of this version of the data, None where it is not at hand."""
        with self._lock:
            if version != self._version or (kept := self._entries.get(job)) is None:
                return None
            self._entries.move_to_end(job)
            self.hits += 1
            return kept

    def recorded(self, answer: Answer, version: Version, job: Job) -> Answer | Recorded:
        """The answer, which is kept now or, if it is long, at its end."""
        if (recording := self.recording(answer, version, job)) is not None:
            return Recorded(answer, recording)
        return answer

    def recording(self, answer: Answer, version: Version, job: Job) -> Recording | None:
        """How a long answer is kept as it comes; a short one is kept now."""
        if answer.whole is None:
            return Recording(self, version, job, answer.media_type)
        self.put(version, job, Kept(answer.media_type, answer.whole))
        return None

    def put(self, version: Version, job: Job, kept: Kept) -> None:
        """Keep a whole answer, unless it is too large or the data has changed."""
        size = _size(job, kept)
        if size > self.largest:
            return
        with self._lock:
            if version != self._version:
                if self._version is not None and version.made < self._version.made:
                    return
                self._entries.clear()
                self._bytes, self._version = 0, version
            if (before := self._entries.pop(job, None)) is not None:
                self._bytes -= _size(job, before)
            self._entries[job] = kept
            self._bytes += size
            while self._bytes > self._maximum:
                self._bytes -= _size(*self._entries.popitem(last=False))


class Recording:
    """The pieces of a long answer, to be kept once all are there, unless it is too large."""

    def __init__(self, cache: Cache, version: Version, job: Job, media_type: str) -> None:
        self._cache = cache
        self._version = version
        self._job = job
        self._media_type = media_type
        self._pieces: list[bytes] | None = []
        self._size = 0

    def add(self, piece: bytes) -> None:
        """The next piece."""
        if self._pieces is not None:
            self._pieces.append(piece)
            self._size += len(piece)
            if self._size > self._cache.largest:
                self._pieces = None

    def keep(self) -> None:
        """All are there."""
        if self._pieces is not None:
            kept = Kept(self._media_type, b"".join(self._pieces))
            self._pieces = None
            self._cache.put(self._version, self._job, kept)

    def drop(self) -> None:
        """No more will come."""
        self._pieces = None


class Recorded(Iterator[bytes]):
    """A long answer that is kept once its last piece has been given."""

    def __init__(self, answer: Answer, recording: Recording) -> None:
        self.media_type = answer.media_type
        self.whole = answer.whole
        self._answer = answer
        self._recording = recording

    def __next__(self) -> bytes:
        try:
            piece = next(self._answer)
        except StopIteration:
            self._recording.keep()
            raise
        self._recording.add(piece)
        return piece

    def close(self) -> None:
        """Give up the rest, and with it the keeping."""
        self._recording.drop()
        self._answer.close()


Given: TypeAlias = Answer | Kept | Recorded


def _size(job: Job, kept: Kept) -> int:
    named = (job.base_iri or "", *job.dataset.default, *job.dataset.named)
    characters = len(job.text) + sum(len(iri) for iri in named)
    return len(kept.whole) + 4 * characters + _OVERHEAD  # a character takes four bytes at most
