"""Keeps what a build no longer needs from piling up. Where the C library is not glibc nothing is changed."""

from __future__ import annotations

import ctypes

_ARENA_MAX, _MMAP_THRESHOLD = -8, -3  # glibc's numbers of the settings
_LARGE = 128 * 1024  # bytes; glibc begins with this, and raises it when such a piece is given back


def leave_few_holes() -> None:
    """Have all threads of the process take their memory from one place, but large pieces from the system.

    Else each thread has a place of its own, with holes in which nothing of another fits; and the triples of a
    report lie among small things that stay longer.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_ARENA_MAX, 1)
        set_option(_MMAP_THRESHOLD, _LARGE)


def trim() -> None:
    """Give memory back that is kept for later: a batch takes some hundred megabytes for a moment."""
    release = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if release is not None:
        release(0)
