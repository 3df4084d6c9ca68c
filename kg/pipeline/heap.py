"""Keeps what a build no longer needs from piling up. Where the C library is not glibc nothing is changed."""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # glibc's numbers of the settings
_FREE = 1 << 28  # bytes that may be free at the end of the heap until `trim` is called
_LARGE = 1 << 25  # bytes of a piece that comes from the system; the most that glibc takes


def keep_in_one_place() -> None:
    """Have all threads of the process take their memory from one place, and give it back by `trim` alone.

    Else each thread has a place of its own, with holes in which nothing of another fits; and arrays of the
    language model come from the system and go back to it, a thousand pages a report: some milliseconds.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        for option, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _FREE)):
            set_option(option, value)


def trim() -> None:
    """Give memory back that is kept for later: a batch takes some hundred megabytes for a moment."""
    release = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if release is not None:
        release(0)
