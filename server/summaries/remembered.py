"""A value that is worked out once for each state of the data, while the one before it is still shown."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from kg.errors import SitrepError
from server.versions import Version

RETRY_SECONDS = 60.0  # what cannot be worked out is not tried again at once: it may have taken a minute

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Remembered(Generic[_T]):
    """What is known now.

    `value` is None before the first is at hand. `version` names the data that it was worked out from, as "12"
    or, where data came in meanwhile, "12 to 14". `newest`: there is no newer data. `working`: one is being
    worked out. `failure` says why the last could not be.
    """

    value: _T | None
    version: str
    newest: bool
    working: bool
    failure: str


class Memory(Generic[_T]):
    """Works a value out in a thread of its own, one at a time; safe to use from many threads.

    `newest` gives the state of the data, `work_out` the value from whatever state is the newest when it asks.
    """

    def __init__(self, newest: Callable[[], Version], work_out: Callable[[], _T]) -> None:
        self._newest = newest
        self._work_out = work_out
        self._changed = threading.Condition()
        self._value: _T | None = None
        self._seen: tuple[Version, Version] | None = None  # before and after the value was worked out
        self._working = False
        self._failure = ""
        self._failed_at: tuple[Version, float] | None = None

    def get(self, *, patience: float) -> Remembered[_T]:
        """The value for the newest data, or after `patience` seconds what there is."""
        version = self._newest()
        with self._changed:
            if not self._working and not self._fits(version) and not self._has_failed(version):
                self._working = True
                threading.Thread(target=self._work, args=(version,), name="summary", daemon=True).start()
            if not self._fits(version):
                self._changed.wait_for(lambda: not self._working, timeout=patience)
            return Remembered(self._value, self._name(), self._fits(version), self._working, self._failure)

    def _fits(self, version: Version) -> bool:
        return self._seen == (version, version)

    def _has_failed(self, version: Version) -> bool:
        failed = self._failed_at
        return failed is not None and failed[0] == version and time.monotonic() - failed[1] < RETRY_SECONDS

    def _name(self) -> str:
        if self._seen is None:
            return ""
        names = [version.name.lstrip("0") or "0" for version in self._seen]
        return names[0] if self._seen[0] == self._seen[1] else " to ".join(names)

    def _work(self, before: Version) -> None:
        value, seen, failure = None, None, "the server made a mistake; its log has more"
        try:
            value = self._work_out()
            seen, failure = (before, self._newest()), ""
        except SitrepError as error:
            failure = str(error)
            _log.warning("a summary of the data cannot be worked out: %s", failure)
        finally:  # whatever happens: nobody else may start while this one is said to be at work
            with self._changed:
                self._failure, self._failed_at = failure, (before, time.monotonic()) if failure else None
                if seen is not None:
                    self._value, self._seen = value, seen
                self._working = False
                self._changed.notify_all()
